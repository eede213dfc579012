import asyncio
import os
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated

import asyncpg
from pydantic import BaseModel, Field, ValidationError
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.catalogue import Catalogue
from app.hashes import Hashes


class Change(BaseModel):
    name: Annotated[str, Field(min_length=1, pattern=r"^[^\x00]+$")]
    price: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
    stock: Annotated[int, Field(ge=0, le=2**31 - 1)]


@asynccontextmanager
async def lifespan(app: Starlette):
    hashes = Hashes(os.environ["REDIS_URL"], int(os.environ["CACHE_TTL_SECONDS"]))
    looking = asyncio.create_task(hashes.look_after())
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=2, max_size=10) as db:
        app.state.catalogue = Catalogue(db, hashes)
        yield
    looking.cancel()
    await hashes.redis.aclose()


def number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        raise HTTPException(422, f"not a whole number from 1 to {most}")
    return int(text)


async def health(request: Request):
    return JSONResponse({"status": "ok"})


async def top(request: Request):
    limit = number(request.query_params.get("limit", "10"), 50)
    return JSONResponse(await request.app.state.catalogue.top(limit))


class Product(HTTPEndpoint):
    async def get(self, request: Request):
        product_id = number(request.path_params["id"], 2**63 - 1)
        return self.answer(await request.app.state.catalogue.product(product_id))

    async def put(self, request: Request):
        product_id = number(request.path_params["id"], 2**63 - 1)
        change = Change.model_validate_json(await request.body())
        product = await request.app.state.catalogue.change(
            product_id, change.name, change.price, change.stock
        )
        return self.answer(product)

    def answer(self, product: dict | None):
        if product is None:
            raise HTTPException(404, "there is no such product")
        return JSONResponse(product)


async def as_detail(request: Request, error: HTTPException):
    return JSONResponse({"detail": error.detail}, error.status_code)


async def as_422(request: Request, error: ValidationError):
    detail = error.errors(include_url=False, include_input=False, include_context=False)
    return JSONResponse({"detail": detail}, 422)


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/products/top", top),
        Route("/products/{id}", Product),
    ],
    exception_handlers={HTTPException: as_detail, ValidationError: as_422},
    lifespan=lifespan,
)
