"""Каждый ответ собирает сама база: один запрос — готовый JSON."""

# Одна строка — один заказ вместе со своими строками.
ORDER_JSON = """
json_build_object(
    'id', o.id, 'customer_id', o.customer_id, 'status', o.status, 'total', o.total, 'created_at', o.created_at,
    'items', (SELECT coalesce(json_agg(json_build_object('product_id', i.product_id, 'qty', i.qty, 'price', i.price)
                                       ORDER BY i.product_id), '[]')
              FROM order_items AS i WHERE i.order_id = o.id))
"""

FIND = f"SELECT {ORDER_JSON}::text FROM orders AS o WHERE o.id = $1"

# На одну строку больше, чем просили: есть ли следующая страница. Подзапрос с границей считается один раз.
PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT id, customer_id, status, total, created_at, row_number() OVER (ORDER BY created_at DESC, id DESC) AS place
    FROM orders
    WHERE {{filter}}
    ORDER BY created_at DESC, id DESC LIMIT $1 + 1
)
SELECT json_build_object(
    'items', coalesce(json_agg({ORDER_JSON} ORDER BY o.place) FILTER (WHERE o.place <= $1), '[]'),
    'next_cursor', CASE WHEN count(*) > $1 THEN max(
        encode(convert_to(o.created_at::text || '/' || o.id, 'UTF8'), 'hex')) FILTER (WHERE o.place = $1) END
)::text
FROM page AS o
"""
NEWEST = PAGE.format(filter="true")
AFTER = PAGE.format(filter="(created_at, id) < ($2, $3)")
NEWEST_OF_CUSTOMER = PAGE.format(filter="customer_id = $2")
AFTER_OF_CUSTOMER = PAGE.format(filter="customer_id = $2 AND (created_at, id) < ($3, $4)")

# Весь заказ одной командой. Товары запираются по порядку номеров; если чего-то не хватает, ни одна
# из частей, которые пишут, не находит для себя строк. Ключ запирает advisory lock до этой команды.
CREATE = """
WITH wanted AS (
    SELECT * FROM unnest($2::bigint[], $3::int[]) AS w (product_id, qty)
), locked AS MATERIALIZED (
    SELECT p.id, p.price, p.stock FROM products AS p WHERE p.id = ANY($2) ORDER BY p.id FOR UPDATE
), lines AS MATERIALIZED (
    SELECT w.product_id, w.qty, l.price, l.stock FROM wanted AS w LEFT JOIN locked AS l ON l.id = w.product_id
), verdict AS MATERIALIZED (
    SELECT CASE WHEN NOT EXISTS (SELECT FROM customers WHERE id = $1) THEN 'customer'
                WHEN bool_or(price IS NULL) THEN 'product'
                WHEN bool_or(stock < qty) THEN 'stock' ELSE 'ok' END AS said
    FROM lines
), sold AS (
    UPDATE products AS p SET stock = p.stock - l.qty, updated_at = now()
    FROM lines AS l, verdict AS v WHERE p.id = l.product_id AND v.said = 'ok'
), made AS (
    INSERT INTO orders (customer_id, total)
    SELECT $1, (SELECT sum(price * qty) FROM lines) FROM verdict WHERE said = 'ok'
    RETURNING *
), items AS (
    INSERT INTO order_items (order_id, product_id, qty, price)
    SELECT m.id, l.product_id, l.qty, l.price FROM made AS m, lines AS l
), noted AS (
    INSERT INTO idempotency_keys (key, order_id) SELECT $4::text, id FROM made WHERE $4 IS NOT NULL
)
SELECT v.said, m.id, json_build_object(
    'id', m.id, 'customer_id', m.customer_id, 'status', m.status, 'total', m.total, 'created_at', m.created_at,
    'items', (SELECT json_agg(json_build_object('product_id', l.product_id, 'qty', l.qty, 'price', l.price)
                              ORDER BY l.product_id) FROM lines AS l))::text AS body
FROM verdict AS v LEFT JOIN made AS m ON true
"""
