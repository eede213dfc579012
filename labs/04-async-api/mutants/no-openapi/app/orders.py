"""Заказы в базе данных. Один вызов — одно подключение и не больше одной транзакции."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timezone

import asyncpg
from fastapi import HTTPException

from .schemas import NewOrder

ORDER = "SELECT id, customer_id, status, total, created_at FROM orders"


def to_cursor(order: dict) -> str:
    return urlsafe_b64encode(f"{order['created_at'].isoformat()} {order['id']}".encode()).decode()


def from_cursor(cursor: str) -> tuple[datetime, int]:
    try:
        created_at, order_id = urlsafe_b64decode(cursor).decode().split(" ")
        place = datetime.fromisoformat(created_at).astimezone(timezone.utc), int(order_id)
        if not 0 < place[1] < 2**63:
            raise ValueError(cursor)
    except (ValueError, OverflowError):
        raise HTTPException(422, "broken cursor") from None
    return place


async def with_lines(connection: asyncpg.Connection, rows: list[asyncpg.Record]) -> list[dict]:
    """Строки всех заказов — одним запросом, сколько бы заказов ни было."""
    orders = {row["id"]: dict(row, items=[]) for row in rows}
    lines = await connection.fetch(
        "SELECT order_id, product_id, qty, price FROM order_items"
        " WHERE order_id = ANY($1) ORDER BY order_id, product_id",
        list(orders),
    )
    for line in lines:
        orders[line["order_id"]]["items"].append(dict(line))
    return list(orders.values())


async def find(connection: asyncpg.Connection, order_id: int) -> dict:
    row = await connection.fetchrow(f"{ORDER} WHERE id = $1", order_id)
    if row is None:
        raise HTTPException(404, "no such order")
    return (await with_lines(connection, [row]))[0]


async def exists(connection: asyncpg.Connection, order_id: int) -> bool:
    return await connection.fetchval("SELECT true FROM orders WHERE id = $1", order_id) is not None


async def page(
    connection: asyncpg.Connection, customer_id: int | None, limit: int, cursor: str | None
) -> dict:
    conditions, values = [], [limit + 1]
    if customer_id is not None:
        values.append(customer_id)
        conditions.append(f"customer_id = ${len(values)}")
    if cursor is not None:
        values += from_cursor(cursor)
        conditions.append(f"(created_at, id) < (${len(values) - 1}, ${len(values)})")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = await connection.fetch(
        f"{ORDER} {where} ORDER BY created_at DESC, id DESC LIMIT $1", *values
    )
    orders = await with_lines(connection, rows[:limit])
    more = len(rows) > limit
    return {"items": orders, "next_cursor": to_cursor(orders[-1]) if more else None}


async def create(connection: asyncpg.Connection, new: NewOrder, key: str | None) -> dict:
    async with connection.transaction():
        if key is not None:
            # Второй запрос с тем же ключом ждёт здесь, пока первый не зафиксирован или не
            # отменён; после отмены ключ свободен.
            free = await connection.fetchval(
                "INSERT INTO idempotency_keys (key, order_id) VALUES ($1, 0)"
                " ON CONFLICT DO NOTHING RETURNING true",
                key,
            )
            if not free:
                first = await connection.fetchval(
                    "SELECT order_id FROM idempotency_keys WHERE key = $1", key
                )
                return await find(connection, first)

        customer = await connection.fetchval(
            "SELECT true FROM customers WHERE id = $1", new.customer_id
        )
        if customer is None:
            raise HTTPException(404, "no such customer")

        wanted = {line.product_id: line.qty for line in new.items}
        # По возрастанию id: два заказа с одними товарами не ждут друг друга по кругу.
        products = await connection.fetch(
            "SELECT id, price, stock FROM products WHERE id = ANY($1) ORDER BY id"
            " FOR NO KEY UPDATE",
            list(wanted),
        )
        if len(products) < len(wanted):
            raise HTTPException(404, "no such product")
        for product in products:
            if product["stock"] < wanted[product["id"]]:
                raise HTTPException(409, f"product {product['id']} is out of stock")

        ids = [product["id"] for product in products]
        qtys = [wanted[product["id"]] for product in products]
        prices = [product["price"] for product in products]
        await connection.execute(
            "UPDATE products SET stock = stock - sold.qty, updated_at = now()"
            " FROM unnest($1::bigint[], $2::int[]) AS sold (id, qty) WHERE products.id = sold.id",
            ids,
            qtys,
        )
        order = await connection.fetchrow(
            "INSERT INTO orders (customer_id, total) VALUES ($1, $2)"
            " RETURNING id, customer_id, status, total, created_at",
            new.customer_id,
            sum(price * qty for price, qty in zip(prices, qtys)),
        )
        await connection.execute(
            "INSERT INTO order_items (order_id, product_id, qty, price)"
            " SELECT $1, * FROM unnest($2::bigint[], $3::int[], $4::numeric[])",
            order["id"],
            ids,
            qtys,
            prices,
        )
        if key is not None:
            await connection.execute(
                "UPDATE idempotency_keys SET order_id = $2 WHERE key = $1", key, order["id"]
            )
        items = [
            {"product_id": id, "qty": qty, "price": price}
            for id, qty, price in zip(ids, qtys, prices)
        ]
        return dict(order, items=items)
