"""Turns commits of the other desk into wake-ups of this one's loops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg

from bot.settings import Settings
from escalation.store import waking
from escalation.store.base import Database

AGAIN_AFTER = 2.0
log = logging.getLogger("nabolinje.wakers")


async def watch_database(settings: Settings, database: Database, schema: str, wake: Callable[[], None]) -> None:
    """Call `wake` whenever somebody committed to this desk's database; for ever, across lost connections."""
    if database.dialect == "sqlite":
        path = settings.front_db if schema == "front" else settings.office_db
        await waking.sqlite_changes(f"sqlite:///{path}", wake)
        return
    url = settings.front_database_url or settings.database_url if schema == "front" else settings.database_url
    while True:
        try:
            await waking.postgres_changes(url, schema, ("hatch_out", "hatch_in", "relays", "inbox", "outbox"), wake)
        except (psycopg.Error, OSError) as error:
            log.warning("no wake-ups for a moment", extra={"error": type(error).__name__})
        await asyncio.sleep(AGAIN_AFTER)
