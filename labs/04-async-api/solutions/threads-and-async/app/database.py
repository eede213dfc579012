"""Синхронный psycopg: к базе ходят потоки FastAPI, и пул у них общий."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

SIZE = 16

# Место в пуле ждут сколько нужно (таблица бывает заперта долго), а подключение — две секунды.
places = BoundedSemaphore(SIZE)
pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=2,
    max_size=SIZE,
    open=False,
    timeout=2,
    reconnect_timeout=1,
    check=ConnectionPool.check_connection,
    kwargs={"row_factory": dict_row, "connect_timeout": 2},
)


@contextmanager
def transaction() -> Iterator[Connection[DictRow]]:
    with places, pool.connection() as connection:
        yield connection
