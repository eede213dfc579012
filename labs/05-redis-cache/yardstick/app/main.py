"""What a hot read costs at the least in this stack: one GET from Redis, answered as it is.

`hot-latency` compares a submission with this service. It has no database, no locks and no care for
faults; it is no solution.
"""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, HTTPException, Path, Response
from redis.asyncio import Redis

TTL = int(os.environ.get("CACHE_TTL_SECONDS", "30"))
redis = Redis.from_url(os.environ["REDIS_URL"])

DESCRIPTION = "Надёжная вещь для дома, без лишних деталей. " * 8


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await redis.aclose()


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/products/{product_id}")
async def product(product_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> Response:
    key = f"yardstick:{product_id}"
    value = await redis.get(key)
    if value is None:
        value = made(product_id)
        await redis.set(key, value, ex=TTL)
    if value == b"null":
        raise HTTPException(404)
    return Response(value, media_type="application/json")


def made(product_id: int) -> bytes:
    """As long as a product of the shop's; there is no database here to ask."""
    product = {
        "id": product_id,
        "sku": f"SKU-{product_id:05}",
        "name": f"Чайник «Байкал-{product_id}»",
        "description": DESCRIPTION,
        "price": 1234.5,
        "stock": 100,
    }
    return json.dumps(product, ensure_ascii=False).encode()
