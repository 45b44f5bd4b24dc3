"""Which team answers for a place, and whether a contact person is alerted beside it.

Reads the register, so only the back office may use it. Nothing here shows outside: whatever the route,
the reporter gets the same words at the same pace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Protocol

from escalation.holidays_calendar import IsHoliday
from escalation.rota import Replacement, WeeklyShift, on_any_rota


class Responsibility(Protocol):
    """A period of responsibility for a placement: `register_values.Placement`, or the directory's own row."""

    @property
    def placement(self) -> str: ...
    @property
    def floor(self) -> str: ...
    @property
    def door(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def contact_person(self) -> str | None: ...
    @property
    def property(self) -> str: ...  # last: below it the decorator's own name is taken
    def holds_on(self, day: date) -> bool: ...


class Answered(Protocol):
    """A property, of which only its own team matters here."""

    @property
    def team(self) -> str | None: ...


class FrontTeamLine(Protocol):
    """What routing needs to know of a line."""

    @property
    def front_team(self) -> str: ...


@dataclass(frozen=True, slots=True, repr=False)
class Route:
    """Where a case goes. `contact_person` and `placement` are None unless exactly one placement is meant."""

    team: str
    contact_person: str | None = None
    placement: str | None = None


def route(
    place: str | None,
    floor: str | None,
    door: str | None,
    today: date,
    placements: Iterable[Responsibility],
    properties: Mapping[str, Answered],
    line: FrontTeamLine,
) -> Route:
    """The route of a case at the property with the code `place` (None: unclear), on the local day `today`.

    The placement that is meant decides: the one that matches what is known of floor and door, if exactly
    one does. A place with none or several goes to the property's own team, else to the line's front team;
    an unknown place goes to the front team. Rules: INTERFACE, "Details".
    """
    known = properties.get(place) if place is not None else None
    if known is None:
        return Route(line.front_team)
    here = [p for p in placements if p.property == place and p.holds_on(today)]
    meant = [p for p in here if _same(p.floor, floor) and _same(p.door, door)]
    responsible = {(p.team, p.contact_person) for p in meant}
    if len(meant) == 1:
        return Route(meant[0].team, meant[0].contact_person, meant[0].placement)
    if floor and door and len(responsible) == 1:  # two tenancies in one flat, one pair of hands
        return Route(meant[0].team, meant[0].contact_person)
    return Route(known.team or line.front_team)


def _same(ours: str, theirs: str | None) -> bool:
    """Whether a floor or door may be the one that was named; an unnamed one may be any."""
    return not theirs or not ours or _folded(ours) == _folded(theirs)


def _folded(text: str) -> str:
    """``3.``, ``03`` and ``3`` are one floor; ``T.V.`` and ``tv`` are one door."""
    return "".join(c for c in text.casefold() if c.isalnum()).lstrip("0") or "0"


def contact_person_counts(
    staff: str | None,
    moment: datetime,
    rows: Sequence[WeeklyShift],
    overrides: Sequence[Replacement],
    zone: tzinfo,
    is_holiday: IsHoliday,
) -> bool:
    """Whether a contact person is alerted now: only while on any team's rota (INTERFACE: escalation).

    Who is off gets a note at the start of the next shift (`rota.next_shift`).
    """
    return staff is not None and on_any_rota(staff, moment, rows, overrides, zone, is_holiday)
