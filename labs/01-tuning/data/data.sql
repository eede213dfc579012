-- Every value is a hash of a row number: no random(), no clock.
CREATE FUNCTION seed.h(n bigint, salt bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(n, salt) & 9223372036854775807) $$;

-- 50,000 rows: their sort needs between 4,352 and 4,608 kB.
INSERT INTO orders
SELECT n, seed.h(n, 2) % 2000 + 1,
       (ARRAY['paid', 'sent', 'done', 'done', 'returned'])[seed.h(n, 3) % 5 + 1],
       (seed.h(n, 4) % 5000000) / 100.0 + 100,
       timestamptz '2025-01-01 00:00:00+00' + n * interval '7 minutes'
FROM generate_series(1, 50000) AS n;

-- 20 cities of 100 customers each, so that the plan is the same whichever is asked for.
INSERT INTO customers
SELECT n, 'Покупатель ' || n,
       (ARRAY['Москва', 'Санкт-Петербург', 'Новосибирск', 'Екатеринбург', 'Казань',
              'Нижний Новгород', 'Челябинск', 'Самара', 'Омск', 'Ростов-на-Дону',
              'Уфа', 'Красноярск', 'Воронеж', 'Пермь', 'Волгоград',
              'Краснодар', 'Саратов', 'Тюмень', 'Тольятти', 'Ижевск'])
           [row_number() OVER (ORDER BY seed.h(n, 7), n) % 20 + 1]
FROM generate_series(1, 2000) AS n
ORDER BY n;

-- 4 invoices a customer, 8 rows a page.
INSERT INTO invoices
SELECT row_number() OVER (ORDER BY seed.h(n, 5), n), n % 2000 + 1,
       (seed.h(n, 6) % 500000) / 100.0, repeat(md5(n::text), 28)
FROM generate_series(1, 8000) AS n;
CREATE INDEX invoices_customer_id ON invoices (customer_id);

INSERT INTO products
SELECT n, 'SKU-' || lpad(n::text, 6, '0'), (seed.h(n, 1) % 100000) / 100.0 + 10, 1000
FROM generate_series(1, 10000) AS n;
