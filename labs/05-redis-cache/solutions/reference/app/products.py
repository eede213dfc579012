"""Products and the list of what sells best, out of the cache where it has them."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from app import database
from app.cache import Cache, CacheDown
from app.schemas import ProductChange
from app.single_flight import SingleFlight

# The longest list that can be asked for; shorter ones are cut from it.
LONGEST = 50
TOP = "top"
# How often a product is read that is written again and again meanwhile.
ATTEMPTS = 3


class Products:
    def __init__(self, pool: asyncpg.Pool, cache: Cache) -> None:
        self._pool = pool
        self._cache = cache
        self._flights = SingleFlight()

    async def get(self, product_id: int) -> bytes | None:
        """The product as JSON."""
        value = await self._through(
            _key(product_id), lambda: database.product(self._pool, product_id)
        )
        return None if value == b"null" else value

    async def top(self, limit: int) -> list[dict]:
        value = await self._through(TOP, lambda: database.top(self._pool, LONGEST))
        return json.loads(value)[:limit]

    async def change(self, product_id: int, change: ProductChange) -> dict | None:
        product = await database.change(
            self._pool, product_id, change.name, change.price, change.stock
        )
        if product is not None:
            # The row is committed. What is being read now may be the old one.
            self._flights.leave(_key(product_id))
            await self._cache.drop(_key(product_id))
        return product

    async def _through(self, key: str, load: Callable[[], Awaitable[Any]]) -> bytes:
        try:
            value = await self._cache.get(key)
            if value is not None:
                return value
        except CacheDown:
            pass
        return await self._flights.do(key, lambda: self._fill(key, load))

    async def _fill(self, key: str, load: Callable[[], Awaitable[Any]]) -> bytes:
        """Reads the database, again if there was a write meanwhile: those who came after it wait
        here, too."""
        for _ in range(ATTEMPTS):
            try:
                value, token = await self._cache.begin(key)
                if value is not None:
                    return value
            except CacheDown:
                return dump(await load())
            value = dump(await load())
            try:
                if await self._cache.store(key, token, value):
                    return value
            except CacheDown:
                return value
        return value


def dump(value: Any) -> bytes:
    # What there is not is remembered, too: as null.
    return json.dumps(value, ensure_ascii=False).encode()


def _key(product_id: int) -> str:
    return f"product:{product_id}"
