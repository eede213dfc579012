"""Что сервис принимает и что отвечает."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Line(BaseModel):
    product_id: Id
    qty: Annotated[int, Field(ge=1, le=1000)]


class NewOrder(BaseModel):
    customer_id: Id
    items: Annotated[list[Line], Field(min_length=1)]

    @field_validator("items")
    @classmethod
    def each_product_once(cls, items: list[Line]) -> list[Line]:
        if len({line.product_id for line in items}) < len(items):
            raise ValueError("the same product twice")
        return items


class OrderLine(BaseModel):
    product_id: int
    qty: int
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


class Delivery(BaseModel):
    order_id: int
    price: float
    days: int


class Status(BaseModel):
    status: str


class Error(BaseModel):
    detail: str
