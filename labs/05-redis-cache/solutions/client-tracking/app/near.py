"""The layer in the process, which Redis itself keeps fresh: it tells us which keys have changed
(client-side caching, in broadcasting mode). A message may be lost with its connection, so an entry
also ends by its time.
"""

import asyncio
import time
from collections import OrderedDict

from redis.asyncio import Redis
from redis.exceptions import RedisError

INVALIDATED = "__redis__:invalidate"


class Near:
    def __init__(self, ttl: float, size: int = 2000) -> None:
        self._ttl = ttl
        self._size = size
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self.changes = 0

    def get(self, key: str) -> bytes | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[0] < time.monotonic():
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def set(self, key: str, value: bytes, changes: int) -> None:
        """Keeps a value, unless something has changed since the caller began to read it."""
        if changes != self.changes:
            return
        self._entries[key] = (time.monotonic() + self._ttl, value)
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def drop(self, key: str) -> None:
        self.changes += 1
        self._entries.pop(key, None)

    def drop_all(self) -> None:
        self.changes += 1
        self._entries.clear()

    async def follow(self, url: str, prefix: str) -> None:
        """Hears of changes, for ever."""
        while True:
            try:
                async with Redis.from_url(url, single_connection_client=True) as tracker:
                    async with Redis.from_url(url).pubsub() as pubsub:
                        await self._listen(tracker, pubsub, prefix)
            except (RedisError, OSError, TimeoutError):
                pass
            self.drop_all()
            await asyncio.sleep(0.5)

    async def _listen(self, tracker: Redis, pubsub, prefix: str) -> None:
        await pubsub.connect()
        await pubsub.connection.send_command("CLIENT", "ID")
        listener = int(await pubsub.connection.read_response())
        await pubsub.subscribe(INVALIDATED)
        await tracker.execute_command(
            "CLIENT", "TRACKING", "ON", "REDIRECT", listener, "BCAST", "PREFIX", prefix
        )
        self.drop_all()
        while True:
            message = await pubsub.get_message(timeout=1)
            if message is None:
                # Tracking ends with the connection that asked for it.
                await asyncio.wait_for(tracker.ping(), 1)
            elif message["type"] == "message":
                for key in message["data"] or [None]:
                    self.drop_all() if key is None else self.drop(key.decode())
