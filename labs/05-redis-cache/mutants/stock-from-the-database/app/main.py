"""The routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app import database
from app.cache import Cache
from app.products import Products
from app.schemas import Product, ProductChange, ProductId, Sold, TopLimit
from app.settings import CACHE_TTL, REDIS_URL


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    pool = await database.open_pool()
    cache = Cache(REDIS_URL, CACHE_TTL)
    app.state.products = Products(pool, cache)
    yield
    await cache.close()
    await pool.close()


app = FastAPI(title="Shop", lifespan=lifespan)


@app.exception_handler(RequestValidationError)
async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    # Without the input, which need not be anything that JSON can say.
    detail = [{key: e[key] for key in ("type", "loc", "msg")} for e in error.errors()]
    return JSONResponse({"detail": detail}, status_code=422)


async def products(request: Request) -> Products:
    return request.app.state.products


Shop = Annotated[Products, Depends(products)]
NOT_FOUND = {404: {"description": "There is no such product"}}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/products/top")
async def top(shop: Shop, limit: TopLimit = 10) -> list[Sold]:
    return await shop.top(limit)


@app.get("/products/{product_id}", response_model=Product, responses=NOT_FOUND)
async def product(product_id: ProductId, shop: Shop) -> Response:
    value = await shop.get(product_id)
    if value is None:
        raise HTTPException(404, "There is no such product")
    return Response(value, media_type="application/json")


@app.put("/products/{product_id}", responses=NOT_FOUND)
async def change(product_id: ProductId, change: ProductChange, shop: Shop) -> Product:
    changed = await shop.change(product_id, change)
    if changed is None:
        raise HTTPException(404, "There is no such product")
    return changed
