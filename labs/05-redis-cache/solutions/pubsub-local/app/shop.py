"""Two layers in front of the database: a small one in the process, and Redis.

A write is told to all instances over pub/sub. A message may be lost, so an entry of the local layer
lives no longer than LOCAL_TTL anyway.

What a slow reader brings is not stored after a write: he watches a version in Redis while he asks
the database, every write changes it, and then his transaction is refused.
"""

import asyncio
import json
import logging
import os
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from cachetools import TTLCache
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, WatchError

TTL = int(os.environ["CACHE_TTL_SECONDS"])
LOCAL_TTL = float(os.environ["LOCAL_TTL_SECONDS"])
REDIS_LIMIT = 0.3
CHANNEL = "products"
log = logging.getLogger("uvicorn.error")

SELECT = "SELECT id, sku, name, description, price::float8 AS price, stock FROM products WHERE id = %s"
UPDATE = """
    UPDATE products SET name = %s, price = %s, stock = %s, updated_at = now() WHERE id = %s
    RETURNING id, sku, name, description, price::float8 AS price, stock
"""
TOP = """
    SELECT product_id, sum(qty)::int8 AS units FROM order_items
    GROUP BY product_id ORDER BY units DESC, product_id LIMIT %s
"""


class Shop:
    def __init__(self) -> None:
        self.pool = AsyncConnectionPool(
            os.environ["DATABASE_URL"],
            min_size=2,
            max_size=8,
            open=False,
            kwargs={"autocommit": True, "row_factory": dict_row},
        )
        self.redis = Redis.from_url(
            os.environ["REDIS_URL"],
            socket_timeout=REDIS_LIMIT,
            socket_connect_timeout=REDIS_LIMIT,
            retry=Retry(NoBackoff(), 0),
        )
        self.local: TTLCache[str, bytes] = TTLCache(maxsize=1000, ttl=LOCAL_TTL)
        # Goes up with every write that this process hears of.
        self.writes = 0
        self.flights: dict[str, asyncio.Task[bytes]] = {}
        self.redis_rests_until = 0.0
        self.unsaid: dict[str, None] = {}

    async def open(self) -> None:
        await self.pool.open()
        self.listener = asyncio.create_task(self.listen())

    async def close(self) -> None:
        self.listener.cancel()
        with suppress(asyncio.CancelledError):
            await self.listener
        await self.redis.aclose()
        await self.pool.close()

    # What the routes call.

    async def product(self, product_id: int) -> bytes:
        return await self.read(f"product:{product_id}", lambda: self.one(SELECT, product_id))

    async def top(self, limit: int) -> bytes:
        return await self.read(f"top:{limit}", lambda: self.all(TOP, limit))

    async def change(self, product_id: int, name: str, price: Any, stock: int) -> dict | None:
        product = await self.one(UPDATE, name, price, stock, product_id)
        if product is not None:
            key = f"product:{product_id}"
            self.forget(key)
            try:
                await self.tell(key)
            except (RedisError, OSError, TimeoutError):
                # Redis may come back with the old value: the listener says it then.
                if len(self.unsaid) < 10_000:
                    self.unsaid[key] = None
        return product

    # Reading.

    async def read(self, key: str, load: Callable[[], Awaitable[Any]]) -> bytes:
        with suppress(KeyError):
            return self.local[key]
        flight = self.flights.get(key)
        if flight is None:
            flight = self.flights[key] = asyncio.create_task(self.fetch(key, load))
            flight.add_done_callback(lambda done: self.landed(key, done))
        return await asyncio.shield(flight)

    async def fetch(self, key: str, load: Callable[[], Awaitable[Any]]) -> bytes:
        writes = self.writes
        value = None
        if time.monotonic() >= self.redis_rests_until:
            try:
                async with self.redis.pipeline() as pipe:
                    value = await self.through_redis(pipe, key, load)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("redis: %r", error)
                self.redis_rests_until = time.monotonic() + 1
        if value is None:
            value = dump(await load())
        if self.writes == writes:
            self.local[key] = value
        return value

    async def through_redis(
        self, pipe: Pipeline, key: str, load: Callable[[], Awaitable[Any]]
    ) -> bytes:
        value = await limited(self.redis.get(key))
        if value is not None:
            return value
        await limited(pipe.watch(key, version(key)))
        value = await limited(pipe.get(key))
        if value is None:
            value = dump(await load())
            pipe.multi()
            pipe.set(key, value, ex=TTL)
            try:
                await limited(pipe.execute())
            except WatchError:
                pass  # It was written meanwhile, or another instance was faster.
            except (RedisError, OSError, TimeoutError):
                self.redis_rests_until = time.monotonic() + 1
        return value

    def landed(self, key: str, task: asyncio.Task[bytes]) -> None:
        if self.flights.get(key) is task:
            del self.flights[key]

    # Writing.

    def forget(self, key: str) -> None:
        self.writes += 1
        self.local.pop(key, None)
        self.flights.pop(key, None)

    async def tell(self, key: str) -> None:
        async with self.redis.pipeline(transaction=True) as pipe:
            pipe.set(version(key), uuid.uuid4().hex, ex=TTL)
            pipe.delete(key)
            pipe.publish(CHANNEL, key)
            await limited(pipe.execute())

    async def listen(self) -> None:
        while True:
            try:
                async with self.redis.pubsub() as pubsub:
                    await limited(pubsub.subscribe(CHANNEL))
                    # What was said before is not known.
                    self.writes += 1
                    self.local.clear()
                    while True:
                        message = await pubsub.get_message(timeout=0.5)
                        if message and message["type"] == "message":
                            self.forget(message["data"].decode())
                        while self.unsaid:
                            key = next(iter(self.unsaid))
                            await self.tell(key)
                            del self.unsaid[key]
            except (RedisError, OSError, TimeoutError):
                await asyncio.sleep(0.3)

    # The database.

    async def one(self, sql: str, *values: Any) -> dict | None:
        async with self.pool.connection() as connection:
            return await (await connection.execute(sql, values)).fetchone()

    async def all(self, sql: str, *values: Any) -> list[dict]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(sql, values)).fetchall()


def version(key: str) -> str:
    return f"{key}:version"


def dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


async def limited(call: Awaitable[Any]) -> Any:
    async with asyncio.timeout(REDIS_LIMIT):
        return await call
