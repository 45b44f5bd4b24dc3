"""The sandbox's own and only reader of clock and random source, and the clock file it moves forward.

It shares nothing with the product on purpose: what judges the product may not use the product's code.
"""

from __future__ import annotations

import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.sandbox.config import SandboxError

_OFFSET = re.compile(r"\+(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def real_now() -> datetime:
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds on the machine's monotonic clock, for waiting and measuring."""
    return time.monotonic()


def fresh_hex(characters: int) -> str:
    """Random hex digits. Names are never drawn from the seed: a restarted sandbox must not repeat old ones."""
    return secrets.token_hex((characters + 1) // 2)[:characters]


def fresh_number() -> int:
    """A starting point for counters, larger than any that an earlier run on this machine can have reached."""
    return int((time.time() - 1_700_000_000) * 10) % 1_900_000_000 + 1


def parse_offset(text: str) -> timedelta:
    """`+1d2h3m4s`, each part optional, as a duration. Raises SandboxError for anything else."""
    match = _OFFSET.fullmatch(text.strip())
    if not match or text.strip() == "+":
        raise SandboxError("a step of the clock reads like +5m, +1h or +1d2h3m4s")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def format_offset(offset: timedelta) -> str:
    hours, rest = divmod(offset.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"+{offset.days}d{hours}h{minutes}m{seconds}s"


class ServiceClock:
    """The service's time: the machine's plus the offset in the clock file, which only grows."""

    def __init__(self, path: Path | None, zone: ZoneInfo) -> None:
        self._path = path
        self._offset = timedelta()
        self.zone = zone

    def offset(self) -> timedelta:
        """The largest offset the file ever held; a text that is none, half-written perhaps, changes nothing."""
        if self._path is not None and self._path.exists():
            text = self._path.read_text(encoding="ascii", errors="replace").strip()
            if _OFFSET.fullmatch(text) and text != "+":
                self._offset = max(self._offset, parse_offset(text))
        return self._offset

    def now(self) -> datetime:
        """The service's time in the line's zone."""
        return (real_now() + self.offset()).astimezone(self.zone)

    def advance(self, by: timedelta) -> datetime:
        """Move forward and write the file. Raises SandboxError for a step backwards."""
        if by <= timedelta():
            raise SandboxError("the clock only moves forward")
        self._offset = self.offset() + by
        if self._path is not None:
            fresh = self._path.with_name(self._path.name + ".new")
            fresh.write_text(format_offset(self._offset) + "\n", encoding="ascii")
            fresh.replace(self._path)
        return self.now()

    def advance_to(self, time_of_day: str) -> datetime:
        """Move forward to the next time the clock on the wall shows `HH:MM`."""
        match = _TIME_OF_DAY.fullmatch(time_of_day)
        if not match:
            raise SandboxError("a time of day reads like 08:00")
        now = self.now()
        there = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
        if there <= now:
            there += timedelta(days=1)
        step = there.astimezone(UTC) - now.astimezone(UTC)
        return self.advance(timedelta(seconds=int(step.total_seconds()) + 1))
