-- Whose the tables are, and the logins. Passwords come at the start.
CREATE ROLE shop_owner NOLOGIN;
-- The shop's application: it reads and writes rows, and no more (rights.sql).
CREATE ROLE app   LOGIN;
-- The same for the yardstick, so that nobody's sessions or statements are taken for another's.
CREATE ROLE yardstick LOGIN;
-- Sees other sessions and counts statements.
CREATE ROLE audit LOGIN INHERIT IN ROLE pg_monitor;
-- Writes and locks behind the application's back.
CREATE ROLE admin LOGIN SUPERUSER;

CREATE DATABASE shop;
CREATE DATABASE labgrade;
-- Without TEMPORARY nobody keeps tables of his own in a session.
REVOKE ALL ON DATABASE postgres, template1, shop, labgrade FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO app, yardstick, audit;
GRANT CONNECT ON DATABASE labgrade TO audit;

\connect shop
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO app, yardstick, audit;
CREATE EXTENSION pg_stat_statements;

\connect labgrade
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO audit;
CREATE TABLE dataset (version text NOT NULL, digest text NOT NULL);
GRANT SELECT ON dataset TO audit;
