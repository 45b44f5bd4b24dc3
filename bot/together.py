"""Small pieces of work that share a commit: while one batch is being committed, the next one gathers.

Used only for rows that have nothing to do with each other (docs/adr/0014).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.worker import attempt

Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """`commit` carries out a batch in one transaction and gives a result for each, or raises and has done nothing."""

    def __init__(self, commit: Callable[[list[Item]], Awaitable[list[Result]]], most: int) -> None:
        self._commit = commit
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._worker: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return self._worker is None

    async def do(self, item: Item) -> Result:
        """Returns after the commit; raises what this item alone raised."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._settle(batch)
        finally:
            self._worker = None

    async def _settle(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        async def stumbled(error: Exception) -> list[Result]:
            """One bad item must not fail its neighbours: each is tried alone, and only its own caller is told."""
            if len(batch) > 1:
                for each in batch:
                    await self._settle([each])
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return []

        results = await attempt(self._commit([item for item, _ in batch]), stumbled)
        for (_, done), result in zip(batch, results, strict=False):
            if not done.done():
                done.set_result(result)
