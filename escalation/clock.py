"""The only reader of the clock and of the random source. Everything else is handed `now` or a token."""

from __future__ import annotations

import re
import secrets
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_OFFSET = re.compile(r"\+(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class Clock(Protocol):
    """Tells the service's time: an aware UTC datetime that never runs backwards by design."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FileClock:
    """The machine's time plus the offset a file holds, for rehearsals before go-live.

    The file holds one offset such as ``+3d4h`` and is read again at most every half second. Only
    forward: a smaller offset than one already seen is ignored, as is a file that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = timedelta()
        self._read_at = float("-inf")

    def now(self) -> datetime:
        if time.monotonic() - self._read_at >= 0.5:
            self._read_at = time.monotonic()
            self._offset = max(self._offset, self._read())
        return datetime.now(UTC) + self._offset

    def _read(self) -> timedelta:
        try:
            text = self._path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return self._offset
        return parse_offset(text) or timedelta()


class FixedClock:
    """A clock that stands still until it is set; for tests and for answering "what if"."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        self.at += by
        return self.at


def parse_offset(text: str) -> timedelta | None:
    """``+3d4h`` as a duration; an empty text is no offset; None for anything else."""
    if not text:
        return timedelta()
    match = _OFFSET.fullmatch(text)
    if not match or text == "+":
        return None
    days, hours, minutes, seconds = (int(g or 0) for g in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def machine_seconds() -> float:
    """Seconds on the machine's own monotonic clock; for measuring lengths, never for due times."""
    return time.monotonic()


_CODE_LETTERS = "ACDEFGHJKMNPQRTUVWXYZ"
_CODE_DIGITS = "234679"
_HOUSE_NUMBER = re.compile(r"NR\d\d")


def new_id() -> str:
    """A fresh opaque identifier: 32 hex digits, not guessable, saying nothing."""
    return uuid.UUID(bytes=secrets.token_bytes(16), version=4).hex


def new_secret(size: int = 24) -> str:
    """A fresh URL-safe secret of `size` random bytes."""
    return secrets.token_urlsafe(size)


def new_pin(length: int) -> str:
    """Fresh digits for the keys of a telephone, each as likely as any other."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def random_bytes(size: int) -> bytes:
    return secrets.token_bytes(size)


def new_case_code() -> str:
    """Four characters, at least one letter and one digit, no look-alikes, random (DESIGN: case codes).

    A letter comes first and another one follows: "344A" is a house, "46TH" a door, "E226" a road to whoever
    reads it, man or machine.
    """
    while True:
        rest = "".join(secrets.choice(_CODE_LETTERS + _CODE_DIGITS) for _ in range(3))
        code = secrets.choice(_CODE_LETTERS) + rest
        if not rest.isalpha() and not rest.isdigit() and not _HOUSE_NUMBER.fullmatch(code):
            return code
