"""What whoever has a case does with it: notes, puts it off, joins another to it, closes it. Each is one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.hours import day_start
from escalation.notices import Receipt
from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import CaseThread, Incident
from handlers import alerting, holding, joining
from handlers.case_wishes import takes_no_texts
from handlers.office_desk import tell_reporter
from handlers.permissions import owns
from handlers.staff_visit import PROMPT_LASTS, StaffVisit


def has_it(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> bool:
    """Whether he may work on it; if not, he is told why."""
    if incident.state != "closed" and owns(incident, visit.person):
        return True
    visit.refuse(unit, incident, code)
    return False


def note(unit: Unit, visit: StaffVisit, incident: Incident, code: str, body: str | None) -> None:
    """Words for colleagues; no reporter ever sees them."""
    if not has_it(unit, visit, incident, code):
        return
    if not body:
        visit.ask(unit, {"action": "note", "code": code}, visit.now + PROMPT_LASTS)
        visit.say(unit, "note_ask", code=code)
        return
    visit.note(unit, incident, "note", text=body)
    holding.acted(unit, visit.desk, incident, visit.now)
    visit.say(unit, "noted", code=code)


def snooze(
    unit: Unit, visit: StaffVisit, incident: Incident, code: str, reason: str | None, minutes: int | None = None
) -> None:
    """Until tomorrow's start, or for some minutes, with a reason; then it is on the table again."""
    if not has_it(unit, visit, incident, code):
        return
    if incident.state == "new":
        visit.say(unit, "take_first", code=code)
        return
    until = visit.now + timedelta(minutes=minutes) if minutes else day_start(visit.now, visit.line)
    office_due.clear_timer(unit, incident.id, "idle")
    office_due.clear_timer(unit, incident.id, "idle_back")
    office_incidents.save(unit, replace(incident, state="snoozed", snoozed_until=until))
    office_due.set_timer(unit, incident.id, "snooze", until, incident.taken_by or visit.person.staff)
    visit.note(unit, incident, "snoozed", text=reason or "")
    visit.say(unit, "snoozed", code=code, until=until)
    if not reason:
        visit.ask(unit, {"action": "snooze_reason", "code": code}, visit.now + PROMPT_LASTS)


def snooze_reason(unit: Unit, visit: StaffVisit, incident: Incident, code: str, reason: str | None) -> None:
    """Why it was put off, told afterwards."""
    if not has_it(unit, visit, incident, code):
        return
    if not reason:
        visit.say(unit, "snoozed", code=code, until=incident.snoozed_until or visit.now)
    else:
        visit.note(unit, incident, "note", text=reason)
        visit.say(unit, "noted", code=code)


def close(unit: Unit, visit: StaffVisit, incident: Incident, code: str, outcome: str | None) -> None:
    """End the case with an outcome. The reporter hears that it ended, never how."""
    if not has_it(unit, visit, incident, code):
        return
    if not outcome:
        visit.ask(unit, {"action": "close", "code": code}, visit.now + PROMPT_LASTS)
        visit.say(unit, "close_menu", code=code)
        return
    alerting.withdraw(unit, visit.desk, incident, visit.person.staff, visit.now)
    office_due.clear_timers(unit, incident.id)
    office_incidents.save(unit, replace(incident, state="closed", closed_at=visit.now, snoozed_until=None))
    visit.note(unit, incident, "closed", text=outcome)
    visit.audit(unit, "close", code)
    for thread in holding.waiting_threads(unit, incident):
        _end(unit, visit, incident, thread)
    visit.say(unit, "closed", edit=True, code=code)
    if incident.taken_by not in (None, visit.person.staff):
        visit.tell(unit, incident.taken_by or "", "closed", code=code)


def _end(unit: Unit, visit: StaffVisit, incident: Incident, thread: CaseThread) -> None:
    """Nothing is promised to this reporter any more; some days later he is asked how it is now."""
    office_incidents.save_thread(unit, replace(thread, promised_at=None))
    tell_reporter(unit, incident, thread, "closed", Receipt(), visit.now)
    by_phone = visit.line.voice_number is not None and takes_no_texts(unit, incident, thread)
    if (thread.reachable or by_phone) and not thread.quiet:
        for nth, wait in enumerate(visit.line.check_back):
            office_due.set_timer(unit, incident.id, "check_back", visit.now + wait, f"{thread.id}|{nth}")


def same(unit: Unit, visit: StaffVisit, incident: Incident, code: str, other_code: str, answer: str) -> None:
    """ "Same matter?" answered: staff join incidents, never threads."""
    other = office_incidents.by_code(unit, visit.line.slug, other_code)
    if other is None or other.id == incident.id:
        visit.say(unit, "unknown_case", code=other_code)
        return
    if not has_it(unit, visit, incident, code):
        return
    if answer != "yes":
        visit.say(unit, "not_merged", edit=True, code=code, other=other_code)
        return
    joined = joining.merge(unit, visit.desk, other, incident, visit.now, visit.person.staff)
    visit.audit(unit, "merge", other_code)
    holding.acted(unit, visit.desk, joined, visit.now)
    visit.say(unit, "merged", edit=True, code=code, other=other_code)
