-- A quarter of an hour of the shop at work: fixed rows, each statement on its own.

-- People register; names repeat, addresses do not.
INSERT INTO customers (id, email, full_name, city, attributes, created_at)
SELECT 60000 + n, 'Novyi.Klient' || n || '@Pochta.ru', (SELECT full_name FROM customers WHERE id = 1 + n * 7919 % 60000), 'Тверь',
       jsonb_build_object('segment', 'новый', 'newsletter', n % 2 = 0), timestamptz '2026-01-01 09:00:00+00' + n * interval '3 seconds'
FROM generate_series(1, 60) AS n;

-- A delivery brings products that the shop did not have.
INSERT INTO products (id, sku, name, description, price, stock, tags, updated_at)
SELECT 20000 + n, 'Я-' || lpad(n::text, 5, '0') || '-001', p.name || ' плюс', p.description || ' Обновлённая модель.', p.price + 100, 50, p.tags, timestamptz '2026-01-01 09:00:00+00'
FROM generate_series(1, 40) AS n JOIN products AS p ON p.id = 1 + n * 7919 % 20000;

-- Orders of old and new customers.
INSERT INTO orders (id, customer_id, status, total, created_at)
SELECT 350000 + n, 1 + n * 7919 % 60000, 'pending', 1000 + n, timestamptz '2026-01-01 09:00:00+00' + n * interval '700 milliseconds'
FROM generate_series(1, 1500) AS n;

-- What is sent in two parcels is two orders of one customer at one instant.
INSERT INTO orders (id, customer_id, status, total, created_at)
SELECT 351500 + n, 60000 + (n + 1) / 2, 'pending', 500 + n, timestamptz '2026-01-01 09:20:00+00' + (n + 1) / 2 * interval '1 second'
FROM generate_series(1, 100) AS n;

INSERT INTO order_items (order_id, product_id, qty, price)
SELECT 350000 + n, 1 + (n * 7919 + k * 1237) % 20000, 1 + n % 3, 500 + k
FROM generate_series(1, 1600) AS n, generate_series(1, 2) AS k;

-- Several events may happen at one instant.
INSERT INTO events (id, occurred_at, kind, payload)
SELECT 840000 + n, timestamptz '2026-01-01 09:00:00+00' + n / 3 * interval '1 second', (ARRAY['view', 'search', 'cart_add', 'checkout'])[1 + n % 4],
       jsonb_build_object('customer_id', 1 + n * 7919 % 60000, 'ip', '10.0.0.' || 1 + n % 250, 'product_id', 1 + n * 1237 % 20000)
FROM generate_series(1, 3000) AS n;

INSERT INTO sessions (id, token, customer_id, expires_at)
SELECT 90000 + n, left(repeat(md5('w' || n) || md5(n || 'w'), 4), 200), 1 + n * 7919 % 60000, timestamptz '2026-02-01 00:00:00+00' + n * interval '1 second'
FROM generate_series(1, 1000) AS n;

-- A shop and a pick-up point in one house stand at one point.
INSERT INTO stores (id, name, location)
SELECT 20000 + n, 'Пункт выдачи «Новоселье» ' || n, point(35.9 + (n + 1) / 2 * 0.001, 56.85 + (n + 1) / 2 * 0.0007)
FROM generate_series(1, 60) AS n;

-- Orders are paid and go out.
UPDATE orders SET status = 'paid' WHERE id BETWEEN 320000 AND 349999 AND status = 'pending' AND id % 10 = 0;
UPDATE orders SET status = 'paid' WHERE id BETWEEN 350001 AND 351600 AND id % 4 = 0;
UPDATE orders SET status = 'delivered' WHERE id BETWEEN 345000 AND 349999 AND status = 'shipped' AND id % 3 = 0;

-- What is sold leaves the stock; prices follow the season.
UPDATE products SET stock = stock - 1, updated_at = timestamptz '2026-01-01 09:30:00+00' WHERE id % 9 = 0 AND stock > 0;
UPDATE products SET price = round(price * 1.05, 2), updated_at = timestamptz '2026-01-01 10:00:00+00' WHERE id % 25 = 0;

-- Who comes back stays logged in.
UPDATE sessions SET expires_at = expires_at + interval '30 days' WHERE id % 20 = 0;

-- Somebody subscribes, moves, marries, gets another address.
UPDATE customers SET attributes = attributes || '{"newsletter": true}' WHERE id % 60 = 0;
UPDATE customers SET city = 'Казань' WHERE id % 300 = 7;
UPDATE customers SET full_name = full_name || ' (Орлова)' WHERE id % 3000 = 11;
UPDATE customers SET email = 'Novyi.Adres' || id || '@Bk.ru' WHERE id % 1500 = 13;
UPDATE stores SET name = name || ' (до 22:00)' WHERE id % 500 = 0;
