"""Products and the top list, cached as MessagePack.

One key a product. It holds the value, or, while somebody reads the database for it, a *claim*: that
reader's random word. Who has the claim may replace it by the value; a write removes whatever is
there, so a claim that was made before it is worth nothing after it. Who finds another's claim reads
for himself and stores nothing.
"""

import asyncio
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import asyncpg
import msgpack
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

TTL = int(os.environ["CACHE_TTL_SECONDS"])
PATIENCE = 0.3
# MessagePack never begins with this byte.
CLAIM = b"\xc1"

REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""

Load = Callable[[], Awaitable[Any]]


class Flight:
    """A reading of the database that is under way."""

    task: asyncio.Task
    claim: bytes | None = None


class Shop:
    @classmethod
    async def open(cls) -> "Shop":
        shop = cls()
        shop.db = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=12)
        connections = BlockingConnectionPool.from_url(
            os.environ["REDIS_URL"],
            max_connections=32,
            timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        shop.redis = Redis(connection_pool=connections)
        shop.replace = shop.redis.register_script(REPLACE)
        shop.flights = {}
        shop.down_since = None
        shop.to_remove = set()
        shop.watch = asyncio.create_task(shop.watch_redis())
        return shop

    async def close(self) -> None:
        self.watch.cancel()
        with suppress(asyncio.CancelledError):
            await self.watch
        await self.redis.aclose()
        await self.db.close()

    async def get(self, product_id: int) -> dict | None:
        return await self.read(b"product:%d" % product_id, lambda: self.select(product_id))

    async def top(self, limit: int) -> list[dict]:
        return await self.read(b"top:%d" % limit, lambda: self.select_top(limit))

    async def put(self, product_id: int, name: str, price: Decimal, stock: int) -> dict | None:
        row = await self.db.fetchrow(
            "UPDATE products SET name = $2, price = $3, stock = $4, updated_at = now() "
            "WHERE id = $1 RETURNING id, sku, name, description, price, stock",
            product_id, name, price, stock,
        )
        if row is None:
            return None
        key = b"product:%d" % product_id
        self.flights.pop(key, None)
        try:
            await self.limited(self.redis.delete(key))
        except ConnectionError:
            if len(self.to_remove) < 10_000:
                self.to_remove.add(key)
        return shown(row)

    # Through the cache.

    async def read(self, key: bytes, load: Load) -> Any:
        flight = self.flights.get(key)
        # What lay in Redis when that flight asked the database; it is to lie there still.
        then = None if flight is None else flight.claim
        if self.down_since is None:
            with suppress(ConnectionError):
                packed = await self.limited(self.redis.get(key))
                if packed is not None and not packed.startswith(CLAIM):
                    return msgpack.unpackb(packed)
                if then is not None and packed != then and self.flights.get(key) is flight:
                    # There was a write since. What the flight brings is for those who wait already.
                    del self.flights[key]
        if key not in self.flights:
            flight = self.flights[key] = Flight()
            flight.task = asyncio.create_task(self.load(flight, key, load))
            flight.task.add_done_callback(lambda _: self.landed(key, flight))
        return await asyncio.shield(self.flights[key].task)

    def landed(self, key: bytes, flight: "Flight") -> None:
        if self.flights.get(key) is flight:
            del self.flights[key]

    async def load(self, flight: "Flight", key: bytes, load: Load) -> Any:
        mine = False
        if self.down_since is None:
            with suppress(ConnectionError):
                mine, packed = await self.claim(key, CLAIM + secrets.token_bytes(12))
                if not packed.startswith(CLAIM):
                    return msgpack.unpackb(packed)
                flight.claim = packed
        value = await load()
        if mine and self.down_since is None:
            with suppress(ConnectionError):
                packed = msgpack.packb(value)
                await self.limited(self.replace(keys=[key], args=[flight.claim, packed, TTL]))
        return value

    async def claim(self, key: bytes, claim: bytes) -> tuple[bool, bytes]:
        pipe = self.redis.pipeline()
        # Should its owner die, the claim stands in nobody's way for long.
        pipe.set(key, claim, nx=True, ex=min(TTL, 10))
        pipe.get(key)
        made, packed = await self.limited(pipe.execute())
        return bool(made), packed or claim

    # Redis that may not answer.

    async def limited(self, call: Awaitable[Any]) -> Any:
        try:
            async with asyncio.timeout(PATIENCE):
                return await call
        except (RedisError, OSError, TimeoutError) as error:
            self.down_since = self.down_since or time.monotonic()
            raise ConnectionError from error

    async def watch_redis(self) -> None:
        """Asks a Redis that is down whether it is back, so that no request has to."""
        while True:
            await asyncio.sleep(0.25)
            if self.down_since is None and not self.to_remove:
                continue
            with suppress(ConnectionError):
                await self.limited(self.redis.ping())
                while self.to_remove:
                    key = next(iter(self.to_remove))
                    await self.limited(self.redis.delete(key))
                    self.to_remove.discard(key)
                self.down_since = None

    # The database.

    async def select(self, product_id: int) -> dict | None:
        row = await self.db.fetchrow(
            "SELECT id, sku, name, description, price, stock FROM products WHERE id = $1",
            product_id,
        )
        return None if row is None else shown(row)

    async def select_top(self, limit: int) -> list[dict]:
        rows = await self.db.fetch(
            "SELECT product_id, sum(qty) AS units FROM order_items "
            "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $1",
            limit,
        )
        return [dict(row) for row in rows]


def shown(row: asyncpg.Record) -> dict:
    return {**row, "price": float(row["price"])}
