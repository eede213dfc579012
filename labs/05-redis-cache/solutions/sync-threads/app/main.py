"""Everything here is an ordinary function: FastAPI runs it in a thread."""

import json
import os
import threading
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Response
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from app.cache import Cache, CacheUnavailable
from app.schemas import Product, ProductChange, ProductId, Sold, TopLimit

COLUMNS = "id, sku, name, description, price::float8 AS price, stock"

pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=2,
    max_size=10,
    open=False,
    kwargs={"row_factory": dict_row, "autocommit": True},
)
cache = Cache()
# One reader at a time loads what the cache does not have. A key belongs to one of these for ever,
# so there is no dictionary of locks that grows.
stripes = [threading.Lock() for _ in range(256)]


@asynccontextmanager
async def lifespan(_: FastAPI):
    pool.open()
    yield
    pool.close()


app = FastAPI(lifespan=lifespan)


def query(sql: str, *values: Any) -> list[dict]:
    with pool.connection() as connection:
        return connection.execute(sql, values).fetchall()


def through(key: str, load: Callable[[], Any]) -> str:
    try:
        value = cache.lookup(key)
        if value is not None:
            return value
    except CacheUnavailable:
        return dump(load())
    with stripes[hash(key) % len(stripes)]:
        # Whoever waited finds what the first has brought.
        try:
            value = cache.lookup(key)
            if value is not None:
                return value
            generation = cache.begin(key)
        except CacheUnavailable:
            return dump(load())
        value = dump(load())
        try:
            cache.fill(key, generation, value)
        except CacheUnavailable:
            pass
        return value


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/products/top", response_model=list[Sold])
def top(limit: TopLimit = 10):
    # The longest list is as dear as a short one, and one value serves them all.
    sold = through("top", lambda: query(
        "SELECT product_id, sum(qty) AS units FROM order_items"
        " GROUP BY product_id ORDER BY units DESC, product_id LIMIT 50"
    ))
    return json.loads(sold)[:limit]


@app.get("/products/{product_id}", response_model=Product)
def read(product_id: ProductId):
    value = through(
        f"product/{product_id}",
        lambda: query(f"SELECT {COLUMNS} FROM products WHERE id = %s", product_id),
    )
    if value == "[]":
        raise HTTPException(404, "no such product")
    # The list of one row without its brackets.
    return Response(value[1:-1], media_type="application/json")


@app.put("/products/{product_id}", response_model=Product)
def write(product_id: ProductId, body: ProductChange):
    rows = query(
        "UPDATE products SET name = %s, price = %s, stock = %s, updated_at = now()"
        f" WHERE id = %s RETURNING {COLUMNS}",
        body.name, body.price, body.stock, product_id,
    )
    if not rows:
        raise HTTPException(404, "no such product")
    cache.invalidate(f"product/{product_id}")
    return rows[0]
