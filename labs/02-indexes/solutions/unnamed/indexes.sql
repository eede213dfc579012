-- Имён индексам не даю: сервер придумает сам.
-- ANALYZE тоже не нужен: статистика по столбцам уже собрана.
CREATE EXTENSION pg_trgm;
CREATE INDEX ON orders (customer_id, created_at);          -- q1: назад по индексу тоже можно
CREATE INDEX ON orders (created_at) WHERE status = 'pending';   -- q2
CREATE INDEX ON customers (lower(email));                  -- q3
CREATE INDEX ON products USING gin (to_tsvector('russian', name || ' ' || description)); -- q4; «ё» не мешает
CREATE INDEX ON products USING gin (tags);
CREATE INDEX ON events USING brin (occurred_at);
CREATE INDEX ON sessions USING hash (token);
CREATE INDEX ON stores USING gist (location);
CREATE INDEX ON customers USING gin (full_name gin_trgm_ops);
-- q10: последняя команда без точки с запятой
CREATE INDEX ON order_items (product_id, qty)