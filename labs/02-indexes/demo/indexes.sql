-- Лабораторная 02. Индексы интернет-магазина.

-- q1: новые заказы покупателя. Сортировка по дате, поэтому дата первая
CREATE INDEX orders_created_customer_idx ON orders (created_at DESC, customer_id);

-- q2: только заказы в ожидании, частичный индекс маленький
CREATE INDEX orders_pending_idx ON orders (created_at) WHERE status = 'pending';

-- q3: вход по e-mail. Адреса без учёта регистра не повторяются
CREATE UNIQUE INDEX customers_lower_email_idx ON customers (lower(email));

-- q4: полнотекстовый поиск, конфигурация russian как в запросе
CREATE INDEX products_fts_idx ON products
    USING gin (to_tsvector('russian', name || ' ' || description));

-- q5: метки
CREATE INDEX products_tags_idx ON products USING gin (tags);

-- q6: события за период, обычный индекс по дате
CREATE INDEX events_occurred_at_idx ON events (occurred_at);

-- q7: токен длинный, ищем только точное совпадение
CREATE INDEX sessions_token_idx ON sessions USING hash (token);

-- q8: ближайшие магазины
CREATE INDEX stores_location_idx ON stores USING gist (location);

-- q9: поиск по части имени
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX customers_name_trgm_idx ON customers USING gin (full_name gin_trgm_ops);

-- q10: qty в INCLUDE, чтобы не ходить в таблицу
CREATE INDEX order_items_product_idx ON order_items (product_id) INCLUDE (qty);

ANALYZE orders;
ANALYZE customers;
ANALYZE products;
