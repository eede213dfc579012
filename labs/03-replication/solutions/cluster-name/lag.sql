WITH wal AS (SELECT pg_current_wal_lsn() AS now)
SELECT r.application_name,
       COALESCE(pg_wal_lsn_diff(wal.now, r.replay_lsn), 0)::bigint AS lag_bytes,
       pg_size_pretty(pg_wal_lsn_diff(wal.now, r.replay_lsn)) AS lag
FROM wal CROSS JOIN pg_stat_replication AS r
LEFT JOIN pg_replication_slots AS s ON s.active_pid = r.pid
