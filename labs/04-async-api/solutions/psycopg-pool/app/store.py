"""Orders in PostgreSQL."""

import re
from datetime import datetime, timedelta, timezone

from psycopg import AsyncConnection

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)

FIND = "SELECT id, customer_id, status, total, created_at FROM orders WHERE id = %s"
LINES = """
SELECT order_id, product_id, qty, price FROM order_items
WHERE order_id = ANY(%s) ORDER BY order_id, product_id
"""
PAGE = """
SELECT id, customer_id, status, total, created_at FROM orders
WHERE (created_at, id) < (%(at)s, %(id)s) ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""
CUSTOMERS_PAGE = """
SELECT id, customer_id, status, total, created_at FROM orders
WHERE customer_id = %(customer)s AND (created_at, id) < (%(at)s, %(id)s)
ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


class NotFound(Exception):
    pass


class OutOfStock(Exception):
    pass


class BrokenCursor(Exception):
    pass


def write_cursor(order: dict) -> str:
    """Microseconds since 1970, and the id: exact, and readable in a log."""
    return f"{(order['created_at'] - EPOCH) // timedelta(microseconds=1)}-{order['id']}"


def read_cursor(text: str | None) -> tuple[datetime, int]:
    if text is None:
        return datetime.max.replace(tzinfo=timezone.utc), 2**63 - 1
    if not (match := CURSOR.fullmatch(text)):
        raise BrokenCursor(text)
    return EPOCH + timedelta(microseconds=int(match[1])), int(match[2])


async def add_lines(connection: AsyncConnection, orders: list[dict]) -> list[dict]:
    by_id = {order["id"]: order for order in orders}
    for order in orders:
        order["items"] = []
    async for line in await connection.execute(LINES, [list(by_id)]):
        by_id[line.pop("order_id")]["items"].append(line)
    return orders


async def find(connection: AsyncConnection, order_id: int) -> dict:
    order = await (await connection.execute(FIND, [order_id])).fetchone()
    if order is None:
        raise NotFound("no such order")
    [order] = await add_lines(connection, [order])
    return order


async def page(connection: AsyncConnection, customer: int | None, limit: int, cursor: str | None) -> dict:
    at, last = read_cursor(cursor)
    values = {"at": at, "id": last, "limit": limit + 1, "customer": customer}
    query = PAGE if customer is None else CUSTOMERS_PAGE
    orders = await (await connection.execute(query, values)).fetchall()
    shown = await add_lines(connection, orders[:limit])
    return {"items": shown, "next_cursor": write_cursor(shown[-1]) if len(orders) > limit else None}


async def create(connection: AsyncConnection, customer: int, lines: dict[int, int], key: str | None) -> dict:
    async with connection.transaction():
        if key is not None and (first := await claim(connection, key)) is not None:
            return await find(connection, first)
        if await one(connection, "SELECT 1 AS it FROM customers WHERE id = %s", customer) is None:
            raise NotFound("no such customer")
        bought = []
        # One after another by id, so that no two orders wait for each other.
        for product, qty in sorted(lines.items()):
            price = await one(
                connection,
                "UPDATE products SET stock = stock - %s WHERE id = %s AND stock >= %s RETURNING price AS it",
                qty, product, qty,
            )
            if price is None:
                known = await one(connection, "SELECT 1 AS it FROM products WHERE id = %s", product)
                raise OutOfStock(f"not enough of {product}") if known else NotFound("no such product")
            bought.append((product, qty, price))
        total = sum(qty * price for _, qty, price in bought)
        order = await one(
            connection, "INSERT INTO orders (customer_id, total) VALUES (%s, %s) RETURNING id AS it", customer, total
        )
        async with connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO order_items (order_id, product_id, qty, price) VALUES (%s, %s, %s, %s)",
                [(order, *line) for line in bought],
            )
        if key is not None:
            await connection.execute("UPDATE idempotency_keys SET order_id = %s WHERE key = %s", [order, key])
        return await find(connection, order)


async def claim(connection: AsyncConnection, key: str) -> int | None:
    """The order that the key has made already; None if it is ours now, until the transaction ends."""
    while True:
        mine = await one(
            connection,
            "INSERT INTO idempotency_keys (key, order_id) VALUES (%s, 0) ON CONFLICT DO NOTHING RETURNING 1 AS it",
            key,
        )
        if mine:
            return None
        first = await one(connection, "SELECT order_id AS it FROM idempotency_keys WHERE key = %s", key)
        if first is not None:
            return first


async def one(connection: AsyncConnection, query: str, *values):
    row = await (await connection.execute(query, values)).fetchone()
    return row and row["it"]
