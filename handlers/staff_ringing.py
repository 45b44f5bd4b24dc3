"""Staff call a reporter back: the command that has both phones ring, and every reason why it may not."""

from __future__ import annotations

from datetime import timedelta

from escalation.store import office_callbacks, office_hatch, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import CaseThread, Incident
from handlers import holding, telephones
from handlers.call_wishes import wishes
from handlers.case_wishes import wants_no_more
from handlers.staff_visit import StaffVisit

RINGS_AT_MOST = timedelta(minutes=3)  # both pick up late and one waits for the other: longer than that it never takes


def ring(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """Ring whoever has the case and the reporter who asked for it, or say why not."""
    if incident.taken_by != visit.person.staff or incident.state not in holding.HELD:
        visit.refuse(unit, incident, code)
        return
    phone = telephones.phone_of(unit, visit.line, visit.person.staff)
    asked = _asked(unit, incident, code)
    willing = [thread for thread in asked if not wants_no_more(unit, incident, thread)]
    if phone is None:
        visit.say(unit, "ring_no_phone" if visit.line.voice_number else "cannot_ring", code=code)
    elif not asked:
        visit.say(unit, "ring_unasked", code=code)
    elif not willing:
        visit.say(unit, "ring_stopped", code=code)
    elif office_callbacks.is_ringing(unit, [thread.id for thread in asked], visit.now):
        visit.say(unit, "ring_already", code=code)
    else:
        _begin(unit, visit, incident, willing[0], phone)
        visit.say(unit, "ring_begun", code=code)


def _asked(unit: Unit, incident: Incident, code: str) -> list[CaseThread]:
    """The reporters who may be called under this code, as a reply would reach them; who asked last comes first."""
    threads = {thread.id: thread for thread in office_incidents.threads_of(unit, incident.id)}
    first = code == office_incidents.first_code(unit, incident.id)
    found = [threads[wish.thread] for wish in wishes(unit, incident) if wish.thread in threads]
    return [thread for thread in found if first or thread.code == code]


def _begin(unit: Unit, visit: StaffVisit, incident: Incident, thread: CaseThread, phone: str) -> None:
    """Through the hatch goes the thread, a random token and a time: nothing of who asked, or which case it is now."""
    staff, now, until = visit.person.staff, visit.now, visit.now + RINGS_AT_MOST
    token = office_callbacks.begin(unit, visit.line.slug, incident.id, thread.id, staff, phone, now, until)
    order = {"token": token, "until": until.isoformat()}
    office_hatch.relay(unit, visit.line.slug, thread.id, "call_back", order, now, now)
    office_incidents.note(unit, incident.id, "callback_asked", now, actor=staff, thread=thread.id)
    visit.audit(unit, "call back", thread.code)
    holding.acted(unit, visit.desk, incident, now)
