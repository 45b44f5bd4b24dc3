"""What falls due: a step, a reminder, a hand-over, a broken promise, a check-back. One timer, one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from escalation.hours import day_start, later
from escalation.notices import Receipt
from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_due import Timer
from escalation.store.office_incidents import Incident
from handlers import steps
from handlers.office_desk import OfficeDesk, tell_reporter
from handlers.telling import tell_staff


def tick(unit: Unit, desk: OfficeDesk, n: int, now: datetime) -> bool:
    """Carry out one due timer; False when another replica has it."""
    timer = office_due.take_timer(unit, n)
    if timer is None:
        return False
    incident = office_incidents.get(unit, timer.incident)
    _TIMERS[timer.kind](unit, desk, incident, timer, now)
    return True


def _step(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    if incident.state == "new":
        steps.run_step(unit, desk, incident, now)


def _idle(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """Taken, but nothing done: one reminder, and as long again until it goes back."""
    if incident.state != "taken" or incident.taken_by is None:
        return
    line = desk.lines[incident.line]
    wait = line.idle.of(incident.urgency)
    back_at = now + wait
    facts = {
        "code": office_incidents.first_code(unit, incident.id),
        "minutes": int(wait.total_seconds() // 60),
        "back_at": back_at,
    }
    tell_staff(unit, desk, line, incident.taken_by, "idle", facts, now)
    office_incidents.note(unit, incident.id, "idle", now, actor=incident.taken_by)
    office_due.set_timer(unit, incident.id, "idle_back", back_at, incident.taken_by)


def _idle_back(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    if incident.state != "taken" or incident.taken_by != timer.subject:
        return
    facts = {"code": office_incidents.first_code(unit, incident.id)}
    tell_staff(unit, desk, desk.lines[incident.line], timer.subject, "idle_returned", facts, now)
    steps.back_to_duty(unit, desk, incident, now, "idle")


def _shift_end(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """The shift is over: open cases go to those who are on now, unless their holder stays on."""
    if incident.taken_by != timer.subject or incident.state not in ("taken", "snoozed"):
        return
    line = desk.lines[incident.line]
    duties = desk.register(unit).duties_of(line, timer.subject, now)
    if duties:
        office_due.set_timer(unit, incident.id, "shift_end", max(s.until for _, s in duties), timer.subject)
        return
    if incident.contact_person == timer.subject or incident.state == "snoozed":
        return
    code = office_incidents.first_code(unit, incident.id)
    tell_staff(unit, desk, line, timer.subject, "handover", {"codes": (code,)}, now)
    steps.back_to_duty(unit, desk, incident, now, "shift end")


def _morning(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """The contact person, who was off, gets what happened at night; from now on the case is his."""
    line, person = desk.lines[incident.line], timer.subject
    code = office_incidents.first_code(unit, incident.id)
    if incident.contact_person != person:
        return
    if incident.state == "closed":
        tell_staff(unit, desk, line, person, "closed", {"code": code}, now)
        return
    if incident.state == "new" or incident.taken_by == person:
        return
    facts = {
        "code": code,
        "category": incident.category,
        "taken_at": incident.taken_at or now,
        "quiet_at": _quiet_since(unit, incident),
    }
    if not tell_staff(unit, desk, line, person, "morning", facts, now):
        return
    if incident.taken_by:
        tell_staff(unit, desk, line, incident.taken_by, "handover", {"codes": (code,)}, now)
    office_due.clear_timers_of_taker(unit, incident.id)
    held = replace(incident, state="taken", taken_by=person, acted_at=now, snoozed_until=None)
    office_incidents.save(unit, held)
    office_incidents.note(unit, incident.id, "handed_over", now, actor=person)
    office_due.set_timer(unit, incident.id, "idle", now + line.idle.of(incident.urgency), person)


def _quiet_since(unit: Unit, incident: Incident) -> datetime | None:
    calm = [e.at for e in office_incidents.timeline(unit, incident.id) if e.kind in ("wish_solved", "wish_better")]
    return calm[-1] if calm else None


def _snooze(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """Put off until now: back on its holder's table, or on the duty's when he is not there."""
    if incident.state != "snoozed":
        return
    line, register = desk.lines[incident.line], desk.register(unit)
    holder = incident.taken_by
    if holder and (register.on_any_duty(line, holder, now) or holder == incident.contact_person):
        awake = replace(incident, state="taken", snoozed_until=None, acted_at=now)
        office_incidents.save(unit, awake)
        facts = {
            "code": office_incidents.first_code(unit, incident.id),
            "category": incident.category,
            "taken_at": incident.taken_at or now,
            "quiet_at": None,
        }
        tell_staff(unit, desk, line, holder, "morning", facts, now)
        office_due.set_timer(unit, incident.id, "idle", now + line.idle.of(incident.urgency), holder)
        return
    steps.back_to_duty(unit, desk, incident, now, "snoozed until now")


def _late(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """A promised time has come. Kept or taken back, before anybody asks."""
    thread = office_incidents.thread(unit, timer.subject)
    if thread is None or incident.state == "closed" or not thread.reachable:
        return
    if incident.state != "new":
        tell_reporter(unit, incident, thread, "working", Receipt(), now)
        return
    nth = thread.late + 1
    promised = later(thread.promised_at or now, now, nth, desk.lines[incident.line])
    office_incidents.save_thread(unit, replace(thread, late=nth, promised_at=promised))
    tell_reporter(unit, incident, thread, "late", Receipt(promised_at=promised), now)
    office_due.set_timer(unit, incident.id, "late", promised, thread.id)


def _check_back(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """Some days after closing: how is it now? At a decent hour."""
    thread = office_incidents.thread(unit, timer.subject.partition("|")[0])
    if thread is None or incident.state != "closed" or not thread.reachable or thread.quiet:
        return
    line = desk.lines[incident.line]
    local = now.astimezone(line.zone)
    if not 8 <= local.hour < 20:
        office_due.set_timer(unit, incident.id, "check_back", day_start(now, line) + timedelta(hours=2), timer.subject)
        return
    tell_reporter(unit, incident, thread, "checkback", Receipt(), now)
    office_incidents.note(unit, incident.id, "check_back", now, thread=thread.id)


def _more(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """Words that came while the last notice was fresh."""
    if incident.taken_by and incident.state in ("taken", "snoozed"):
        office_incidents.note(unit, incident.id, "told_more", now, actor=incident.taken_by)
        facts = {"code": office_incidents.first_code(unit, incident.id)}
        tell_staff(unit, desk, desk.lines[incident.line], incident.taken_by, "more", facts, now)


_TIMERS: dict[str, Callable[[Unit, OfficeDesk, Incident, Timer, datetime], None]] = {
    "step": _step,
    "idle": _idle,
    "idle_back": _idle_back,
    "shift_end": _shift_end,
    "morning": _morning,
    "snooze": _snooze,
    "late": _late,
    "check_back": _check_back,
    "more": _more,
}
