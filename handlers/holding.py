"""Whoever has a case: what he is told, when he is reminded, and when it leaves his hands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from escalation.directory import Staff
from escalation.hours import in_day_shift, news_by
from escalation.lines import LineConfig
from escalation.notices import Receipt
from escalation.store import office_due, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.office_incidents import CaseThread, Incident
from escalation.store.outbox import NORMAL, URGENT
from escalation.wall_clock import at
from handlers.office_desk import OfficeDesk, tell_reporter
from handlers.steps import back_to_duty, is_there
from handlers.telling import tell_staff

HELD = ("taken", "snoozed")
MORE_EVERY = timedelta(minutes=1)
AWAKE_FOR = timedelta(minutes=60)
_MERE_WORDS = frozenset({"more", "edited", "media"})


def acted(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> Incident:
    """Something was done about the case: its idle clock starts anew."""
    holder = incident.taken_by
    if incident.state != "taken" or holder is None:
        return incident
    incident = replace(incident, acted_at=now)
    office_incidents.save(unit, incident)
    office_due.clear_timer(unit, incident.id, "idle_back")
    idle = desk.lines[incident.line].idle.of(incident.urgency)
    office_due.set_timer(unit, incident.id, "idle", now + idle, holder)
    return incident


def hold(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> Incident:
    """Somebody has it from now on: he is reminded when it lies still, and hands it over when his shift ends."""
    if incident.taken_by is not None:
        set_shift_end(unit, desk, incident, incident.taken_by, now)
    return acted(unit, desk, incident, now)


def set_shift_end(unit: Unit, desk: OfficeDesk, incident: Incident, staff: str, now: datetime) -> bool:
    """Have the case leave his hands when his present shift ends, or his last day does. False when he is on none."""
    line = desk.lines[incident.line]
    person = desk.register(unit).staff(line, staff, now)
    if person is not None and person.valid_to is not None:
        office_due.set_timer(unit, incident.id, "left", last_moment(person.valid_to, line), staff)
    duties = desk.register(unit).duties_of(line, staff, now)
    if duties:
        office_due.set_timer(unit, incident.id, "shift_end", max(shift.until for _, shift in duties), staff)
    return bool(duties)


def last_moment(day: date, line: LineConfig) -> datetime:
    """The end of somebody's last day on the line's wall clock: from then on he has access to nothing."""
    return at(day + timedelta(days=1), time(0), line.zone)


def watch_last_days(unit: Unit, people: Iterable[Staff], lines: Mapping[str, LineConfig]) -> None:
    """Have what somebody holds leave his hands when his last day is over, as a directory just imported says."""
    for person in people:
        if person.valid_to is None or person.line not in lines:
            continue
        for incident in office_incidents.held_by(unit, person.line, person.staff):
            until = last_moment(person.valid_to, lines[person.line])
            office_due.set_timer(unit, incident.id, "left", until, person.staff)


def tell_holder(unit: Unit, desk: OfficeDesk, incident: Incident, kind: str, now: datetime, **facts: Any) -> None:
    """Tell whoever has the case; of mere words at most once a minute, of what came meanwhile a minute later."""
    if incident.state not in HELD or incident.taken_by is None:
        return
    if kind in _MERE_WORDS:
        last = office_incidents.latest(unit, incident.id, ("told_more",))
        if last and now - last[1] < MORE_EVERY:
            office_due.set_timer(unit, incident.id, "more", last[1] + MORE_EVERY)
            return
        office_incidents.note(unit, incident.id, "told_more", now, actor=incident.taken_by)
    line, code = desk.lines[incident.line], office_incidents.first_code(unit, incident.id)
    told = {"code": code, **facts}
    priority = URGENT if kind == "raised" else NORMAL
    if not tell_staff(unit, desk, line, incident.taken_by, kind, told, now, about=incident.id, priority=priority):
        back_to_duty(unit, desk, incident, now, "nobody to tell")


def at_work(unit: Unit, desk: OfficeDesk, incident: Incident, staff: str, now: datetime) -> bool:
    """Whether somebody can be given a case now: on a shift, or in the daytime one of those who need none."""
    line, register = desk.lines[incident.line], desk.register(unit)
    person = register.staff(line, staff, now)
    if person is None or staff in office_people.absent(unit, line.slug, now):
        return False
    if register.on_any_duty(line, staff, now):
        return True
    without_shifts = register.next_shift(line, staff, now) is None
    wanted = incident.contact_person == staff or person.role in ("coordinator", "admin")
    return wanted and without_shifts and in_day_shift(now, line)


def raised(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> None:
    """It became urgent in somebody's hands: he hears at once if he is there; else those on duty do."""
    holder, line = incident.taken_by, desk.lines[incident.line]
    if holder is None or incident.state not in HELD:
        return
    just_now = incident.acted_at is not None and now - incident.acted_at < AWAKE_FOR
    if incident.state == "taken" and (just_now or is_there(unit, desk, line, holder, now)):
        acted(unit, desk, incident, now)
        facts = {"category": incident.category, "danger": incident.danger}
        tell_holder(unit, desk, incident, "raised", now, **facts)
        return
    give_back(unit, desk, incident, now, "raised")


def give_back(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime, why: str) -> None:
    """Out of somebody's hands, who is told so, and back to those on duty."""
    code = office_incidents.first_code(unit, incident.id)
    if incident.taken_by:
        line = desk.lines[incident.line]
        tell_staff(unit, desk, line, incident.taken_by, "handover", {"codes": (code,)}, now)
    back_to_duty(unit, desk, incident, now, why)


def waiting_threads(unit: Unit, incident: Incident) -> list[CaseThread]:
    """The reporters who were promised something and have not been told that it ended.

    One whose report was closed before is not among them, even if another report opened the case again:
    he would learn that somebody else wrote.
    """
    return [t for t in office_incidents.threads_of(unit, incident.id) if t.promised_at is not None]


def tell_taken(unit: Unit, desk: OfficeDesk, incident: Incident, thread: CaseThread, now: datetime) -> None:
    """Tell a reporter once that a person has his case; a second taker is no news unless we had been late."""
    line = desk.lines[incident.line]
    kinds = ("opened", "reopened", "told_late", "told_taken")
    last = office_incidents.latest(unit, incident.id, kinds, thread.id)
    if last is not None and last[0] == "told_taken":
        return
    promised = news_by(now, line)
    office_incidents.save_thread(unit, replace(thread, promised_at=promised, late=0))
    tell_reporter(unit, incident, thread, "taken", Receipt(promised_at=promised, taken_at=now), now)
    office_incidents.note(unit, incident.id, "told_taken", now, thread=thread.id)
    office_due.set_timer(unit, incident.id, "late", promised, thread.id)


def morning_facts(unit: Unit, incident: Incident, now: datetime) -> dict[str, Any]:
    """What somebody who was away hears in one line about a case that is his now."""
    calm = office_incidents.latest(unit, incident.id, ("wish_solved", "wish_better"))
    return {
        "code": office_incidents.first_code(unit, incident.id),
        "category": incident.category,
        "taken_at": incident.taken_at or now,
        "quiet_at": calm[1] if calm else None,
    }
