SELECT 'standby1' AS application_name, 0 AS lag_bytes;
