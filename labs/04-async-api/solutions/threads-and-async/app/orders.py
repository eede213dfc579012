"""Запросы к базе: обычные функции, каждая — одна транзакция."""

import base64
import json
from datetime import datetime
from decimal import Decimal

from psycopg import Connection
from psycopg.errors import UniqueViolation

from .database import transaction


class NotFound(Exception):
    """Чего-то нет."""


class OutOfStock(Exception):
    """Товара не хватает."""


def encode(order: dict) -> str:
    place = json.dumps([order["created_at"].isoformat(), order["id"]])
    return base64.b32encode(place.encode()).decode()


def decode(cursor: str) -> tuple[datetime, int]:
    """ValueError, если это не курсор."""
    match json.loads(base64.b32decode(cursor)):
        case [str(at), int(last)] if 0 < last < 2**63:
            return datetime.fromisoformat(at), last
        case _:
            raise ValueError(cursor)


def with_items(connection: Connection, orders: list[dict]) -> list[dict]:
    items: dict[int, list[dict]] = {order["id"]: [] for order in orders}
    rows = connection.execute(
        "SELECT order_id, product_id, qty, price FROM order_items WHERE order_id = ANY(%s)", [list(items)]
    )
    for row in rows:
        items[row.pop("order_id")].append(row)
    return [order | {"items": items[order["id"]]} for order in orders]


def read(connection: Connection, order_id: int) -> dict:
    order = connection.execute("SELECT * FROM orders WHERE id = %s", [order_id]).fetchone()
    if order is None:
        raise NotFound("нет такого заказа")
    return with_items(connection, [order])[0]


def get(order_id: int) -> dict:
    with transaction() as connection:
        return read(connection, order_id)


def page(customer_id: int | None, limit: int, after: tuple[datetime, int] | None) -> dict:
    query, values = "SELECT * FROM orders WHERE true", []
    if customer_id is not None:
        query += " AND customer_id = %s"
        values.append(customer_id)
    if after is not None:
        query += " AND (created_at, id) < (%s, %s)"
        values += after
    query += " ORDER BY created_at DESC, id DESC LIMIT %s"
    with transaction() as connection:
        found = connection.execute(query, [*values, limit + 1]).fetchall()
        orders = with_items(connection, found[:limit])
    return {"items": orders, "next_cursor": encode(orders[-1]) if len(found) > limit else None}


def create(customer_id: int, lines: list[tuple[int, int]], key: str | None) -> dict:
    if key is None:
        with transaction() as connection:
            return make(connection, customer_id, lines)
    try:
        with transaction() as connection:
            # Ключ первым делом: кто пришёл вторым, ждёт здесь и получает UniqueViolation.
            connection.execute("INSERT INTO idempotency_keys (key, order_id) VALUES (%s, 0)", [key])
            order = make(connection, customer_id, lines)
            connection.execute("UPDATE idempotency_keys SET order_id = %s WHERE key = %s", [order["id"], key])
            return order
    except UniqueViolation:
        with transaction() as connection:
            first = connection.execute("SELECT order_id FROM idempotency_keys WHERE key = %s", [key]).fetchone()
            return read(connection, first["order_id"])


def make(connection: Connection, customer_id: int, lines: list[tuple[int, int]]) -> dict:
    if not connection.execute("SELECT FROM customers WHERE id = %s", [customer_id]).rowcount:
        raise NotFound("нет такого покупателя")
    bought: list[tuple[int, int, Decimal]] = []
    # По порядку номеров: двум заказам не из-за чего ждать друг друга по кругу.
    for product_id, qty in sorted(lines):
        product = connection.execute(
            "SELECT price, stock FROM products WHERE id = %s FOR UPDATE", [product_id]
        ).fetchone()
        if product is None:
            raise NotFound(f"нет товара {product_id}")
        if product["stock"] < qty:
            raise OutOfStock(f"товара {product_id} осталось {product['stock']}")
        connection.execute("UPDATE products SET stock = stock - %s WHERE id = %s", [qty, product_id])
        bought.append((product_id, qty, product["price"]))
    order = connection.execute(
        "INSERT INTO orders (customer_id, total) VALUES (%s, %s) RETURNING *",
        [customer_id, sum(qty * price for _, qty, price in bought)],
    ).fetchone()
    connection.cursor().executemany(
        "INSERT INTO order_items (order_id, product_id, qty, price) VALUES (%s, %s, %s, %s)",
        [(order["id"], *line) for line in bought],
    )
    return order | {"items": [dict(zip(("product_id", "qty", "price"), line)) for line in bought]}
