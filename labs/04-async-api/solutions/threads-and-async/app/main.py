"""С базой работают потоки (`def`), чужой сервис ждут в цикле событий (`async def`).

Потоков сорок, подключений шестнадцать: ждать базу больше запросов и не могло бы. Службу доставки
ждут без потока и без подключения.
"""

import asyncio
import os
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

import httpx
from fastapi import Body, FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, Field

from . import orders
from .database import pool
from .orders import NotFound, OutOfStock

Id = Annotated[int, Field(gt=0, lt=2**63)]
OrderId = Annotated[int, Path(gt=0, lt=2**63)]


class Line(BaseModel):
    product_id: Id
    qty: Annotated[int, Field(gt=0, le=1000)]


class PricedLine(Line):
    price: float


class Order(BaseModel):
    id: int
    customer_id: int
    status: str
    total: float
    created_at: datetime
    items: list[PricedLine]


class Orders(BaseModel):
    items: list[Order]
    next_cursor: str | None


class Delivery(BaseModel):
    order_id: int
    price: float
    days: int


class Trouble(BaseModel):
    detail: str


@asynccontextmanager
async def lifespan(app: FastAPI):
    pool.open(wait=False)
    async with httpx.AsyncClient(
        base_url=os.environ["UPSTREAM_URL"], timeout=1, limits=httpx.Limits(max_connections=256)
    ) as client:
        yield {"client": client}
    await run_in_threadpool(pool.close)


def trouble(*codes: int) -> dict:
    return dict.fromkeys(codes, {"model": Trouble})


app = FastAPI(title="Заказы", lifespan=lifespan)


@app.exception_handler(NotFound)
async def not_found(_, error: NotFound):
    return JSONResponse({"detail": str(error)}, 404)


@app.exception_handler(OutOfStock)
async def out_of_stock(_, error: OutOfStock):
    return JSONResponse({"detail": str(error)}, 409)


@app.exception_handler(OperationalError)
@app.exception_handler(PoolTimeout)
async def no_database(_, error: Exception):
    return JSONResponse({"detail": "база не отвечает"}, 503)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/ready", responses=trouble(503))
def ready():
    # Мимо общей очереди: за теми, кто ждёт блокировку, готовности не видно.
    with pool.connection(timeout=3) as connection:
        connection.execute("SELECT 1")
    return {"status": "ok"}


@app.post("/orders", status_code=201, responses=trouble(404, 409))
def create(
    response: Response,
    customer_id: Annotated[Id, Body()],
    items: Annotated[list[Line], Body(min_length=1)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Order:
    lines = [(line.product_id, line.qty) for line in items]
    if len(dict(lines)) < len(lines):
        raise HTTPException(422, "товар указан дважды")
    order = orders.create(customer_id, lines, idempotency_key)
    response.headers["Location"] = f"/orders/{order['id']}"
    return order


@app.get("/orders")
def page(
    customer_id: Annotated[int | None, Query(gt=0, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> Orders:
    try:
        after = None if cursor is None else orders.decode(cursor)
    except ValueError:
        raise HTTPException(422, "испорченный курсор") from None
    return orders.page(customer_id, limit, after)


@app.get("/orders/{order_id}", responses=trouble(404))
def read(order_id: OrderId) -> Order:
    return orders.get(order_id)


@app.get("/orders/{order_id}/delivery", responses=trouble(404, 502, 504))
async def delivery(order_id: OrderId, request: Request) -> Delivery:
    await run_in_threadpool(orders.get, order_id)
    try:
        async with asyncio.timeout(1):
            answer = await request.state.client.get(f"/quote/{order_id}")
    except (TimeoutError, httpx.TimeoutException):
        raise HTTPException(504, "доставка молчит") from None
    except httpx.HTTPError:
        raise HTTPException(502, "доставка недоступна") from None
    if answer.status_code != 200:
        raise HTTPException(502, f"доставка ответила {answer.status_code}")
    return Delivery(order_id=order_id, **answer.json())
