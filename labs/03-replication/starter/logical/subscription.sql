-- Выполняется на сервере аналитики в базе shop, после publication.sql. Пустые таблицы
-- orders, products и customers (id, city) там уже есть.

-- CREATE SUBSCRIPTION …
--     CONNECTION 'host=${PRIMARY_HOST} port=${PRIMARY_PORT} dbname=${PRIMARY_DATABASE} …'
--     PUBLICATION …;
