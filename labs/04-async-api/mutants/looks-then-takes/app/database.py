"""Пул подключений и то, что бывает, когда базы нет."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

POOL_SIZE = 15
CONNECT_SECONDS = 3
# Дольше самой долгой блокировки: запрос, который ждёт, — ещё не ошибка.
WAIT_SECONDS = 15

# Так выглядит база, которой нет, которая падает или ещё поднимается.
UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


@asynccontextmanager
async def open_pool() -> AsyncIterator[asyncpg.Pool]:
    # min_size=0: сервис запускается и тогда, когда базы ещё нет.
    pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"],
        min_size=0,
        max_size=POOL_SIZE,
        timeout=CONNECT_SECONDS,
        command_timeout=WAIT_SECONDS,
    )
    try:
        yield pool
    finally:
        await pool.close()


async def is_ready(pool: asyncpg.Pool) -> bool:
    try:
        async with asyncio.timeout(2):
            return await pool.fetchval("SELECT 1") == 1
    except UNAVAILABLE:
        return False
