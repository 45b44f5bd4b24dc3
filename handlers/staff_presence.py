"""Staff come and go: enrolment, a break, an illness. Whoever is away is skipped, unless he is the last one."""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation.store import audit, office_hatch, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.hatch import Outward
from handlers import alerting, steps
from handlers.messages import Inbound
from handlers.office_desk import OfficeDesk, reachable, say_to
from handlers.staff_visit import StaffVisit

LONGEST_BREAK = timedelta(hours=4)
USUAL_BREAK = 30


def enrol(unit: Unit, desk: OfficeDesk, row: Outward, now: datetime, real_now: datetime) -> bool:
    """/start with a code nobody on the front desk knows: an invitation, or nothing. True when somebody enrolled."""
    inbound = Inbound.from_json(row.body)
    line = desk.lines[inbound.line]
    code = inbound.text.strip()
    staff = office_people.redeem(unit, line.slug, code, real_now)
    known = desk.register(unit).staff(line, staff, now)
    if staff is None or known is None:
        # To a stranger a wrong code is a hello like any other.
        office_hatch.relay(unit, line.slug, "-", "welcome", {"sender": row.sender}, now, now)
        return False
    office_people.add_endpoint(unit, line.slug, staff, inbound.channel, inbound.address, now)
    audit.record(unit, line.slug, f"staff:{staff}", "enrol", inbound.channel, now)
    for endpoint in office_people.endpoint_by_index(unit, line.slug, inbound.channel, row.sender):
        if endpoint.staff == staff:
            office_people.heard(unit, endpoint.id, now)
            say_to(unit, desk, endpoint, "enrolled", {}, now)
    return True


def _alone(unit: Unit, visit: StaffVisit) -> bool:
    """Whether somebody answers for a team of his only as long as he does."""
    register, line = visit.desk.register(unit), visit.line
    away = office_people.absent(unit, line.slug, visit.now) | {visit.person.staff}
    teams = {team for team, _ in register.duties_of(line, visit.person.staff, visit.now)}
    return any(
        not any(reachable(unit, line.slug, p.staff) for p in register.on_duty(line, team, visit.now, frozenset(away)))
        for team in teams
    )


def pause(unit: Unit, visit: StaffVisit, minutes: int | None) -> None:
    if _alone(unit, visit):
        visit.say(unit, "pause_refused")
        tell_coordinators(unit, visit, "last_one_told")
        return
    until = visit.now + min(timedelta(minutes=minutes or USUAL_BREAK), LONGEST_BREAK)
    office_people.add_absence(unit, visit.line.slug, visit.person.staff, "pause", visit.now, until)
    visit.say(unit, "paused", until=until)
    tell_coordinators(unit, visit, "absent_told")
    _hand_on_alerts(unit, visit)


def sick(unit: Unit, visit: StaffVisit) -> None:
    """Gone for the shift: what he holds goes back to the duty at once."""
    if _alone(unit, visit):
        visit.say(unit, "sick_refused")
        tell_coordinators(unit, visit, "last_one_told")
        return
    duties = visit.desk.register(unit).duties_of(visit.line, visit.person.staff, visit.now)
    until = max([shift.until for _, shift in duties], default=visit.now + timedelta(hours=12))
    office_people.add_absence(unit, visit.line.slug, visit.person.staff, "sick", visit.now, until)
    visit.say(unit, "sick_noted")
    tell_coordinators(unit, visit, "absent_told")
    _hand_on_alerts(unit, visit)
    for incident in office_incidents.held_by(unit, visit.line.slug, visit.person.staff):
        steps.back_to_duty(unit, visit.desk, incident, visit.now, "sick")


def resume(unit: Unit, visit: StaffVisit) -> None:
    office_people.end_absences(unit, visit.line.slug, visit.person.staff, visit.now)
    visit.say(unit, "back")


def _hand_on_alerts(unit: Unit, visit: StaffVisit) -> None:
    """Alerts only he could answer go to the next ones at once."""
    for incident in office_incidents.open_for(unit, visit.line.slug, visit.person.staff):
        if incident.state == "new":
            alerting.skip_person(unit, visit.desk, incident, visit.person.staff, visit.now)


def tell_coordinators(unit: Unit, visit: StaffVisit, kind: str) -> None:
    """Those who see to the rota hear that somebody is away, or wants to be and cannot."""
    for coordinator in visit.desk.register(unit).coordinators(visit.line, visit.now):
        if coordinator != visit.person.staff:
            visit.tell(unit, coordinator, kind, name=visit.person.name)
