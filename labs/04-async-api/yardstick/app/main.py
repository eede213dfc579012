"""The yardstick of lab 04: what the same work costs in the same stack. Latencies are compared with it.

It does what the endpoints have to do and nothing else: no validation beyond types, no keys, no
delivery, no care for a database that is away. It is no solution.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

COLUMNS = "id, customer_id, status, total, created_at"


class Line(BaseModel):
    product_id: int
    qty: int


class NewOrder(BaseModel):
    customer_id: int
    items: list[Line]


class OrderLine(Line):
    price: float


class Order(BaseModel):
    id: int
    customer_id: int
    status: str
    total: float
    created_at: datetime
    items: list[OrderLine]


class Page(BaseModel):
    items: list[Order]
    next_cursor: str | None


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=0, max_size=15) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


async def with_lines(connection, rows) -> list[dict]:
    orders = {row["id"]: dict(row, items=[]) for row in rows}
    for order_id, product_id, qty, price in await connection.fetch(
        "SELECT order_id, product_id, qty, price FROM order_items"
        " WHERE order_id = ANY($1) ORDER BY order_id, product_id",
        list(orders),
    ):
        orders[order_id]["items"].append({"product_id": product_id, "qty": qty, "price": price})
    return list(orders.values())


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/orders/{order_id}")
async def read_order(order_id: int) -> Order:
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch(f"SELECT {COLUMNS} FROM orders WHERE id = $1", order_id)
        if not rows:
            raise HTTPException(404)
        return (await with_lines(connection, rows))[0]


@app.get("/orders")
async def list_orders(customer_id: int | None = None, limit: int = 20, cursor: str | None = None) -> Page:
    conditions, values = [], [limit + 1]
    if customer_id is not None:
        values.append(customer_id)
        conditions.append(f"customer_id = ${len(values)}")
    if cursor is not None:
        created_at, order_id = urlsafe_b64decode(cursor).decode().split(" ")
        values += [datetime.fromisoformat(created_at), int(order_id)]
        conditions.append(f"(created_at, id) < (${len(values) - 1}, ${len(values)})")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    async with app.state.pool.acquire() as connection:
        rows = await connection.fetch(
            f"SELECT {COLUMNS} FROM orders {where} ORDER BY created_at DESC, id DESC LIMIT $1", *values
        )
        orders = await with_lines(connection, rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    place = last and urlsafe_b64encode(f"{last['created_at'].isoformat()} {last['id']}".encode()).decode()
    return {"items": orders, "next_cursor": place}


@app.post("/orders", status_code=201)
async def create_order(new: NewOrder, response: Response) -> Order:
    wanted = {line.product_id: line.qty for line in new.items}
    async with app.state.pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval("SELECT true FROM customers WHERE id = $1", new.customer_id):
            raise HTTPException(404)
        products = await connection.fetch(
            "SELECT id, price, stock FROM products WHERE id = ANY($1) ORDER BY id FOR UPDATE", list(wanted)
        )
        if len(products) < len(wanted):
            raise HTTPException(404)
        if any(stock < wanted[id] for id, _, stock in products):
            raise HTTPException(409)
        lines = [{"product_id": id, "qty": wanted[id], "price": price} for id, price, _ in products]
        ids, qtys, prices = zip(*(line.values() for line in lines))
        await connection.execute(
            "UPDATE products SET stock = stock - sold.qty"
            " FROM unnest($1::bigint[], $2::int[]) AS sold (id, qty) WHERE products.id = sold.id",
            ids,
            qtys,
        )
        order = await connection.fetchrow(
            f"INSERT INTO orders (customer_id, total) VALUES ($1, $2) RETURNING {COLUMNS}",
            new.customer_id,
            sum(qty * price for qty, price in zip(qtys, prices)),
        )
        await connection.execute(
            "INSERT INTO order_items (order_id, product_id, qty, price)"
            " SELECT $1, * FROM unnest($2::bigint[], $3::int[], $4::numeric[])",
            order["id"],
            ids,
            qtys,
            prices,
        )
    response.headers["Location"] = f"/orders/{order['id']}"
    return dict(order, items=lines)
