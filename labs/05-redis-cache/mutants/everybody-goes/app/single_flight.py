"""Many ask, one goes: callers with the same key share one run of the same work."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any


class SingleFlight:
    def __init__(self) -> None:
        self._flights: dict[Hashable, asyncio.Task] = {}

    async def do(self, key: Hashable, work: Callable[[], Awaitable[Any]]) -> Any:
        task = self._flights.get(key)
        if task is None:
            task = asyncio.create_task(work())
            self._flights[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        # A caller who hangs up must not take the work away from the others.
        return await asyncio.shield(task)

    def leave(self, key: Hashable) -> None:
        """Whoever comes from now on starts anew; those who wait already get what they came for."""
        self._flights.pop(key, None)

    def _ended(self, key: Hashable, task: asyncio.Task) -> None:
        if self._flights.get(key) is task:
            del self._flights[key]
