"""Reports about the same place: the one who has a case is asked, and incidents are joined; threads never are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers import alerting, holding
from handlers.office_desk import OfficeDesk
from handlers.telling import tell_staff


def others_at(unit: Unit, incident: Incident) -> list[Incident]:
    """Other open cases at the same house."""
    if incident.place_index is None:
        return []
    return office_incidents.open_at(unit, incident.line, incident.place_index, incident.id)


def ask_same_matter(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> None:
    """Whoever has another case at the same house is asked whether this is the same matter."""
    code = office_incidents.first_code(unit, incident.id)
    for other in others_at(unit, incident):
        if other.taken_by and other.taken_by != incident.taken_by:
            facts = {"code": office_incidents.first_code(unit, other.id), "other": code}
            line = desk.lines[incident.line]
            tell_staff(unit, desk, line, other.taken_by, "same_matter", facts, now, about=other.id)


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
