"""Opens a database and runs use cases in it: one function, one transaction, in a store thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import Connection, DateTime, Dialect, Engine, Float, cast, create_engine, event, func, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import TypeDecorator

from escalation.store.crypto import Keyring

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 5


class Utc(TypeDecorator[datetime]):
    """An aware UTC datetime on every database. SQLite would drop the offset without a word."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a naive datetime may not be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Unit:
    """One open transaction and the keys to its fields. Handed to every store function first."""

    conn: Connection
    keys: Keyring

    @property
    def dialect(self) -> str:
        return self.conn.dialect.name

    def db_seconds(self) -> ColumnElement[float]:
        """The database's own clock in seconds: what leases trust, whatever a replica's clock says."""
        if self.dialect == "sqlite":
            return cast((func.julianday("now") - 2440587.5) * 86400.0, Float)
        return cast(func.extract("epoch", func.clock_timestamp()), Float)

    def notify(self, channel: str) -> None:
        """Wake whoever listens, once this transaction commits (PostgreSQL; SQLite is polled)."""
        if self.dialect == "postgresql":
            self.conn.execute(text("SELECT pg_notify(:c, '')"), {"c": channel})


class Database:
    """One database as one desk sees it. Writes on SQLite go through one thread, so nothing is ever locked out."""

    def __init__(self, engine: Engine, readers: Engine, keys: Keyring, writers: int, name: str) -> None:
        self.engine = engine
        self.keys = keys
        self.name = name
        self._readers = readers
        self._writes = ThreadPoolExecutor(writers, thread_name_prefix=f"{name}-write")
        self._reads = ThreadPoolExecutor(2, thread_name_prefix=f"{name}-read")

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    async def write(self, use_case: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `use_case(unit, ...)` in one transaction and commit; roll back if it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writes, lambda: self.write_now(use_case, *args, **kwargs))

    async def read(self, question: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `question(unit, ...)` in a read transaction. Readers never wait for the writer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reads, lambda: self.read_now(question, *args, **kwargs))

    def write_now(self, use_case: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        for left in range(RETRIES, -1, -1):
            try:
                with self.engine.begin() as conn:
                    return use_case(Unit(conn, self.keys), *args, **kwargs)
            except DBAPIError as error:
                # A lost race for a row or a lock is no fault of the use case: it is run again, whole.
                if not left or not _is_contention(error):
                    raise
        raise AssertionError("unreachable")

    def read_now(self, question: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        with self._readers.begin() as conn:
            return question(Unit(conn, self.keys), *args, **kwargs)

    def close(self) -> None:
        self._writes.shutdown(wait=True, cancel_futures=True)
        self._reads.shutdown(wait=True, cancel_futures=True)
        self.engine.dispose()
        self._readers.dispose()


def _is_contention(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    if state in ("40001", "40P01", "55P03"):
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def sqlite_path(url: str) -> Path:
    return Path(urlsplit(url).path.removeprefix("/") if url.startswith("sqlite:///") else urlsplit(url).path)


def psycopg_url(url: str) -> str:
    """The URL as SQLAlchemy wants it, with the driver named; both spellings of the scheme are read."""
    return "postgresql+psycopg://" + url.partition("://")[2]


def open_database(url: str, schema: str, keys: Keyring, role: str | None = None, writers: int = 4) -> Database:
    """Open `url` for one desk.

    On SQLite `url` names that desk's own file. On PostgreSQL `schema` becomes the search path and
    `role`, when given, the role the connection takes on at start-up.
    """
    if is_sqlite(url):
        engine, readers = sqlite_engine(url, immediate=True), sqlite_engine(url, immediate=False)
        return Database(engine, readers, keys, 1, schema)
    options = f"-c search_path={schema}" + (f" -c role={role}" if role else "")
    made = [
        create_engine(
            psycopg_url(url),
            connect_args={"options": options, "connect_timeout": 10, "application_name": f"nabolinje-{schema}"},
            pool_size=size,
            max_overflow=2,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        for size in (writers, 2)
    ]
    return Database(made[0], made[1], keys, writers, schema)


def sqlite_engine(url: str, immediate: bool) -> Engine:
    """An engine on one desk's file whose transactions begin by taking the write lock, or by not taking it."""
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30.0}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=30000",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        # A deferred BEGIN that later writes fails at once with "locked", whatever the busy time-out says.
        conn.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
