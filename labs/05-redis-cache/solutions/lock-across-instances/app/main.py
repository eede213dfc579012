"""One query for all instances: whoever has the lock in Redis reads, the others look again.

The lock is also what keeps late values out. A write takes it away, and a value is stored only
together with a look whether the lock is still the reader's.
"""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import redis.asyncio as redis
import structlog
from fastapi import FastAPI, HTTPException, Response
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.schemas import Product, ProductChange, ProductId, Sold, TopLimit

TTL = int(os.getenv("CACHE_TTL_SECONDS", "30"))
# Longer than a query takes as a rule. If it takes longer, what it brings is not stored.
LOCK_TTL = max(1, TTL * 2 // 3)
REDIS_PATIENCE = 0.25

# The database writes the JSON itself.
AS_JSON = """json_build_object('id', id, 'sku', sku, 'name', name,
    'description', description, 'price', price, 'stock', stock)::text"""
SELECT = f"SELECT {AS_JSON} FROM products WHERE id = $1"
UPDATE = f"""UPDATE products SET name = $2, price = $3, stock = $4, updated_at = now()
    WHERE id = $1 RETURNING {AS_JSON}"""
TOP = """SELECT coalesce(json_agg(t), '[]')::text FROM (
    SELECT product_id, sum(qty) AS units FROM order_items
    GROUP BY product_id ORDER BY units DESC, product_id LIMIT $1) AS t"""

STORE = """
if redis.call('get', KEYS[2]) ~= ARGV[1] then return end
redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('del', KEYS[2])
"""
UNLOCK = "if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end"

log = structlog.get_logger()
REDIS_TROUBLE = (redis.RedisError, OSError, TimeoutError)


class Store:
    def __init__(self, db: asyncpg.Pool) -> None:
        self.db = db
        self.redis = redis.Redis.from_url(
            os.environ["REDIS_URL"], retry=Retry(NoBackoff(), 0), decode_responses=True
        )
        self.store = self.redis.register_script(STORE)
        self.unlock = self.redis.register_script(UNLOCK)
        self.late: dict[str, asyncio.Task] = {}

    async def patiently(self, call: Awaitable):
        async with asyncio.timeout(REDIS_PATIENCE):
            return await call

    async def read(self, key: str, load: Callable[[], Awaitable[str]]) -> str:
        lock, mine = f"lock:{key}", uuid.uuid4().hex
        try:
            pause = 0.02
            while True:
                value = await self.patiently(self.redis.get(key))
                if value is not None:
                    return value
                if await self.patiently(self.redis.set(lock, mine, nx=True, ex=LOCK_TTL)):
                    break
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 0.2)
        except REDIS_TROUBLE as error:
            log.warning("redis_trouble", doing="read", error=repr(error))
            return await load()
        try:
            # The one before may have stored it between our two questions.
            value = await self.patiently(self.redis.get(key))
            if value is not None:
                await self.quietly(self.unlock(keys=[lock], args=[mine]))
                return value
        except REDIS_TROUBLE:
            return await load()
        try:
            value = await load()
        except BaseException:
            await self.quietly(self.unlock(keys=[lock], args=[mine]))
            raise
        await self.quietly(self.store(keys=[key, lock], args=[mine, value, TTL]))
        return value

    async def forget(self, key: str) -> None:
        if not await self.quietly(self.redis.delete(key, f"lock:{key}")) and len(self.late) < 2000:
            # Should Redis come back with what it had, it has to hear of this.
            task = self.late.get(key)
            if task is None or task.done():
                self.late[key] = asyncio.create_task(self.forget_later(key))

    async def forget_later(self, key: str) -> None:
        try:
            for _ in range(TTL * 4):
                await asyncio.sleep(0.25)
                if await self.quietly(self.redis.delete(key, f"lock:{key}")):
                    return
        finally:
            self.late.pop(key, None)

    async def quietly(self, call: Awaitable) -> bool:
        try:
            await self.patiently(call)
        except REDIS_TROUBLE as error:
            log.warning("redis_trouble", error=repr(error))
            return False
        return True


@asynccontextmanager
async def lifespan(app: FastAPI):
    url = os.environ["DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=4, max_size=16, command_timeout=20) as db:
        app.state.store = Store(db)
        yield
        await app.state.store.redis.aclose()


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health():
    return {"status": "ok"}


def json_answer(text: str) -> Response:
    if text == "null":
        raise HTTPException(404)
    return Response(text, media_type="application/json")


@app.get("/products/top", response_model=list[Sold])
async def top(limit: TopLimit = 10):
    store: Store = app.state.store
    return json_answer(await store.read(f"top:{limit}", lambda: store.db.fetchval(TOP, limit)))


@app.get("/products/{id}", response_model=Product)
async def get_product(id: ProductId):
    store: Store = app.state.store

    async def load() -> str:
        return await store.db.fetchval(SELECT, id) or "null"

    return json_answer(await store.read(f"product:{id}", load))


@app.put("/products/{id}", response_model=Product)
async def put_product(id: ProductId, body: ProductChange):
    store: Store = app.state.store
    value = await store.db.fetchval(UPDATE, id, body.name, body.price, body.stock)
    if value is None:
        raise HTTPException(404)
    await store.forget(f"product:{id}")
    return json_answer(value)
