"""Redis, with limits: it answers within TIMEOUT, or is left alone for a while."""

import asyncio
import secrets
import time
from collections.abc import Awaitable

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

TIMEOUT = 0.3
COOLDOWN = 1.0
# A write marks the slot of its product, so that there are never more marks than slots. Now and then
# a product is read twice because of another product's write.
SLOTS = 512

STORE = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class NoRedis(Exception):
    pass


class Far:
    def __init__(self, url: str, ttl: int) -> None:
        self._redis = Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=TIMEOUT)
        self._store = self._redis.register_script(STORE)
        self._ttl = ttl
        self._cold_until = 0.0
        self._undone: dict[str, str] = {}
        self._undoing: asyncio.Task | None = None

    async def get(self, key: str) -> bytes | None:
        return await self._try(self._redis.get(key))

    async def mark(self, key: str, slot: str) -> tuple[bytes | None, bytes]:
        """The value, should there be one by now, and the mark to store one with."""
        pipe = self._redis.pipeline()
        pipe.set(slot, secrets.token_hex(8), nx=True, ex=self._ttl)
        pipe.expire(slot, self._ttl)
        pipe.get(key)
        pipe.get(slot)
        *_, value, mark = await self._try(pipe.execute())
        return value, mark

    async def store(self, key: str, slot: str, mark: bytes, value: bytes) -> bool:
        return await self._try(self._store([key, slot], [mark, value, self._ttl]))

    async def drop(self, key: str, slot: str) -> None:
        try:
            await self._drop(key, slot)
        except NoRedis:
            if len(self._undone) < 5000:
                self._undone[key] = slot
            if self._undoing is None or self._undoing.done():
                self._undoing = asyncio.create_task(self._undo())

    async def _drop(self, key: str, slot: str) -> None:
        pipe = self._redis.pipeline()
        pipe.set(slot, secrets.token_hex(8), ex=self._ttl)
        pipe.delete(key)
        await self._try(pipe.execute(), even_if_cold=True)

    async def _undo(self) -> None:
        while self._undone:
            key, slot = next(iter(self._undone.items()))
            try:
                await self._drop(key, slot)
                self._undone.pop(key, None)
            except NoRedis:
                await asyncio.sleep(0.2)

    async def close(self) -> None:
        if self._undoing:
            self._undoing.cancel()
        await self._redis.aclose()

    async def _try(self, call: Awaitable, even_if_cold: bool = False):
        if time.monotonic() < self._cold_until and not even_if_cold:
            call.close()
            raise NoRedis
        try:
            return await asyncio.wait_for(call, TIMEOUT)
        except (RedisError, OSError, TimeoutError) as error:
            self._cold_until = time.monotonic() + COOLDOWN
            raise NoRedis from error


def slot_of(product_id: int) -> str:
    return f"slot:{product_id % SLOTS}"
