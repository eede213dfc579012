-- The rows. Nothing here is random and nothing asks the clock: every value is
-- derived from a hash of the row's number, so each build gives the same bytes.
CREATE FUNCTION seed.h(i bigint, s bigint) RETURNS bigint IMMUTABLE LANGUAGE sql AS
    $$ SELECT hashint8extended(i, s) & 9223372036854775807 $$;
-- 0 <= u < 1
CREATE FUNCTION seed.u(i bigint, s bigint) RETURNS float8 IMMUTABLE LANGUAGE sql AS
    $$ SELECT (hashint8extended(i, s) & 4294967295)::float8 / 4294967296 $$;
-- A word of a list: each as often as the other; the first ones far more often
-- (the n-th as 1/sqrt(n)); still more so (as n to the power of -2/3).
CREATE FUNCTION seed.even(a text[], i bigint, s bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT a[1 + (hashint8extended(i, s) & 9223372036854775807) % cardinality(a)] $$;
CREATE FUNCTION seed.skewed(a text[], i bigint, s bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT a[1 + floor(cardinality(a) * seed.u(i, s) * seed.u(i, s))::int] $$;
CREATE FUNCTION seed.steep(a text[], i bigint, s bigint) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT a[1 + floor(cardinality(a) * seed.u(i, s) * seed.u(i, s) * seed.u(i, s))::int] $$;
CREATE FUNCTION seed.first_upper(t text) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT upper(left(t, 1)) || substr(t, 2) $$;
CREATE FUNCTION seed.latin(t text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT translate(
        replace(replace(replace(replace(replace(replace(replace(replace(lower(t),
            'щ', 'sch'), 'ш', 'sh'), 'ж', 'zh'), 'х', 'kh'), 'ц', 'ts'), 'ч', 'ch'), 'ю', 'yu'), 'я', 'ya'),
        'абвгдеёзийклмнопрстуфыэ ьъ', 'abvgdeeziyklmnoprstufye') $$;
-- A token of 200 characters.
CREATE FUNCTION seed.token(i bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT translate(encode(substring(
        sha256(convert_to('token 1 ' || i, 'UTF8')) || sha256(convert_to('token 2 ' || i, 'UTF8')) ||
        sha256(convert_to('token 3 ' || i, 'UTF8')) || sha256(convert_to('token 4 ' || i, 'UTF8')) ||
        sha256(convert_to('token 5 ' || i, 'UTF8')) FROM 1 FOR 150), 'base64'), E'+/\n', '-_') $$;
-- One writes the part after the @ as one likes, too.
CREATE FUNCTION seed.email(i bigint, full_name text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE seed.h(i, 111) % 10
               WHEN 0 THEN upper(e) WHEN 1 THEN initcap(e) WHEN 2 THEN initcap(e)
               WHEN 3 THEN seed.first_upper(e) ELSE e END
    FROM (SELECT seed.latin(split_part(full_name, ' ', 1)) || '.' || left(seed.latin(split_part(full_name, ' ', 2)), 1)
              || (i * 7919 + 123) % 100000 || '@'
              || seed.skewed('{mail.ru,yandex.ru,gmail.com,rambler.ru,bk.ru,list.ru,inbox.ru,ya.ru,pochta.ru,univer.example}', i, 112) OFFSET 0) AS t (e) $$;
CREATE FUNCTION seed.person(i bigint, surnames text[], women text[], men text[]) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE
        WHEN seed.h(i, 101) % 100 < 54 THEN
            CASE WHEN s ~ '(ов|ев|ёв|ин|ын)$' THEN s || 'а'
                 WHEN s ~ '(ий|ой)$' THEN left(s, -2) || 'ая' ELSE s END
            || ' ' || seed.skewed(women, i, 103) || ' ' || split_part(seed.skewed(men, i, 104), '/', 3)
        ELSE s || ' ' || split_part(seed.skewed(men, i, 105), '/', 1) || ' ' || split_part(seed.skewed(men, i, 104), '/', 2)
        END
    FROM (SELECT seed.steep(surnames, i, 102) OFFSET 0) AS t (s) $$;

-- 60,000 customers, registered before the first order of the year.
WITH w AS MATERIALIZED (SELECT * FROM seed.flat)
INSERT INTO customers (id, email, full_name, city, attributes, created_at)
SELECT i, seed.email(i, p), p,
       cities[1 + floor(84 * seed.u(i, 121) * seed.u(i, 121))::int],
       jsonb_build_object('segment', (ARRAY['новый', 'обычный', 'обычный', 'постоянный', 'золотой'])[1 + seed.h(i, 122) % 5],
                          'birth_year', 1950 + seed.h(i, 123) % 57, 'newsletter', seed.h(i, 124) % 3 = 0,
                          'phone', '+79' || lpad((seed.h(i, 125) % 1000000000)::text, 9, '0')),
       timestamptz '2021-01-01 00:00:00+00' + i * interval '2100 seconds' + (seed.h(i, 126) % 2000) * interval '1 second'
FROM (SELECT i, seed.person(i, w.surnames, w.women, w.men) AS p FROM generate_series(1, 60000) AS i, w OFFSET 0) AS t,
     (SELECT array_agg(city ORDER BY c.i) AS cities FROM seed.cities c) AS c
ORDER BY i;

-- 20,000 products. The words are drawn so that one occurs in a hundredth of the
-- descriptions and another in ten of them.
WITH w AS MATERIALIZED (SELECT * FROM seed.flat),
     c AS MATERIALIZED (SELECT o, category, uses || '{}' AS uses, materials || '{}' AS materials, praises || '{}' AS praises, features || '{}' AS features FROM seed.categories)
INSERT INTO products (id, sku, name, description, price, stock, tags, updated_at)
SELECT i,
       chr(1040 + o) || '-' || lpad((i * 7919 % 20000)::text, 5, '0') || '-' || (seed.h(i, 201) % 900 + 100),
       seed.first_upper(noun) || ' ' || seed.inflect(adjective, gender) || ' «' || brand || '»'
           || CASE seed.h(i, 202) % 3 WHEN 0 THEN ' ' || chr(1040 + (seed.h(i, 203) % 28)::int) || '-' || (seed.h(i, 204) % 490 + 10) ELSE '' END,
       seed.first_upper(seed.inflect(praise, gender)) || ' ' || noun || ' ' || use || '. '
           || CASE seed.h(i, 205) % 3
                  WHEN 0 THEN 'Материал: ' || seed.skewed(materials, i, 206) || ', цвет: ' || colour || '. '
                  WHEN 1 THEN 'Цвет: ' || colour || '. ' ELSE '' END
           || seed.skewed(features, i, 207) || '. '
           || CASE WHEN seed.h(i, 208) % 2 = 0 THEN seed.even(features, i, 209) || '. ' ELSE '' END
           || CASE WHEN seed.h(i, 210) % 4 = 0 THEN 'Произведено в ' || seed.skewed(places, i, 211) || '. ' ELSE '' END
           || 'Гарантия ' || (ARRAY['6 месяцев.', '1 год.', '2 года.', '3 года.', '5 лет.'])[1 + seed.h(i, 212) % 5],
       round((base * (0.6 + 1.2 * seed.u(i, 213)))::numeric / 10) * 10 - (seed.h(i, 214) % 2),
       (20 + seed.h(i, 215) % 400)::int,
       ARRAY(SELECT DISTINCT t COLLATE "C" FROM unnest(ARRAY[category, lower(brand),
                 CASE WHEN seed.h(i, 216) % 3 = 0 THEN colour ELSE category END,
                 seed.skewed(topics, i, 217), seed.skewed(topics, i, 218),
                 CASE WHEN seed.h(i, 219) % 2 = 0 THEN seed.even(topics, i, 220) ELSE category END]) AS u (t) ORDER BY 1),
       timestamptz '2025-10-01 00:00:00+00' + (seed.h(i, 221) % 7800000) * interval '1 second'
FROM (SELECT n AS i, g.noun, g.gender, g.category, g.base, c.o, c.materials, c.features, w.places, w.topics,
             CASE WHEN seed.h(n, 222) % 4 = 0 THEN seed.even(w.adjectives, n, 223) ELSE seed.skewed(w.adjectives, n, 223) END AS adjective,
             seed.even(c.praises, n, 224) AS praise, seed.skewed(w.brands, n, 225) AS brand,
             seed.skewed(c.uses, n, 226) AS use, seed.even(w.colours, n, 227) AS colour
      FROM generate_series(1, 20000) AS n
      CROSS JOIN w
      JOIN seed.goods AS g ON g.i = 1 + floor((SELECT count(*) FROM seed.goods) * seed.u(n, 228) * (0.5 + 0.5 * seed.u(n, 228)))::int
      JOIN c ON c.category = g.category OFFSET 0) AS t
ORDER BY i;

-- The lines of 350,000 orders: popular products are in very many.
CREATE UNLOGGED TABLE seed.lines AS
SELECT DISTINCT ON (o, product_id) o AS order_id, product_id,
       CASE WHEN seed.h(o * 16 + k, 305) % 10 < 7 THEN 1 WHEN seed.h(o * 16 + k, 305) % 10 < 9 THEN 2
            ELSE 3 + (seed.h(o * 16 + k, 306) % 4)::int END AS qty,
       (seed.h(o * 16 + k, 307) % 4)::int AS discount
FROM (SELECT o, k, 1 + (floor(20000 * seed.u(o * 16 + k, 301) * seed.u(o * 16 + k, 301))::bigint * 7919 + 11) % 20000 AS product_id
      FROM generate_series(1, 350000) AS o
      CROSS JOIN LATERAL generate_series(1, CASE
          WHEN seed.h(o, 302) % 100 < 55 THEN 1 WHEN seed.h(o, 302) % 100 < 80 THEN 2 WHEN seed.h(o, 302) % 100 < 92 THEN 3
          WHEN seed.h(o, 302) % 100 < 97 THEN 4 ELSE 5 + (seed.h(o, 303) % 4)::int END) AS k) AS t
ORDER BY o, product_id, k;

INSERT INTO order_items (order_id, product_id, qty, price)
SELECT l.order_id, l.product_id, l.qty, round(p.price * (100 - 5 * l.discount) / 100, 2)
FROM seed.lines l JOIN products p ON p.id = l.product_id
ORDER BY l.order_id, l.product_id;

-- The orders of 2025. The customer of rank r orders as r to the power of -2/3:
-- the first has thousands of orders, half of them have two. An order is written
-- down minutes, now and then hours after it was made, so created_at follows id
-- only roughly; no two are equal. What is pending is in the newest tenth.
INSERT INTO orders (id, customer_id, status, total, created_at)
SELECT o, 1 + (floor(60000 * seed.u(o, 311) * seed.u(o, 311) * seed.u(o, 311))::bigint * 7919 + 48141) % 60000,
       CASE WHEN at >= timestamptz '2025-11-25 00:00:00+00' THEN
                CASE WHEN seed.u(o, 312) < 0.30 THEN 'pending' WHEN seed.u(o, 312) < 0.50 THEN 'paid'
                     WHEN seed.u(o, 312) < 0.75 THEN 'shipped' WHEN seed.u(o, 312) < 0.94 THEN 'delivered' ELSE 'cancelled' END
            ELSE CASE WHEN seed.u(o, 312) < 0.86 THEN 'delivered' WHEN seed.u(o, 312) < 0.93 THEN 'cancelled'
                      WHEN seed.u(o, 312) < 0.97 THEN 'returned' ELSE 'shipped' END END,
       total, at
FROM (SELECT o, i.total, timestamptz '2025-01-01 00:00:00+00' + o * interval '90 seconds' + o * interval '1 microsecond'
             + (CASE WHEN seed.h(o, 313) % 10 = 0 THEN seed.h(o, 314) % 43200 ELSE seed.h(o, 314) % 3600 END) * interval '1 second' AS at
      FROM generate_series(1, 350000) AS o
      JOIN (SELECT order_id, sum(qty * price) AS total FROM order_items GROUP BY order_id) AS i ON i.order_id = o) AS t
ORDER BY o;

-- 840,000 events of 120 days, strictly in the order of time: quiet nights, busy
-- evenings.
WITH w AS MATERIALIZED (SELECT * FROM seed.flat)
INSERT INTO events (id, occurred_at, kind, payload)
SELECT i, at, kind,
       CASE WHEN kind IN ('login', 'logout') THEN jsonb_build_object('customer_id', customer, 'ip', ip, 'device', device)
            WHEN kind = 'search' THEN jsonb_build_object('customer_id', customer, 'ip', ip, 'text', seed.skewed(adjectives, i, 406) || ' ' || seed.even(uses, i, 407), 'found', seed.h(i, 408) % 400)
            ELSE jsonb_build_object('customer_id', customer, 'ip', ip, 'product_id', 1 + seed.h(i, 409) % 20000, 'device', device, 'ms', 20 + seed.h(i, 410) % 900) END
FROM (SELECT i, at, w.adjectives, w.uses, 1 + seed.h(i, 401) % 60000 AS customer,
             '10.' || seed.h(i, 402) % 256 || '.' || seed.h(i, 403) % 256 || '.' || 1 + seed.h(i, 404) % 254 AS ip,
             (ARRAY['android', 'ios', 'web', 'web', 'desktop'])[1 + seed.h(i, 405) % 5] AS device,
             (ARRAY['view', 'view', 'view', 'view', 'view', 'view', 'search', 'search', 'cart_add', 'cart_add', 'cart_remove', 'checkout', 'payment', 'login', 'login', 'logout'])[1 + seed.h(i, 411) % 16] AS kind
      FROM (SELECT row_number() OVER (ORDER BY d, b.hour, j) AS i,
                   timestamptz '2025-09-02 00:00:00+00' + d * interval '1 day' + b.hour * interval '1 hour'
                       + (j * (3600000000 / b.n) + seed.h((d * 24 + b.hour) * 1000 + j, 412) % (3600000000 / b.n)) * interval '1 microsecond' AS at
            FROM generate_series(0, 119) AS d
            CROSS JOIN LATERAL (SELECT hour - 1 AS hour, n FROM unnest(ARRAY[108, 66, 48, 38, 42, 72, 132, 216, 288, 324, 348, 372, 396, 384, 360, 348, 360, 396, 456, 516, 552, 528, 408, 242]) WITH ORDINALITY AS t (n, hour)) AS b
            CROSS JOIN LATERAL generate_series(0, b.n - 1) AS j) AS e, w) AS t
ORDER BY i;

-- 90,000 sessions; many customers have more than one.
INSERT INTO sessions (id, token, customer_id, expires_at)
SELECT i, seed.token(i), 1 + floor(60000 * seed.u(i, 501) * seed.u(i, 501))::bigint,
       timestamptz '2026-01-01 00:00:00+00' + (seed.h(i, 502) % 2592000) * interval '1 second'
FROM generate_series(1, 90000) AS i
ORDER BY i;

-- 20,000 shops and pick-up points (longitude, latitude) round 84 cities, opened
-- in no order.
WITH w AS MATERIALIZED (SELECT * FROM seed.flat)
INSERT INTO stores (id, name, location)
SELECT n, CASE WHEN seed.h(n, 601) % 4 = 0 THEN 'Магазин' ELSE 'Пункт выдачи' END || ' «' || seed.even(w.brands, n, 602) || '», '
          || c.city || ', ' || seed.even(w.streets, n, 603) || ', ' || 1 + seed.h(n, 604) % 180,
       point(round((c.lon + (0.16 * (seed.u(n, 605) + seed.u(n, 606) + seed.u(n, 607) - 1.5))::numeric), 6)::float8,
             round((c.lat + (0.10 * (seed.u(n, 608) + seed.u(n, 609) + seed.u(n, 610) - 1.5))::numeric), 6)::float8)
FROM generate_series(1, 20000) AS n
CROSS JOIN w
JOIN seed.cities AS c ON c.i = 1 + floor(84 * seed.u(n, 611) * seed.u(n, 611))::int
ORDER BY n;

SELECT setval(pg_get_serial_sequence('customers', 'id'), 60000), setval(pg_get_serial_sequence('products', 'id'), 20000),
       setval(pg_get_serial_sequence('orders', 'id'), 350000), setval(pg_get_serial_sequence('events', 'id'), (SELECT max(id) FROM events)),
       setval(pg_get_serial_sequence('sessions', 'id'), 90000), setval(pg_get_serial_sequence('stores', 'id'), 20000);
