-- Whose the tables are, and the three logins. Passwords come at the start.
CREATE ROLE shop_owner NOLOGIN;
-- The shop's application: an ordinary login.
CREATE ROLE app   LOGIN;
-- Sees settings, counters and other sessions, and may ask for a checkpoint.
CREATE ROLE audit LOGIN INHERIT IN ROLE pg_monitor, pg_checkpoint;
-- The administrator, who gets in when nobody else does.
CREATE ROLE admin LOGIN SUPERUSER;

CREATE DATABASE shop;
CREATE DATABASE labgrade;
REVOKE ALL ON DATABASE postgres, template1, shop, labgrade FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO app, audit;
GRANT CONNECT ON DATABASE labgrade TO audit;

\connect shop
GRANT SELECT ON pg_file_settings TO audit;
GRANT EXECUTE ON FUNCTION pg_show_all_file_settings(), pg_reload_conf() TO audit;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app, audit;
CREATE EXTENSION pg_stat_statements;
-- Where the grader's auditor makes a page to see what the checkpointer has counted.
CREATE SCHEMA labgrade AUTHORIZATION audit;

\connect labgrade
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO audit;
CREATE TABLE dataset (version text NOT NULL, digest text NOT NULL);
GRANT SELECT ON dataset TO audit;
