"""Published hours, and every time a reporter is promised.

A promised time comes from category, urgency and the line's published hours alone, never from a rota or
the register (CONVERSATIONS, "The same for everybody"). It is a whole minute, so that what the text says
is the moment the row falls due.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from escalation.errors import Refused
from escalation.wall_clock import at, local, parse_clock_time, parse_days, span

SOON = timedelta(minutes=15)
AFTER_OPENING = timedelta(minutes=60)
DAYTIME_ANSWER = timedelta(hours=2)
DAY_START, DAY_END, MID_MORNING, AFTERNOON = time(8), time(16), time(10), time(16)
_NEWS_AHEAD = timedelta(hours=4)
_ONE_DAY = timedelta(days=1)
_SEARCH_DAYS = 60
_SPAN = re.compile(r"(?P<days>\S+(?:\s*,\s*[a-z-]+)*)\s+(?P<start>\d\d:\d\d)\s*-\s*(?P<end>\d\d:\d\d)")
_SEPARATOR = re.compile(r"(?<=\d)\s*[,;]\s*")


class HoursLine(Protocol):
    """What these rules need to know of a line."""

    @property
    def hours(self) -> Hours: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def daytime(self) -> tuple[str, ...]: ...
    def is_holiday(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """Days of the week and the clock times between which somebody answers."""

    days: str
    start: time
    end: time

    @property
    def weekdays(self) -> frozenset[int]:
        return parse_days(self.days)[0]

    @property
    def on_holidays(self) -> bool:
        return parse_days(self.days)[1]


@dataclass(frozen=True, slots=True)
class Hours:
    """When a person answers; no openings at all means always."""

    openings: tuple[Opening, ...] = ()

    @property
    def always(self) -> bool:
        return not self.openings

    def __str__(self) -> str:
        spans = (f"{o.days} {o.start:%H:%M}-{_midnight(o.end)}" for o in self.openings)
        return ", ".join(spans) or "always"


ALWAYS = Hours()


def _midnight(end: time) -> str:
    return "24:00" if end == time(0) else f"{end:%H:%M}"


def parse_hours(text: str) -> Hours:
    """``always`` or ``mon-fri 08:00-22:00, sat-sun 10:00-20:00`` as a value.

    ``24:00`` ends a day, an end before the start runs past midnight, ``holidays`` names public holidays
    (without it a public holiday has the hours of a Sunday, as on a shop's door). Raises Refused.
    """
    cleaned = text.strip().lower()
    if cleaned == "always":
        return ALWAYS
    openings = tuple(_opening(part) for part in _SEPARATOR.split(cleaned))
    if not any(opening.weekdays for opening in openings):
        raise Refused("published hours need at least one day of the week")
    return Hours(openings)


def _opening(part: str) -> Opening:
    match = _SPAN.fullmatch(part.strip())
    if not match:
        raise Refused(f'{part[:30]!r} is not understood; write "always" or "mon-fri 08:00-22:00, sat-sun 10:00-20:00"')
    start = parse_clock_time(match["start"])
    end = time(0) if match["end"] == "24:00" else parse_clock_time(match["end"])
    if start == end and end != time(0):
        raise Refused(f'{part[:30]!r} has no length; a whole day is written "00:00-24:00"')
    days = "".join(match["days"].split())
    parse_days(days)
    return Opening(days, start, end)


def is_open(moment: datetime, line: HoursLine) -> bool:
    """Whether the published hours say that a person answers at this instant."""
    if line.hours.always:
        return True
    today = local(moment, line.zone).date()
    return any(start <= moment < end for day in (today - _ONE_DAY, today) for start, end in _openings(day, line))


def next_opening(moment: datetime, line: HoursLine) -> datetime:
    """The instant the line is open again at or after `moment`; `moment` itself while it is open.

    Raises Refused when the published hours leave no opening in the next two months.
    """
    if is_open(moment, line):
        return moment
    today = local(moment, line.zone).date()
    for ahead in range(_SEARCH_DAYS):
        starts = [start for start, _ in _openings(today + ahead * _ONE_DAY, line) if start > moment]
        if starts:
            return min(starts)
    raise Refused("the published hours and closing days leave no opening in the next two months")


def _openings(day: date, line: HoursLine) -> list[tuple[datetime, datetime]]:
    """The opening spans that begin on a local day. A public holiday has its own hours, else those of a Sunday."""
    if not line.is_holiday(day):
        chosen = [o for o in line.hours.openings if day.weekday() in o.weekdays]
    else:
        own = [o for o in line.hours.openings if o.on_holidays]
        chosen = own or [o for o in line.hours.openings if 6 in o.weekdays]
    return [span(day, o.start, o.end, line.zone) for o in chosen]


def promise(now: datetime, urgency: str, category: str, line: HoursLine) -> datetime:
    """The time by which a member of staff will have looked at a report that arrived at `now`.

    In published hours 15 minutes; outside them one hour after they begin again. What can wait for the
    day (the line's daytime categories, not urgent) has two hours on a working day between 08 and 16,
    else until 10:00 of the next working day.
    """
    if category in line.daytime and urgency != "urgent":
        wanted = _daytime_promise(now, line)
        return _minute(wanted if is_open(wanted, line) else next_opening(wanted, line) + AFTER_OPENING)
    if is_open(now, line):
        return _minute(now + SOON)
    return _minute(next_opening(now, line) + AFTER_OPENING)


def _daytime_promise(now: datetime, line: HoursLine) -> datetime:
    if in_day_shift(now, line):
        return now + DAYTIME_ANSWER
    return at(_shift_day(now, line), MID_MORNING, line.zone)


def news_by(now: datetime, line: HoursLine) -> datetime:
    """When whoever reported hears again after a case was taken: the next 10:00 or 16:00 at least four hours off.

    Only times within published hours (their last minute included) count; if they hold neither 10:00
    nor 16:00 in the coming two weeks, one hour after the next opening.
    """
    earliest = now + _NEWS_AHEAD
    today = local(now, line.zone).date()
    for ahead in range(15):
        for clock_time in (MID_MORNING, AFTERNOON):
            moment = at(today + ahead * _ONE_DAY, clock_time, line.zone)
            if moment >= earliest and _answered(moment, line):
                return moment
    return _minute(next_opening(earliest, line) + AFTER_OPENING)


def _answered(moment: datetime, line: HoursLine) -> bool:
    return is_open(moment, line) or is_open(moment - timedelta(minutes=1), line)


def later(promised: datetime, now: datetime, nth: int, line: HoursLine) -> datetime:
    """The new time a broken promise is replaced by, the `nth` time (from 1) it is broken.

    First one hour, then four hours, then the next 10:00; each counted from the later of the old promise
    and now, and moved into published hours. Always after both, so a text never promises the past.
    """
    base = max(promised, now)
    if nth <= 1:
        wanted = base + timedelta(hours=1)
    elif nth == 2:
        wanted = base + timedelta(hours=4)
    else:
        wanted = _next_clock_time(base + timedelta(hours=1), MID_MORNING, line)
    return _minute(wanted if _answered(wanted, line) else next_opening(wanted, line) + AFTER_OPENING)


def in_day_shift(now: datetime, line: HoursLine) -> bool:
    """Whether it is 08 to 16 local time on a working day (Monday to Friday, not a holiday)."""
    wall = local(now, line.zone)
    return _working(wall.date(), line) and DAY_START <= wall.time() < DAY_END


def next_day_shift(now: datetime, line: HoursLine) -> datetime:
    """When the day's work goes on: `now` during a working day, else 08:00 of the next one."""
    return now if in_day_shift(now, line) else at(_shift_day(now, line), DAY_START, line.zone)


def day_start(now: datetime, line: HoursLine) -> datetime:
    """The next 08:00 local time after `now`, whatever day it is."""
    return _next_clock_time(now, DAY_START, line)


def _shift_day(now: datetime, line: HoursLine) -> date:
    """The local day on which the next day shift begins."""
    day = local(now, line.zone).date()
    while not _working(day, line) or at(day, DAY_START, line.zone) <= now:
        day += _ONE_DAY
    return day


def _working(day: date, line: HoursLine) -> bool:
    return day.weekday() < 5 and not line.is_holiday(day)


def _next_clock_time(after: datetime, clock_time: time, line: HoursLine) -> datetime:
    day = local(after, line.zone).date()
    moment = at(day, clock_time, line.zone)
    return moment if moment > after else at(day + _ONE_DAY, clock_time, line.zone)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
