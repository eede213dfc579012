"""A pool of psycopg that tells waiting for a place from waiting for a database."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

SIZE = 12


class Pool:
    """The pool's own `timeout` is the same for "all are busy" and for "nobody can connect".

    The first may last as long as a lock does, the second may not. So the queue for a place is a
    semaphore, without a limit, and whoever has a place waits three seconds for a connection.
    """

    def __init__(self) -> None:
        self.places = asyncio.Semaphore(SIZE)
        self.pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            os.environ["DATABASE_URL"],
            min_size=1,
            max_size=SIZE,
            open=False,
            timeout=3,
            # Soon given up and begun anew by the next request, instead of ever longer pauses.
            reconnect_timeout=2,
            # A connection that died while it lay idle is found before it is handed out.
            check=AsyncConnectionPool.check_connection,
            kwargs={"row_factory": dict_row, "autocommit": True, "connect_timeout": 2},
        )

    async def open(self) -> None:
        await self.pool.open(wait=False)

    async def close(self) -> None:
        await self.pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection[DictRow]]:
        async with self.places, self.pool.connection() as connection:
            yield connection
