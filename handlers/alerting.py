"""Escalation: who is alerted at each step, on which channel, until a person has taken the case.

The rules (steps, rounds, who is on duty) are pure and live in `escalation`; here they meet rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from escalation import policy as rules
from escalation.hours import day_start, next_day_shift
from escalation.lines import LineConfig
from escalation.policy import LAST_RESORT, Policy, Position
from escalation.store import office_due, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from escalation.store.office_outbox import OFFICE
from escalation.store.office_people import Endpoint
from escalation.store.outbox import SOON, URGENT, Settled
from handlers.office_desk import OfficeDesk, reachable, say_to, tell_phone

CHANNELS_WE_SPEAK = ("telegram", "sms")


def policy_of(incident: Incident) -> Policy:
    return Policy.from_json(json.loads(incident.policy))


def waits_for_day(incident: Incident, line: LineConfig) -> bool:
    """Not urgent and of a kind that can wait: alerted at the next day shift. The reporter's words are the same."""
    return incident.urgency != "urgent" and incident.category in line.daytime


def begin(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime, hold_until: datetime | None) -> Incident:
    """Start the policy: the first step now, at the next day shift, or when an answer has been waited for."""
    line = desk.lines[incident.line]
    start = hold_until if hold_until and hold_until > now and incident.urgency != "urgent" else now
    if waits_for_day(incident, line):
        start = next_day_shift(start, line)
    begun = replace(incident, round=0, step=0, round_at=start, state="new", taken_by=None, taken_at=None)
    office_incidents.save(unit, begun)
    _await_contact_person(unit, desk, begun, line, now)
    if start <= now:
        return run_step(unit, desk, begun, now)
    office_due.set_timer(unit, begun.id, "step", start)
    return begun


def _await_contact_person(unit: Unit, desk: OfficeDesk, incident: Incident, line: LineConfig, now: datetime) -> None:
    """A contact person who is off hears of it at the start of his next shift, or the day."""
    person = incident.contact_person
    register = desk.register(unit)
    if person is None or register.on_any_duty(line, person, now):
        return
    office_due.set_timer(
        unit, incident.id, "morning", register.next_shift(line, person, now) or day_start(now, line), person
    )


def run_step(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> Incident:
    """Alert whom the current step names. A step that reaches nobody is skipped at once."""
    steps = policy_of(incident)
    while True:
        position = Position(incident.round, incident.step)
        if position == LAST_RESORT:
            return _last_resort(unit, desk, incident, now)
        reached = _alert_step(unit, desk, incident, steps, position, now)
        incident = _advance(incident, steps, position)
        if reached:
            break
        office_incidents.note(unit, incident.id, "step_empty", now, round=position.round, step=position.step)
    incident = replace(incident, alerted_at=incident.alerted_at or now)
    office_incidents.save(unit, incident)
    due = rules.due(steps, incident.round, incident.step, incident.round_at)
    office_due.set_timer(unit, incident.id, "step", due)
    return incident


def _advance(incident: Incident, steps: Policy, position: Position) -> Incident:
    following = rules.following(position, steps)
    start = rules.round_start_of(following, position, steps, incident.round_at)
    return replace(incident, round=following.round, step=following.step, round_at=start)


def _alert_step(
    unit: Unit, desk: OfficeDesk, incident: Incident, steps: Policy, position: Position, now: datetime
) -> int:
    targets = rules.step_targets(steps, position)
    people = _people(unit, desk, incident, targets, now)
    reached = 0
    for staff in people:
        if alert(unit, desk, incident, staff, targets.by, position, now):
            reached += 1
    return reached


def _people(unit: Unit, desk: OfficeDesk, incident: Incident, targets: rules.Targets, now: datetime) -> list[str]:
    """Whom a step names, looked up now: policies are kept, people are not."""
    line, register = desk.lines[incident.line], desk.register(unit)
    absent = office_people.absent(unit, line.slug, now)
    people: list[str] = []
    for name in targets.notify:
        if name == rules.ON_DUTY:
            shift = register.on_duty(line, incident.team, now, absent)
            people += [p.staff for p in rules.ringing(shift, targets.everybody)]
        elif name == rules.CONTACT_PERSON:
            person = incident.contact_person
            if person and person not in absent and register.on_any_duty(line, person, now):
                people.append(person)
        elif name == rules.COORDINATOR:
            people += [c for c in register.coordinators(line, now) if c not in absent]
        elif name.startswith(rules.TEAM_PREFIX):
            team = name.removeprefix(rules.TEAM_PREFIX)
            people += [p.staff for p in register.on_duty(line, team, now, absent)]
    unique = [p for p in dict.fromkeys(people) if register.staff(line, p, now)]
    passed = passed_by(unit, incident)
    return [p for p in unique if p not in passed] or unique


def passed_by(unit: Unit, incident: Incident) -> set[str]:
    """Who said no to this case since it was last opened or handed back; asked again only if nobody else is left."""
    passed: set[str] = set()
    for entry in office_incidents.timeline(unit, incident.id):
        if entry.kind == "passed" and entry.actor:
            passed.add(entry.actor)
        elif entry.kind in ("opened", "reopened"):
            passed.clear()
    return passed


def alert(
    unit: Unit, desk: OfficeDesk, incident: Incident, staff: str, by: Sequence[str], position: Position, now: datetime
) -> bool:
    """Alert one person on the first of the channels that exists for him. False when none does.

    Voice counts as failed at once until this service can ring.
    """
    endpoints = {e.channel: e for e in reversed(reachable(unit, incident.line, staff))}
    usable = [channel for channel in by if channel in CHANNELS_WE_SPEAK and channel in endpoints]
    if not usable:
        return False
    uid = office_due.new_alert(
        unit,
        incident=incident.id,
        line=incident.line,
        staff=staff,
        channel=usable[0],
        rest=tuple(usable[1:]),
        round_=position.round,
        step=position.step,
        now=now,
    )
    _send_alert(unit, desk, incident, endpoints[usable[0]], uid, now)
    office_incidents.note(unit, incident.id, "alerted", now, actor=staff, channel=usable[0])
    return True


def _send_alert(
    unit: Unit, desk: OfficeDesk, incident: Incident, endpoint: Endpoint, alert_id: str, now: datetime
) -> None:
    posted = say_to(
        unit,
        desk,
        endpoint,
        "alert",
        alert_facts(unit, incident),
        now,
        owner=f"alert:{alert_id}",
        priority=URGENT if incident.urgency == "urgent" else SOON,
    )
    office_due.alert_sent(unit, alert_id, posted)


def alert_facts(unit: Unit, incident: Incident) -> dict[str, Any]:
    """All an alert may say: code, category, urgency, time. It is read on lock screens."""
    threads = office_incidents.threads_of(unit, incident.id)
    due = min((t.promised_at for t in threads if t.promised_at), default=None)
    return {
        "code": office_incidents.first_code(unit, incident.id),
        "category": incident.category,
        "urgency": incident.urgency,
        "danger": incident.danger,
        "tags": incident.tags,
        "due": due,
    }


def _last_resort(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> Incident:
    """Every so often until somebody takes it; these phones need no register."""
    line = desk.lines[incident.line]
    facts = alert_facts(unit, incident)
    for phone in line.last_resort.notify:
        tell_phone(unit, line, phone, "last_resort", facts, now)
    _alert_newcomers(unit, desk, incident, line, now)
    office_incidents.note(unit, incident.id, "last_resort", now)
    office_incidents.save(unit, incident)
    office_due.set_timer(unit, incident.id, "step", now + line.last_resort.every)
    return incident


def _alert_newcomers(unit: Unit, desk: OfficeDesk, incident: Incident, line: LineConfig, now: datetime) -> None:
    """Whoever came on duty since the policy ran out was never told: the case must get louder, not older."""
    told = {a.staff for a in office_due.alerts_of(unit, incident.id) if a.state == "open"}
    absent = office_people.absent(unit, line.slug, now)
    by = policy_of(incident).steps[0].by
    for person in desk.register(unit).on_duty(line, incident.team, now, absent):
        if person.staff not in told:
            alert(unit, desk, incident, person.staff, by, LAST_RESORT, now)


def settled(unit: Unit, desk: OfficeDesk, row: Settled, now: datetime) -> None:
    """A staff message ended. An alert that did not arrive goes out on the next channel at once."""
    if row.state == "failed" and row.code in ("21610", "21614", "stopped", "403"):
        office_people.disable(unit, row.line, row.channel, row.recipient, row.code, now)
    kind, _, alert_id = (row.owner or "").partition(":")
    if kind != "alert":
        return
    found = office_due.alert(unit, alert_id)
    if found is None or found.state == "failed":
        return
    incident = office_incidents.get(unit, found.incident)
    if row.state in ("failed", "unknown"):
        _next_channel(unit, desk, incident, found, now, arrived_perhaps=row.state == "unknown")
    elif row.state == "sent" and found.state == "withdrawn":
        tell_taken(unit, desk, incident, found, now)


def _next_channel(
    unit: Unit, desk: OfficeDesk, incident: Incident, found: office_due.Alert, now: datetime, *, arrived_perhaps: bool
) -> None:
    if found.state != "open" or incident.state != "new":
        return
    if not arrived_perhaps:
        office_due.fail_alert(unit, found.id)
    office_incidents.note(unit, incident.id, "alert_failed", now, actor=found.staff, channel=found.channel)
    position = Position(found.round, found.step)
    if found.rest and alert(unit, desk, incident, found.staff, found.rest, position, now):
        return
    if not any(a.state == "open" for a in office_due.alerts_of(unit, incident.id)):
        run_step(unit, desk, incident, now)


def tell_taken(unit: Unit, desk: OfficeDesk, incident: Incident, found: office_due.Alert, now: datetime) -> None:
    """Tell somebody who was alerted that nothing more is needed from him; in Telegram the alert itself changes."""
    endpoint = next((e for e in reachable(unit, found.line, found.staff) if e.channel == found.channel), None)
    if endpoint is None:
        return
    facts = {"code": office_incidents.first_code(unit, incident.id), "at": incident.taken_at or now}
    sent = [
        r for r in OFFICE.of_owner(unit, f"alert:{found.id}") if r.provider_ref and r.state in ("sent", "delivered")
    ]
    edit = sent[-1].provider_ref if sent and found.channel == "telegram" else None
    say_to(unit, desk, endpoint, "taken_by_other", facts, now, edit=edit)


def withdraw(unit: Unit, desk: OfficeDesk, incident: Incident, taker: str | None, now: datetime) -> None:
    """End all open alerts: what has not left does not leave, who was alerted is told."""
    ended = office_due.end_alerts(unit, incident.id, "withdrawn")
    OFFICE.withdraw(unit, [f"alert:{a.id}" for a in ended])
    told: set[str] = {taker} if taker else set()
    for each in ended:
        rows = OFFICE.of_owner(unit, f"alert:{each.id}")
        if each.staff not in told and any(r.state in ("sent", "delivered") for r in rows):
            told.add(each.staff)
            tell_taken(unit, desk, incident, each, now)
    office_due.clear_timer(unit, incident.id, "step")


def skip_person(unit: Unit, desk: OfficeDesk, incident: Incident, staff: str, now: datetime) -> None:
    """One person's alerts no longer count; if nobody else is alerted, the next step comes at once."""
    office_due.end_alerts(unit, incident.id, "skipped", staff=staff)
    if not any(a.state == "open" for a in office_due.alerts_of(unit, incident.id)):
        run_step(unit, desk, incident, now)


def back_to_duty(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime, why: str) -> Incident:
    """Nobody has it any more: the policy begins anew at once, whatever the hour."""
    office_due.clear_timers_of_taker(unit, incident.id)
    office_incidents.note(unit, incident.id, "returned", now, actor=incident.taken_by, why=why)
    free = replace(
        incident,
        state="new",
        taken_by=None,
        taken_at=None,
        round=0,
        step=0,
        round_at=now,
        snoozed_until=None,
        idle_since=None,
    )
    office_incidents.save(unit, free)
    return run_step(unit, desk, free, now)
