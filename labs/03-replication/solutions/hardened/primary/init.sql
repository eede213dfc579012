REVOKE CONNECT, TEMPORARY ON DATABASE shop FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_current_wal_lsn() FROM PUBLIC;

-- Whoever copies the cluster reads no table; whoever reads three tables has no walsender for the cluster.
CREATE ROLE replication_users NOLOGIN;
CREATE ROLE analytics_users NOLOGIN;
CREATE ROLE ${REPLICATION_USER} LOGIN REPLICATION PASSWORD '${REPLICATION_PASSWORD}' IN ROLE replication_users;
CREATE ROLE warehouse LOGIN REPLICATION PASSWORD '${REPLICATION_PASSWORD}-warehouse' IN ROLE analytics_users;
GRANT CONNECT ON DATABASE shop TO analytics_users;
GRANT USAGE ON SCHEMA public TO analytics_users;
SET ROLE shop_owner;
GRANT SELECT ON orders, products TO analytics_users;
GRANT SELECT (id, city) ON customers TO analytics_users;
RESET ROLE;
ALTER ROLE warehouse IN DATABASE shop SET statement_timeout = '60s';
ALTER DATABASE shop SET log_min_duration_statement = '1s';
SELECT pg_create_physical_replication_slot('standby', true);
