"""Products and the top list."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

import asyncpg

from app.hashes import Away, Hashes

COLUMNS = ("id", "sku", "name", "description", "price", "stock")
PRODUCT = f"SELECT {', '.join(COLUMNS)} FROM products WHERE id = $1"
CHANGE = (
    "UPDATE products SET name = $2, price = $3, stock = $4, updated_at = now()"
    f" WHERE id = $1 RETURNING {', '.join(COLUMNS)}"
)
TOP = (
    "SELECT product_id, sum(qty) AS units FROM order_items"
    " GROUP BY product_id ORDER BY sum(qty) DESC, product_id LIMIT 50"
)
NONE = {"none": "1"}


class Catalogue:
    def __init__(self, db: asyncpg.Pool, hashes: Hashes) -> None:
        self.db = db
        self.hashes = hashes
        self.running: dict[str, asyncio.Task] = {}

    async def product(self, product_id: int) -> dict | None:
        key = f"product:{product_id}"
        fields = {}
        try:
            fields = await self.hashes.read(key)
        except Away:
            pass
        if not fields:
            fields = await self.only_once(key, lambda: self.fetch(key, product_id))
        return shown(fields)

    async def fetch(self, key: str, product_id: int) -> dict[str, str]:
        for last in (False, False, True):
            try:
                there = await self.hashes.open(key)
            except Away:
                return fields_of(await self.db.fetchrow(PRODUCT, product_id))
            if len(there) > 1:
                return there
            fields = fields_of(await self.db.fetchrow(PRODUCT, product_id))
            try:
                if await self.hashes.fill(key, there["rev"], fields) or last:
                    return fields
            except Away:
                return fields

    async def change(self, product_id: int, name: str, price, stock: int) -> dict | None:
        row = await self.db.fetchrow(CHANGE, product_id, name, price, stock)
        if row is None:
            return None
        key = f"product:{product_id}"
        self.running.pop(key, None)
        await self.hashes.empty(key)
        return shown(fields_of(row))

    async def top(self, limit: int) -> list[dict]:
        text = None
        try:
            found = await self.hashes.get_top()
            if found is not None:
                made, text = found
                if time.time() - made > self.hashes.ttl / 2:
                    # Nobody waits for the new one: the old one is good for a while yet.
                    asyncio.ensure_future(self.only_once("top", self.make_top))
        except Away:
            pass
        if text is None:
            text = await self.only_once("top", self.make_top)
        return json.loads(text)[:limit]

    async def make_top(self) -> str:
        text = json.dumps([dict(row) for row in await self.db.fetch(TOP)])
        try:
            await self.hashes.set_top(text)
        except Away:
            pass
        return text

    async def only_once(self, key: str, work: Callable[[], Awaitable]):
        task = self.running.get(key)
        if task is None:
            task = self.running[key] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self.ended(key, done))
        return await asyncio.shield(task)

    def ended(self, key: str, task: asyncio.Task) -> None:
        if self.running.get(key) is task:
            del self.running[key]


def fields_of(row: asyncpg.Record | None) -> dict[str, str]:
    return NONE if row is None else {column: str(row[column]) for column in COLUMNS}


def shown(fields: dict[str, str]) -> dict | None:
    if "none" in fields:
        return None
    return {
        "id": int(fields["id"]),
        "sku": fields["sku"],
        "name": fields["name"],
        "description": fields["description"],
        "price": float(fields["price"]),
        "stock": int(fields["stock"]),
    }
