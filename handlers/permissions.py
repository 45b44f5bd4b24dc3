"""Who may do what to a case. One door: what is not yours and what does not exist get the same answer."""

from __future__ import annotations

from datetime import datetime

from escalation.directory import Staff
from escalation.store import office_due
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers.office_desk import OfficeDesk

OVERSIGHT = frozenset({"coordinator", "admin"})


def may_take(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> bool:
    """Anybody who was alerted, is on duty, is the contact person, or coordinates the line.

    Who helps from outside is on duty only for the teams he answers for; of our own people anybody who is on a
    shift may help out. A break does not bar whoever wants to help all the same.
    """
    if person.role in OVERSIGHT or incident.contact_person == person.staff:
        return True
    if office_due.was_alerted(unit, incident.id, person.staff):
        return True
    return on_duty_for(unit, desk, incident, person, now)


def on_duty_for(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> bool:
    line, register = desk.lines[incident.line], desk.register(unit)
    teams = {team for team, _ in register.duties_of(line, person.staff, now)}
    return incident.team in teams or bool(teams and not register.is_external(line.slug, person.team))


def refusal(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> str:
    """The answer to somebody who may not do this now. Who helps from outside and has nothing to do with the case
    hears what he would hear if there were none."""
    if not may_take(unit, desk, incident, person, now):
        external = desk.register(unit).is_external(incident.line, person.team)
        return "unknown_case" if external else "not_yours_to_take"
    return {"new": "take_first", "closed": "closed_already"}.get(incident.state, "lost_race")


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


def may_see_history(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> bool:
    """What colleagues wrote and what was there before: our own people, and the resident's own contact person."""
    external = desk.register(unit).is_external(incident.line, person.team)
    return not external or _contact_now(unit, desk, incident, person, now)


def _contact_now(unit: Unit, desk: OfficeDesk, incident: Incident, person: Staff, now: datetime) -> bool:
    route = desk.register(unit).route(desk.lines[incident.line], incident.place, now)
    return route.contact_person == person.staff


def owns(incident: Incident, person: Staff) -> bool:
    """May write to the reporter, note, snooze and close: whoever has it, or the coordinator."""
    return incident.taken_by == person.staff or person.role in OVERSIGHT
