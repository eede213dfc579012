import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, HTTPException, Response

from app.far import Far, NoRedis, slot_of
from app.near import Near
from app.schemas import Product, ProductChange, ProductId, Sold, TopLimit

FIELDS = "id, sku, name, description, price, stock"
PREFIX = "shop:"
TOP = PREFIX + "top"
TOP_SLOT = "slot:top"

flights: dict[str, asyncio.Future[bytes]] = {}
near = Near(float(os.environ["LOCAL_TTL_SECONDS"]))
far = Far(os.environ["REDIS_URL"], int(os.environ["CACHE_TTL_SECONDS"]))
db: asyncpg.Pool


@asynccontextmanager
async def lifespan(_: FastAPI):
    global db
    db = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=2, max_size=10)
    following = asyncio.create_task(near.follow(os.environ["REDIS_URL"], PREFIX))
    yield
    following.cancel()
    await far.close()
    await db.close()


app = FastAPI(lifespan=lifespan)


async def read(key: str, slot: str, load: Callable[[], Awaitable[object]]) -> bytes:
    value = near.get(key)
    if value is not None:
        return value
    changes = near.changes
    try:
        value = await far.get(key)
    except NoRedis:
        value = None
    if value is None:
        value = await once(key, lambda: fetch(key, slot, load))
    near.set(key, value, changes)
    return value


async def fetch(key: str, slot: str, load: Callable[[], Awaitable[object]]) -> bytes:
    while True:
        try:
            value, mark = await far.mark(key, slot)
        except NoRedis:
            return dump(await load())
        if value is not None:
            return value
        value = dump(await load())
        try:
            if await far.store(key, slot, mark, value):
                return value
        except NoRedis:
            return value
        # Something was written meanwhile, and who came after it waits here for the new value.


def dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


async def once(key: str, work: Callable[[], Awaitable[bytes]]) -> bytes:
    flight = flights.get(key)
    if flight is None:
        flight = flights[key] = asyncio.ensure_future(work())
        flight.add_done_callback(lambda done: flights.get(key) is done and flights.pop(key))
    return await asyncio.shield(flight)


def plain(row: asyncpg.Record | None) -> dict | None:
    return row and {**row, "price": float(row["price"])}


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/products/top", response_model=list[Sold])
async def top(limit: TopLimit = 10):
    async def load():
        rows = await db.fetch(
            "SELECT product_id, sum(qty) AS units FROM order_items"
            " GROUP BY product_id ORDER BY units DESC, product_id LIMIT 50"
        )
        return [dict(row) for row in rows]

    return json.loads(await read(TOP, TOP_SLOT, load))[:limit]


@app.get("/products/{product_id}", response_model=Product)
async def get_product(product_id: ProductId):
    async def load():
        query = f"SELECT {FIELDS} FROM products WHERE id = $1"
        return plain(await db.fetchrow(query, product_id))

    value = await read(f"{PREFIX}{product_id}", slot_of(product_id), load)
    if value == b"null":
        raise HTTPException(404, "unknown")
    return Response(value, media_type="application/json")


@app.put("/products/{product_id}", response_model=Product)
async def put_product(product_id: ProductId, body: ProductChange):
    row = await db.fetchrow(
        "UPDATE products SET (name, price, stock, updated_at) = ($2, $3, $4, now())"
        f" WHERE id = $1 RETURNING {FIELDS}",
        product_id,
        body.name,
        body.price,
        body.stock,
    )
    if row is None:
        raise HTTPException(404, "unknown")
    key = f"{PREFIX}{product_id}"
    flights.pop(key, None)
    near.drop(key)
    await far.drop(key, slot_of(product_id))
    near.drop(key)
    return plain(row)
