"""Заказы магазина: маршруты."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from . import delivery, orders
from .database import UNAVAILABLE, is_ready, open_pool
from .schemas import Delivery, Error, NewOrder, Order, Page, Status

OrderId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with open_pool() as app.state.pool, delivery.open_client() as app.state.delivery:
        yield


def errors(*codes: int) -> dict:
    return {code: {"model": Error} for code in codes}


app = FastAPI(title="Заказы магазина", lifespan=lifespan, openapi_url=None)


async def no_database(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "the database is away"}, 503, {"Retry-After": "1"})


for kind in UNAVAILABLE:
    app.add_exception_handler(kind, no_database)


@app.get("/health")
async def health() -> Status:
    return Status(status="ok")


@app.get("/ready", responses=errors(503))
async def ready(request: Request) -> Status:
    if not await is_ready(request.app.state.pool):
        raise HTTPException(503, "the database is away")
    return Status(status="ok")


@app.post("/orders", status_code=201, responses=errors(404, 409))
async def create_order(
    new: NewOrder,
    request: Request,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Order:
    async with request.app.state.pool.acquire() as connection:
        order = await orders.create(connection, new, idempotency_key)
    response.headers["Location"] = f"/orders/{order['id']}"
    return order


@app.get("/orders")
async def list_orders(
    request: Request,
    customer_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> Page:
    async with request.app.state.pool.acquire() as connection:
        return await orders.page(connection, customer_id, limit, cursor)


@app.get("/orders/{order_id}", responses=errors(404))
async def read_order(order_id: OrderId, request: Request) -> Order:
    async with request.app.state.pool.acquire() as connection:
        return await orders.find(connection, order_id)


@app.get("/orders/{order_id}/delivery", responses=errors(404, 502, 504))
async def read_delivery(order_id: OrderId, request: Request) -> Delivery:
    # Подключение возвращается в пул до похода к чужому сервису.
    async with request.app.state.pool.acquire() as connection:
        if not await orders.exists(connection, order_id):
            raise HTTPException(404, "no such order")
    return await delivery.quote(request.app.state.delivery, order_id)
