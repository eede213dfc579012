from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.config import config
from app.schemas import Product, ProductChange, ProductId, Sold, TopLimit
from app.service import ShopService
from app.versioned import VersionedCache


@asynccontextmanager
async def lifespan(app: FastAPI):
    engine = create_async_engine(config.database_url, pool_size=5, max_overflow=5)
    cache = VersionedCache(config.redis_url, config.cache_ttl)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.state.service = ShopService(sessions, cache)
    yield
    await cache.close()
    await engine.dispose()


async def service_of(request: Request) -> ShopService:
    return request.app.state.service


Service = Annotated[ShopService, Depends(service_of)]
router = APIRouter(prefix="/products", tags=["products"])


def shown(body: bytes | None) -> Response:
    if body is None:
        raise HTTPException(status_code=404, detail="Product not found")
    return Response(content=body, media_type="application/json")


@router.get("/top", response_model=list[Sold])
async def top(service: Service, limit: TopLimit = 10):
    return shown(await service.top(limit))


@router.get("/{product_id}", response_model=Product)
async def read(product_id: ProductId, service: Service):
    return shown(await service.product(product_id))


@router.put("/{product_id}", response_model=Product)
async def write(product_id: ProductId, change: ProductChange, service: Service):
    return shown(await service.change(product_id, change))


app = FastAPI(lifespan=lifespan)
app.include_router(router)


@app.get("/health")
async def health():
    return {"status": "ok"}
