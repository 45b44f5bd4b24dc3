"""Wakes a desk when the other one committed something: by polling SQLite's version, by LISTEN on PostgreSQL.

Only an accelerator. Every loop also looks by itself four times a second: the tick is the truth.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable

import psycopg

from escalation.store.base import psycopg_url, sqlite_path

LISTEN = {"hatch_out": "LISTEN hatch_out", "hatch_in": "LISTEN hatch_in"}


async def sqlite_changes(url: str, every: float, wake: Callable[[], None]) -> None:
    """Call `wake` whenever some connection committed to the file, looking `every` so many seconds.

    `PRAGMA data_version` costs microseconds.
    """
    connection = sqlite3.connect(sqlite_path(url), check_same_thread=False, isolation_level=None)
    try:
        seen = None
        while True:
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != seen:
                seen = version
                wake()
            await asyncio.sleep(every)
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
