from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from .settings import settings

engine = create_async_engine(
    settings.async_database_url,
    pool_size=10,
    max_overflow=8,
    # Очередь к пулу дольше самой долгой блокировки; само подключение — три секунды.
    pool_timeout=30,
    pool_pre_ping=True,
    connect_args={"timeout": 3},
)
make_session = async_sessionmaker(engine, expire_on_commit=False)


async def session() -> AsyncIterator[AsyncSession]:
    async with make_session() as it:
        yield it


Session = Annotated[AsyncSession, Depends(session)]
