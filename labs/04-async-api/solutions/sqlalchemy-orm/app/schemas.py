from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

BigId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class NewLine(BaseModel):
    model_config = ConfigDict(extra="forbid")
    product_id: BigId
    qty: int = Field(ge=1, le=1000)


class NewOrder(BaseModel):
    model_config = ConfigDict(extra="forbid")
    customer_id: BigId
    items: list[NewLine] = Field(min_length=1)

    @model_validator(mode="after")
    def products_differ(self) -> "NewOrder":
        products = [line.product_id for line in self.items]
        if len(products) != len(set(products)):
            raise ValueError("a product occurs twice")
        return self


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ItemOut(Out):
    product_id: int
    qty: int
    price: float


class OrderOut(Out):
    id: int
    customer_id: int
    status: str
    total: float
    created_at: datetime
    items: list[ItemOut]


class OrdersOut(Out):
    items: list[OrderOut]
    next_cursor: str | None = None


class DeliveryOut(Out):
    order_id: int
    price: float
    days: int


class StatusOut(Out):
    status: str = "ok"


class Problem(BaseModel):
    detail: str
