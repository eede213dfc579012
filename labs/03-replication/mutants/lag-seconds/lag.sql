SELECT application_name, COALESCE(EXTRACT(EPOCH FROM replay_lag), 0) AS lag_bytes FROM pg_stat_replication;
