SELECT application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS lag_bytes FROM pg_stat_replication;
