SELECT
    application_name::text,
    round(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), replay_lsn), 2) AS lag_bytes,
    EXTRACT(EPOCH FROM replay_lag) AS lag_seconds
FROM pg_catalog.pg_stat_replication
WHERE pid NOT IN (SELECT active_pid FROM pg_replication_slots WHERE slot_type = 'logical' AND active_pid IS NOT NULL);
