-- Whose the tables are, and the three logins. Passwords come at the start.
CREATE ROLE shop_owner NOLOGIN;
CREATE ROLE student LOGIN INHERIT IN ROLE shop_owner;
CREATE ROLE probe   LOGIN INHERIT IN ROLE shop_owner;
CREATE ROLE audit   LOGIN INHERIT IN ROLE pg_monitor;

CREATE DATABASE shop;
CREATE DATABASE labgrade;
REVOKE ALL ON DATABASE postgres, template1, shop, labgrade FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE shop TO student;
GRANT CONNECT ON DATABASE shop TO probe, audit;
GRANT CONNECT ON DATABASE labgrade TO audit;

\connect shop
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO shop_owner;
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_unlink(oid) FROM PUBLIC;

\connect labgrade
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO audit;
CREATE TABLE dataset (version text NOT NULL, digest text NOT NULL);
GRANT SELECT ON dataset TO audit;
