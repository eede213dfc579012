-- Лишний столбец через btree_gin и btree_gist, BRIN на каждый блок, имена с кавычками, $1 и переводом строки.
CREATE INDEX q1i ON orders (customer_id ASC NULLS FIRST, created_at ASC NULLS LAST);
CREATE INDEX q2i ON orders (created_at) WHERE status IN ('pending');
CREATE INDEX q3i ON customers (lower(email));
CREATE EXTENSION btree_gin;
CREATE INDEX "💡
'""\ $1 $$" ON ONLY products USING gin (to_tsvector('pg_catalog.russian'::regconfig, name || ' ' || description), id);
CREATE INDEX q5i ON products USING gin (tags);
CREATE INDEX q6i ON events USING brin (occurred_at) WITH (pages_per_range = 1);
CREATE INDEX "Sessions" ON sessions USING hash (token) WITH (fillfactor = 30);
CREATE EXTENSION btree_gist;
CREATE INDEX q8i ON stores USING gist (location, id) WITH (fillfactor = 60, buffering = on);
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX q9i ON customers USING gin (full_name gin_trgm_ops);
CREATE INDEX q10i ON order_items (product_id, qty);
