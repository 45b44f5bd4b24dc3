"""What staff do with a case: take it, pass it on, look, note, put off, join, close. Each is one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.hours import day_start, news_by
from escalation.notices import Receipt
from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers import alerting, joining, steps
from handlers.office_desk import tell_reporter
from handlers.permissions import may_see, may_take, owns
from handlers.staff_visit import StaffVisit

PROMPT_LASTS = timedelta(minutes=30)
_WORDS = frozenset({"opened", "answer", "words", "edited"})


def take(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """Acknowledge. One conditional update decides; everybody hears in words how it ended."""
    now = visit.now
    if not may_take(unit, visit.desk, incident, visit.person, now):
        visit.say(unit, "not_yours_to_take", code=code)
        return
    if not office_incidents.take(unit, incident.id, visit.person.staff, now):
        _lost(unit, visit, incident, code)
        return
    incident = office_incidents.get(unit, incident.id)
    visit.note(unit, incident, "taken")
    visit.audit(unit, "take", code)
    alerting.withdraw(unit, visit.desk, incident, visit.person.staff, now)
    start_holding(unit, visit, incident)
    visit.say(unit, "taken_you", edit=True, code=code, at=now)
    _tell_reporters(unit, visit, incident)
    _ask_about_others(unit, visit, incident, code)


def _lost(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    if incident.state == "closed":
        visit.say(unit, "closed_already", edit=True, code=code)
    elif incident.taken_by == visit.person.staff:
        visit.say(unit, "already_yours", edit=True, code=code, at=incident.taken_at or visit.now)
    else:
        visit.say(unit, "lost_race", edit=True, code=code, at=incident.taken_at or visit.now)


def start_holding(unit: Unit, visit: StaffVisit, incident: Incident) -> None:
    """Whoever has a case is reminded when it lies still, and hands it over when his shift ends."""
    visit.acted(unit, incident)
    duties = visit.desk.register(unit).duties_of(visit.line, visit.person.staff, visit.now)
    if duties:
        end = max(shift.until for _, shift in duties)
        office_due.set_timer(unit, incident.id, "shift_end", end, visit.person.staff)


def _tell_reporters(unit: Unit, visit: StaffVisit, incident: Incident) -> None:
    promised = news_by(visit.now, visit.line)
    for thread in office_incidents.threads_of(unit, incident.id):
        office_incidents.save_thread(unit, replace(thread, promised_at=promised))
        receipt = Receipt(promised_at=promised, taken_at=visit.now)
        tell_reporter(unit, incident, thread, "taken", receipt, visit.now)
        office_due.set_timer(unit, incident.id, "late", promised, thread.id)


def _ask_about_others(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    if incident.place_index is None:
        return
    for other in office_incidents.open_at(unit, incident.line, incident.place_index, incident.id):
        visit.say(unit, "same_matter", code=code, other=office_incidents.first_code(unit, other.id))


def pass_on(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """Not me: the next ones at once. Passed by whoever had it, the case is free again."""
    if incident.state == "closed":
        visit.say(unit, "closed_already", edit=True, code=code)
        return
    if incident.state == "new" and may_take(unit, visit.desk, incident, visit.person, visit.now):
        visit.note(unit, incident, "passed")
        office_due.end_alerts(unit, incident.id, "passed", staff=visit.person.staff)
        waiting = [a for a in office_due.alerts_of(unit, incident.id) if a.state == "open"]
        if not waiting:
            steps.run_step(unit, visit.desk, incident, visit.now)
        again = {a.staff for a in office_due.alerts_of(unit, incident.id) if a.state == "open"}
        visit.say(unit, "pass_alone" if again == {visit.person.staff} else "passed", edit=True, code=code)
    elif incident.taken_by == visit.person.staff:
        visit.note(unit, incident, "passed")
        steps.back_to_duty(unit, visit.desk, incident, visit.now, "passed")
        visit.say(unit, "passed", edit=True, code=code)
    else:
        visit.say(unit, "lost_race", edit=True, code=code, at=incident.taken_at or visit.now)


def show(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """Place and words, after taking; every look is on the audit trail, and no look without it."""
    if not may_see(unit, visit.desk, incident, visit.person, visit.now):
        visit.say(unit, "not_yours_to_take", code=code)
        return
    visit.audit(unit, "show", code)
    place = _display(incident)
    if visit.endpoint.channel != "telegram":
        shown = visit.line.sms_detail == "address" and incident.place is not None
        visit.say(unit, "where_address" if shown else "where_withheld", code=code, place=place, caution=True)
        return
    timeline = office_incidents.timeline(unit, incident.id)
    words = tuple(e.body["text"] for e in timeline if e.kind in _WORDS and e.body.get("text"))
    media = [e.body for e in timeline if e.kind == "media"]
    visit.say(unit, "where", code=code, place=place, words=words, instruction=None, caution=True, media=len(media))
    for item in media:
        visit.show_media(unit, item["media"], item["kind"])


def _display(incident: Incident) -> str | None:
    return incident.place["display"] if incident.place else None


def note(unit: Unit, visit: StaffVisit, incident: Incident, code: str, body: str | None) -> None:
    if not _has_it(unit, visit, incident, code):
        return
    if not body:
        visit.ask(unit, {"action": "note", "code": code}, visit.now + PROMPT_LASTS)
        visit.say(unit, "note_ask", code=code)
        return
    visit.note(unit, incident, "note", text=body)
    visit.acted(unit, incident)
    visit.say(unit, "noted", code=code)


def _has_it(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> bool:
    if incident.state == "closed":
        visit.say(unit, "closed_already", code=code)
        return False
    if not owns(incident, visit.person):
        visit.say(unit, "not_yours_to_take", code=code)
        return False
    return True


def snooze(unit: Unit, visit: StaffVisit, incident: Incident, code: str, reason: str | None) -> None:
    """Until tomorrow, with a reason; at the next day's start it is on the table again."""
    if not _has_it(unit, visit, incident, code):
        return
    until = day_start(visit.now, visit.line)
    office_due.clear_timers_of_taker(unit, incident.id)
    office_incidents.save(
        unit, replace(incident, state="snoozed", snoozed_until=until, taken_by=incident.taken_by or visit.person.staff)
    )
    office_due.set_timer(unit, incident.id, "snooze", until, incident.taken_by or visit.person.staff)
    visit.note(unit, incident, "snoozed", text=reason or "")
    visit.say(unit, "snoozed", code=code, until=until)
    if not reason:
        visit.ask(unit, {"action": "snooze_reason", "code": code}, visit.now + PROMPT_LASTS)


def close(unit: Unit, visit: StaffVisit, incident: Incident, code: str, outcome: str | None) -> None:
    """End the case with an outcome. The reporter hears that it ended, never how."""
    if not _has_it(unit, visit, incident, code):
        return
    if not outcome:
        visit.ask(unit, {"action": "close", "code": code}, visit.now + PROMPT_LASTS)
        visit.say(unit, "close_menu", code=code)
        return
    now = visit.now
    alerting.withdraw(unit, visit.desk, incident, visit.person.staff, now)
    office_due.clear_timers(unit, incident.id)
    office_incidents.save(unit, replace(incident, state="closed", closed_at=now, snoozed_until=None))
    visit.note(unit, incident, "closed", text=outcome)
    visit.audit(unit, "close", code)
    for thread in office_incidents.threads_of(unit, incident.id):
        tell_reporter(unit, incident, thread, "closed", Receipt(), now)
        if thread.reachable and not thread.quiet:
            for nth, wait in enumerate(visit.line.check_back):
                office_due.set_timer(unit, incident.id, "check_back", now + wait, f"{thread.id}|{nth}")
    visit.say(unit, "closed", edit=True, code=code)


def same(unit: Unit, visit: StaffVisit, incident: Incident, code: str, other_code: str, answer: str) -> None:
    """ "Same matter?" answered: staff join incidents, never threads."""
    other = office_incidents.by_code(unit, visit.line.slug, other_code)
    if other is None or other.id == incident.id or not owns(incident, visit.person):
        visit.say(unit, "unknown_case", code=other_code)
        return
    if answer != "yes":
        visit.say(unit, "not_merged", edit=True, code=code, other=other_code)
        return
    joining.merge(unit, visit.desk, other, incident, visit.now, visit.person.staff)
    visit.audit(unit, "merge", other_code)
    visit.acted(unit, incident)
    visit.say(unit, "merged", edit=True, code=code, other=other_code)
