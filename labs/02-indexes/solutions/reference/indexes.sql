-- A plain index for each query of the workload.

-- q1: равенство — первым, сортировка — вторым
CREATE INDEX orders_customer_created_idx ON orders (customer_id, created_at DESC);

-- q2: нужны 3 % строк — остальных в индексе нет
CREATE INDEX orders_pending_created_idx ON orders (created_at) WHERE status = 'pending';

-- q3: то же выражение, что в запросе
CREATE INDEX customers_lower_email_idx ON customers (lower(email));

-- q4, q5: много ключей в одной строке
CREATE INDEX products_text_idx ON products USING gin (to_tsvector('russian', name || ' ' || description));
CREATE INDEX products_tags_idx ON products USING gin (tags);

-- q6: большая таблица, которая растёт в порядке времени
CREATE INDEX events_occurred_at_idx ON events USING brin (occurred_at);

-- q7: длинный ключ и только равенство
CREATE INDEX sessions_token_idx ON sessions USING hash (token);

-- q8: ближайшие соседи
CREATE INDEX stores_location_idx ON stores USING gist (location);

-- q9: подстрока в любом месте
CREATE EXTENSION pg_trgm;
CREATE INDEX customers_name_trgm_idx ON customers USING gin (full_name gin_trgm_ops);

-- q10: всё, что нужно запросу, есть в индексе
CREATE INDEX order_items_product_qty_idx ON order_items (product_id) INCLUDE (qty);

ANALYZE;
