-- How many bytes of WAL each receiver has yet to apply.
SELECT client_addr, application_name, state, sync_state,
       pg_current_wal_lsn() - replay_lsn AS lag_bytes
  FROM pg_stat_replication
 ORDER BY application_name;
