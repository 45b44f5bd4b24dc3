"""What falls due: a step, a reminder, a hand-over, a broken promise, a check-back. One timer, one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from escalation.hours import day_start, later
from escalation.notices import Receipt
from escalation.policy import Position
from escalation.store import office_due, office_hatch, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.office_due import Timer
from escalation.store.office_incidents import Incident
from handlers import case_wishes, holding, recurring, steps, voice_alerts
from handlers.office_desk import OfficeDesk, tell_reporter
from handlers.telling import tell_staff

CALLED_WITHIN = timedelta(hours=1)  # a front desk that stood still until the evening rings nobody then


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
    if incident.state != "taken" or incident.taken_by != timer.subject:
        return
    wait = desk.lines[incident.line].idle.of(incident.urgency)
    back_at = now + wait
    office_incidents.note(unit, incident.id, "idle", now, actor=incident.taken_by)
    office_due.set_timer(unit, incident.id, "idle_back", back_at, incident.taken_by)
    minutes = int(wait.total_seconds() // 60)
    holding.tell_holder(unit, desk, incident, "idle", now, minutes=minutes, back_at=back_at)


def _idle_back(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    if incident.state != "taken" or incident.taken_by != timer.subject:
        return
    facts = {"code": office_incidents.first_code(unit, incident.id)}
    tell_staff(unit, desk, desk.lines[incident.line], timer.subject, "idle_returned", facts, now)
    steps.back_to_duty(unit, desk, incident, now, "idle")


def _shift_end(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """The shift is over: open cases go to those who are on now, unless their holder stays on."""
    if incident.taken_by != timer.subject or incident.state not in holding.HELD:
        return
    if holding.set_shift_end(unit, desk, incident, timer.subject, now):
        return
    if incident.contact_person != timer.subject and incident.state != "snoozed":
        holding.give_back(unit, desk, incident, now, "shift end")


def _left(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """His last day is over: what he has goes to the duty, put off or not."""
    if incident.taken_by != timer.subject or incident.state not in holding.HELD:
        return
    person = desk.register(unit).staff(desk.lines[incident.line], timer.subject, now)
    if person is None:
        steps.back_to_duty(unit, desk, incident, now, "left")
    else:
        holding.set_shift_end(unit, desk, incident, timer.subject, now)


def _morning(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """The contact person, who was off, gets what happened at night; from now on the case is his."""
    line = desk.lines[incident.line]
    if incident.state == "closed":
        if incident.contact_person == timer.subject:
            facts = {"code": office_incidents.first_code(unit, incident.id)}
            tell_staff(unit, desk, line, timer.subject, "closed", facts, now)
        return
    incident = steps.rerouted(unit, desk, incident, now)
    person = incident.contact_person
    if person is None or incident.taken_by == person:
        return
    if person != timer.subject or person in office_people.absent(unit, line.slug, now):
        office_incidents.save(unit, incident)
        if not steps.is_there(unit, desk, line, person, now):
            steps.await_contact_person(unit, desk, incident, now)
            return
    if incident.state == "new":
        _join_in(unit, desk, incident, person, now)
        return
    _hand_over(unit, desk, incident, person, now)


def _join_in(unit: Unit, desk: OfficeDesk, incident: Incident, person: str, now: datetime) -> None:
    """Nobody has it yet: he is alerted beside the others, unless he was, or the policy has yet to begin."""
    told = {a.staff for a in office_due.alerts_of(unit, incident.id) if a.state == "open"}
    if incident.alerted_at is not None and person not in told:
        policy, position = steps.policy_of(incident), Position(incident.round, incident.step)
        steps.alert(unit, desk, incident, person, policy.steps[0].by, position, now)


def _hand_over(unit: Unit, desk: OfficeDesk, incident: Incident, person: str, now: datetime) -> None:
    line, before = desk.lines[incident.line], incident.taken_by
    facts = holding.morning_facts(unit, incident, now)
    if not tell_staff(unit, desk, line, person, "morning", facts, now, about=incident.id):
        return
    if before:
        tell_staff(unit, desk, line, before, "handover", {"codes": (facts["code"],)}, now)
    office_due.clear_timers_of_taker(unit, incident.id)
    held = replace(incident, state="taken", taken_by=person, acted_at=now, snoozed_until=None)
    office_incidents.save(unit, held)
    office_incidents.note(unit, incident.id, "handed_over", now, actor=person)
    holding.hold(unit, desk, held, now)


def _snooze(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """Put off until now: back on its holder's table, or on the duty's when he is not there."""
    if incident.state != "snoozed":
        return
    holder = incident.taken_by
    if holder is None or not holding.at_work(unit, desk, incident, holder, now):
        steps.back_to_duty(unit, desk, incident, now, "snoozed until now")
        return
    awake = replace(incident, state="taken", snoozed_until=None, acted_at=now)
    office_incidents.save(unit, awake)
    awake = holding.hold(unit, desk, awake, now)
    holding.tell_holder(unit, desk, awake, "morning", now, **_without_code(holding.morning_facts(unit, awake, now)))


def _without_code(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "code"}


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
    office_incidents.note(unit, incident.id, "told_late", now, thread=thread.id)
    office_due.set_timer(unit, incident.id, "late", promised, thread.id)


def _check_back(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """Some days after closing: how is it now? At a decent hour."""
    thread_id, _, nth = timer.subject.partition("|")
    thread = office_incidents.thread(unit, thread_id)
    if thread is None or incident.state != "closed" or thread.quiet:
        return
    by_phone = case_wishes.takes_no_texts(unit, incident, thread)
    if not thread.reachable and not by_phone:
        return
    line = desk.lines[incident.line]
    local = now.astimezone(line.zone)
    if not 8 <= local.hour < 20:
        office_due.set_timer(unit, incident.id, "check_back", day_start(now, line) + timedelta(hours=2), timer.subject)
        return
    if by_phone:
        until = {"until": (now + CALLED_WITHIN).isoformat()}
        office_hatch.relay(unit, incident.line, thread.id, "check_call", until, now, now)
        office_incidents.note(unit, incident.id, "check_call", now, thread=thread.id, again=nth == case_wishes.AGAIN)
        return
    tell_reporter(unit, incident, thread, "checkback", Receipt(), now)
    office_incidents.note(unit, incident.id, "check_back", now, thread=thread.id)


def _more(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    """Words that came while the last notice was fresh."""
    holding.tell_holder(unit, desk, incident, "more", now)


def _repeated(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    recurring.tell_coordinators(unit, desk, incident, now)


def _ring_again(unit: Unit, desk: OfficeDesk, incident: Incident, timer: Timer, now: datetime) -> None:
    voice_alerts.again(unit, desk, incident, office_due.alert(unit, timer.subject), now)


_TIMERS: dict[str, Callable[[Unit, OfficeDesk, Incident, Timer, datetime], None]] = {
    "step": _step,
    "idle": _idle,
    "idle_back": _idle_back,
    "shift_end": _shift_end,
    "left": _left,
    "morning": _morning,
    "snooze": _snooze,
    "late": _late,
    "check_back": _check_back,
    "more": _more,
    "repeated": _repeated,
    "ring_again": _ring_again,
}
