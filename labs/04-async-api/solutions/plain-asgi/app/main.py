"""Orders on bare ASGI: `app` is a function."""

import asyncio
import json
import os
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx

from .http import Answer, Call, Refused, Router, serve

AWAY = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
OPENAPI = json.loads(Path(__file__).with_name("openapi.json").read_text())

route = Router()
pool: asyncpg.Pool
client: httpx.AsyncClient


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http":
        await serve(route, scope, receive, send, AWAY)


async def lifespan(receive, send):
    global pool, client
    await receive()
    pool = asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=0, max_size=20, timeout=2, command_timeout=20)
    await pool
    client = httpx.AsyncClient(timeout=1, limits=httpx.Limits(max_connections=300), trust_env=False)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await client.aclose()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


def integer(value: object, least: int = 1, most: int = 2**63 - 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refused(422, f"an integer from {least} to {most} is wanted")
    return value


def number(text: str, **bounds: int) -> int:
    try:
        return integer(int(text), **bounds)
    except ValueError:
        raise Refused(422, "a number is wanted") from None


def order_id(call: Call) -> int:
    return number(call.path[0])


# ------------------------------------------------------------------------------------------ routes


@route("GET", "/health")
async def health(call: Call) -> Answer:
    return Answer({"status": "ok"})


@route("GET", "/openapi.json")
async def openapi(call: Call) -> Answer:
    return Answer(OPENAPI)


@route("GET", "/ready")
async def ready(call: Call) -> Answer:
    async with asyncio.timeout(3):
        await pool.execute("SELECT 1")
    return Answer({"status": "ok"})


@route("GET", "/orders")
async def orders(call: Call) -> Answer:
    limit = number(call.query.get("limit", "20"), most=100)
    conditions, values = ["true"], []
    if "customer_id" in call.query:
        values.append(number(call.query["customer_id"]))
        conditions.append("customer_id = $1")
    if "cursor" in call.query:
        created_at, _, last = call.query["cursor"].partition("_")
        try:
            values += [datetime.fromisoformat(created_at), integer(int(last))]
        except ValueError:
            raise Refused(422, "a broken cursor") from None
        if values[-2].tzinfo is None or values[-2].year > 9000:
            raise Refused(422, "a broken cursor")
        conditions.append(f"(created_at, id) < (${len(values) - 1}, ${len(values)})")
    async with pool.acquire() as connection:
        rows = await connection.fetch(
            f"SELECT * FROM orders WHERE {' AND '.join(conditions)}"
            f" ORDER BY created_at DESC, id DESC LIMIT {limit + 1:d}",
            *values,
        )
        page = await with_items(connection, rows[:limit])
    last = page[-1] if len(rows) > limit else None
    return Answer({"items": page, "next_cursor": last and f"{last['created_at'].isoformat()}_{last['id']}"})


@route("GET", "/orders/{id}")
async def order(call: Call) -> Answer:
    async with pool.acquire() as connection:
        return Answer(await find(connection, order_id(call)))


@route("GET", "/orders/{id}/delivery")
async def delivery(call: Call) -> Answer:
    id = order_id(call)
    if not await pool.fetchval("SELECT true FROM orders WHERE id = $1", id):
        raise Refused(404, "no such order")
    try:
        async with asyncio.timeout(1):
            answer = await client.get(f"{os.environ['UPSTREAM_URL']}/quote/{id}")
        quote = answer.raise_for_status().json()
    except (TimeoutError, httpx.TimeoutException):
        raise Refused(504, "the delivery service keeps silent") from None
    except (httpx.HTTPError, ValueError):
        raise Refused(502, "the delivery service is out of order") from None
    return Answer({"order_id": id, "price": quote["price"], "days": quote["days"]})


@route("POST", "/orders")
async def create(call: Call) -> Answer:
    customer, lines = wanted(call.body)
    key = call.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= 200:
        raise Refused(422, "a key has 1 to 200 characters")
    for _ in range(3):
        async with pool.acquire() as connection:
            try:
                async with connection.transaction():
                    made = await place(connection, customer, lines, key)
                break
            except asyncpg.UniqueViolationError:
                # Somebody with the same key was here first, and has committed.
                first = await connection.fetchval("SELECT order_id FROM idempotency_keys WHERE key = $1", key)
                if first is not None:
                    made = await find(connection, first)
                    break
    return Answer(made, 201, {"Location": f"/orders/{made['id']}"})


# ---------------------------------------------------------------------------------------- database


def wanted(body: bytes) -> tuple[int, dict[int, int]]:
    try:
        new = json.loads(body)
        items = [(item["product_id"], item["qty"]) for item in new["items"]]
        customer = integer(new["customer_id"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused(422, "no order") from None
    lines = {integer(product): integer(qty, most=1000) for product, qty in items}
    if not lines or len(lines) < len(items):
        raise Refused(422, "no items, or one of them twice")
    return customer, lines


async def with_items(connection: asyncpg.Connection, rows: list[asyncpg.Record]) -> list[dict]:
    orders = {row["id"]: {**row, "items": []} for row in rows}
    for order_id, *line in await connection.fetch(
        "SELECT order_id, product_id, qty, price FROM order_items WHERE order_id = ANY($1)", list(orders)
    ):
        orders[order_id]["items"].append(dict(zip(("product_id", "qty", "price"), line)))
    return list(orders.values())


async def find(connection: asyncpg.Connection, order_id: int) -> dict:
    rows = await connection.fetch("SELECT * FROM orders WHERE id = $1", order_id)
    if not rows:
        raise Refused(404, "no such order")
    return (await with_items(connection, rows))[0]


async def place(connection: asyncpg.Connection, customer: int, lines: dict[int, int], key: str | None) -> dict:
    """The order's number is taken from its row, which comes first: the key names it at once."""
    if not await connection.fetchval("SELECT true FROM customers WHERE id = $1", customer):
        raise Refused(404, "no such customer")
    order_id = await connection.fetchval(
        "INSERT INTO orders (customer_id, total) VALUES ($1, 0) RETURNING id", customer
    )
    if key is not None:
        await connection.execute("INSERT INTO idempotency_keys (key, order_id) VALUES ($1, $2)", key, order_id)
    for product, qty in sorted(lines.items()):
        price = await connection.fetchval(
            "UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING price", product, qty
        )
        if price is None:
            there = await connection.fetchval("SELECT true FROM products WHERE id = $1", product)
            raise Refused(409, f"not enough of {product}") if there else Refused(404, "no such product")
        await connection.execute(
            "INSERT INTO order_items (order_id, product_id, qty, price) VALUES ($1, $2, $3, $4)",
            order_id, product, qty, price,
        )
    await connection.execute(
        "UPDATE orders SET total = (SELECT sum(qty * price) FROM order_items WHERE order_id = id) WHERE id = $1",
        order_id,
    )
    return await find(connection, order_id)
