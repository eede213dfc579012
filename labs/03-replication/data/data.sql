-- Some rows; every value follows from a row's number.
SET ROLE shop_owner;
CREATE FUNCTION pick(words text[], n bigint, salt text) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT words[1 + abs(hashtext(n::text || salt)) % cardinality(words)] $$;

INSERT INTO customers (id, email, full_name, city, attributes, created_at)
SELECT n, 'customer' || n || '@example.com',
       pick('{Анна,Мария,Елена,Ольга,Ирина,Наталья,Светлана,Татьяна}', n, 'f') || ' ' ||
       pick('{Иванова,Смирнова,Кузнецова,Попова,Васильева,Петрова,Соколова}', n, 'l'),
       pick('{Москва,Казань,Самара,Омск,Пермь,Томск,Воронеж,Тула}', n, 'c'),
       '{}', timestamptz '2025-01-01 00:00+00' + n * interval '1 hour'
FROM generate_series(1, 2000) n;

INSERT INTO products (id, sku, name, description, price, stock, tags, updated_at)
SELECT n, 'SKU-' || lpad(n::text, 5, '0'),
       pick('{Чайник,Торшер,Лопата,Дрель,Рюкзак,Свитер,Конструктор,Монитор}', n, 'p') || ' № ' || n,
       pick('{Надёжный,Удобный,Красивый,Практичный}', n, 'd') || ' товар для ' ||
       pick('{дома,сада,дачи,поездок}', n, 'w'),
       100 + abs(hashtext(n::text)) % 9900, abs(hashtext('s' || n)) % 500, '{}',
       timestamptz '2025-06-01 00:00+00'
FROM generate_series(1, 1000) n;

INSERT INTO orders (id, customer_id, status, total, created_at)
SELECT n, 1 + abs(hashtext('o' || n)) % 2000,
       pick('{new,paid,shipped,delivered,cancelled}', n, 's'), 100 + abs(hashtext('t' || n)) % 50000,
       timestamptz '2025-01-01 00:00+00' + n * interval '20 minutes'
FROM generate_series(1, 10000) n;

INSERT INTO order_items (order_id, product_id, qty, price)
SELECT n, 1 + abs(hashtext('i' || n)) % 1000, 1 + abs(hashtext('q' || n)) % 5, 100
FROM generate_series(1, 10000) n;

INSERT INTO events (id, occurred_at, kind, payload)
SELECT n, timestamptz '2025-01-01 00:00+00' + n * interval '5 minutes', 'view', '{}'
FROM generate_series(1, 5000) n;

INSERT INTO sessions (id, token, customer_id, expires_at)
SELECT n, repeat(md5(n::text), 6) || left(md5('x' || n), 8), n, timestamptz '2026-01-01 00:00+00'
FROM generate_series(1, 1000) n;

INSERT INTO stores (id, name, location)
SELECT n, 'Магазин № ' || n, point(n % 10, n / 10.0) FROM generate_series(1, 50) n;

DROP FUNCTION pick(text[], bigint, text);
-- What is inserted later comes after what there is.
SELECT setval(pg_get_serial_sequence(t, 'id'), 1000000)
FROM unnest('{customers,products,orders,events,sessions,stores}'::text[]) t;
