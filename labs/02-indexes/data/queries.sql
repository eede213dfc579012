-- The published workload. The grader draws the parameters from the seed of the run.
-- q1  the newest orders of a customer
SELECT id, total, created_at FROM orders WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 20;
-- q2  the oldest pending orders
SELECT id, customer_id, created_at FROM orders WHERE status = 'pending' ORDER BY created_at LIMIT 100;
-- q3  a customer by e-mail, without regard to case
SELECT id, full_name FROM customers WHERE lower(email) = lower($1);
-- q4  products by Russian full text
SELECT id, name FROM products
 WHERE to_tsvector('russian', name || ' ' || description) @@ plainto_tsquery('russian', $1);
-- q5  products that have a tag
SELECT id, name FROM products WHERE tags @> ARRAY[$1];
-- q6  how many events in a window of ten minutes
SELECT count(*) FROM events WHERE occurred_at >= $1 AND occurred_at < $1 + interval '10 minutes';
-- q7  a session by its token
SELECT customer_id, expires_at FROM sessions WHERE token = $1;
-- q8  the nearest stores
SELECT id, name FROM stores ORDER BY location <-> point($1, $2) LIMIT 10;
-- q9  customers whose name contains a fragment
SELECT id, full_name FROM customers WHERE full_name ILIKE '%' || $1 || '%';
-- q10 units sold of a list of products
SELECT product_id, sum(qty) FROM order_items WHERE product_id = ANY($1) GROUP BY product_id;
