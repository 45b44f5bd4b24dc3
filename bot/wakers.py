"""Turns what crosses the hatch into wake-ups of the loops that wait for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Literal

from bot.databases import front_url, owned_front_url
from bot.settings import Settings
from escalation.store import waking
from escalation.store.base import Database

AGAIN_AFTER = 2.0
# Somebody's alert waits for what goes out; what comes in waits for its whole second, and the front desk's own commits
# wake it too.
LOOKS_EVERY = {"hatch_out": 0.005, "hatch_in": 0.05}
log = logging.getLogger("nabolinje.wakers")


async def watch_hatch(
    settings: Settings, front: Database, direction: Literal["hatch_out", "hatch_in"], wake: Callable[[], None]
) -> None:
    """Call `wake` whenever something may have crossed the hatch; for ever, across lost connections.

    The front desk listens to what is for it and to nothing else: when the office is busy with itself
    must not show on this side.
    """
    if front.dialect == "sqlite":
        await waking.sqlite_changes(f"sqlite:///{settings.front_db}", LOOKS_EVERY[direction], wake)
        return
    url = front_url(settings) if direction == "hatch_in" else owned_front_url(settings)
    while True:
        lost = await waking.postgres_changes(url, direction, wake)
        log.warning("no wake-ups for a moment", extra={"error": lost})
        await asyncio.sleep(AGAIN_AFTER)
