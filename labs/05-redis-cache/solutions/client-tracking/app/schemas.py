"""What requests and answers look like."""

from decimal import Decimal
from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, Field

ProductId = Annotated[int, Path(ge=1, le=2**63 - 1)]
TopLimit = Annotated[int, Query(ge=1, le=50)]


class Product(BaseModel):
    id: int
    sku: str
    name: str
    description: str
    price: float
    stock: int


class ProductChange(BaseModel):
    # PostgreSQL's text cannot hold a zero byte.
    name: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00]+$")
    price: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    stock: int = Field(ge=0, le=2**31 - 1)


class Sold(BaseModel):
    product_id: int
    units: int
