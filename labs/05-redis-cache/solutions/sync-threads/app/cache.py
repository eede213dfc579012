"""Redis from threads. Beside a value stands its generation: a word that changes with every write.
"""

import os
import secrets
import threading
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TTL = int(os.environ["CACHE_TTL_SECONDS"])

# So long nobody goes to a Redis that has failed.
BREAK = 1.0

# KEYS: value, generation; ARGV: the generation as it was seen, the value, seconds.
SET_IF_SAME = """
if redis.call('GET', KEYS[2]) == ARGV[1] then
    redis.call('SETEX', KEYS[1], ARGV[3], ARGV[2])
    return 1
end
return 0
"""


class CacheUnavailable(Exception):
    pass


class Cache:
    def __init__(self) -> None:
        self._client = redis.Redis.from_url(
            os.environ["REDIS_URL"],
            decode_responses=True,
            socket_timeout=0.3,
            socket_connect_timeout=0.3,
            retry=Retry(NoBackoff(), 0),
        )
        self._set_if_same = self._client.register_script(SET_IF_SAME)
        self._broken_at = -BREAK
        self._owed: set[str] = set()
        self._owed_lock = threading.Lock()

    def lookup(self, key: str) -> str | None:
        with self._guard():
            return self._client.get(key)

    def begin(self, key: str) -> str:
        """The generation to `fill` with; one is made where there is none."""
        with self._guard():
            pipe = self._client.pipeline()
            pipe.set(f"{key}:gen", secrets.token_urlsafe(9), nx=True, ex=TTL)
            pipe.expire(f"{key}:gen", TTL)
            pipe.get(f"{key}:gen")
            return pipe.execute()[-1]

    def fill(self, key: str, generation: str, value: str) -> None:
        with self._guard():
            self._set_if_same(keys=[key, f"{key}:gen"], args=[generation, value, TTL])

    def invalidate(self, key: str) -> None:
        try:
            self._invalidate(key)
        except CacheUnavailable:
            self._owe(key)

    def _invalidate(self, key: str) -> None:
        with self._guard(even_if_broken=True):
            pipe = self._client.pipeline()
            pipe.set(f"{key}:gen", secrets.token_urlsafe(9), ex=TTL)
            pipe.delete(key)
            pipe.execute()

    def _owe(self, key: str) -> None:
        """Redis is away and may come back with the old value: a thread goes on trying."""
        with self._owed_lock:
            first = not self._owed
            if len(self._owed) < 5000:
                self._owed.add(key)
        if first:
            threading.Thread(target=self._pay, daemon=True).start()

    def _pay(self) -> None:
        while True:
            with self._owed_lock:
                if not self._owed:
                    return
                key = self._owed.pop()
            try:
                self._invalidate(key)
            except CacheUnavailable:
                with self._owed_lock:
                    self._owed.add(key)
                time.sleep(0.2)

    def _guard(self, even_if_broken: bool = False) -> "_Guard":
        return _Guard(self, even_if_broken)


class _Guard:
    def __init__(self, cache: Cache, even_if_broken: bool) -> None:
        self._cache = cache
        self._even_if_broken = even_if_broken

    def __enter__(self) -> None:
        rests = time.monotonic() - self._cache._broken_at < BREAK
        if rests and not self._even_if_broken:
            raise CacheUnavailable

    def __exit__(self, kind, error, trace) -> None:
        if isinstance(error, (redis.RedisError, OSError)):
            self._cache._broken_at = time.monotonic()
            raise CacheUnavailable from error
