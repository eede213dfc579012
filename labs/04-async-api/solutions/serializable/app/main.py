import asyncio
import os
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Annotated, Self

import httpx
from fastapi import FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, field_serializer, model_validator
from sqlalchemy import text

from . import shop

EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)
MICROSECOND = timedelta(microseconds=1)


class Item(BaseModel):
    product_id: int = Field(ge=1, lt=2**63)
    qty: int = Field(ge=1, le=1000)


class NewOrder(BaseModel):
    customer_id: int = Field(ge=1, lt=2**63)
    items: list[Item] = Field(min_length=1)

    @model_validator(mode="after")
    def once_each(self) -> Self:
        if len(self.lines) != len(self.items):
            raise ValueError("each product once")
        return self

    @property
    def lines(self) -> dict[int, int]:
        return {item.product_id: item.qty for item in self.items}


class Line(Item):
    price: float


class Order(BaseModel):
    id: int
    customer_id: int
    status: str
    total: float
    created_at: datetime
    items: list[Line]

    @field_serializer("created_at")
    def in_utc(self, at: datetime) -> str:
        return at.astimezone(timezone.utc).isoformat()

    @property
    def cursor(self) -> str:
        """Time and number as one hexadecimal number each."""
        return f"{(self.created_at - EPOCH) // MICROSECOND:x}.{self.id:x}"


class Page(BaseModel):
    items: list[Order]
    next_cursor: str | None


class Delivery(BaseModel):
    order_id: int
    price: float
    days: int


class Detail(BaseModel):
    detail: str


CURSOR = r"^-?[0-9a-f]{1,14}\.[0-9a-f]{1,15}$"


def place_of(cursor: str) -> tuple[datetime, int]:
    at, order_id = cursor.split(".")
    try:
        return EPOCH + int(at, 16) * MICROSECOND, int(order_id, 16)
    except OverflowError:
        raise HTTPException(422, "a broken cursor") from None


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.http = httpx.AsyncClient(
        base_url=os.environ["UPSTREAM_URL"], timeout=1, limits=httpx.Limits(max_connections=128)
    )
    yield
    await app.state.http.aclose()
    await shop.engine.dispose()


def but(*codes: int) -> dict:
    return {code: {"model": Detail} for code in codes}


OrderId = Annotated[int, Path(ge=1, lt=2**63)]
app = FastAPI(title="Orders", lifespan=lifespan)


async def away(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "the database does not answer"}, 503)


for kind in shop.Unavailable:
    app.exception_handler(kind)(away)


@app.exception_handler(shop.Absent)
async def absent(request: Request, error: shop.Absent) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 404)


@app.exception_handler(shop.SoldOut)
async def sold_out(request: Request, error: shop.SoldOut) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 409)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/ready", responses=but(503))
async def ready() -> dict[str, str]:
    async with asyncio.timeout(3), shop.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    return {"status": "ok"}


@app.post("/orders", status_code=201, responses=but(404, 409))
async def create(
    new: NewOrder,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Order:
    order = Order(**await shop.settled(shop.place, new.customer_id, new.lines, idempotency_key))
    response.headers["Location"] = app.url_path_for("find", order_id=order.id)
    return order


@app.get("/orders")
async def page(
    customer_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Page:
    found = await shop.settled(shop.page, customer_id, limit + 1, cursor and place_of(cursor))
    orders = [Order(**order) for order in found]
    return Page(items=orders[:limit], next_cursor=orders[limit - 1].cursor if len(orders) > limit else None)


@app.get("/orders/{order_id}", responses=but(404))
async def find(order_id: OrderId) -> Order:
    return Order(**await shop.settled(shop.find, order_id))


@app.get("/orders/{order_id}/delivery", responses=but(404, 502, 504))
async def delivery(order_id: OrderId, request: Request) -> Delivery:
    await shop.settled(shop.exists, order_id)
    try:
        async with asyncio.timeout(1):
            answer = await request.app.state.http.get(f"/quote/{order_id}")
            return Delivery.model_validate({**answer.raise_for_status().json(), "order_id": order_id})
    except (TimeoutError, httpx.TimeoutException):
        raise HTTPException(504, "no answer from the delivery service") from None
    except (httpx.HTTPError, ValueError, TypeError):
        raise HTTPException(502, "a bad answer from the delivery service") from None
