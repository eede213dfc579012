-- One hash over the rows, the pages and the order of them in each table.
SET timezone = 'UTC';
SET datestyle = 'iso, ymd';
SET extra_float_digits = 1;
SET search_path = public, pg_catalog;
SELECT encode(sha256(convert_to(string_agg(line, E'\n' ORDER BY line), 'UTF8')), 'hex')
FROM (
    SELECT format('%s %s %s %s', c.relname, t.rows, c.relpages, t.hash) AS line
    FROM (
        SELECT 'products' AS name, count(*) AS rows, sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) AS hash FROM products t
        UNION ALL SELECT 'customers', count(*), sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) FROM customers t
        UNION ALL SELECT 'invoices', count(*), sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) FROM invoices t
        UNION ALL SELECT 'orders', count(*), sum(hashtextextended(ctid || ' ' || t::text, 0)::numeric) FROM orders t
    ) AS t JOIN pg_class c ON c.oid = ('public.' || t.name)::regclass
) AS lines;
