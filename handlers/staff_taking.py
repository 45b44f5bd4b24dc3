"""Staff answer an alert: "mine", or "not me". One conditional update decides; everybody hears in words how it ended."""

from __future__ import annotations

from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers import alerting, answering, holding, steps
from handlers.permissions import may_take
from handlers.staff_visit import StaffVisit
from handlers.to_know import to_know


def take(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """Acknowledge. Whoever lost the race learns it, whoever was alerted learns that nothing more is needed."""
    person, now = visit.person.staff, visit.now
    if not may_take(unit, visit.desk, incident, visit.person, now):
        visit.refuse(unit, incident, code)
        return

    def told() -> None:
        visit.say(unit, "taken_you", edit=True, code=code, at=now)

    if not answering.take(unit, visit.desk, incident, person, now, code=code, told=told):
        _lost(unit, visit, incident, code)
        return
    incident = office_incidents.get(unit, incident.id)
    for kind, facts in to_know(unit, incident, person, code, now):
        visit.say(unit, kind, **facts)


def _lost(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    if incident.state == "closed":
        visit.say(unit, "closed_already", edit=True, code=code)
        return
    if incident.taken_by == visit.person.staff:
        visit.say(unit, "already_yours", edit=True, code=code, at=incident.taken_at or visit.now)
    elif not alerting.heard_of_taking(unit, incident, visit.person.staff, visit.now):
        visit.say(unit, "lost_race", edit=True, code=code, at=incident.taken_at or visit.now)


def pass_on(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """Not me: the next ones at once. Passed by whoever had it, the case is free again."""
    person, now = visit.person.staff, visit.now
    if incident.state in holding.HELD and incident.taken_by == person:
        visit.note(unit, incident, "passed")
        steps.back_to_duty(unit, visit.desk, incident, now, "passed")
        visit.say(unit, "passed", edit=True, code=code)
    elif incident.state == "new" and may_take(unit, visit.desk, incident, visit.person, now):
        visit.note(unit, incident, "passed")
        office_due.end_alerts(unit, incident.id, "passed", staff=person)
        if not alerting.anybody_alerted(unit, incident):
            steps.hurry(unit, visit.desk, incident, now)
        again = {a.staff for a in office_due.alerts_of(unit, incident.id) if a.state == "open"}
        visit.say(unit, "pass_alone" if again == {person} else "passed", edit=True, code=code)
    else:
        visit.refuse(unit, incident, code, edit=True)
