from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Response

from app.schemas import Product, ProductChange, ProductId, Sold, TopLimit
from app.shop import Shop


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.shop = Shop()
    await app.state.shop.open()
    yield
    await app.state.shop.close()


app = FastAPI(lifespan=lifespan)
UNKNOWN = HTTPException(404, "unknown product")


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/products/top", response_model=list[Sold])
async def top(limit: TopLimit = 10) -> Response:
    return Response(await app.state.shop.top(limit), media_type="application/json")


@app.get("/products/{product_id}", response_model=Product)
async def product(product_id: ProductId) -> Response:
    value = await app.state.shop.product(product_id)
    if value == b"null":
        raise UNKNOWN
    return Response(value, media_type="application/json")


@app.put("/products/{product_id}")
async def change(product_id: ProductId, body: ProductChange) -> Product:
    product = await app.state.shop.change(product_id, body.name, body.price, body.stock)
    if product is None:
        raise UNKNOWN
    return product
