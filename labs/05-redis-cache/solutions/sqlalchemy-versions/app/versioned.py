"""Values in Redis with the version of the row that they were made of.

A value is replaced by one of the same version or a newer one only, and the comparison is done in
Redis itself. So it does not matter who comes when: a PUT writes the new row through, and whoever
read the old one before is turned away.
"""

import asyncio
import logging
import time

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger("uvicorn.error")

PUT = """
local there = redis.call('HGET', KEYS[1], 'version')
if there and tonumber(there) > tonumber(ARGV[1]) then
    return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'body', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


class Unavailable(Exception):
    pass


class VersionedCache:
    LIMIT = 0.3
    REST = 1.0

    def __init__(self, url: str, ttl: int) -> None:
        self.ttl = ttl
        self.redis = Redis.from_url(url, retry=Retry(NoBackoff(), 0))
        self._put = self.redis.register_script(PUT)
        self._rests_until = 0.0
        self._repeats: set[asyncio.Task] = set()

    async def get(self, key: str) -> bytes | None:
        if time.monotonic() < self._rests_until:
            raise Unavailable
        return await self._limited(self.redis.hget(key, "body"))

    async def put(self, key: str, version: int, body: bytes) -> None:
        await self._limited(self._put(keys=[key], args=[version, body, self.ttl]))

    async def put_for_certain(self, key: str, version: int, body: bytes) -> None:
        """Tries until it is in, or until what was there has expired by itself."""
        try:
            await self.put(key, version, body)
        except Unavailable:
            if len(self._repeats) < 1000:
                task = asyncio.create_task(self._repeat(key, version, body))
                self._repeats.add(task)
                task.add_done_callback(self._repeats.discard)

    async def close(self) -> None:
        for task in self._repeats:
            task.cancel()
        await self.redis.aclose()

    async def _repeat(self, key: str, version: int, body: bytes) -> None:
        end = time.monotonic() + self.ttl
        while time.monotonic() < end:
            await asyncio.sleep(0.25)
            try:
                return await self.put(key, version, body)
            except Unavailable:
                pass

    async def _limited(self, call):
        try:
            async with asyncio.timeout(self.LIMIT):
                return await call
        except (RedisError, OSError, TimeoutError) as error:
            if time.monotonic() >= self._rests_until:
                log.warning("Redis: %r, resting for %s s", error, self.REST)
            self._rests_until = time.monotonic() + self.REST
            raise Unavailable from error
