"""What happened: who saw what on which phone, what providers were asked, what they pushed; and a bell for watchers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.moment import real_now


class Feed:
    """Rings whenever anything changed. The version only grows, so a watcher never misses a change."""

    def __init__(self) -> None:
        self.version = 0
        self.closed = False
        self._bell = asyncio.Event()

    def changed(self) -> None:
        self.version += 1
        self._bell.set()
        self._bell = asyncio.Event()

    def close(self) -> None:
        """Let every watcher go: the sandbox stops."""
        self.closed = True
        self.changed()

    async def beyond(self, version: int, seconds: float) -> int:
        """Wait until something changed after `version`, at most so long; the version then."""
        if self.version <= version:
            try:
                async with asyncio.timeout(seconds):
                    await self._bell.wait()
            except TimeoutError:
                return self.version
        return self.version


@dataclass(slots=True)
class Entry:
    """One line of the log of who saw what."""

    n: int
    at: datetime
    service_at: datetime
    verb: str
    who: str
    role: str
    channel: str
    address: str
    line: str
    text: str


@dataclass(slots=True)
class ProviderCall:
    """One request the service made of a provider, as it came, and what became of it."""

    n: int
    at: datetime
    channel: str
    line: str
    method: str
    path: str
    operation: str
    params: dict[str, Any]
    files: dict[str, int]
    headers: dict[str, str]
    status: int | None = None
    outcome: str = "open"
    seconds: float = 0.0


@dataclass(slots=True)
class Push:
    """One request a provider made of the service: a webhook or a status callback, one attempt."""

    n: int
    at: datetime
    channel: str
    kind: str
    url: str
    key: str
    attempt: int
    status: int | None
    seconds: float
    fault: str = ""


@dataclass(slots=True)
class Journal:
    """The three logs, newest last, bounded so that a long rehearsal does not eat the machine."""

    service_now: Callable[[], datetime]
    feed: Feed = field(default_factory=Feed)
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=5_000))
    calls: deque[ProviderCall] = field(default_factory=lambda: deque(maxlen=50_000))
    pushes: deque[Push] = field(default_factory=lambda: deque(maxlen=50_000))
    _count: int = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def note(
        self,
        verb: str,
        text: str,
        *,
        who: str = "",
        role: str = "",
        channel: str = "",
        address: str = "",
        line: str = "",
    ) -> None:
        self.entries.append(
            Entry(self._next(), real_now(), self.service_now(), verb, who, role, channel, address, line, text)
        )
        self.feed.changed()

    def call(
        self,
        channel: str,
        line: str,
        method: str,
        path: str,
        operation: str,
        params: Mapping[str, Any],
        files: Mapping[str, int],
        headers: Mapping[str, str],
    ) -> ProviderCall:
        call = ProviderCall(
            self._next(), real_now(), channel, line, method, path, operation, dict(params), dict(files), dict(headers)
        )
        self.calls.append(call)
        return call

    def push(
        self,
        channel: str,
        kind: str,
        url: str,
        key: str,
        attempt: int,
        status: int | None,
        seconds: float,
        fault: str = "",
    ) -> None:
        self.pushes.append(
            Push(self._next(), real_now(), channel, kind, url, key, attempt, status, round(seconds, 3), fault)
        )
        self.feed.changed()


def as_json(row: Entry | ProviderCall | Push) -> dict[str, Any]:
    """A row of a log as JSON can carry it; times in ISO 8601 with offset."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(row).items()}
