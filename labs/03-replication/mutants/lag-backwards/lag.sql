SELECT application_name, pg_wal_lsn_diff(replay_lsn, pg_current_wal_lsn()) AS lag_bytes FROM pg_stat_replication;
