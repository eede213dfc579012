SELECT r.application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn) AS lag_bytes
FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid;
