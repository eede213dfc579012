-- Другие методы там, где они годятся не хуже.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE INDEX orders_customer_idx ON orders USING btree (customer_id ASC, created_at DESC NULLS FIRST);
-- Столбец status в ключе ничего не стоит: в индексе он всюду один и тот же.
CREATE INDEX orders_pending_idx ON orders (status, created_at) WHERE status = 'pending';
CREATE INDEX customers_email_idx ON customers USING hash (lower(email));
CREATE INDEX products_search_idx ON products
    USING gin (to_tsvector('russian', name || ' ' || description)) WITH (fastupdate = off);
CREATE INDEX products_tags_idx ON products USING gin (tags) WITH (fastupdate = off);
CREATE INDEX events_time_idx ON events USING brin (occurred_at) WITH (pages_per_range = 32);
CREATE INDEX sessions_token_idx ON sessions USING hash (token);
CREATE INDEX stores_spgist_idx ON stores USING spgist (location);
CREATE INDEX customers_name_idx ON customers USING gin (full_name gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX order_items_product_idx ON order_items (product_id, qty);

-- Доля 'pending' зависит от даты: пусть планировщик знает.
CREATE STATISTICS orders_status_by_date (dependencies, mcv) ON status, created_at FROM orders;
ANALYZE orders;
ANALYZE customers;
ANALYZE products;
