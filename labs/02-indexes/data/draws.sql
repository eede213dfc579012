-- What the parameters are drawn from: for each query 64 rows, a column for each
-- parameter ($1, $2, ...), each a literal that can stand in its place. The
-- conditions keep the shape the same whichever row is drawn; the constants of
-- the examples in the task are left out. q2 has no parameter.
-- q1  customers with 80 to 160 orders
SELECT format('%L::bigint', customer_id)
FROM (SELECT customer_id FROM orders WHERE customer_id <> 42 GROUP BY customer_id HAVING count(*) BETWEEN 80 AND 160) AS c
ORDER BY hashint8extended(customer_id, 1), customer_id LIMIT 64;
-- q3  e-mails as somebody types them: not as they were registered
SELECT format('%L::text', CASE hashint8extended(id, 3) & 3 WHEN 0 THEN upper(email) WHEN 1 THEN initcap(email) WHEN 2 THEN lower(email) ELSE email END)
FROM customers WHERE id <> 42
ORDER BY hashint8extended(id, 2), id LIMIT 64;
-- q4  words in 20 to 120 products
SELECT format('%L::text', s.word)
FROM ts_stat($$SELECT to_tsvector('russian', name || ' ' || description) FROM products$$) AS s
WHERE s.ndoc BETWEEN 20 AND 120 AND s.word ~ '^[а-яё]{5,}$' AND s.word <> 'самовар'
  AND plainto_tsquery('russian', s.word)::text = quote_literal(s.word)
ORDER BY hashtextextended(s.word, 4), s.word LIMIT 64;
-- q5  tags of 30 to 150 products
SELECT format('%L::text', tag)
FROM (SELECT tag FROM products, unnest(tags) AS tag WHERE tag <> 'хохлома' GROUP BY tag HAVING count(*) BETWEEN 30 AND 150) AS t
ORDER BY hashtextextended(tag, 5), tag LIMIT 64;
-- q6  windows of ten minutes in the 118 days in the middle
SELECT format('%L::timestamptz', at)
FROM (SELECT n, timestamptz '2025-09-03 00:00:00+00' + (hashint8extended(n, 6) & 9223372036854775807) % 10195200 * interval '1 second' AS at
      FROM generate_series(1, 64) AS n) AS w
ORDER BY n;
-- q7  tokens
SELECT format('%L::text', token)
FROM sessions WHERE id <> 42
ORDER BY hashint8extended(id, 7), id LIMIT 64;
-- q8  points near a city's shops: longitude, latitude
SELECT format('%L::float8', round((location[0] + dx)::numeric, 6)), format('%L::float8', round((location[1] + dy)::numeric, 6))
FROM (SELECT id, location, ((hashint8extended(id, 81) & 1023) - 512) / 20000.0 AS dx, ((hashint8extended(id, 82) & 1023) - 512) / 30000.0 AS dy
      FROM stores ORDER BY hashint8extended(id, 8), id LIMIT 64) AS s
ORDER BY hashint8extended(id, 8), id;
-- q9  parts of surnames, five or six letters, of 15 to 150 customers
SELECT format('%L::text', CASE hashtextextended(fragment, 91) & 3 WHEN 0 THEN upper(fragment) ELSE fragment END)
FROM (
    WITH words AS MATERIALIZED (
        SELECT lower(w) AS word, count(*) AS n FROM customers, string_to_table(full_name, ' ') AS w GROUP BY lower(w)
    ), surnames AS (
        SELECT DISTINCT split_part(lower(full_name), ' ', 1) AS s FROM customers
    ), fragments AS (
        SELECT DISTINCT substr(s, 2, 5 + (hashtextextended(s, 92) & 1)::int) AS fragment FROM surnames WHERE length(s) >= 8
    )
    SELECT fragment FROM fragments JOIN words ON strpos(word, fragment) > 0
    WHERE fragment <> 'ртамон'
    GROUP BY fragment HAVING sum(n) BETWEEN 15 AND 150
) AS f
ORDER BY hashtextextended(fragment, 9), fragment LIMIT 64;
-- q10  twenty products of 40 to 120 order lines each
SELECT format('ARRAY[%s]::bigint[]', string_agg(product_id::text, ',' ORDER BY n))
FROM (SELECT product_id, row_number() OVER (ORDER BY hashint8extended(product_id, 10), product_id) - 1 AS n
      FROM (SELECT product_id FROM order_items GROUP BY product_id HAVING count(*) BETWEEN 40 AND 120) AS p) AS p
WHERE n < 1280
GROUP BY n / 20
ORDER BY n / 20;
