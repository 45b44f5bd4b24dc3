"""A caller waits: whose phones ring for him, and what becomes of each that is answered.

The first round rings the duty at once and the contact person beside it, never before it; then one phone more every
few seconds, by the duty's order, the helpers from outside, the coordinators, the last resort.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from escalation import policy as rules
from escalation.calls import ringing_at
from escalation.lines import LineConfig
from escalation.register import last_resort_id
from escalation.store import office_calls, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.legs import Leg
from escalation.store.office_calls import Waiting
from escalation.store.office_incidents import Incident
from handlers import answering, leg_documents, telephones
from handlers.call_verbs import Document, HangUp, Say, Silence
from handlers.leg_documents import OPEN
from handlers.office_desk import OfficeDesk, staff_language

COMES = timedelta(
    seconds=10
)  # whoever is quick to press 1 may be there before the caller, who is still being told to wait
SETTLES = timedelta(seconds=5)  # who talked is heard of within that time from the caller's side: he left the queue
GRACE = timedelta(seconds=20)  # a message is being left, or the hatch is slow: the call itself says when it is over
# What the provider knows of a phone that nobody answered, whenever it says so. "completed" and "canceled" tell nothing.
_SAID = {"failed": "failed", "busy": "no_answer", "no-answer": "no_answer"}


def begin(unit: Unit, token: str, incident: Incident, thread: str, until: datetime, now: datetime) -> None:
    """Somebody waits under this token; his first round rings as soon as the office looks at what is due."""
    if office_calls.begin(unit, token, incident.line, incident.id, thread, now, until):
        office_incidents.note(unit, incident.id, "call", now, thread=thread)


def left(unit: Unit, desk: OfficeDesk, token: str, now: datetime) -> None:
    """He waits no more: nobody's phone goes on ringing for him."""
    call = office_calls.waiting(unit, token)
    office_calls.left(unit, token)
    if call is not None and call.state == "waiting":
        office_calls.end_others(unit, token, None, now)
        office_incidents.note(unit, call.incident, "call_left", now, thread=call.thread)


def met(unit: Unit, token: str, place: int, now: datetime) -> None:
    """The last resort has him, rung by the front desk while this office was silent: nobody is rung for him any more.

    The case stays open: who spoke to him did not take it.
    """
    call = office_calls.waiting(unit, token)
    if call is not None and call.state == "joined":
        office_calls.left(unit, token)
    elif call is not None and office_calls.join(unit, token, None):
        office_calls.end_others(unit, token, None, now)
        actor = last_resort_id(place)
        office_incidents.note(unit, call.incident, "call_joined", now, actor=actor, thread=call.thread)


def ring(unit: Unit, desk: OfficeDesk, token: str, now: datetime, gone: Collection[str] = ()) -> bool:
    """The next phones ring. False when there was nothing to do for this caller.

    `gone` are the threads whose callers no longer wait, which has not taken effect here yet.
    """
    call = office_calls.waiting(unit, token)
    if call is None or call.next_at is None or call.next_at > now or call.thread in gone:
        return False
    if call.state not in ("waiting", "joined"):
        return False
    if call.state == "joined":
        office_calls.alone(unit, token)
        office_incidents.note(unit, call.incident, "call_alone", now, thread=call.thread)
    if now >= call.until + GRACE:
        left(unit, desk, token, now)
        return True
    line, incident = desk.lines[call.line], office_incidents.get(unit, call.incident)
    staff = _to_ring(unit, desk, call, incident, now) if now < call.until else []
    for one, phone in staff:
        office_calls.LEGS.add(unit, call.token, call.line, one, phone, now)
        office_incidents.note(unit, incident.id, "rung", now, actor=one, thread=call.thread)
    office_calls.rang(unit, token, call.wave + 1, _next(call, line, now))
    return True


def _to_ring(unit: Unit, desk: OfficeDesk, call: Waiting, incident: Incident, now: datetime) -> list[tuple[str, str]]:
    """Whose phones ring now, and their numbers. It is phones that are counted: two people may share one."""
    line = desk.lines[call.line]
    first, others = _first_round(unit, desk, line, incident, now), _others(unit, desk, line, incident, now)
    phones = _phones(unit, line, [*first, *others])
    legs = office_calls.legs_of(unit, call.token)
    # Who could not be reached is tried again, but not at once: he may be talking to somebody.
    busy = {leg.address for leg in legs if _is_busy(leg, now - line.calls.next)}
    rung = Counter(leg.address for leg in legs)
    free = {one: phone for one, phone in phones.items() if phone not in busy}
    begin = ringing_at(
        call.wave,
        [one for one in dict.fromkeys(first) if one in free],
        [one for one in others if one in free],
        {one: rung[phone] for one, phone in free.items()},
    )
    return [(one, free[one]) for one in begin]


def _is_busy(leg: Leg, lately: datetime) -> bool:
    return leg.state in OPEN or leg.state == "passed" or leg.created_at > lately


def _next(call: Waiting, line: LineConfig, now: datetime) -> datetime:
    return now + line.calls.next if now < call.until else call.until + GRACE


def _first_round(unit: Unit, desk: OfficeDesk, line: LineConfig, incident: Incident, now: datetime) -> list[str]:
    register, away = desk.register(unit), office_people.absent(unit, line.slug, now)
    shift = register.on_duty(line, incident.team, now, away)
    duty = [person.staff for person in rules.ringing(shift, everybody=False)]
    contact = incident.contact_person
    beside = [contact] if contact and contact not in away and register.on_any_duty(line, contact, now) else []
    return [*duty, *beside]


def _others(unit: Unit, desk: OfficeDesk, line: LineConfig, incident: Incident, now: datetime) -> list[str]:
    register, away = desk.register(unit), office_people.absent(unit, line.slug, now)
    shift = sorted(register.on_duty(line, incident.team, now, away), key=lambda person: person.order)
    external = [t.team for t in register.teams_of(line.slug) if register.is_external(line.slug, t.team)]
    helpers = [p.staff for team in external for p in register.on_duty(line, team, now, away)]
    coordinators = [c for c in register.coordinators(line, now) if c not in away]
    last = [last_resort_id(place) for place in range(1, len(line.last_resort.notify) + 1)]
    return [*(p.staff for p in shift), *helpers, *coordinators, *last]


def _phones(unit: Unit, line: LineConfig, staff: list[str]) -> dict[str, str]:
    """Who has a phone, and its number; of people who share one the first."""
    by_number: dict[str, str] = {}
    for one in staff:
        number = telephones.phone_of(unit, line, one)
        if number is not None:
            by_number.setdefault(number, one)
    return {one: number for number, one in by_number.items()}


# What the one who answers hears. Nothing before he pressed 1 tells of a place, a number or a name.


def whisper(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> Document:
    """He picked up, or something that picks up by itself did: only a key tells them apart."""
    office_calls.moved(unit, leg.id, "answered", ("queued", "ringing"))
    line = desk.lines[leg.line]
    return leg_documents.whisper(leg, staff_language(unit, desk, line, leg.staff, now), line.name)


def pressed(unit: Unit, desk: OfficeDesk, leg: Leg, digits: str, now: datetime) -> Document:
    """1 takes the caller, 2 passes him on, silence is no answer. A repeated key is answered as the first time."""
    call = office_calls.waiting(unit, leg.token)
    if call is None:
        return (HangUp(),)
    if digits == "2":
        _over(unit, leg, call, "passed", now)
        return (_say(unit, desk, leg, "passed", now), HangUp())
    if digits != "1":
        _over(unit, leg, call, "no_answer", now)
        return (HangUp(),)
    if call.leg != leg.id and not _takes(unit, desk, leg, call, now):
        _over(unit, leg, call, "cancelled", now)
        key = "taken_by_other" if call.state == "joined" or call.leg else "gone"
        return (_say(unit, desk, leg, key, now), HangUp())
    code = " ".join(office_incidents.first_code(unit, call.incident))
    return (_say(unit, desk, leg, "yours", now, code=code), leg_documents.joins(leg))


def _takes(unit: Unit, desk: OfficeDesk, leg: Leg, call: Waiting, now: datetime) -> bool:
    """The one update that decides. Whoever talks to the reporter has the case."""
    # One that the provider seemed not to have taken, and that was answered nevertheless, is as good as any.
    over = leg.ended_at is not None and leg.state != "failed"
    if over or not office_calls.join(unit, call.token, leg.id):
        return False
    if not office_calls.ended(unit, leg.id, "joined", now):
        office_calls.LEGS.knew_better(unit, leg.id, "joined")
    office_calls.end_others(unit, call.token, leg.id, now)
    incident = office_incidents.get(unit, call.incident)
    office_incidents.note(unit, incident.id, "call_joined", now, actor=leg.staff, thread=call.thread)
    answering.take(unit, desk, incident, leg.staff, now)
    return True


def joined(unit: Unit, desk: OfficeDesk, leg: Leg, talked: bool, now: datetime) -> Document:
    """They have talked; or he was gone when they were to be connected."""
    if talked:
        office_calls.talked(unit, leg.token, leg.id)
        return (HangUp(),)
    call = office_calls.waiting(unit, leg.token)
    if call is not None and call.state == "joined" and call.leg == leg.id and now < (leg.ended_at or now) + COMES:
        return (Silence(1), leg_documents.joins(leg))
    return (_say(unit, desk, leg, "gone_yours", now), HangUp())


def leg_ended(unit: Unit, desk: OfficeDesk, leg: Leg, status: str, now: datetime) -> None:
    """The provider says how a leg ended. Only a key ever made it more than "no answer", whatever the word is."""
    call = office_calls.waiting(unit, leg.token)
    if call is None:
        return
    if call.leg == leg.id:
        # Perhaps he was gone before they were connected: then the caller waits on, and must not wait alone.
        office_calls.look_again(unit, call.token, now + SETTLES)
    by_us = status == "canceled" or leg.state in ("ending", "cancelled")
    _over(unit, leg, call, _SAID.get(status) or ("cancelled" if by_us else "no_answer"), now)


def hung_up(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> None:
    """The office itself ended it: somebody else has the caller, or he is gone."""
    call = office_calls.waiting(unit, leg.token)
    if call is not None:
        _over(unit, leg, call, "cancelled", now)


def _over(unit: Unit, leg: Leg, call: Waiting, state: str, now: datetime) -> None:
    """One phone less: the next rings at once, unless others still do. What tells more may come after what ends it."""
    if not office_calls.ended(unit, leg.id, state, now):
        office_calls.LEGS.knew_better(unit, leg.id, state)
        return
    office_incidents.note(unit, call.incident, "leg_ended", now, actor=leg.staff, outcome=state)
    if call.state == "waiting" and not any(x.state in OPEN for x in office_calls.legs_of(unit, call.token)):
        office_calls.hurry(unit, call.token, now)


def not_dialled(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> None:
    """The provider did not take the call."""
    call = office_calls.waiting(unit, leg.token)
    if call is not None:
        _over(unit, leg, call, "failed", now)


def _say(unit: Unit, desk: OfficeDesk, leg: Leg, key: str, now: datetime, **values: object) -> Say:
    line = desk.lines[leg.line]
    return leg_documents.say(key, staff_language(unit, desk, line, leg.staff, now), line.name, **values)
