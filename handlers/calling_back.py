"""A masked call back, the office's side: the phone of whoever asked for it, and how it ends.

The front desk rings the reporter at the same time; the two meet in the queue of a random token. Nobody is rung again
by himself: whoever asked is told that he may try once more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation.store import office_callbacks, office_calls, office_hatch, office_incidents
from escalation.store.base import Unit
from escalation.store.hatch import Outward
from escalation.store.legs import Leg
from escalation.store.office_callbacks import OPEN
from escalation.store.office_calls import Waiting
from escalation.store.office_incidents import CaseThread, Incident
from handlers import leg_documents
from handlers.call_verbs import Document, HangUp, Say, Silence
from handlers.office_desk import OfficeDesk, staff_language
from handlers.telling import tell_staff

TRIES = timedelta(seconds=60)  # how long whoever pressed 1 waits for the reporter
PAUSE_SECONDS, TRY_SECONDS = 2, 4
# A talk that ends is heard of from either side: from the front desk a moment later than from whoever hung up here.
SETTLES = timedelta(seconds=5)
LONGEST_TALK = timedelta(hours=2)


def whisper(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> Document:
    """He picked up, or something that picks up by itself did: only a key tells them apart."""
    office_calls.moved(unit, leg.id, "answered", ("queued", "ringing"))
    return leg_documents.asks(leg, _say(unit, desk, leg, "callback_whisper", now))


def pressed(unit: Unit, desk: OfficeDesk, leg: Leg, digits: str, now: datetime) -> Document:
    """1 joins the reporter, or waits for him; anything else means that there is no call."""
    call = office_calls.waiting(unit, leg.token)
    if call is None:
        return (HangUp(),)
    if digits != "1":
        _declined(unit, desk, leg, call, "passed" if digits == "2" else "no_answer", now)
        return (_say(unit, desk, leg, "callback_off", now), HangUp()) if digits == "2" else (HangUp(),)
    if leg.state != "joined" and (call.state not in OPEN or not office_calls.ended(unit, leg.id, "joined", now)):
        return (_say(unit, desk, leg, "callback_nobody", now), HangUp())
    return (_say(unit, desk, leg, "callback_joins", now), leg_documents.joins(leg, TRY_SECONDS))


def joined(unit: Unit, desk: OfficeDesk, leg: Leg, talked: bool, now: datetime) -> Document:
    """They have talked; or the reporter was not there yet, and it is tried again until a minute is over."""
    call = office_calls.waiting(unit, leg.token)
    if call is None:
        return (HangUp(),)
    if talked:
        _talked(unit, leg, call, now)
    if talked or call.state == "talked":
        return (HangUp(),)
    if call.state == "asked" and now < (leg.ended_at or leg.created_at) + TRIES:
        still = _say(unit, desk, leg, "callback_still", now)
        return (still, Silence(PAUSE_SECONDS), leg_documents.joins(leg, TRY_SECONDS))
    _vain(unit, desk, leg, call, now)
    return (_say(unit, desk, leg, "callback_nobody", now), HangUp())


def leg_ended(unit: Unit, desk: OfficeDesk, leg: Leg, status: str, now: datetime) -> None:
    """His phone is silent again. Whether they talked, this word does not tell."""
    call = office_calls.waiting(unit, leg.token)
    if call is None:
        return
    if leg.state != "joined":
        _declined(unit, desk, leg, call, leg_documents.outcome(status), now)
        return
    office_callbacks.hung_up(unit, call.token)
    if call.state == "gone":
        _vain(unit, desk, leg, call, now)
    elif call.state == "asked":
        _call_off(unit, call, now + SETTLES, now)


def not_dialled(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> None:
    """The provider did not take the call."""
    leg_ended(unit, desk, leg, "failed", now)


def hung_up(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> None:
    """The office itself ended it, because the reporter is not there."""
    office_calls.ended(unit, leg.id, "cancelled", now)


def _declined(unit: Unit, desk: OfficeDesk, leg: Leg, call: Waiting, state: str, now: datetime) -> None:
    if not office_calls.ended(unit, leg.id, state, now):
        office_calls.LEGS.knew_better(unit, leg.id, state)
        return
    office_incidents.note(unit, _incident(unit, call), "leg_ended", now, actor=leg.staff, outcome=state)
    _vain(unit, desk, leg, call, now)


def heard(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """The front desk says how it goes with the reporter's phone."""
    call = office_calls.waiting(unit, row.body["token"])
    leg = office_calls.leg(unit, (call.leg if call else None) or "")
    if call is None or leg is None:
        return
    how = row.body["how"]
    if how == "there":
        office_incidents.note(unit, incident.id, "callback_there", now, thread=thread.id)
    elif how == "talked":
        _talked(unit, leg, call, now)
    elif leg.state == "joined" and not call.wave:
        # He waits for the reporter, or they have just talked: his own next step says which.
        office_callbacks.moved(unit, call.token, "gone", ("asked",))
    else:
        _vain(unit, desk, leg, call, now, "ring_no_number" if how == "no_number" else "ring_vain")


def expire(unit: Unit, desk: OfficeDesk, token: str, now: datetime) -> bool:
    """Nothing was heard of a call back for too long: it came to nothing, unless they may still be talking."""
    call = office_calls.waiting(unit, token)
    if call is None or call.state not in OPEN or call.next_at is None or call.next_at > now:
        return False
    leg = office_calls.leg(unit, call.leg or "")
    if leg is not None and leg.state == "joined" and not call.wave and now < call.until + LONGEST_TALK:
        office_callbacks.look_again(unit, token, call.until + LONGEST_TALK)
    elif leg is not None:
        _vain(unit, desk, leg, call, now)
    return True


def _talked(unit: Unit, leg: Leg, call: Waiting, now: datetime) -> None:
    """Only now his wish to be called is kept."""
    if office_callbacks.moved(unit, call.token, "talked", (*OPEN, "vain")):
        office_incidents.note(unit, _incident(unit, call), "called_back", now, actor=leg.staff, thread=call.thread)


def _vain(unit: Unit, desk: OfficeDesk, leg: Leg, call: Waiting, now: datetime, told: str = "ring_vain") -> None:
    """They did not talk: neither phone rings on, and whoever asked may try again."""
    if not office_callbacks.moved(unit, call.token, "vain", OPEN):
        return
    incident = _incident(unit, call)
    office_incidents.note(unit, incident, "callback_vain", now, actor=leg.staff, thread=call.thread)
    office_calls.end_others(unit, call.token, None, now)
    _call_off(unit, call, now, now)
    facts = {"code": office_incidents.first_code(unit, incident)}
    tell_staff(unit, desk, desk.lines[call.line], leg.staff, told, facts, now, about=incident)


def _call_off(unit: Unit, call: Waiting, at: datetime, now: datetime) -> None:
    office_hatch.relay(unit, call.line, call.thread, "call_back_off", {"token": call.token}, at, now)


def _incident(unit: Unit, call: Waiting) -> str:
    """The case it belongs to now: two may have been joined meanwhile."""
    thread = office_incidents.thread(unit, call.thread)
    return thread.incident if thread else call.incident


def _say(unit: Unit, desk: OfficeDesk, leg: Leg, key: str, now: datetime) -> Say:
    line = desk.lines[leg.line]
    return leg_documents.say(key, staff_language(unit, desk, line, leg.staff, now), line.name)
