"""What comes in and goes out."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

Id = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]


class Line(BaseModel):
    product_id: Id
    qty: Annotated[int, Field(strict=True, ge=1, le=1000)]


class NewOrder(BaseModel):
    customer_id: Id
    items: Annotated[list[Line], Field(min_length=1, max_length=1000)]


class BoughtLine(BaseModel):
    product_id: int
    qty: int
    price: float


class Order(BaseModel):
    id: int
    customer_id: int
    status: str
    total: float
    created_at: datetime
    items: list[BoughtLine]


class Orders(BaseModel):
    items: list[Order]
    next_cursor: str | None


class Delivery(BaseModel):
    order_id: int
    price: float
    days: int


class Problem(BaseModel):
    detail: str
