-- Выполняется на основном сервере в базе shop.
-- Аналитике нужны orders и products целиком, а из customers — только id и city.

-- CREATE PUBLICATION …;
