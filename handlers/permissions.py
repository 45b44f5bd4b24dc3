"""Who may do what to a case. One door: what is not yours and what does not exist get the same answer."""

from __future__ import annotations

from datetime import datetime

from escalation.directory import Staff
from escalation.store import office_due, office_people
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers.office_desk import OfficeDesk

OVERSIGHT = frozenset({"coordinator", "admin"})


def may_take(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> bool:
    """Anybody who was alerted, is on duty for the team, is the contact person, or coordinates the line."""
    if person.role in OVERSIGHT or incident.contact_person == person.staff:
        return True
    if office_due.was_alerted(unit, incident.id, person.staff):
        return True
    return on_duty_for(unit, desk, incident, person, now)


def on_duty_for(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> bool:
    line = desk.lines[incident.line]
    absent = office_people.absent(unit, line.slug, now)
    shift = desk.register(unit).on_duty(line, incident.team, now, absent)
    return any(p.staff == person.staff for p in shift)


def may_see(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> bool:
    """Place and words: only who has the case, its contact person while the placement lasts, or the coordinator.

    An external helper on duty sees what he has taken while his shift lasts; an external contact person
    sees his own citizens while the placement names him (DOMAIN, "Ishøj").
    """
    register, line = desk.register(unit), desk.lines[incident.line]
    if not register.is_external(line.slug, person.team):
        return (
            incident.taken_by == person.staff
            or person.role in OVERSIGHT
            or _contact_now(unit, desk, incident, person, now)
        )
    if _contact_now(unit, desk, incident, person, now):
        return True
    return incident.taken_by == person.staff and register.on_any_duty(line, person.staff, now)


def _contact_now(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> bool:
    route = desk.register(unit).route(desk.lines[incident.line], incident.place, now)
    return route.contact_person == person.staff


def owns(incident: Incident, person: Staff) -> bool:
    """May write to the reporter, note, snooze and close: whoever has it, or the coordinator."""
    return incident.taken_by == person.staff or person.role in OVERSIGHT
