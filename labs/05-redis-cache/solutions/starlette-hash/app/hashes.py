"""A product is a hash in Redis, a field a column.

Beside the columns the hash has a field `rev`, a random word. A reader who finds no columns notes it
(or makes one) and may fill the hash only while it is the same. A write leaves nothing but a new one.
"""

import asyncio
import time
from secrets import token_hex

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

LIMIT = 0.3

# The hash as it is; an empty one gets a rev. ARGV: a new rev, seconds.
OPEN = """
local there = redis.call('HGETALL', KEYS[1])
if #there == 0 then
    redis.call('HSET', KEYS[1], 'rev', ARGV[1])
    there = {'rev', ARGV[1]}
end
if #there == 2 then
    redis.call('EXPIRE', KEYS[1], ARGV[2])
end
return there
"""

# ARGV: rev, seconds, then fields and values.
FILL = """
if redis.call('HGET', KEYS[1], 'rev') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""

# ARGV: a new rev, seconds.
EMPTY = """
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'rev', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""


class Away(Exception):
    """Redis is away."""


class Hashes:
    def __init__(self, url: str, ttl: int) -> None:
        self.redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=LIMIT, retry=Retry(NoBackoff(), 0)
        )
        self.ttl = ttl
        self._open = self.redis.register_script(OPEN)
        self._fill = self.redis.register_script(FILL)
        self._empty = self.redis.register_script(EMPTY)
        self.away = False
        self.to_empty: dict[str, None] = {}

    async def read(self, key: str) -> dict[str, str]:
        """The columns; none if there are none."""
        fields = await self.ask(self.redis.hgetall(key))
        return fields if len(fields) > 1 else {}

    async def open(self, key: str) -> dict[str, str]:
        """The columns, or only the rev."""
        flat = await self.ask(self._open([key], [token_hex(8), self.ttl]))
        return dict(zip(flat[::2], flat[1::2]))

    async def fill(self, key: str, rev: str, fields: dict[str, str]) -> bool:
        flat = [part for pair in fields.items() for part in pair]
        return bool(await self.ask(self._fill([key], [rev, self.ttl, *flat])))

    async def empty(self, key: str) -> None:
        try:
            await self.ask(self._empty([key], [token_hex(8), self.ttl]), even_if_away=True)
        except Away:
            if len(self.to_empty) < 10_000:
                self.to_empty[key] = None

    async def ask(self, call, even_if_away: bool = False):
        if self.away and not even_if_away:
            call.close()
            raise Away
        try:
            async with asyncio.timeout(LIMIT):
                return await call
        except (RedisError, OSError, TimeoutError) as error:
            self.away = True
            raise Away from error

    async def look_after(self) -> None:
        """Looks whether a Redis that was away is back, and brings what it has missed."""
        while True:
            await asyncio.sleep(0.3)
            if not self.away and not self.to_empty:
                continue
            try:
                await self.ask(self.redis.ping(), even_if_away=True)
                for key in list(self.to_empty):
                    await self.ask(
                        self._empty([key], [token_hex(8), self.ttl]), even_if_away=True
                    )
                    self.to_empty.pop(key, None)
                self.away = False
            except Away:
                pass

    async def set_top(self, text: str) -> None:
        # The moment of its making goes with it.
        await self.ask(self.redis.set("top", f"{time.time():.3f} {text}", ex=self.ttl))

    async def get_top(self) -> tuple[float, str] | None:
        text = await self.ask(self.redis.get("top"))
        if text is None:
            return None
        made, _, text = text.partition(" ")
        return float(made), text
