"""Staff ask to hear a case: their own telephone rings, and asks for the PIN before it tells anything."""

from __future__ import annotations

from escalation.store import office_pins
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers import pin_calls, telephones
from handlers.permissions import may_see
from handlers.staff_visit import StaffVisit


def listen(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """Ring whoever may see it; or say in one sentence why not."""
    staff = visit.person.staff
    if not may_see(unit, visit.desk, incident, visit.person, visit.now):
        visit.refuse(unit, incident, code)
        return
    pin, phone = office_pins.pin_of(unit, visit.line.slug, staff), telephones.phone_of(unit, visit.line, staff)
    if phone is None:
        visit.say(unit, "hear_no_phone", code=code)
    elif pin is None:
        visit.say(unit, "hear_no_pin", code=code)
    elif pin.locked:
        visit.say(unit, "hear_locked", code=code)
    else:
        pin_calls.ring(unit, incident, staff, phone, visit.now)
        visit.say(unit, "hear_rings", code=code)


def can_listen(unit: Unit, visit: StaffVisit) -> bool:
    """Whether a case could be read out to him."""
    pin = office_pins.pin_of(unit, visit.line.slug, visit.person.staff)
    phone = telephones.phone_of(unit, visit.line, visit.person.staff)
    return pin is not None and not pin.locked and phone is not None
