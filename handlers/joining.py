"""Reports about the same place: the one who has a case is asked, and incidents are joined; threads never are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from escalation.lines import REOPENS
from escalation.register import is_last_resort
from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers import alerting, holding
from handlers.office_desk import OfficeDesk
from handlers.telling import tell_staff


def ask_holders(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> None:
    """Whoever has another case that could be about the same is asked, once for each pair, whether it is."""
    for other in _alike(unit, incident):
        holder = other.taken_by
        if holder and holder != incident.taken_by and _to_be_asked(unit, other, incident, holder, now):
            facts = {"code": _code(unit, other), "other": _code(unit, incident)}
            line = desk.lines[incident.line]
            tell_staff(unit, desk, line, holder, "same_matter", facts, now, about=other.id)


def to_ask(unit: Unit, incident: Incident, taker: str, now: datetime) -> list[str]:
    """The codes of the cases about which a new taker is to be asked whether they are the same matter."""
    return [_code(unit, o) for o in _alike(unit, incident) if _to_be_asked(unit, incident, o, taker, now)]


def _alike(unit: Unit, incident: Incident) -> list[Incident]:
    """Other open cases at the same house, unless both name a flat and it is not the same."""
    if incident.place_index is None:
        return []
    here = office_incidents.open_at(unit, incident.line, incident.place_index, incident.id)
    return [other for other in here if not any(_differ(incident, other, part) for part in ("floor", "door"))]


def _differ(one: Incident, other: Incident, part: str) -> bool:
    here, there = ((each.place or {}).get(part) for each in (one, other))
    return bool(here and there and here != there)


def _to_be_asked(unit: Unit, incident: Incident, other: Incident, whom: str, now: datetime) -> bool:
    """Never somebody at a last-resort phone, who cannot know; and nobody a second time about the same two."""
    if is_last_resort(whom):
        return False
    pair = sorted((incident.id, other.id))
    asked = office_incidents.timeline(unit, pair[0], ("asked_same",))
    if any(entry.body.get("other") == pair[1] for entry in asked):
        return False
    office_incidents.note(unit, pair[0], "asked_same", now, other=pair[1])
    return True


def _code(unit: Unit, incident: Incident) -> str:
    return office_incidents.first_code(unit, incident.id)


def named(unit: Unit, line: str, codes: Sequence[str], now: datetime) -> Incident | None:
    """The incident whose code a report names, while words about it still open it again."""
    found = (office_incidents.by_code(unit, line, code) for code in codes)
    return next((i for i in found if i and (i.closed_at is None or now - i.closed_at < REOPENS)), None)


def merge(
    unit: Unit, desk: OfficeDesk, incident: Incident, target: Incident, now: datetime, actor: str | None
) -> Incident:
    """Join an incident into another: threads keep their codes, both now answer to one incident.

    Reporters who were waiting are told what a first reporter is told when his case is taken, and no more.
    """
    _leave_hands(unit, desk, incident, target, actor, now)
    waiting = holding.waiting_threads(unit, incident)
    office_due.clear_timers(unit, incident.id)
    office_incidents.move_threads(unit, incident.id, target.id)
    office_incidents.move_entries(unit, incident.id, target.id)
    office_incidents.save(unit, replace(incident, state="closed", closed_at=now, merged_into=target.id))
    office_incidents.note(unit, target.id, "merged", now, actor=actor)
    target = _knowing_both(unit, desk, incident, target)
    for thread in waiting:
        thread = replace(thread, incident=target.id)
        if thread.promised_at is not None:
            office_due.set_timer(unit, target.id, "late", thread.promised_at, thread.id)
        if target.state in holding.HELD:
            holding.tell_taken(unit, desk, target, thread, now)
    return target


def _leave_hands(
    unit: Unit, desk: OfficeDesk, incident: Incident, target: Incident, actor: str | None, now: datetime
) -> None:
    alerting.withdraw(unit, desk, incident, actor, now)
    holder = incident.taken_by if incident.state in holding.HELD else None
    if holder is not None and holder not in (actor, target.taken_by):
        facts = {"codes": (office_incidents.first_code(unit, incident.id),)}
        tell_staff(unit, desk, desk.lines[incident.line], holder, "handover", facts, now)


def _knowing_both(unit: Unit, desk: OfficeDesk, incident: Incident, target: Incident) -> Incident:
    """The joined case is as urgent as either was; one about the stairwell learns from one about a flat whose it is."""
    tags = [*target.tags, *(t for t in incident.tags if t != "place_unclear")]
    both = replace(target, danger=target.danger or incident.danger, tags=tuple(dict.fromkeys(tags)))
    if incident.urgency == "urgent" != target.urgency:
        policy = json.dumps(desk.lines[target.line].escalation["urgent"].to_json())
        both = replace(both, urgency="urgent", policy=policy)
    if target.contact_person is None and incident.contact_person is not None:
        both = replace(
            both,
            place=incident.place,
            place_index=incident.place_index,
            property=incident.property,
            team=incident.team,
            contact_person=incident.contact_person,
            placement=incident.placement,
        )
    office_incidents.save(unit, both)
    return both
