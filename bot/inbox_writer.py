"""Stores what came in, many deliveries in one commit; a webhook is answered only after its own row is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.worker import attempt
from escalation.store import front_inbox
from escalation.store.base import Database
from escalation.store.front_inbox import Arrival

MAX_BATCH = 256


class InboxWriter:
    """One writer task a process. While it commits one batch, the next one gathers."""

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake
        self._queue: asyncio.Queue[tuple[Arrival, asyncio.Future[bool]]] = asyncio.Queue()

    async def store(self, arrival: Arrival) -> bool:
        """Returns after the commit. True when it was new, False for a repeat."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((arrival, stored))
        return await stored

    async def run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._commit(batch)

    async def _commit(self, batch: list[tuple[Arrival, asyncio.Future[bool]]]) -> None:
        async def stumbled(error: Exception) -> list[bool]:
            """One bad row must not fail its neighbours: each is tried alone, and its own sender is told."""
            if len(batch) > 1:
                for each in batch:
                    await self._commit([each])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return []

        new = await attempt(self._database.write(front_inbox.add, [arrival for arrival, _ in batch]), stumbled)
        if not new:
            return
        self._wake()
        for (_, stored), is_new in zip(batch, new, strict=True):
            if not stored.done():
                stored.set_result(is_new)
