SET password_encryption = 'scram-sha-256';
CREATE ROLE "${REPLICATION_USER}" WITH LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE
    CONNECTION LIMIT 10 PASSWORD '${REPLICATION_PASSWORD}';
GRANT USAGE ON SCHEMA public TO "${REPLICATION_USER}";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO "${REPLICATION_USER}";

SELECT slot_name FROM pg_create_physical_replication_slot('hot_standby', immediately_reserve => true);

CREATE SCHEMA monitoring;
CREATE FUNCTION monitoring.distance(lsn pg_lsn) RETURNS numeric
    LANGUAGE sql VOLATILE AS $$ SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), lsn) $$;
CREATE VIEW monitoring.lag AS
    SELECT application_name, pid, monitoring.distance(replay_lsn) AS lag_bytes FROM pg_stat_replication;
