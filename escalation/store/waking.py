"""Wakes a desk when the other one committed something: by polling SQLite's version, by LISTEN on PostgreSQL.

Only an accelerator. Every loop also looks by itself four times a second: the tick is the truth.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable

import psycopg

from escalation.store.base import psycopg_url, sqlite_path

QUIET, SELDOM = 5.0, 0.025  # seconds
LISTEN = {"hatch_out": "LISTEN hatch_out", "hatch_in": "LISTEN hatch_in"}


async def sqlite_changes(url: str, every: float, wake: Callable[[], None]) -> None:
    """Call `wake` whenever some connection committed to the file, looking `every` so many seconds.

    `PRAGMA data_version` costs microseconds, but to wake two hundred times a second costs a twentieth of a processor:
    after a quiet while it looks at most every `SELDOM` seconds.
    """
    connection = sqlite3.connect(sqlite_path(url), check_same_thread=False, isolation_level=None)
    try:
        seen, quiet = None, 0.0
        while True:
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != seen:
                seen, quiet = version, 0.0
                wake()
            pause = every if quiet < QUIET else max(every, SELDOM)
            quiet += pause
            await asyncio.sleep(pause)
    finally:
        connection.close()


async def postgres_changes(url: str, channel: str, wake: Callable[[], None]) -> str:
    """Call `wake` at every notification on `channel`; returns, with the error's class, when the connection is lost."""
    try:
        connection = await psycopg.AsyncConnection.connect(
            psycopg_url(url).replace("postgresql+psycopg", "postgresql"),
            autocommit=True,
            application_name="nabolinje-listen",
        )
        async with connection:
            await connection.execute(LISTEN[channel])
            wake()
            async for _notice in connection.notifies():
                wake()
    except (psycopg.Error, OSError) as error:
        return type(error).__name__
    return "closed"
