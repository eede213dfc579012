SELECT s.application_name,
       ('x' || lpad(to_hex((d.lag)::bigint), 16, '0'))::bit(64)::bigint AS lag_bytes
FROM pg_stat_get_wal_senders() w
JOIN pg_stat_get_activity(NULL) s ON s.pid = w.pid
CROSS JOIN LATERAL (SELECT greatest(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), w.replay_lsn), 0) AS lag) d;
