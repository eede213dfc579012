SELECT application_name, (pg_current_wal_lsn() - '0/0') - (COALESCE(replay_lsn, sent_lsn) - '0/0') AS lag_bytes
FROM pg_stat_replication;
