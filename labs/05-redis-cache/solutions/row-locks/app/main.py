"""Bare Starlette, and a product in Redis as a hash.

Whoever loads a product holds its row (FOR SHARE) until the copy is in Redis, so a PUT of that row
waits for him, and removes the copy after its own commit. Nothing old can be stored after that.
"""

import asyncio
import json
import os
from contextlib import asynccontextmanager, suppress
from decimal import Decimal, InvalidOperation

import asyncpg
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

TTL = int(os.environ["CACHE_TTL_SECONDS"])
SECONDS = 0.25
AWAY = (RedisError, OSError, TimeoutError)
FIELDS = "id, sku, name, description, price, stock"
# What a hash says of a product that does not exist.
NOBODY = {"id": ""}

waiting: dict[str, asyncio.Task] = {}


@asynccontextmanager
async def lifespan(app: Starlette):
    app.state.redis = Redis.from_url(
        os.environ["REDIS_URL"],
        decode_responses=True,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=10) as pool:
        app.state.pool = pool
        app.state.unforgotten = set()
        app.state.sick_until = 0.0
        yield
    await app.state.redis.aclose()


async def ask_redis(app: Starlette, call):
    """None where Redis does not answer; for a second after that nobody asks."""
    now = asyncio.get_running_loop().time
    if now() < app.state.sick_until:
        return None
    try:
        async with asyncio.timeout(SECONDS):
            while app.state.unforgotten:
                key = app.state.unforgotten.pop()
                try:
                    await app.state.redis.delete(key)
                except BaseException:
                    app.state.unforgotten.add(key)
                    raise
            return await call(app.state.redis)
    except AWAY:
        app.state.sick_until = now() + 1.0
        return None


async def together(key: str, work):
    task = waiting.get(key)
    if task is None:
        task = waiting[key] = asyncio.create_task(work())
        task.add_done_callback(lambda done: waiting.get(key) is done and waiting.pop(key))
    return await asyncio.shield(task)


def whole(text: str | None, least: int, most: int) -> int:
    with suppress(TypeError, ValueError):
        if least <= (number := int(text)) <= most:
            return number
    raise HTTPException(422, f"a number from {least} to {most} is needed")


def shown(row) -> dict:
    return {**row, "id": int(row["id"]), "price": float(row["price"]), "stock": int(row["stock"])}


async def load(app: Starlette, key: str, product_id: int) -> dict | None:
    async with app.state.pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(
            f"SELECT {FIELDS} FROM products WHERE id = $1 FOR SHARE", product_id
        )
        fields = NOBODY if row is None else {name: str(value) for name, value in row.items()}

        async def keep(redis: Redis) -> None:
            async with redis.pipeline(transaction=True) as pipe:
                await pipe.delete(key).hset(key, mapping=fields).expire(key, TTL).execute()

        await ask_redis(app, keep)
    return None if row is None else shown(row)


async def read_product(request: Request) -> JSONResponse:
    product_id = whole(request.path_params["id"], 1, 2**63 - 1)
    key = f"product:{product_id}"
    kept = await ask_redis(request.app, lambda redis: redis.hgetall(key))
    if kept:
        product = shown(kept) if kept["id"] else None
    else:
        product = await together(key, lambda: load(request.app, key, product_id))
    if product is None:
        raise HTTPException(404, "no such product")
    return JSONResponse(product)


async def change_product(request: Request) -> JSONResponse:
    product_id = whole(request.path_params["id"], 1, 2**63 - 1)
    try:
        body = json.loads(await request.body(), parse_float=Decimal)
        name, price, stock = body["name"], Decimal(body["price"]), body["stock"]
        cents = price * 100
        if not (isinstance(name, str) and name and "\0" not in name):
            raise ValueError("name")
        if not (0 <= cents < 10**12 and cents == int(cents)):
            raise ValueError("price")
        if isinstance(stock, bool) or not isinstance(stock, int) or not 0 <= stock < 2**31:
            raise ValueError("stock")
    except (ValueError, KeyError, TypeError, InvalidOperation, OverflowError) as error:
        raise HTTPException(422, f"bad product: {error!r}") from None
    row = await request.app.state.pool.fetchrow(
        "UPDATE products SET name = $2, price = $3, stock = $4, updated_at = now()"
        f" WHERE id = $1 RETURNING {FIELDS}",
        product_id,
        name,
        price,
        stock,
    )
    if row is None:
        raise HTTPException(404, "no such product")
    key = f"product:{product_id}"
    # Who comes now must not get what somebody began to read before.
    waiting.pop(key, None)
    if len(request.app.state.unforgotten) < 10_000:
        request.app.state.unforgotten.add(key)
    request.app.state.sick_until = 0.0
    await ask_redis(request.app, lambda redis: redis.ping())
    return JSONResponse(shown(row))


async def read_top(request: Request) -> JSONResponse:
    limit = whole(request.query_params.get("limit", "10"), 1, 50)
    app = request.app

    async def count() -> list:
        rows = await app.state.pool.fetch(
            "SELECT product_id, sum(qty) AS units FROM order_items"
            " GROUP BY product_id ORDER BY units DESC, product_id LIMIT 50"
        )
        best = [dict(row) for row in rows]
        await ask_redis(app, lambda redis: redis.set("best", json.dumps(best), ex=TTL))
        return best

    kept = await ask_redis(app, lambda redis: redis.get("best"))
    best = json.loads(kept) if kept else await together("best", count)
    return JSONResponse(best[:limit])


async def health(request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def refused(request: Request, error: HTTPException) -> JSONResponse:
    return JSONResponse({"detail": error.detail}, error.status_code)


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/products/top", read_top),
        Route("/products/{id}", read_product, methods=["GET"]),
        Route("/products/{id}", change_product, methods=["PUT"]),
    ],
    exception_handlers={HTTPException: refused},
    lifespan=lifespan,
)
