"""An alert that rings: somebody's telephone, until he takes the case or passes it on by a key.

Nobody who only picks up has taken anything. Whoever does not answer gets the alert where else he can be reached, and
his phone rings once more within three minutes, unless somebody has the case by then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation.policy import Position
from escalation.store import hearings, office_calls, office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.legs import Leg
from escalation.store.office_due import Alert
from escalation.store.office_incidents import Incident
from handlers import alerting, answering, leg_documents, pin_calls, steps, telephones
from handlers.call_verbs import Document, HangUp, Say
from handlers.office_desk import OfficeDesk, staff_language

AGAIN_AFTER = timedelta(minutes=2)
MOST_RINGS = 2


def whisper(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> Document:
    """He, or something that picks up by itself, answered."""
    office_calls.moved(unit, leg.id, "answered", ("queued", "ringing"))
    return _asks(unit, desk, leg, now)


def _asks(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> Document:
    found = office_due.alert(unit, leg.token)
    incident = office_incidents.get(unit, found.incident) if found else None
    urgent = incident is not None and incident.urgency == "urgent"
    return leg_documents.asks(leg, _say(unit, desk, leg, "alert_urgent" if urgent else "alert", now))


def pressed(unit: Unit, desk: OfficeDesk, leg: Leg, digits: str, now: datetime) -> Document:
    """1 takes the case, 2 passes it on, 3 says it again; silence is no answer."""
    found = office_due.alert(unit, leg.token)
    if found is None or digits not in ("1", "2", "3"):
        leg_ended(unit, desk, leg, "no-answer", now)
        return (HangUp(),)
    incident = office_incidents.get(unit, found.incident)
    if digits == "3":
        return _asks(unit, desk, leg, now)
    if digits == "2":
        office_calls.ended(unit, leg.id, "passed", now)
        answering.pass_on(unit, desk, incident, leg.staff, now)
        return (_say(unit, desk, leg, "passed", now), HangUp())
    office_calls.ended(unit, leg.id, "joined", now)
    answering.take(unit, desk, incident, leg.staff, now)
    holder = office_incidents.get(unit, incident.id).taken_by
    if holder != leg.staff:
        return (_say(unit, desk, leg, "case_taken", now), HangUp())
    code = " ".join(office_incidents.first_code(unit, incident.id))
    return pin_calls.offer(unit, desk, leg, office_incidents.get(unit, incident.id), code, now)


def joined(unit: Unit, desk: OfficeDesk, leg: Leg, talked: bool, now: datetime) -> Document:
    """An alert joins nobody."""
    return (HangUp(),)


def leg_ended(unit: Unit, desk: OfficeDesk, leg: Leg, status: str, now: datetime) -> None:
    """It rang in vain: the alert goes out on his next channel, and the phone rings again a little later."""
    hearings.close(unit, leg.id, now)  # a leg that took the case may have been read to until now
    state = leg_documents.outcome(status)
    found = office_due.alert(unit, leg.token)
    if not office_calls.ended(unit, leg.id, state, now) or found is None:
        return
    incident = office_incidents.get(unit, found.incident)
    office_incidents.note(unit, incident.id, "leg_ended", now, actor=leg.staff, outcome=state)
    if found.state != "open" or incident.state != "new":
        return
    rung = len(office_calls.legs_of(unit, leg.token))
    position = Position(found.round, found.step)
    heard_elsewhere = rung == 1 and bool(found.rest)
    if heard_elsewhere:
        steps.alert(unit, desk, incident, found.staff, found.rest, position, now)
    if rung < MOST_RINGS and state != "failed":
        office_due.set_timer(unit, incident.id, "ring_again", now + AGAIN_AFTER, found.id)
        return
    office_due.fail_alert(unit, found.id)
    if not alerting.anybody_alerted(unit, incident):
        steps.hurry(unit, desk, incident, now)


def not_dialled(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> None:
    """The provider did not take the call."""
    leg_ended(unit, desk, leg, "failed", now)


def hung_up(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> None:
    """The office itself ended it: somebody has the case."""
    office_calls.ended(unit, leg.id, "cancelled", now)


def again(unit: Unit, desk: OfficeDesk, incident: Incident, found: Alert | None, now: datetime) -> None:
    """The second ring, if the alert still counts."""
    if found is None or found.state != "open" or incident.state != "new":
        return
    phone = telephones.phone_of(unit, desk.lines[incident.line], found.staff)
    if phone is not None:
        office_calls.LEGS.add(unit, found.id, incident.line, found.staff, phone, now, "alert")


def _say(unit: Unit, desk: OfficeDesk, leg: Leg, key: str, now: datetime, **values: object) -> Say:
    line = desk.lines[leg.line]
    return leg_documents.say(key, staff_language(unit, desk, line, leg.staff, now), line.name, **values)
