-- Constants beyond those that were recorded, drawn from the live data by the run's seed ($seed). No
-- blocks are counted for them: their plans must use the index that serves the recorded ones, so an
-- index on a list of constants serves nobody. Conditions keep rows selective enough for an index.
-- q1  customers of any orders
SELECT format('%L::bigint', o.customer_id)
FROM generate_series(1, 3) AS n
JOIN orders AS o ON o.id = 1 + (hashint8extended(n, $seed) & 9223372036854775807) % 350000;
-- q3  any customers
SELECT format('%L::text', upper(c.email))
FROM generate_series(1, 3) AS n
JOIN customers AS c ON c.id = 1 + (hashint8extended(n, $seed) & 9223372036854775807) % 60000;
-- q5  tags of 20 to 200 products
SELECT format('%L::text', tag)
FROM (SELECT tag FROM products, unnest(tags) AS tag GROUP BY tag HAVING count(*) BETWEEN 20 AND 200) AS t
ORDER BY hashtextextended(tag, $seed), tag LIMIT 4;
-- q6  any windows
SELECT format('%L::timestamptz', timestamptz '2025-09-03 00:00:00+00'
              + (hashint8extended(n, $seed) & 9223372036854775807) % 10195200 * interval '1 second')
FROM generate_series(1, 3) AS n;
-- q7  any sessions
SELECT format('%L::text', s.token)
FROM generate_series(1, 3) AS n
JOIN sessions AS s ON s.id = 1 + (hashint8extended(n, $seed) & 9223372036854775807) % 90000;
-- q9  six letters of surnames that at most 150 customers have
SELECT format('%L::text', substr(s, 2, 6))
FROM (SELECT split_part(lower(full_name), ' ', 1) AS s FROM customers
      GROUP BY 1 HAVING count(*) <= 150) AS surnames
WHERE length(s) >= 8
ORDER BY hashtextextended(s, $seed), s LIMIT 3;
-- q10  twenty of all products
SELECT format('ARRAY[%s]::bigint[]', string_agg((1 + (hashint8extended(m * 100 + n, $seed) & 9223372036854775807) % 20000)::text, ','))
FROM generate_series(1, 2) AS m, generate_series(1, 20) AS n
GROUP BY m;
