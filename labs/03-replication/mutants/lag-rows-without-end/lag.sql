SELECT 'x' || n AS application_name, n AS lag_bytes FROM generate_series(1, 1000000000000) n;
