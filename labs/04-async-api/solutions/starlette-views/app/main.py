"""Starlette without FastAPI: views are classes, the pool is opened by whoever needs it first."""

import asyncio
import os
from contextlib import asynccontextmanager
from decimal import Decimal

import aiohttp
import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import wanted
from .openapi import SCHEMA


def money(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value))


def json(content: object, status: int = 200, **headers: str) -> Response:
    body = orjson.dumps(content, default=money, option=orjson.OPT_UTC_Z)
    return Response(body, status, headers, "application/json")


class View(HTTPEndpoint):
    _pool: asyncpg.Pool | None = None
    _opening = asyncio.Lock()

    @classmethod
    async def pool(cls) -> asyncpg.Pool:
        """Opened at the first request; if that fails, at the next."""
        if View._pool is None:
            async with View._opening:
                if View._pool is None:
                    View._pool = await asyncpg.create_pool(
                        os.environ["DATABASE_URL"], min_size=1, max_size=19, timeout=3, command_timeout=14
                    )
        return View._pool

    @asynccontextmanager
    async def connection(self):
        async with (await self.pool()).acquire() as connection:
            yield connection

    def order_id(self) -> int:
        return wanted.number(self.scope["path_params"]["order_id"], "order_id", None)


async def with_items(connection: asyncpg.Connection, rows: list[asyncpg.Record]) -> list[dict]:
    orders = [dict(row) for row in rows]
    items = await connection.fetch(
        "SELECT order_id, array_agg((product_id, qty, price) ORDER BY product_id) AS lines"
        " FROM order_items WHERE order_id = ANY($1) GROUP BY order_id",
        [order["id"] for order in orders],
    )
    lines = {row["order_id"]: row["lines"] for row in items}
    for order in orders:
        order["items"] = [
            {"product_id": product, "qty": qty, "price": price} for product, qty, price in lines.get(order["id"], [])
        ]
    return orders


async def find(connection: asyncpg.Connection, order_id: int) -> dict:
    rows = await connection.fetch("SELECT * FROM orders WHERE id = $1", order_id)
    if not rows:
        raise HTTPException(404, "no such order")
    return (await with_items(connection, rows))[0]


class Orders(View):
    async def get(self, request: Request) -> Response:
        query = request.query_params
        customer = wanted.number(query.get("customer_id"), "customer_id", None)
        limit = wanted.number(query.get("limit"), "limit", 20, most=100)
        at, last = wanted.from_cursor(query["cursor"]) if "cursor" in query else (None, None)
        async with self.connection() as connection:
            rows = await connection.fetch(
                "SELECT * FROM orders WHERE "
                + ("customer_id = $1" if customer else "$1::bigint IS NULL")
                + " AND (created_at, id) < (coalesce($2, timestamptz 'infinity'), coalesce($3, 0::bigint))"
                " ORDER BY created_at DESC, id DESC LIMIT $4",
                customer,
                at,
                last,
                limit + 1,
            )
            orders = await with_items(connection, rows[:limit])
        more = len(rows) > limit
        cursor = wanted.to_cursor(orders[-1]["created_at"], orders[-1]["id"]) if more else None
        return json({"items": orders, "next_cursor": cursor})

    async def post(self, request: Request) -> Response:
        customer, lines = wanted.new_order(await request.body())
        key = wanted.key(request.headers.get("idempotency-key"))
        async with self.connection() as connection, connection.transaction():
            order = await self.order(connection, customer, lines, key)
        return json(order, 201, Location=f"/orders/{order['id']}")

    async def order(
        self, connection: asyncpg.Connection, customer: int, lines: dict[int, int], key: str | None
    ) -> dict:
        if key is not None:
            # Whoever has the same key waits for this transaction to end.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
            first = await connection.fetchval("SELECT order_id FROM idempotency_keys WHERE key = $1", key)
            if first is not None:
                return await find(connection, first)
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM customers WHERE id = $1)", customer):
            raise HTTPException(404, "no such customer")
        taken = await connection.fetch(
            "SELECT id, price, stock FROM products WHERE id = ANY($1) ORDER BY id FOR UPDATE",
            list(lines),
        )
        if len(taken) < len(lines):
            raise HTTPException(404, "no such product")
        if short := [product["id"] for product in taken if product["stock"] < lines[product["id"]]]:
            raise HTTPException(409, f"not enough of {short}")
        await connection.executemany(
            "UPDATE products SET stock = stock - $2 WHERE id = $1", [(it["id"], lines[it["id"]]) for it in taken]
        )
        total = sum(product["price"] * lines[product["id"]] for product in taken)
        order_id = await connection.fetchval(
            "INSERT INTO orders (customer_id, total) VALUES ($1, $2) RETURNING id", customer, total
        )
        await connection.copy_records_to_table(
            "order_items",
            columns=["order_id", "product_id", "qty", "price"],
            records=[(order_id, it["id"], lines[it["id"]], it["price"]) for it in taken],
        )
        if key is not None:
            await connection.execute("INSERT INTO idempotency_keys (key, order_id) VALUES ($1, $2)", key, order_id)
        return await find(connection, order_id)


class OneOrder(View):
    async def get(self, request: Request) -> Response:
        order_id = self.order_id()
        async with self.connection() as connection:
            return json(await find(connection, order_id))


class Delivery(View):
    async def get(self, request: Request) -> Response:
        order_id = self.order_id()
        async with self.connection() as connection:
            await find(connection, order_id)
        client: aiohttp.ClientSession = request.app.state.client
        try:
            async with client.get(f"{os.environ['UPSTREAM_URL']}/quote/{order_id}") as answer:
                if answer.status != 200:
                    raise HTTPException(502, f"the delivery service says {answer.status}")
                offer = await answer.json()
        except TimeoutError:
            raise HTTPException(504, "the delivery service is late") from None
        except (aiohttp.ClientError, ValueError) as error:
            raise HTTPException(502, f"the delivery service: {type(error).__name__}") from None
        return json({"order_id": order_id, "price": offer["price"], "days": offer["days"]})


class Ready(View):
    async def get(self, request: Request) -> Response:
        async with asyncio.timeout(4), self.connection() as connection:
            await connection.execute("SELECT 1")
        return json({"status": "ok"})


class Health(View):
    async def get(self, request: Request) -> Response:
        return json({"status": "ok"})


class Schema(View):
    async def get(self, request: Request) -> Response:
        return json(SCHEMA)


async def refused(request: Request, error: HTTPException) -> Response:
    return json({"detail": error.detail}, error.status_code)


async def no_database(request: Request, error: Exception) -> Response:
    return json({"detail": f"the database is away: {type(error).__name__}"}, 503)


@asynccontextmanager
async def lifespan(app: Starlette):
    connector, timeout = aiohttp.TCPConnector(limit=200), aiohttp.ClientTimeout(total=1)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as app.state.client:
        yield
    if View._pool is not None:
        await View._pool.close()


away = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
app = Starlette(
    routes=[
        Route("/orders", Orders),
        Route("/orders/{order_id}", OneOrder),
        Route("/orders/{order_id}/delivery", Delivery),
        Route("/ready", Ready),
        Route("/health", Health),
        Route("/openapi.json", Schema),
    ],
    lifespan=lifespan,
    exception_handlers={HTTPException: refused} | dict.fromkeys(away, no_database),
)
