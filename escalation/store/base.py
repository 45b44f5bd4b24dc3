"""Opens a database and runs use cases in it: one function, one transaction, in a store thread."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import Connection, DateTime, Dialect, Engine, Float, cast, create_engine, event, func, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.sql import ColumnElement
from sqlalchemy.types import TypeDecorator

from escalation.clock import machine_seconds
from escalation.store.crypto import Keyring

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 5
# How many rows a desk looks up at once; the rest when it looks again. What it asks several times a second is written
# once (`@cache`): to write such a question anew costs more than the answer.
AT_A_TIME = 50
# Another process's transaction takes a few milliseconds; SQLite itself would soon sleep a tenth of a second for it.
LOCK_TRIED_EVERY, LOCK_WAIT = 0.0005, 30.0


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
        return db_seconds(self.dialect)

    def notify(self, channel: str) -> None:
        """Wake whoever listens, once this transaction commits (PostgreSQL; SQLite is polled)."""
        if self.dialect == "postgresql":
            self.conn.execute(text("SELECT pg_notify(:c, '')"), {"c": channel})


@cache
def db_seconds(dialect: str) -> ColumnElement[float]:
    """See `Unit.db_seconds`."""
    if dialect == "sqlite":
        return cast((func.julianday("now") - 2440587.5) * 86400.0, Float)
    return cast(func.extract("epoch", func.clock_timestamp()), Float)


class Turns:
    """Whose transaction is next where only one can write: whoever has somebody waiting outside goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._first = 0

    @contextmanager
    def take(self, *, first: bool) -> Iterator[None]:
        with self._changed:
            self._first += first
            self._changed.wait_for(lambda: not self._taken and (first or not self._first))
            self._first -= first
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()


class Database:
    """One database as one desk sees it. On SQLite one thread writes at a time, so nothing is ever locked out."""

    def __init__(self, engine: Engine, readers: Engine, keys: Keyring, writers: int, name: str) -> None:
        self.engine = engine
        self.keys = keys
        self.name = name
        self._readers = readers
        self._turns = Turns() if self.dialect == "sqlite" else None
        self._firsts = ThreadPoolExecutor(1, thread_name_prefix=f"{name}-first")
        self._writes = ThreadPoolExecutor(writers, thread_name_prefix=f"{name}-write")
        self._reads = ThreadPoolExecutor(2, thread_name_prefix=f"{name}-read")

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    async def write(self, use_case: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `use_case(unit, ...)` in one transaction and commit; roll back if it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writes, lambda: self.write_now(use_case, *args, **kwargs))

    async def write_first(self, use_case: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The same in a thread of its own and before all other writes: somebody outside waits for the commit."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._firsts, lambda: self._in_turn(True, use_case, *args, **kwargs))

    async def read(self, question: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `question(unit, ...)` in a read transaction. Readers never wait for the writer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reads, lambda: self.read_now(question, *args, **kwargs))

    def write_now(self, use_case: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return self._in_turn(False, use_case, *args, **kwargs)

    def _in_turn(
        self, first: bool, use_case: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        if self._turns is None:
            return self._transaction(use_case, *args, **kwargs)
        with self._turns.take(first=first):
            return self._transaction(use_case, *args, **kwargs)

    def _transaction(self, use_case: Callable[Concatenate[Unit, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
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
        self._firsts.shutdown(wait=True, cancel_futures=True)
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
        for size in (writers + 1, 2)
    ]
    return Database(made[0], made[1], keys, writers, schema)


def sqlite_engine(url: str, immediate: bool) -> Engine:
    """An engine on one desk's file whose transactions begin by taking the write lock, or by not taking it."""
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": LOCK_WAIT}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if immediate:
            connection.execute("PRAGMA busy_timeout=0")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        # A deferred BEGIN that later writes fails at once with "locked", whatever the busy time-out says.
        if not immediate or not _lock(conn):
            conn.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _lock(conn: Connection) -> bool:
    """Begin by taking the write lock, from another process as soon as it lets go. False: not within the time."""
    connection: Any = conn.connection.driver_connection
    end = machine_seconds() + LOCK_WAIT
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or machine_seconds() > end:
                return False
        time.sleep(LOCK_TRIED_EVERY)
