"""Both desks' databases on either engine, made for one test and opened as often as it likes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from escalation.store.base import Database, Unit, open_database
from escalation.store.crypto import Keyring
from escalation.store.schema import Schema

KEYS = Keyring((b"a" * 32,), b"i" * 32)
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Home:
    """One installation: `urls` by desk. What was opened is closed at the end of the test."""

    urls: dict[Schema, str]
    opened: list[Database] = field(default_factory=list)

    def open(self, schema: Schema, keys: Keyring = KEYS) -> Database:
        self.opened.append(open_database(self.urls[schema], schema, keys))
        return self.opened[-1]

    def close(self) -> None:
        for database in self.opened:
            database.close()


def at_once(workers: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work(0..workers-1)` gave, all started at the same moment; the first failure is raised."""
    gate = threading.Barrier(workers)

    def run(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, range(workers)))


def drain(database: Database, step: Callable[[Unit], Any]) -> list[Any]:
    """What `step` gave in one transaction after the other, until it gives None."""
    found: list[Any] = []
    while (one := database.write_now(step)) is not None:
        found.append(one)
    return found
