import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app import schemas
from app.models import OrderItem, Product
from app.versioned import Unavailable, VersionedCache

# Version and body.
Loaded = tuple[int, bytes]
MISSING: Loaded = (0, b"null")


class ShopService:
    def __init__(self, sessions: async_sessionmaker[AsyncSession], cache: VersionedCache) -> None:
        self.sessions = sessions
        self.cache = cache
        self.pending: dict[str, asyncio.Future[bytes]] = {}

    async def product(self, product_id: int) -> bytes | None:
        body = await self.cached(f"p:{product_id}", lambda: self.load_product(product_id))
        return None if body == MISSING[1] else body

    async def top(self, limit: int) -> bytes:
        return await self.cached(f"top:{limit}", lambda: self.load_top(limit))

    async def change(self, product_id: int, change: schemas.ProductChange) -> bytes | None:
        later = Product.updated_at + func.make_interval(0, 0, 0, 0, 0, 0, 0.000001)
        statement = (
            update(Product)
            .where(Product.id == product_id)
            # The clock may stand still or go back; a version may not.
            .values(**change.model_dump(), updated_at=func.greatest(func.clock_timestamp(), later))
            .returning(Product)
        )
        async with self.sessions.begin() as session:
            product = await session.scalar(statement)
        if product is None:
            return None
        body = dump(product)
        self.pending.pop(f"p:{product_id}", None)
        await self.cache.put_for_certain(f"p:{product_id}", product.version, body)
        return body

    async def cached(self, key: str, load: Callable[[], Awaitable[Loaded]]) -> bytes:
        try:
            body = await self.cache.get(key)
            if body is not None:
                return body
            cache = self.cache
        except Unavailable:
            cache = None
        if (running := self.pending.get(key)) is None:
            running = asyncio.ensure_future(self.fill(cache, key, load))
            self.pending[key] = running
            running.add_done_callback(lambda done: self.settle(key, done))
        return await asyncio.shield(running)

    async def fill(
        self, cache: VersionedCache | None, key: str, load: Callable[[], Awaitable[Loaded]]
    ) -> bytes:
        began = time.monotonic()
        version, body = await load()
        # After so long the newer value, by which a late one is known, may have expired.
        if cache is not None and time.monotonic() - began < cache.ttl / 2:
            try:
                await cache.put(key, version, body)
            except Unavailable:
                pass
        return body

    def settle(self, key: str, future: asyncio.Future[bytes]) -> None:
        if self.pending.get(key) is future:
            del self.pending[key]

    async def load_product(self, product_id: int) -> Loaded:
        async with self.sessions() as session:
            product = await session.get(Product, product_id)
        return MISSING if product is None else (product.version, dump(product))

    async def load_top(self, limit: int) -> Loaded:
        units = func.sum(OrderItem.qty).label("units")
        statement = (
            select(OrderItem.product_id, units)
            .group_by(OrderItem.product_id)
            .order_by(units.desc(), OrderItem.product_id)
            .limit(limit)
        )
        async with self.sessions() as session:
            rows = (await session.execute(statement)).all()
        sold = [{"product_id": row.product_id, "units": row.units} for row in rows]
        return time.time_ns() // 1000, json.dumps(sold).encode()


def dump(product: Product) -> bytes:
    return schemas.Product.model_validate(product, from_attributes=True).model_dump_json().encode()
