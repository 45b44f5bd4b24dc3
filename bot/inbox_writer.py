"""Stores what came in, many deliveries in one commit; a webhook is answered only after its own row is durable."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from bot.together import Together
from escalation.clock import machine_seconds
from escalation.store import front_inbox
from escalation.store.base import Database
from escalation.store.front_inbox import Arrival

MAX_BATCH = 256
# Deliveries come in a crowd when this many came within this time. It is longer than a batch of interviews, which keeps
# the writer to itself and so would thin out the crowd it holds up.
CROWD, CROWD_SECONDS = 8, 0.25
LOOKS_EVERY = 0.005


class InboxWriter:
    """One a process. Its commits go before all others: a provider waits for each."""

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake
        self._rows = Together(self._add, MAX_BATCH)
        self._came: deque[float] = deque(maxlen=CROWD)

    async def store(self, arrival: Arrival) -> bool:
        """Returns after the commit. True when it was new, False for a repeat."""
        self._came.append(machine_seconds())
        return await self._rows.do(arrival)

    async def _add(self, arrivals: list[Arrival]) -> list[bool]:
        new = await self._database.write_first(front_inbox.add, arrivals)
        self._wake()
        return new

    async def lull(self, longest: float) -> None:
        """Wait while deliveries come in a crowd, at most `longest` seconds. One by one they hold up nothing."""
        end = machine_seconds() + longest
        while (now := machine_seconds()) < end and self._crowded(now):
            await asyncio.sleep(LOOKS_EVERY)

    def _crowded(self, now: float) -> bool:
        return len(self._came) == CROWD and now - self._came[0] < CROWD_SECONDS
