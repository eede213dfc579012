CREATE INDEX orders_customer_created ON orders (customer_id, created_at DESC);
CREATE INDEX orders_pending ON orders (created_at) WHERE status = 'pending';
CREATE INDEX customers_email ON customers (lower(email));
CREATE INDEX products_text ON products USING gin (to_tsvector('russian', name || ' ' || description));
CREATE INDEX products_tags ON products USING gin (tags);
