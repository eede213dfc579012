import asyncio
import os
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
import psycopg
from fastapi import Depends, FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from psycopg_pool import PoolTimeout

from . import store
from .api import Delivery, NewOrder, Order, Orders, Problem
from .pool import Pool


@asynccontextmanager
async def lifespan(app: FastAPI):
    pool = Pool()
    await pool.open()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
    async with httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(1, pool=None)) as client:
        yield {"pool": pool, "client": client}
    await pool.close()


app = FastAPI(title="Orders", lifespan=lifespan)


def pool_of(request: Request) -> Pool:
    return request.state.pool


PoolDep = Annotated[Pool, Depends(pool_of)]
OrderId = Annotated[int, Path(ge=1, le=2**63 - 1)]
PROBLEMS = {code: {"model": Problem} for code in (404, 409, 502, 503, 504)}


def problems(*codes: int) -> dict:
    return {code: PROBLEMS[code] for code in codes}


@app.exception_handler(psycopg.OperationalError)
@app.exception_handler(PoolTimeout)
async def no_database(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "no database"}, 503)


for kind, code in {store.NotFound: 404, store.OutOfStock: 409, store.BrokenCursor: 422}.items():

    @app.exception_handler(kind)
    async def told(request: Request, error: Exception, code: int = code) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, code)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/ready", responses=problems(503))
async def ready(pool: PoolDep):
    try:
        async with asyncio.timeout(2), pool.connection() as connection:
            await connection.execute("SELECT 1")
    except TimeoutError:
        raise HTTPException(503, "no database in time") from None
    return {"status": "ok"}


@app.post("/orders", status_code=201, responses=problems(404, 409))
async def create(
    new: NewOrder,
    pool: PoolDep,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Order:
    lines = {line.product_id: line.qty for line in new.items}
    if len(lines) < len(new.items):
        raise HTTPException(422, "a product is named twice")
    async with pool.connection() as connection:
        order = await store.create(connection, new.customer_id, lines, idempotency_key)
    response.headers["Location"] = f"/orders/{order['id']}"
    return order


@app.get("/orders", responses={422: {"model": Problem}})
async def page(
    pool: PoolDep,
    customer_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> Orders:
    async with pool.connection() as connection:
        return await store.page(connection, customer_id, limit, cursor)


@app.get("/orders/{order_id}", responses=problems(404))
async def find(order_id: OrderId, pool: PoolDep) -> Order:
    async with pool.connection() as connection:
        return await store.find(connection, order_id)


@app.get("/orders/{order_id}/delivery", responses=problems(404, 502, 504))
async def delivery(order_id: OrderId, pool: PoolDep, request: Request) -> Delivery:
    async with pool.connection() as connection:
        await store.find(connection, order_id)
    try:
        url = f"{os.environ['UPSTREAM_URL']}/quote/{order_id}"
        answer = await asyncio.wait_for(request.state.client.get(url), 1)
        return Delivery(order_id=order_id, **answer.raise_for_status().json())
    except (TimeoutError, httpx.TimeoutException):
        raise HTTPException(504, "no quote within a second") from None
    except (httpx.HTTPError, ValueError, TypeError):
        raise HTTPException(502, "no quote") from None
