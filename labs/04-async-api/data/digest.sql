-- One hash over the rows, the pages and the order of them in each table.
SET timezone = 'UTC';
SET datestyle = 'iso, ymd';
SET extra_float_digits = 1;
SET search_path = public, pg_catalog;
SELECT encode(sha256(convert_to(string_agg(line, E'\n' ORDER BY line), 'UTF8')), 'hex')
FROM (
    SELECT format('%s %s %s %s', c.relname, t.rows, c.relpages, t.hash) AS line
    FROM (
        SELECT 'customers' AS name, count(*) AS rows, sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) AS hash FROM customers t
        UNION ALL SELECT 'products', count(*), sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) FROM products t
        UNION ALL SELECT 'orders', count(*), sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) FROM orders t
        UNION ALL SELECT 'order_items', count(*), sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) FROM order_items t
        UNION ALL SELECT 'idempotency_keys', count(*), sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) FROM idempotency_keys t
    ) AS t JOIN pg_class c ON c.oid = ('public.' || t.name)::regclass
) AS lines;
