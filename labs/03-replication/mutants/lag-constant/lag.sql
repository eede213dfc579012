SELECT application_name, 0 AS lag_bytes FROM pg_stat_replication;
