"""Stores what came in, many deliveries in one commit; a webhook is answered only after its own row is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.together import Together
from escalation.clock import machine_seconds
from escalation.store import front_inbox
from escalation.store.base import Database
from escalation.store.front_inbox import Arrival

MAX_BATCH = 256
LULL_SECONDS = 0.02


class InboxWriter:
    """One a process. Its commits go before all others: a provider waits for each."""

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake
        self._rows = Together(self._add, MAX_BATCH)
        self._last = float("-inf")

    async def store(self, arrival: Arrival) -> bool:
        """Returns after the commit. True when it was new, False for a repeat."""
        self._last = machine_seconds()
        return await self._rows.do(arrival)

    async def _add(self, arrivals: list[Arrival]) -> list[bool]:
        new = await self._database.write_first(front_inbox.add, arrivals)
        self._wake()
        return new

    async def lull(self, longest: float) -> None:
        """Wait until no delivery is in hand nor came just now, but no longer than `longest` seconds."""
        end = machine_seconds() + longest
        while (now := machine_seconds()) < end and not (self._rows.idle and now > self._last + LULL_SECONDS):
            await asyncio.sleep(min(end - now, LULL_SECONDS))
