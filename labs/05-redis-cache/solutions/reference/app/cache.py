"""Redis as a cache that may be slow, away or empty at any moment.

Whoever finds no value takes a *token*, a random word that lies in Redis beside the place of the
value, reads the database, and may store what he read only if the token is still there. A write
removes value and token, so what was read before the write is never stored after it.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

# For any call. Whoever waits longer is better served by the database.
TIMEOUT = 0.4
# After a failure nobody but one asks for so long.
PAUSE = 1.0
# Writes that Redis has not heard of, at most so many.
OWED = 10_000

# The value, or the token to load it with. Keys: value, token. Arguments: a new token, seconds.
BEGIN = """
local value = redis.call('GET', KEYS[1])
if value then return {value, false} end
local token = redis.call('GET', KEYS[2])
if token then
    redis.call('EXPIRE', KEYS[2], ARGV[2])
else
    token = ARGV[1]
    redis.call('SET', KEYS[2], token, 'EX', ARGV[2])
end
return {false, token}
"""

# Keys: value, token. Arguments: the token that was taken, the value, seconds.
STORE = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
"""


class CacheDown(Exception):
    """Redis does not answer, or has not answered a moment ago."""


class Cache:
    def __init__(self, url: str, ttl: int) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            # By default the client tries ten times more.
            retry=Retry(NoBackoff(), 0),
        )
        self._ttl = ttl
        self._begin = self._redis.register_script(BEGIN)
        self._store = self._redis.register_script(STORE)
        self._closed_until = 0.0
        self._owed: dict[str, None] = {}
        self._paying: asyncio.Task | None = None

    async def get(self, key: str) -> bytes | None:
        return await self._ask(lambda: self._redis.get(key))

    async def begin(self, key: str) -> tuple[bytes | None, bytes | None]:
        """The value, or the token with which to `store` it."""
        value, token = await self._ask(
            lambda: self._begin([key, f"{key}:token"], [secrets.token_hex(8), self._ttl])
        )
        return value, token

    async def store(self, key: str, token: bytes, value: bytes) -> bool:
        """False: the token is gone, so the value may be what was before a write."""
        return await self._ask(
            lambda: self._store([key, f"{key}:token"], [token, value, self._ttl])
        )

    async def drop(self, key: str) -> None:
        """Forgets a value, later if it cannot be now: Redis may come back with what it had."""
        try:
            await self._drop_now(key)
        except CacheDown:
            if len(self._owed) < OWED:
                self._owed[key] = None
            if self._paying is None or self._paying.done():
                self._paying = asyncio.create_task(self._pay())

    async def close(self) -> None:
        if self._paying is not None:
            self._paying.cancel()
        await self._redis.aclose()

    async def _drop_now(self, key: str) -> None:
        # A write asks even when reads do not: the other instance may have no trouble with Redis.
        await self._ask(lambda: self._redis.delete(key, f"{key}:token"), always=True)

    async def _pay(self) -> None:
        while self._owed:
            key = next(iter(self._owed))
            try:
                await self._drop_now(key)
                self._owed.pop(key, None)
            except CacheDown:
                await asyncio.sleep(0.2)

    async def _ask(self, call: Callable[[], Awaitable[Any]], *, always: bool = False) -> Any:
        now = asyncio.get_running_loop().time
        if not always:
            if now() < self._closed_until:
                raise CacheDown
            if self._closed_until:
                # One goes and looks; the others do without, until he is back.
                self._closed_until = now() + PAUSE
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await call()
        except (RedisError, OSError, TimeoutError) as error:
            self._closed_until = now() + PAUSE
            raise CacheDown from error
        self._closed_until = 0.0
        return answer
