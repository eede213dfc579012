import asyncio
from contextlib import asynccontextmanager
from typing import Annotated

import aiohttp
from fastapi import APIRouter, FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from . import repository
from .cursor import Place
from .db import Session, engine, make_session
from .repository import OutOfStock, Unknown
from .schemas import DeliveryOut, NewOrder, OrderOut, OrdersOut, Problem, StatusOut
from .settings import settings


@asynccontextmanager
async def lifespan(app: FastAPI):
    timeout = aiohttp.ClientTimeout(total=1)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(settings.upstream_url, timeout=timeout, connector=connector) as http:
        app.state.http = http
        yield
    await engine.dispose()


def says(*codes: int):
    return {code: {"model": Problem} for code in codes}


app = FastAPI(title="Orders", lifespan=lifespan)
router = APIRouter(prefix="/orders", tags=["orders"])
OrderId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@app.exception_handler(Unknown)
async def unknown(request: Request, error: Unknown):
    return JSONResponse({"detail": f"unknown {error}"}, 404)


@app.exception_handler(OutOfStock)
async def out_of_stock(request: Request, error: OutOfStock):
    return JSONResponse({"detail": f"out of stock: {error}"}, 409)


@app.exception_handler(OSError)
@app.exception_handler(PoolTimeout)
@app.exception_handler(DBAPIError)
async def no_database(request: Request, error: Exception):
    return JSONResponse({"detail": "the database does not answer"}, 503)


@app.get("/health")
async def health() -> StatusOut:
    return StatusOut()


@app.get("/ready", responses=says(503))
async def ready() -> StatusOut:
    async with asyncio.timeout(3), make_session() as session:
        await session.execute(text("SELECT 1"))
    return StatusOut()


@router.post("", status_code=201, responses=says(404, 409, 503))
async def place_order(
    new: NewOrder,
    session: Session,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> OrderOut:
    order = await repository.place_order(session, new, idempotency_key)
    response.headers["Location"] = f"/orders/{order.id}"
    return OrderOut.model_validate(order)


@router.get("", responses=says(503))
async def get_orders(
    session: Session,
    customer_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
) -> OrdersOut:
    try:
        after = Place.decode(cursor) if cursor is not None else None
    except ValueError:
        raise HTTPException(422, "broken cursor") from None
    orders = await repository.get_orders(session, customer_id, after, limit + 1)
    more, orders = len(orders) > limit, orders[:limit]
    last = Place(created_at=orders[-1].created_at, id=orders[-1].id).encode() if more else None
    return OrdersOut(items=orders, next_cursor=last)


@router.get("/{order_id}", responses=says(404, 503))
async def get_order(order_id: OrderId, session: Session) -> OrderOut:
    return OrderOut.model_validate(await repository.get_order(session, order_id))


@router.get("/{order_id}/delivery", responses=says(404, 502, 503, 504))
async def get_delivery(order_id: OrderId, request: Request) -> DeliveryOut:
    # Не через зависимость: её сессия жила бы до конца ответа и держала бы подключение.
    async with make_session() as session:
        await repository.get_order(session, order_id)
    try:
        async with request.app.state.http.get(f"/quote/{order_id}") as answer:
            answer.raise_for_status()
            quote = await answer.json()
            return DeliveryOut(order_id=order_id, price=quote["price"], days=quote["days"])
    except TimeoutError:
        raise HTTPException(504, "the delivery service takes too long") from None
    except (aiohttp.ClientError, ValueError, KeyError, TypeError):
        raise HTTPException(502, "the delivery service fails") from None


app.include_router(router)
