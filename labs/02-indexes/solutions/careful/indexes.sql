-- Миграция для рабочей базы: можно запускать повторно, запись не останавливается.
-- Каждый индекс строится CONCURRENTLY: ни заказы, ни оплата не ждут.

DROP INDEX IF EXISTS orders_by_customer;
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_customer
    ON orders (customer_id, created_at DESC);
COMMENT ON INDEX orders_by_customer IS 'q1: последние заказы; порядок столбцов важен; здесь нарочно точка с запятой';

CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_queue
    ON orders (created_at) INCLUDE (id, customer_id)
    WHERE status = 'pending';
COMMENT ON INDEX orders_queue IS $$q2: только 'pending'; остальные 97 % заказов сюда не попадают$$;

-- Адрес уникален без учёта регистра: индекс заодно и ограничение.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS customers_email_key ON customers (lower(email));

CREATE INDEX CONCURRENTLY IF NOT EXISTS products_fts
    ON products USING gin (to_tsvector('russian', name || ' ' || description));
CREATE INDEX CONCURRENTLY IF NOT EXISTS products_by_tag ON products USING gin (tags array_ops);

CREATE INDEX CONCURRENTLY IF NOT EXISTS events_by_time
    ON events USING brin (occurred_at timestamptz_minmax_ops) WITH (pages_per_range = 64, autosummarize = on);

CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_by_token ON sessions USING hash (token);
CREATE INDEX CONCURRENTLY IF NOT EXISTS stores_nearest ON stores USING gist (location point_ops);

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE INDEX CONCURRENTLY IF NOT EXISTS customers_by_name_part
    ON customers USING gin (full_name public.gin_trgm_ops);

CREATE INDEX CONCURRENTLY IF NOT EXISTS order_items_sold ON order_items (product_id) INCLUDE (qty);

ANALYZE customers;
ANALYZE products;
ANALYZE orders, order_items;
ANALYZE events (occurred_at);
