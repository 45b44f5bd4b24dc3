"""The register in memory: who answers for what, today. Built from the directory; only the back office holds one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from escalation import rota
from escalation.directory import Directory, PlacementPeriod, Property, RotaOverride, RotaRow, Staff, Team, within
from escalation.lines import LineConfig
from escalation.rota import OnCall
from escalation.routing import Route, route

_LAST_RESORT = "last-resort-"


def last_resort_id(place: int | str) -> str:
    """The staff id of a line's last-resort phone, by its place in the list from 1."""
    return f"{_LAST_RESORT}{place}"


def is_last_resort(staff: str) -> bool:
    return staff.startswith(_LAST_RESORT)


class Register:
    """Questions to the directory, each for one line and one moment. Absent staff are handed in, not stored here."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._teams: dict[tuple[str, str], Team] = {(t.line, t.team): t for t in directory.teams}
        self._staff: dict[tuple[str, str], Staff] = {(s.line, s.staff): s for s in directory.staff}
        self._properties: dict[str, dict[str, Property]] = defaultdict(dict)
        for property_ in directory.properties:
            self._properties[property_.line][property_.property] = property_
        self._placements: dict[tuple[str, str], list[PlacementPeriod]] = defaultdict(list)
        for placement in directory.placements:
            self._placements[(placement.line, placement.property)].append(placement)
        self._rota: dict[str, list[RotaRow]] = defaultdict(list)
        for row in directory.rota:
            self._rota[row.line].append(row)
        self._overrides: dict[str, list[RotaOverride]] = defaultdict(list)
        for override in directory.overrides:
            self._overrides[override.line].append(override)

    def staff(self, line: LineConfig, staff: str | None, now: datetime) -> Staff | None:
        """The staff member, if he works here today: a `to` date cuts access that day."""
        if staff and is_last_resort(staff):
            return Staff(line.slug, staff, "", line.front_team, "coordinator", "", "", line.language)
        found = self._staff.get((line.slug, staff or ""))
        today = now.astimezone(line.zone).date()
        return found if found and within(today, found.valid_from, found.valid_to) else None

    def staff_of(self, line: str) -> list[Staff]:
        return [s for (slug, _), s in self._staff.items() if slug == line]

    def teams_of(self, line: str) -> list[Team]:
        return [t for (slug, _), t in self._teams.items() if slug == line]

    def is_external(self, line: str, team: str) -> bool:
        found = self._teams.get((line, team))
        return found is not None and found.kind == "external"

    def rota_of(self, line: str) -> tuple[Sequence[RotaRow], Sequence[RotaOverride]]:
        return self._rota[line], self._overrides[line]

    def on_duty(self, line: LineConfig, team: str, now: datetime, absent: frozenset[str]) -> tuple[OnCall, ...]:
        """Everybody who answers for the team now, works here today and is not on a break."""
        shift = rota.on_call(team, now, *self.rota_of(line.slug), line.zone, line.is_holiday)
        return tuple(p for p in shift if p.staff not in absent and self.staff(line, p.staff, now) is not None)

    def on_any_duty(self, line: LineConfig, staff: str, now: datetime) -> bool:
        """Whether this person works here today and answers for any team just now."""
        if self.staff(line, staff, now) is None:
            return False
        return rota.on_any_rota(staff, now, *self.rota_of(line.slug), line.zone, line.is_holiday)

    def duties_of(self, line: LineConfig, staff: str, now: datetime) -> list[tuple[str, OnCall]]:
        """(team, shift) for every team this person answers for now."""
        found: list[tuple[str, OnCall]] = []
        if self.staff(line, staff, now) is None:
            return found
        for team in self.teams_of(line.slug):
            shift = rota.on_call(team.team, now, *self.rota_of(line.slug), line.zone, line.is_holiday)
            found += [(team.team, person) for person in shift if person.staff == staff]
        return found

    def next_shift(self, line: LineConfig, staff: str, now: datetime) -> datetime | None:
        return rota.next_shift(staff, now, *self.rota_of(line.slug), line.zone, line.is_holiday)

    def coordinators(self, line: LineConfig, now: datetime) -> list[str]:
        """Coordinators who work here today, on a shift or not."""
        return sorted(
            s.staff for s in self.staff_of(line.slug) if s.role == "coordinator" and self.staff(line, s.staff, now)
        )

    def route(self, line: LineConfig, place: Mapping[str, Any] | None, now: datetime) -> Route:
        """Where a case at this place goes today; always somewhere."""
        today = now.astimezone(line.zone).date()
        code = place.get("property") if place else None
        here = self._placements.get((line.slug, code or ""), [])
        floor, door = (place.get("floor"), place.get("door")) if place else (None, None)
        return route(code, floor, door, today, here, self._properties[line.slug], line)

    def housed_at(self, line: LineConfig, code: str | None, now: datetime) -> list[PlacementPeriod]:
        """Placements in this property that hold today: whose names and numbers must never leave."""
        today = now.astimezone(line.zone).date()
        return [p for p in self._placements.get((line.slug, code or ""), []) if p.holds_on(today)]

    def periods_of(self, line: str, placement: str | None) -> list[PlacementPeriod]:
        """Every period of one placement, past ones too: a case may outlive the tenancy it is about."""
        return [p for p in self.directory.placements if p.line == line and p.placement == placement]

    def address_of(self, line: str, code: str | None) -> str | None:
        """``Street Number`` as listed, for a known property code."""
        found = self._properties[line].get(code or "")
        return f"{found.street} {found.number}" if found else None
