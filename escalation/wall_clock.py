"""Local time: what the clock on the wall shows, turned into instants, through both clock changes.

Everything that is agreed in local time (shifts, published hours, promised times) goes through here,
so that a night of nine or eleven hours has no hole and no overlap.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from escalation.errors import Refused

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = "holidays"
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_ONE_DAY = timedelta(days=1)


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """The UTC instant at which a wall clock in `zone` shows `wall` (which has no zone of its own).

    A time that happens twice in autumn means the first time. A time that spring skips means the
    moment of the change itself: so of two shifts that meet at a skipped time one ends where the
    other begins, and a later time on the wall is never an earlier instant.
    """
    guess = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if guess.astimezone(zone).replace(tzinfo=None) == wall:
        return guess
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while guess - before > timedelta(seconds=1):
        middle = before + (guess - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            guess = middle
    return guess.replace(microsecond=0)


def at(day: date, clock_time: time, zone: tzinfo) -> datetime:
    """The UTC instant of a clock time on a local day; see `instant` for the days the clocks change."""
    return instant(datetime.combine(day, clock_time), zone)


def local(moment: datetime, zone: tzinfo) -> datetime:
    """An aware instant as the wall clock in `zone` shows it (still aware)."""
    return moment.astimezone(zone)


def span(day: date, start: time, end: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """The instants between which something lasts that begins on `day`.

    An end that is not later than the start is on the next day: it runs past midnight.
    """
    last = day if end > start else day + _ONE_DAY
    return at(day, start, zone), at(last, end, zone)


def parse_clock_time(text: str) -> time:
    """``08:00`` as a time of day. Raises Refused for anything but HH:MM from 00:00 to 23:59."""
    match = _CLOCK_TIME.fullmatch(text.strip())
    if not match:
        raise Refused(f"{text[:20]!r} is not a time; write HH:MM from 00:00 to 23:59")
    return time(int(match[1]), int(match[2]))


@lru_cache(maxsize=512)
def parse_days(text: str) -> tuple[frozenset[int], bool]:
    """``mon-fri``, ``sat,sun``, ``holidays`` or a mixture: the weekdays (Monday 0) and whether holidays count.

    A range may run over the weekend (``fri-mon``). Raises Refused for any other text.
    """
    days: set[int] = set()
    holidays = False
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if first == HOLIDAYS and not dash:
            holidays = True
        elif first in DAY_NAMES and (not dash or last in DAY_NAMES):
            begin, end = DAY_NAMES.index(first), DAY_NAMES.index(last or first)
            days.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
        else:
            raise Refused(f"{part.strip()[:20]!r} is not a day; write mon-fri, sat,sun or holidays")
    return frozenset(days), holidays
