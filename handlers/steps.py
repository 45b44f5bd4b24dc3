"""Escalation: who is alerted at each step, on which channel, until a person has taken the case.

The rules (steps, rounds, who is on duty) are pure and live in `escalation`; here they meet rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from escalation import policy as rules
from escalation.hours import day_start, next_day_shift
from escalation.lines import LineConfig
from escalation.policy import LAST_RESORT, Policy, Position
from escalation.register import last_resort_id
from escalation.store import office_calls, office_due, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from escalation.store.office_people import Endpoint
from escalation.store.outbox import SOON, URGENT
from handlers import telephones
from handlers.office_desk import OfficeDesk, reachable, say_to, tell_phone

Told = frozenset[str]
NOBODY: Told = frozenset()
VOICE = "voice"


def policy_of(incident: Incident) -> Policy:
    return Policy.from_json(json.loads(incident.policy))


def resort_owner(incident: str) -> str:
    """What the last-resort texts of an incident are found by, when they are no longer needed."""
    return f"resort:{incident}"


def waits_for_day(incident: Incident, line: LineConfig) -> bool:
    """Not urgent and of a kind that can wait: alerted at the next day shift. The reporter's words are the same."""
    return incident.urgency != "urgent" and incident.category in line.daytime


def begin(
    unit: Unit,
    desk: OfficeDesk,
    incident: Incident,
    now: datetime,
    hold_until: datetime | None,
    told: Told = NOBODY,
    *,
    at_once: bool = False,
) -> Incident:
    """Start the policy: the first step now, at the next day shift, or when an answer has been waited for.

    `told` have an alert about this very case in their hands and need no second one at once; `at_once` lets
    even what can wait for the day begin now.
    """
    line = desk.lines[incident.line]
    start = hold_until if hold_until and hold_until > now and incident.urgency != "urgent" else now
    if waits_for_day(incident, line) and not at_once:
        start = next_day_shift(start, line)
    begun = replace(incident, round=0, step=0, round_at=start, state="new", taken_by=None, taken_at=None)
    office_incidents.save(unit, begun)
    await_contact_person(unit, desk, begun, now)
    if start <= now:
        return run_step(unit, desk, begun, now, told)
    office_due.set_timer(unit, begun.id, "step", start)
    return begun


def await_contact_person(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> None:
    """A contact person who is off, or on a break, hears of it at the start of his next shift, or the day."""
    person, line, register = incident.contact_person, desk.lines[incident.line], desk.register(unit)
    if person is None or is_there(unit, desk, line, person, now) or register.staff(line, person, now) is None:
        return
    start = register.next_shift(line, person, now) or day_start(now, line)
    office_due.set_timer(unit, incident.id, "morning", start, person)


def is_there(unit: Unit, desk: OfficeDesk, line: LineConfig, staff: str, now: datetime) -> bool:
    """Whether somebody is on any shift just now and not on a break."""
    return desk.register(unit).on_any_duty(line, staff, now) and staff not in office_people.absent(unit, line.slug, now)


def run_step(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime, told: Told = NOBODY) -> Incident:
    """Alert whom the current step names. A step that reaches nobody is skipped at once.

    Steps that fell due meanwhile, as after an outage, are made up for together: everybody they name hears once.
    """
    steps, incident = policy_of(incident), rerouted(unit, desk, incident, now)
    while True:
        position = Position(incident.round, incident.step)
        if position == LAST_RESORT:
            return _last_resort(unit, desk, incident, now)
        reached = _alert_step(unit, desk, incident, steps, position, now, told)
        incident = _advance(incident, steps, position)
        if not reached:
            office_incidents.note(unit, incident.id, "step_empty", now, round=position.round, step=position.step)
            continue
        told |= reached
        due = rules.due(steps, incident.round, incident.step, incident.round_at)
        if due > now:
            break
    incident = replace(incident, alerted_at=incident.alerted_at or now)
    office_incidents.save(unit, incident)
    office_due.set_timer(unit, incident.id, "step", due)
    return incident


def hurry(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> None:
    """Nobody holds an alert any more, so the next step comes now. The last resort keeps its pace, whoever fails:
    else a phone that is off would have it repeated without end."""
    last = office_incidents.latest(unit, incident.id, ("last_resort", "opened", "reopened", "returned"))
    if last is None or last[0] != "last_resort":
        run_step(unit, desk, incident, now)


def rerouted(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> Incident:
    """The incident with whoever answers for its placement today: responsibility changes by date, without a gap.

    A tenancy that ended leaves its open cases with the team that had them.
    """
    if incident.placement is None:
        return incident
    route = desk.register(unit).route(desk.lines[incident.line], incident.place, now)
    if route.placement != incident.placement:
        return incident
    return replace(incident, team=route.team, contact_person=route.contact_person)


def _advance(incident: Incident, steps: Policy, position: Position) -> Incident:
    following = rules.following(position, steps)
    start = rules.round_start_of(following, position, steps, incident.round_at)
    return replace(incident, round=following.round, step=following.step, round_at=start)


def _alert_step(
    unit: Unit, desk: OfficeDesk, incident: Incident, steps: Policy, position: Position, now: datetime, told: Told
) -> Told:
    """Whom the step reaches, those who were told before among them."""
    targets = rules.step_targets(steps, position)
    people = _people(unit, desk, incident, targets, now, rules.round_length(steps))
    return frozenset(s for s in people if s in told or alert(unit, desk, incident, s, targets.by, position, now))


def _people(
    unit: Unit, desk: OfficeDesk, incident: Incident, targets: rules.Targets, now: datetime, round_: timedelta
) -> list[str]:
    """Whom a step names, looked up now: policies are kept, people are not.

    Who is on a break or said no within the last round's length is left out before anybody is counted,
    so that the next in order is rung in his place.
    """
    line, register = desk.lines[incident.line], desk.register(unit)
    out = office_people.absent(unit, line.slug, now) | office_incidents.actors(
        unit, incident.id, "passed", now - round_
    )
    people: list[str] = []
    for name in targets.notify:
        if name == rules.ON_DUTY:
            shift = register.on_duty(line, incident.team, now, out)
            people += [p.staff for p in rules.ringing(shift, targets.everybody)]
        elif name == rules.CONTACT_PERSON:
            person = incident.contact_person
            if person and person not in out and register.on_any_duty(line, person, now):
                people.append(person)
        elif name == rules.COORDINATOR:
            people += [c for c in register.coordinators(line, now) if c not in out]
        elif name.startswith(rules.TEAM_PREFIX):
            team = name.removeprefix(rules.TEAM_PREFIX)
            people += [p.staff for p in register.on_duty(line, team, now, out)]
    return [p for p in dict.fromkeys(people) if register.staff(line, p, now)]


def alert(
    unit: Unit, desk: OfficeDesk, incident: Incident, staff: str, by: Sequence[str], position: Position, now: datetime
) -> bool:
    """Alert one person on the first of the channels that exists for him. False when none does."""
    endpoints = {e.channel: e for e in reversed(reachable(unit, incident.line, staff))}
    phone = telephones.phone_of(unit, desk.lines[incident.line], staff) if VOICE in by else None
    usable = rules.channels(by, {*endpoints, *((VOICE,) if phone else ())})
    if not usable:
        return False
    if usable[0] == VOICE and phone is not None:
        _ring(unit, incident, staff, phone, tuple(usable[1:]), position, now)
    else:
        uid = _alert_row(unit, incident, staff, usable, position, now)
        office_people.end_prompts(unit, incident.line, staff)
        _send_alert(unit, desk, incident, endpoints[usable[0]], uid, now, last=not usable[1:])
    office_incidents.note(unit, incident.id, "alerted", now, actor=staff, channel=usable[0])
    return True


def _alert_row(
    unit: Unit, incident: Incident, staff: str, channels: Sequence[str], position: Position, now: datetime
) -> str:
    return office_due.new_alert(
        unit,
        incident=incident.id,
        line=incident.line,
        staff=staff,
        channel=channels[0],
        rest=tuple(channels[1:]),
        round_=position.round,
        step=position.step,
        now=now,
    )


def _send_alert(
    unit: Unit, desk: OfficeDesk, incident: Incident, endpoint: Endpoint, alert_id: str, now: datetime, *, last: bool
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
        kept={"last": last},
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
    for place, phone in enumerate(line.last_resort.notify, start=1):
        office_people.end_prompts(unit, line.slug, last_resort_id(place))
        tell_phone(unit, line, phone, "last_resort", facts, now, owner=resort_owner(incident.id))
    if VOICE in line.last_resort.by:
        _ring_last_resort(unit, desk, incident, line, now)
    _alert_newcomers(unit, desk, incident, line, now)
    office_incidents.note(unit, incident.id, "last_resort", now)
    incident = replace(incident, alerted_at=incident.alerted_at or now)
    office_incidents.save(unit, incident)
    office_due.set_timer(unit, incident.id, "step", now + line.last_resort.every)
    return incident


def _ring_last_resort(unit: Unit, desk: OfficeDesk, incident: Incident, line: LineConfig, now: datetime) -> None:
    """Their phones ring as well, each round anew; what rang in an earlier round counts no more."""
    for place in range(1, len(line.last_resort.notify) + 1):
        staff = last_resort_id(place)
        for old in office_due.end_alerts(unit, incident.id, "skipped", staff=staff):
            office_calls.LEGS.end_others(unit, old.id, None, now)
        phone = telephones.phone_of(unit, line, staff)
        if phone is not None:  # nothing comes after it: they were written to just now
            _ring(unit, incident, staff, phone, (), LAST_RESORT, now)


def _ring(
    unit: Unit, incident: Incident, staff: str, phone: str, rest: tuple[str, ...], position: Position, now: datetime
) -> None:
    uid = _alert_row(unit, incident, staff, (VOICE, *rest), position, now)
    office_calls.LEGS.add(unit, uid, incident.line, staff, phone, now, "alert")


def _alert_newcomers(unit: Unit, desk: OfficeDesk, incident: Incident, line: LineConfig, now: datetime) -> None:
    """Whoever came on duty since the policy ran out was never told: the case must get louder, not older."""
    told = {a.staff for a in office_due.alerts_of(unit, incident.id) if a.state == "open"}
    absent = office_people.absent(unit, line.slug, now)
    by = policy_of(incident).steps[0].by
    for person in desk.register(unit).on_duty(line, incident.team, now, absent):
        if person.staff not in told:
            alert(unit, desk, incident, person.staff, by, LAST_RESORT, now)


def back_to_duty(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime, why: str) -> Incident:
    """Nobody has it any more: the policy begins anew at once; what can wait for the day waits for it."""
    office_due.clear_timers_of_taker(unit, incident.id)
    office_incidents.note(unit, incident.id, "returned", now, actor=incident.taken_by, why=why)
    return begin(unit, desk, replace(incident, snoozed_until=None, idle_since=None), now, None)
