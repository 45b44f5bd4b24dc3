"""Who is on duty: shifts in local time, overrides over them, and the holes between.

Plain arithmetic over values. A shift belongs to the local day it starts on, even past midnight; on a public
holiday only `holidays` rows apply; an override replaces the team's rota for its span (INTERFACE, directory
files). Who has left or is on a break is the caller's to leave out, or to say through `works`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Protocol

from escalation.errors import Refused
from escalation.holidays_calendar import IsHoliday
from escalation.wall_clock import at, instant, local, parse_days, span

Works = Callable[[str, date], bool]
_ONE_DAY = timedelta(days=1)
_SEARCH_AHEAD = timedelta(days=35)


class WeeklyShift(Protocol):
    """A row of the rota: this module's `RotaRow`, or the directory's own."""

    @property
    def team(self) -> str: ...
    @property
    def weekdays(self) -> frozenset[int]: ...
    @property
    def on_holidays(self) -> bool: ...
    @property
    def start(self) -> time: ...
    @property
    def end(self) -> time: ...
    @property
    def staff(self) -> str: ...
    @property
    def order(self) -> int: ...


class Replacement(Protocol):
    """An override: this module's `Override`, or the directory's own. Times without a zone are local."""

    @property
    def team(self) -> str: ...
    @property
    def start(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def staff(self) -> str: ...
    @property
    def order(self) -> int: ...


@dataclass(frozen=True, slots=True)
class RotaRow:
    """On these days (``mon-fri``, ``sat,sun``, ``holidays``), between these clock times, `staff` answers for `team`."""

    team: str
    days: str
    start: time
    end: time
    staff: str
    order: int

    @property
    def weekdays(self) -> frozenset[int]:
        return parse_days(self.days)[0]

    @property
    def on_holidays(self) -> bool:
        return parse_days(self.days)[1]


@dataclass(frozen=True, slots=True)
class Override:
    """From `start` to `end` (instants, or local times without a zone) `staff` answers, and the rota does not count."""

    team: str
    start: datetime
    end: datetime
    staff: str
    order: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A stretch of time, in UTC, in which `staff` answers for `team`; the lowest order is rung first.

    `day` is the local day the shift belongs to.
    """

    team: str
    staff: str
    order: int
    start: datetime
    end: datetime
    day: date


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody on duty now, and until when."""

    staff: str
    order: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which nobody answers for the team."""

    start: datetime
    end: datetime


def duty(
    team: str,
    start: datetime,
    end: datetime,
    rows: Iterable[WeeklyShift],
    overrides: Iterable[Replacement],
    zone: tzinfo,
    is_holiday: IsHoliday,
) -> tuple[Shift, ...]:
    """Every shift of the team that touches the span from `start` to `end`, with overrides applied.

    Shifts come whole (not cut at the span's edges), sorted by start, order and staff.
    """
    own = [_replacing(o, zone) for o in overrides if o.team == team]
    shifts = [
        piece
        for shift in _planned([r for r in rows if r.team == team], start, end, zone, is_holiday)
        for piece in _without(shift, own)
    ]
    touching = [s for s in (*shifts, *own) if s.start < end and s.end > start]
    return tuple(sorted(touching, key=lambda s: (s.start, s.order, s.staff)))


def _replacing(override: Replacement, zone: tzinfo) -> Shift:
    start, end = (instant(t, zone) if t.tzinfo is None else t for t in (override.start, override.end))
    return Shift(override.team, override.staff, override.order, start, end, local(start, zone).date())


def _planned(
    rows: Sequence[WeeklyShift], start: datetime, end: datetime, zone: tzinfo, is_holiday: IsHoliday
) -> list[Shift]:
    """What the rota alone says. Begins a day early: last night's shift may still be running."""
    shifts = []
    day = local(start, zone).date() - _ONE_DAY
    while day <= local(end, zone).date():
        holiday = is_holiday(day)
        for row in rows:
            if row.on_holidays if holiday else day.weekday() in row.weekdays:
                begins, ends = span(day, row.start, row.end, zone)
                if begins < ends:  # a shift inside the hour that spring skips has no length
                    shifts.append(Shift(row.team, row.staff, row.order, begins, ends, day))
        day += _ONE_DAY
    return shifts


def _without(shift: Shift, overrides: Iterable[Shift]) -> list[Shift]:
    """The pieces of a shift that no override replaces."""
    pieces = [shift]
    for o in overrides:
        cut = []
        for piece in pieces:
            if o.end <= piece.start or o.start >= piece.end:
                cut.append(piece)
                continue
            if piece.start < o.start:
                cut.append(replace(piece, end=o.start))
            if o.end < piece.end:
                cut.append(replace(piece, start=o.end))
        pieces = cut
    return pieces


def on_call(
    team: str,
    moment: datetime,
    rows: Iterable[WeeklyShift],
    overrides: Iterable[Replacement],
    zone: tzinfo,
    is_holiday: IsHoliday,
) -> tuple[OnCall, ...]:
    """Everybody who answers for the team at this instant, lowest order first; empty when nobody does."""
    found: dict[str, OnCall] = {}
    for shift in duty(team, moment, moment + timedelta(microseconds=1), rows, overrides, zone, is_holiday):
        known = found.get(shift.staff)
        if known is None or shift.order < known.order:
            found[shift.staff] = OnCall(shift.staff, shift.order, shift.end)
    return tuple(sorted(found.values(), key=lambda o: (o.order, o.staff)))


def shift_end(
    team: str,
    moment: datetime,
    rows: Iterable[WeeklyShift],
    overrides: Iterable[Replacement],
    zone: tzinfo,
    is_holiday: IsHoliday,
) -> datetime | None:
    """When the first of those on duty for the team goes off: the hand-over. None when nobody is on."""
    present = on_call(team, moment, rows, overrides, zone, is_holiday)
    return min((o.until for o in present), default=None)


def on_any_rota(
    staff: str,
    moment: datetime,
    rows: Sequence[WeeklyShift],
    overrides: Sequence[Replacement],
    zone: tzinfo,
    is_holiday: IsHoliday,
) -> bool:
    """Whether this person answers for any team at this instant."""
    return any(
        staff in {o.staff for o in on_call(team, moment, rows, overrides, zone, is_holiday)}
        for team in _teams_of(staff, rows, overrides)
    )


def next_shift(
    staff: str,
    after: datetime,
    rows: Sequence[WeeklyShift],
    overrides: Sequence[Replacement],
    zone: tzinfo,
    is_holiday: IsHoliday,
) -> datetime | None:
    """The start of this person's next shift on any rota within five weeks; None when there is none.

    A shift that runs at `after` does not count: this is when somebody who is off comes back.
    """
    starts = [
        shift.start
        for team in _teams_of(staff, rows, overrides)
        for shift in duty(team, after, after + _SEARCH_AHEAD, rows, overrides, zone, is_holiday)
        if shift.staff == staff and shift.start > after
    ]
    return min(starts, default=None)


def _teams_of(staff: str, rows: Sequence[WeeklyShift], overrides: Sequence[Replacement]) -> list[str]:
    return sorted({r.team for r in rows if r.staff == staff} | {o.team for o in overrides if o.staff == staff})


def everybody_works(_staff: str, _day: date) -> bool:
    """The answer while nothing is known of anybody's first or last day."""
    return True


def gaps(
    team: str,
    start: datetime,
    end: datetime,
    rows: Iterable[WeeklyShift],
    overrides: Iterable[Replacement],
    zone: tzinfo,
    is_holiday: IsHoliday,
    works: Works = everybody_works,
) -> tuple[Gap, ...]:
    """The stretches between `start` and `end` in which nobody answers for the team, in order.

    `works` tells whether a member of staff is still employed on a shift's day; shifts of those who are
    not count as empty, so that somebody's last day shows the hole it leaves.
    """
    holes: list[Gap] = []
    covered = start
    for shift in duty(team, start, end, rows, overrides, zone, is_holiday):
        if not works(shift.staff, shift.day):
            continue
        if shift.start > covered:
            holes.append(Gap(covered, shift.start))
        covered = max(covered, shift.end)
    return tuple([*holes, Gap(covered, end)] if covered < end else holes)


def week_span(iso_week: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """``2026-W48`` as the instants of its Monday 00:00 and the next one, local. Raises Refused."""
    year, mark, number = iso_week.upper().partition("-W")
    if not (mark and len(year) == 4 and year.isdecimal() and number.isdecimal()):
        raise Refused(f"{iso_week[:12]!r} is not a week; write it as 2026-W48")
    try:
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise Refused(f"{iso_week[:12]!r} is a week that does not exist; write it as 2026-W48") from error
    return at(monday, time(0), zone), at(monday + 7 * _ONE_DAY, time(0), zone)


def week(
    team: str,
    iso_week: str,
    rows: Iterable[WeeklyShift],
    overrides: Iterable[Replacement],
    zone: tzinfo,
    is_holiday: IsHoliday,
) -> tuple[Shift, ...]:
    """The team's shifts that touch an ISO week, whole: the first may have begun on the Sunday before."""
    start, end = week_span(iso_week, zone)
    return duty(team, start, end, rows, overrides, zone, is_holiday)
