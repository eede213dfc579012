-- Every value is a hash of a row number: no random(), no clock.
CREATE FUNCTION seed.h(n bigint, salt bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
    $$ SELECT (hashint8extended(n, salt) & 9223372036854775807) $$;
CREATE FUNCTION seed.pick(words text[], n bigint, salt bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT words[1 + (hashint8extended(n, salt) & 9223372036854775807) % cardinality(words)] $$;

INSERT INTO customers (id, email, full_name, city, attributes, created_at)
SELECT n, 'buyer' || n || '@example.com',
       CASE WHEN seed.h(n, 1) % 2 = 0
            THEN seed.pick('{Иванова,Смирнова,Кузнецова,Попова,Васильева,Петрова,Соколова,Михайлова,Новикова,Фёдорова,Морозова,Волкова}', n, 2) || ' ' ||
                 seed.pick('{Анна,Мария,Елена,Ольга,Ирина,Наталья,Светлана,Татьяна,Екатерина,Людмила}', n, 3)
            ELSE seed.pick('{Иванов,Смирнов,Кузнецов,Попов,Васильев,Петров,Соколов,Михайлов,Новиков,Фёдоров,Морозов,Волков}', n, 2) || ' ' ||
                 seed.pick('{Александр,Алексей,Андрей,Дмитрий,Иван,Михаил,Николай,Павел,Сергей,Юрий}', n, 3) END,
       seed.pick('{Москва,Санкт-Петербург,Новосибирск,Екатеринбург,Казань,Нижний Новгород,Красноярск,Челябинск,Самара,Уфа,Омск,Пермь,Воронеж,Томск,Тула}', n, 4),
       jsonb_build_object('newsletter', seed.h(n, 5) % 3 = 0),
       timestamptz '2024-01-01 00:00:00+00' + n * interval '2 hours' + (seed.h(n, 6) % 3600000000) * interval '1 microsecond'
FROM generate_series(1, 4000) AS n;

INSERT INTO products (id, sku, name, description, price, stock, tags, updated_at)
SELECT n, 'SKU-' || lpad(n::text, 5, '0'),
       seed.pick('{Чайник,Торшер,Самовар,Рюкзак,Свитер,Конструктор,Монитор,Молоток,Секатор,Плед,Шарф,Термос}', n, 11) || ' «' ||
       seed.pick('{Байкал,Ладога,Тайга,Заря,Урал,Онега,Алтай,Снегирь,Василёк,Сокол}', n, 12) || '-' || n || '»',
       seed.pick('{Надёжный,Удобный,Практичный,Красивый,Недорогой,Любимый}', n, 13) || ' товар ' ||
       seed.pick('{для дома,для дачи,для похода,для подарка,для мастерской}', n, 14) || '. Гарантия ' || seed.h(n, 15) % 5 + 1 || ' г.',
       (seed.h(n, 16) % 1000000) / 100.0 + 49.90,
       20000 + seed.h(n, 17) % 30000,
       ARRAY[seed.pick('{новинка,распродажа,хит,подарок,эко}', n, 18)],
       timestamptz '2025-10-01 00:00:00+00' + (seed.h(n, 19) % 7800000) * interval '1 second'
FROM generate_series(1, 2000) AS n;

-- 1 to 6 lines an order.
CREATE UNLOGGED TABLE seed.lines AS
SELECT DISTINCT ON (order_id, product_id) order_id, product_id, 1 + seed.h(order_id * 8 + k, 22) % 4 AS qty,
       seed.h(order_id * 8 + k, 23) % 4 AS discount
FROM (SELECT n AS order_id, k, 1 + seed.h(n * 8 + k, 21) % 2000 AS product_id
      FROM generate_series(1, 60000) AS n
      CROSS JOIN LATERAL generate_series(1, 1 + seed.h(n, 20) % 6) AS k) AS t
ORDER BY order_id, product_id, k;

-- What was paid then is not what it costs today.
INSERT INTO order_items (order_id, product_id, qty, price)
SELECT l.order_id, l.product_id, l.qty, round(p.price * (100 - 5 * l.discount) / 100, 2)
FROM seed.lines l JOIN products p ON p.id = l.product_id
ORDER BY l.order_id, l.product_id;

-- Every fourth order is the first hundred customers', so some have many pages. A partner sends its
-- orders in batches of eight: these have the same time, to the microsecond.
INSERT INTO orders (id, customer_id, status, total, created_at)
SELECT n, CASE WHEN seed.h(n, 31) % 4 = 0 THEN 1 + seed.h(n, 32) % 100 ELSE 1 + seed.h(n, 33) % 4000 END,
       seed.pick('{new,paid,paid,shipped,delivered,delivered,delivered,cancelled}', n, 34), i.total,
       timestamptz '2025-01-01 00:00:00+00' + at * interval '8 minutes' + (seed.h(at, 36) % 400000000) * interval '1 microsecond'
FROM (SELECT n, CASE WHEN seed.h(n / 8, 35) % 5 = 0 THEN n / 8 * 8 ELSE n END AS at FROM generate_series(1, 60000) AS n) AS t
JOIN (SELECT order_id, sum(qty * price) AS total FROM order_items GROUP BY order_id) AS i ON i.order_id = n
ORDER BY n;

-- What is inserted later comes after what there is.
SELECT setval(pg_get_serial_sequence(t, 'id'), 100000) FROM unnest('{customers,products,orders}'::text[]) AS t;
