-- The grader's two logins; passwords come at the start.
CREATE ROLE shop_owner NOLOGIN;
CREATE ROLE labgrade_admin LOGIN SUPERUSER;
CREATE ROLE labgrade_probe LOGIN INHERIT IN ROLE shop_owner;

CREATE DATABASE shop OWNER shop_owner;
CREATE DATABASE labgrade;
