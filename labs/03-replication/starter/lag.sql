-- Один запрос для основного сервера: на сколько байт отстаёт каждый получатель.
-- Сейчас он всегда отвечает одно и то же. Что знает об этом pg_stat_replication?
SELECT application_name, 0 AS lag_bytes
FROM pg_stat_replication;
