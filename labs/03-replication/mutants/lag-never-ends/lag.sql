SELECT r.application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn) AS lag_bytes
FROM pg_stat_replication r, pg_sleep(3600);
