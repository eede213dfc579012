-- Непривычно, но верно: предикат с NOT, text_pattern_ops, kd-дерево, расширение в pg_catalog.
CREATE INDEX q1i ON orders (customer_id, created_at DESC);
CREATE INDEX q2i ON orders (created_at) TABLESPACE pg_default WHERE NOT (status <> 'pending');
CREATE UNIQUE INDEX q3i ON customers (lower(email) text_pattern_ops) NULLS NOT DISTINCT;
CREATE INDEX q4i ON products USING gin (to_tsvector('russian', name || ' ' || description));
CREATE INDEX q5i ON products USING gin (tags);
CREATE INDEX q6i ON events USING brin (occurred_at);
CREATE INDEX q7i ON sessions USING hash (token);
CREATE INDEX q8i ON stores USING spgist (location kd_point_ops);
CREATE EXTENSION pg_trgm SCHEMA pg_catalog VERSION '1.6' CASCADE;
CREATE INDEX q9i ON customers USING gin (full_name gin_trgm_ops) WITH (gin_pending_list_limit = 64);
CREATE INDEX q10i ON order_items (product_id) INCLUDE (qty);
