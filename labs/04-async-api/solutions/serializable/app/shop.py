"""No locks: transactions are SERIALIZABLE, and whoever lost a conflict begins anew."""

import os
from datetime import datetime

import psycopg
from sqlalchemy import and_, insert, select, tuple_, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random

from .tables import customers, idempotency_keys, order_items, orders, products

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:", 1),
    isolation_level="SERIALIZABLE",
    pool_size=20,
    max_overflow=0,
    pool_timeout=25,
    # A connection that died is found when it is taken, not when it is used.
    pool_pre_ping=True,
    connect_args={"connect_timeout": 3},
)
Unavailable = OperationalError, TimeoutError

LOST = psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, psycopg.errors.UniqueViolation


class Absent(Exception):
    pass


class SoldOut(Exception):
    pass


def lost(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and isinstance(error.orig, LOST)


async def settled(work, *arguments):
    """Does the work in one transaction, as often as somebody else was quicker."""
    tries = AsyncRetrying(
        retry=retry_if_exception(lost), wait=wait_random(0, 0.05), stop=stop_after_attempt(200), reraise=True
    )
    async for attempt in tries:
        with attempt:
            async with engine.begin() as connection:
                return await work(connection, *arguments)


async def with_items(connection: AsyncConnection, rows) -> list[dict]:
    found = {row.id: {**row._mapping, "items": []} for row in rows}
    lines = select(order_items).where(order_items.c.order_id.in_(found)).order_by(order_items.c.product_id)
    for line in (await connection.execute(lines)).mappings():
        found[line["order_id"]]["items"].append(line)
    return list(found.values())


async def find(connection: AsyncConnection, order_id: int) -> dict:
    rows = (await connection.execute(select(orders).where(orders.c.id == order_id))).all()
    if not rows:
        raise Absent("no such order")
    return (await with_items(connection, rows))[0]


async def exists(connection: AsyncConnection, order_id: int) -> None:
    if await connection.scalar(select(orders.c.id).where(orders.c.id == order_id)) is None:
        raise Absent("no such order")


async def page(
    connection: AsyncConnection, customer: int | None, limit: int, after: tuple[datetime, int] | None
) -> list[dict]:
    conditions = []
    if customer is not None:
        conditions.append(orders.c.customer_id == customer)
    if after is not None:
        conditions.append(tuple_(orders.c.created_at, orders.c.id) < after)
    query = select(orders).where(and_(True, *conditions))
    query = query.order_by(orders.c.created_at.desc(), orders.c.id.desc()).limit(limit)
    return await with_items(connection, (await connection.execute(query)).all())


async def place(connection: AsyncConnection, customer: int, lines: dict[int, int], key: str | None) -> dict:
    if key is not None:
        known = select(idempotency_keys.c.order_id).where(idempotency_keys.c.key == key)
        if (first := await connection.scalar(known)) is not None:
            return await find(connection, first)
    if await connection.scalar(select(customers.c.id).where(customers.c.id == customer)) is None:
        raise Absent("no such customer")
    rows = (await connection.execute(select(products).where(products.c.id.in_(lines)))).all()
    if len(rows) < len(lines):
        raise Absent("no such product")
    for row in rows:
        if row.stock < lines[row.id]:
            raise SoldOut(f"{row.stock} of {row.id} are left")
    for row in rows:
        await connection.execute(
            update(products).where(products.c.id == row.id).values(stock=row.stock - lines[row.id])
        )
    total = sum(row.price * lines[row.id] for row in rows)
    made = insert(orders).values(customer_id=customer, total=total).returning(orders.c.id)
    order_id = await connection.scalar(made)
    await connection.execute(
        insert(order_items),
        [{"order_id": order_id, "product_id": row.id, "qty": lines[row.id], "price": row.price} for row in rows],
    )
    if key is not None:
        await connection.execute(insert(idempotency_keys).values(key=key, order_id=order_id))
    return await find(connection, order_id)
