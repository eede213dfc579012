"""The queries. Money leaves here as a JSON number."""

from decimal import Decimal

import asyncpg

from app.settings import DATABASE_URL

PRODUCT = "id, sku, name, description, price, stock"


async def open_pool() -> asyncpg.Pool:
    return await asyncpg.create_pool(DATABASE_URL, min_size=2, max_size=10, command_timeout=30)


def _product(row: asyncpg.Record | None) -> dict | None:
    return None if row is None else {**row, "price": float(row["price"])}


async def product(pool: asyncpg.Pool, product_id: int) -> dict | None:
    row = await pool.fetchrow(f"SELECT {PRODUCT} FROM products WHERE id = $1", product_id)
    return _product(row)


async def change(
    pool: asyncpg.Pool, product_id: int, name: str, price: Decimal, stock: int
) -> dict | None:
    row = await pool.fetchrow(
        "UPDATE products SET name = $2, price = $3, stock = $4, updated_at = now()"
        f" WHERE id = $1 RETURNING {PRODUCT}",
        product_id,
        name,
        price,
        stock,
    )
    return _product(row)


async def top(pool: asyncpg.Pool, limit: int) -> list[dict]:
    rows = await pool.fetch(
        "SELECT product_id, sum(qty) AS units FROM order_items"
        " GROUP BY product_id ORDER BY units DESC, product_id LIMIT $1",
        limit,
    )
    return [dict(row) for row in rows]
