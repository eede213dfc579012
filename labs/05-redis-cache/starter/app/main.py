"""Магазин без кэша. Отвечает правильно, но за каждым ответом идёт в базу.

The shop without a cache. Its answers are right, and the database is asked for each of them.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated

import asyncpg
from fastapi import FastAPI, HTTPException, Path, Query, Request
from pydantic import BaseModel, Field

ProductId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class Product(BaseModel):
    id: int
    sku: str
    name: str
    description: str
    price: float
    stock: int


class ProductChange(BaseModel):
    name: str = Field(min_length=1, pattern=r"^[^\x00]+$")
    price: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    stock: int = Field(ge=0, le=2**31 - 1)


class Sold(BaseModel):
    product_id: int
    units: int


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=10) as pool:
        app.state.pool = pool
        yield


app = FastAPI(title="Shop", lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


# Адрес с «top» должен стоять выше адреса с номером, иначе «top» попробуют прочесть как номер.
@app.get("/products/top")
async def top(request: Request, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> list[Sold]:
    rows = await request.app.state.pool.fetch(
        "SELECT product_id, sum(qty) AS units FROM order_items"
        " GROUP BY product_id ORDER BY units DESC, product_id LIMIT $1",
        limit,
    )
    return [Sold(**row) for row in rows]


@app.get("/products/{product_id}")
async def product(product_id: ProductId, request: Request) -> Product:
    row = await request.app.state.pool.fetchrow(
        "SELECT id, sku, name, description, price, stock FROM products WHERE id = $1", product_id
    )
    if row is None:
        raise HTTPException(404, "There is no such product")
    return Product(**row)


@app.put("/products/{product_id}")
async def change(product_id: ProductId, change: ProductChange, request: Request) -> Product:
    row = await request.app.state.pool.fetchrow(
        "UPDATE products SET name = $2, price = $3, stock = $4, updated_at = now()"
        " WHERE id = $1 RETURNING id, sku, name, description, price, stock",
        product_id,
        change.name,
        change.price,
        change.stock,
    )
    if row is None:
        raise HTTPException(404, "There is no such product")
    return Product(**row)
