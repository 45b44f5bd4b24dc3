"""What an operator sees from outside: the list of cases, figures for a monitor, the rota of a week."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from escalation import rota
from escalation.addresses import Address
from escalation.directory import Property
from escalation.lines import LineConfig
from escalation.register import Register
from escalation.rota import Gap, Shift
from escalation.store import (
    audit,
    front_people,
    hatch,
    office_due,
    office_hatch,
    office_incidents,
    office_people,
    overview,
)
from escalation.store.base import Unit
from escalation.store.front_outbox import FRONT
from escalation.store.office_incidents import Incident
from escalation.store.office_outbox import OFFICE

STATES = ("new", "taken", "snoozed", "closed")
NOTICES = ("queued", "sent", "delivered", "failed", "unknown", "withdrawn")
MESSAGES = ("opened", "answer", "words", "edited", "media")
OPERATOR = "operator"
# A timer is looked for four times a second: younger than this it is about to be worked off, not late.
_GRACE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as `nabolinje cases` lists it. Times are in the line's own zone."""

    code: str
    line: str
    state: str
    category: str
    urgency: str
    danger: bool
    address: str | None
    opened_at: datetime
    taken_at: datetime | None
    closed_at: datetime | None
    reports: int
    messages: int


def record_look(unit: Unit, lines: Collection[str], state: str | None, now: datetime) -> None:
    """Put on the audit trail that somebody at the machine lists cases: before he sees them."""
    for line in lines:
        audit.record(unit, line, OPERATOR, "cases", state or "all", now)


def cases(
    unit: Unit, register: Register, lines: Mapping[str, LineConfig], line: str | None, state: str | None
) -> list[CaseRow]:
    """All cases, or those of a line or in a state, the oldest first. See `record_look`."""
    figures = overview.figures(unit, MESSAGES)
    listed = {(p.line, p.property): p for p in register.directory.properties}
    return [
        _case_row(incident, figures, lines.get(incident.line), listed.get((incident.line, incident.property or "")))
        for incident in office_incidents.opened(unit, line, state)
    ]


def _case_row(
    incident: Incident, figures: overview.Figures, line: LineConfig | None, property_: Property | None
) -> CaseRow:
    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(line.zone if line else UTC) if moment else None

    return CaseRow(
        code=figures.codes.get(incident.id, ""),
        line=incident.line,
        state=incident.state,
        category=incident.category,
        urgency=incident.urgency,
        danger=incident.danger,
        address=_address(incident.place, property_, line.country if line else "DK"),
        opened_at=local(incident.opened_at) or incident.opened_at,
        taken_at=local(incident.taken_at),
        closed_at=local(incident.closed_at),
        reports=figures.reports.get(incident.id, 0),
        messages=figures.messages.get(incident.id, 0),
    )


def _address(place: Mapping[str, Any] | None, property_: Property | None, country: str) -> str | None:
    """``Street Number`` as in properties.csv with the flat behind it; else as the reporter wrote it."""
    if property_ is None:
        return str(place["display"]) if place else None
    told = place or {}
    # An Austrian property is a staircase: its number says so already.
    staircase = None if "/" in property_.number else told.get("staircase")
    shown = Address(
        street=property_.street,
        number=property_.number,
        floor=told.get("floor"),
        door=told.get("door"),
        staircase=staircase,
        country=country,
    )
    return shown.display()


@dataclass(frozen=True, slots=True)
class FrontFigures:
    """What the front desk counts: its inbox, notices by state, questions waiting, the hatch, rows set aside."""

    inbox: dict[str, int]
    notices: dict[str, int]
    timers: tuple[int, int]
    hatch: tuple[int, int]
    resent: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """What the office counts. `ticked_at` is when it last looked at its timers, in real seconds since 1970."""

    cases: dict[str, int]
    notices: dict[str, int]
    timers: tuple[int, int]
    relays: int
    resent: int
    set_aside: int
    ticked_at: int


def service_time(unit: Unit, real_now: datetime) -> datetime:
    """The office's time: the real one, plus what a rehearsal's clock file adds (the mark `clock_offset`, seconds)."""
    return real_now + timedelta(seconds=office_people.mark(unit, "clock_offset"))


def front_figures(unit: Unit, now: datetime) -> FrontFigures:
    """The front desk's counts at the service's time `now`."""
    return FrontFigures(
        inbox={name: FRONT.total(unit, name) for name in ("received", "duplicates", "rejected")},
        notices=FRONT.by_state(unit),
        timers=_timers(front_people.waiting_questions, unit, now),
        hatch=hatch.backlog(unit),
        resent=FRONT.resent(unit),
        set_aside=overview.front_set_aside(unit),
    )


def office_figures(unit: Unit, now: datetime) -> OfficeFigures:
    """The office's counts at the service's time `now`."""
    return OfficeFigures(
        cases=office_incidents.by_state(unit),
        notices=OFFICE.by_state(unit),
        timers=_timers(office_due.pending, unit, now),
        relays=office_hatch.waiting(unit),
        resent=OFFICE.resent(unit),
        set_aside=overview.office_set_aside(unit),
        ticked_at=office_people.mark(unit, "tick"),
    )


def _timers(pending: Any, unit: Unit, now: datetime) -> tuple[int, int]:
    waiting, overdue = pending(unit, now - _GRACE)
    return int(waiting), int(overdue)


def status(front: FrontFigures, office: OfficeFigures, real_now: datetime) -> dict[str, Any]:
    """Both desks' figures as one answer (INTERFACE, `status --format json`)."""
    notices = {state: front.notices.get(state, 0) + office.notices.get(state, 0) for state in NOTICES}
    notices["queued"] += front.notices.get("sending", 0) + office.notices.get("sending", 0)
    age = round(max(0.0, real_now.timestamp() - office.ticked_at), 1) if office.ticked_at else None
    return {
        "inbox": front.inbox,
        "cases": {state: office.cases.get(state, 0) for state in STATES},
        "notices": notices,
        "timers": {"pending": front.timers[0] + office.timers[0], "overdue": front.timers[1] + office.timers[1]},
        "tick_age_s": age,
        "hatch": {"outward": front.hatch[0], "inward": front.hatch[1] + office.relays},
        "resent": front.resent + office.resent,
        "set_aside": front.set_aside + office.set_aside,
    }


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """One team's shifts in a week and the stretches in which nobody answers. `left`: staff no longer employed then."""

    line: str
    team: str
    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]
    left: frozenset[tuple[str, date]]


def team_week(register: Register, line: LineConfig, team: str, start: datetime, end: datetime) -> TeamWeek:
    """The rota of a team between two instants, as the directory says it."""
    rows, overrides = register.rota_of(line.slug)
    people = {s.staff: s for s in register.staff_of(line.slug)}

    def works(staff: str, day: date) -> bool:
        return staff in people and people[staff].holds_on(day)

    shifts = rota.duty(team, start, end, rows, overrides, line.zone, line.is_holiday)
    gaps = rota.gaps(team, start, end, rows, overrides, line.zone, line.is_holiday, works)
    left = frozenset((s.staff, s.day) for s in shifts if not works(s.staff, s.day))
    return TeamWeek(line.slug, team, shifts, gaps, left)


def current_week(line: LineConfig, now: datetime) -> str:
    """The ISO week it is on the line's wall calendar: ``2026-W48``."""
    year, week, _ = now.astimezone(line.zone).isocalendar()
    return f"{year}-W{week:02}"
