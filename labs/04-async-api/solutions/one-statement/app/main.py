"""Заказы магазина. Тела ответов приходят из базы готовыми и уходят как есть."""

import asyncio
import os
import re
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import asyncpg
import httpx
from fastapi import FastAPI, Header, HTTPException, Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel, Field

from . import sql

Big = 2**63 - 1


class Item(BaseModel):
    product_id: Annotated[int, Field(ge=1, le=Big)]
    qty: Annotated[int, Field(ge=1, le=1000)]


def different(items: list[Item]) -> list[Item]:
    assert len({item.product_id for item in items}) == len(items), "товар указан дважды"
    return items


class NewOrder(BaseModel):
    customer_id: Annotated[int, Field(ge=1, le=Big)]
    items: Annotated[list[Item], Field(min_length=1), AfterValidator(different)]


class Sold(Item):
    price: float


class Order(BaseModel):
    id: int
    customer_id: int
    status: str
    total: float
    created_at: datetime
    items: list[Sold]


class Orders(BaseModel):
    items: list[Order]
    next_cursor: str | None


class Quote(BaseModel):
    price: float
    days: int


class Delivery(Quote):
    order_id: int


class Detail(BaseModel):
    detail: str


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=0, max_size=8, timeout=3)
    await app.state.pool
    app.state.http = httpx.AsyncClient(limits=httpx.Limits(max_connections=200), timeout=2)
    yield
    await asyncio.gather(app.state.pool.close(), app.state.http.aclose())


app = FastAPI(lifespan=lifespan)
OrderId = Annotated[int, Path(ge=1, le=Big)]


def answers(model: type[BaseModel], code: int, *errors: int) -> dict:
    return {code: {"model": model}} | {error: {"model": Detail} for error in errors}


def ready_json(body: str, code: int = 200, **headers: str) -> Response:
    return Response(body, code, headers, "application/json")


@app.middleware("http")
async def database_errors(request: Request, call_next):
    try:
        return await call_next(request)
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError) as error:
        return ready_json('{"detail": "%s"}' % type(error).__name__, 503)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/ready", responses={503: {"model": Detail}})
async def ready() -> dict[str, str]:
    async with asyncio.timeout(3):
        await app.state.pool.execute("SELECT")
    return {"status": "ok"}


@app.get("/orders", responses=answers(Orders, 200))
async def orders(
    customer_id: Annotated[int | None, Query(ge=1, le=Big)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> Response:
    customer = [] if customer_id is None else [customer_id]
    if cursor is None:
        query = sql.NEWEST_OF_CUSTOMER if customer else sql.NEWEST
        return ready_json(await app.state.pool.fetchval(query, limit, *customer))
    try:
        at, id = re.fullmatch(r"(.{19,32})/(\d{1,18})", bytes.fromhex(cursor).decode()).groups()
        place = datetime.fromisoformat(at), int(id)
    except (ValueError, AttributeError):
        raise HTTPException(422, "это не курсор") from None
    query = sql.AFTER_OF_CUSTOMER if customer else sql.AFTER
    return ready_json(await app.state.pool.fetchval(query, limit, *customer, *place))


@app.get("/orders/{id}", responses=answers(Order, 200, 404))
async def order(id: OrderId) -> Response:
    if body := await app.state.pool.fetchval(sql.FIND, id):
        return ready_json(body)
    raise HTTPException(404, "такого заказа нет")


REFUSALS = {"customer": (404, "такого покупателя нет"), "product": (404, "такого товара нет"), "stock": (409, "товара не хватает")}


@app.post("/orders", status_code=201, responses=answers(Order, 201, 404, 409))
async def create(new: NewOrder, idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None) -> Response:
    async with app.state.pool.acquire() as connection, connection.transaction():
        if idempotency_key:
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 4))", idempotency_key)
            first = await connection.fetchrow(
                f"SELECT o.id, {sql.ORDER_JSON}::text AS body FROM idempotency_keys AS k JOIN orders AS o ON o.id = k.order_id"
                " WHERE k.key = $1",
                idempotency_key,
            )
            if first:
                return ready_json(first["body"], 200, Location=f"/orders/{first['id']}")
        products, quantities = zip(*((item.product_id, item.qty) for item in new.items))
        made = await connection.fetchrow(sql.CREATE, new.customer_id, products, quantities, idempotency_key)
    if made["said"] in REFUSALS:
        raise HTTPException(*REFUSALS[made["said"]])
    return ready_json(made["body"], 201, Location=f"/orders/{made['id']}")


@app.get("/orders/{id}/delivery", responses={code: {"model": Detail} for code in (404, 502, 504)})
async def delivery(id: OrderId) -> Delivery:
    if not await app.state.pool.fetchval("SELECT true FROM orders WHERE id = $1", id):
        raise HTTPException(404, "такого заказа нет")
    done, waiting = await asyncio.wait({asyncio.create_task(quote(id))}, timeout=1)
    for task in waiting:
        task.cancel()
        raise HTTPException(504, "доставка не ответила за секунду")
    if (offer := done.pop().result()) is None:
        raise HTTPException(502, "доставка не отвечает")
    return Delivery(order_id=id, **offer.model_dump())


async def quote(id: int) -> Quote | None:
    try:
        answer = await app.state.http.get(f"{os.environ['UPSTREAM_URL']}/quote/{id}")
        return Quote.model_validate_json(answer.content) if answer.is_success else None
    except (httpx.HTTPError, ValueError):
        return None
