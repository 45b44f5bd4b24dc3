"""Wakes a desk when the other one committed something: by polling SQLite's version, by LISTEN on PostgreSQL.

Only an accelerator. Every loop also looks by itself four times a second: the tick is the truth.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable

import psycopg

from escalation.store.base import sqlite_path

POLL_SECONDS = 0.02


async def sqlite_changes(url: str, wake: Callable[[], None]) -> None:
    """Call `wake` whenever some connection committed to the file; `PRAGMA data_version` costs microseconds."""
    connection = sqlite3.connect(sqlite_path(url), check_same_thread=False, isolation_level=None)
    try:
        seen = None
        while True:
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != seen:
                seen = version
                wake()
            await asyncio.sleep(POLL_SECONDS)
    finally:
        connection.close()


async def postgres_changes(url: str, schema: str, channels: tuple[str, ...], wake: Callable[[], None]) -> None:
    """Call `wake` at every notification on one of `channels`; raises when the connection is lost."""
    async with _listening(url, schema, channels) as connection:
        wake()
        async for _notice in connection.notifies():
            wake()


@contextlib.asynccontextmanager
async def _listening(
    url: str, schema: str, channels: tuple[str, ...]
) -> AsyncIterator[psycopg.AsyncConnection[tuple[object, ...]]]:
    connection = await psycopg.AsyncConnection.connect(
        url, autocommit=True, application_name=f"nabolinje-{schema}-listen"
    )
    async with connection:
        for channel in channels:
            await connection.execute(f'LISTEN "{channel}"'.encode())
        yield connection
