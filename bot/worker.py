"""The loops a desk lives on: woken when there is work, looking by themselves four times a second, never giving up."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

BEAT_SECONDS = 0.25
log = logging.getLogger("nabolinje.worker")
T = TypeVar("T")


async def attempt(work: Awaitable[T], stumbled: Callable[[Exception], Awaitable[T]]) -> T:
    """Do a piece of work on one row; whatever it raises is handed to `stumbled`, which counts it against that row.

    One row must never stop the others: this and `Loop` are the only places that catch everything.
    """
    try:
        return await work
    except Exception as error:
        return await stumbled(error)


class Loop:
    """Runs `step` again and again: at once while it finds work, else when woken or at the next beat.

    A step that raises is logged by the error's class alone (a message could quote somebody's words)
    and tried again after a pause that grows to five seconds. Nothing is lost by it: work is in rows.
    """

    def __init__(self, name: str, step: Callable[[], Awaitable[bool]], pause: float = BEAT_SECONDS) -> None:
        self.name = name
        self.failures = 0
        self._step = step
        self.pause = pause
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        while True:
            self._woken.clear()
            found = await self.once()
            if not found:
                await self._rest()

    async def once(self) -> bool:
        """One step. False when there was nothing to do, or when it failed."""
        try:
            found = await self._step()
        except Exception as error:  # the loop must outlive any single row; what failed stays in the table
            self.failures += 1
            facts = {"loop": self.name, "error": type(error).__name__, "failures": self.failures}
            log.error("loop failed", extra=facts)
            await asyncio.sleep(min(0.1 * 2**self.failures, 5.0))
            return False
        self.failures = 0
        return found

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), self.pause)
        except TimeoutError:
            return


class Beat:
    """The metronome: APScheduler in memory, one interval job a task. It only beats; what must happen is in rows."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def every(self, seconds: float, loop: Loop) -> None:
        """Run one step of `loop` every so many seconds; a late beat is not dropped, two late ones are one."""
        self._scheduler.add_job(_until_stopped, "interval", args=[loop], seconds=seconds, id=loop.name)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)


async def _until_stopped(loop: Loop) -> None:
    """A step that a stop cuts short is no error to wake somebody for: its work is in rows, for the next start."""
    with contextlib.suppress(asyncio.CancelledError):
        await loop.once()
