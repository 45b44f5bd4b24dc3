"""A masked call back, the reporter's side: his phone rings, and he waits a minute at most under a random token.

The order names a thread, a token and a time. Who asked, and whose phone rings at the office, this desk never learns.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from escalation.calls import waiting
from escalation.store import front_calls, front_people
from escalation.store.base import Unit
from escalation.store.front_calls import LEGS, Call
from escalation.store.front_people import Sender, Thread
from escalation.store.hatch import Inward
from escalation.store.legs import Leg
from handlers import leg_documents, matters
from handlers.call_verbs import Document, HangUp, Hold, Leave, Park, Say, Silence
from handlers.front_desk import FrontDesk, language_of
from handlers.texts.catalogue import text

PURPOSE = "callback"
WAITS = timedelta(seconds=60)
_HIDDEN = "hidden:"


def begin(unit: Unit, desk: FrontDesk, row: Inward, thread: Thread, sender: Sender, now: datetime) -> None:
    """The office wants this reporter called; an order that comes too late is no use to anybody."""
    token, number = row.body["token"], number_of(unit, sender)
    late = now >= datetime.fromisoformat(row.body["until"])
    if number is None or late or sender.stopped_at is not None:
        _tell(unit, thread, sender, token, "no_number" if number is None else "gone", now)
        return
    language = language_of(sender, desk.lines[row.line])
    front_calls.begin_outward(unit, token, sender, thread.id, language, PURPOSE, now)
    LEGS.add(unit, token, row.line, thread.id, number, now, PURPOSE)


def number_of(unit: Unit, sender: Sender) -> str | None:
    """The telephone of whoever wrote or called: of a chat the one he shared. None where nobody knows one."""
    if sender.channel != "sms":
        found = front_people.sender_by_index(unit, sender.line, "sms", sender.phone) if sender.phone else None
        return number_of(unit, found) if found else None
    known = sender.address is not None and not sender.address.startswith(_HIDDEN)
    return sender.address if known else None


def call_off(unit: Unit, desk: FrontDesk, row: Inward, thread: Thread, sender: Sender, now: datetime) -> None:
    """Whoever was to talk to him is not there: his phone rings no longer, or he is told so at the next moment."""
    call = front_calls.waiting(unit, row.body["token"])
    if call is not None:
        _gone(unit, call, now)


def whisper(unit: Unit, desk: FrontDesk, leg: Leg, now: datetime) -> Document:
    """He picked up, and need not press anything: he waits for whoever calls him."""
    LEGS.moved(unit, leg.id, "answered", ("queued", "ringing"))
    call = front_calls.waiting(unit, leg.token)
    if call is None or call.leg is not None:  # begun anew after they have talked: nobody waits for him
        return (HangUp(),)
    if call.left_at is not None:
        return _again(desk, call)
    if call.queued_at is None:
        front_calls.save(unit, replace(call, queued_at=now))
        _told(unit, call, "there", now)
    return (_say(desk, call, "greeting"), Park(call.token, f"wait/{leg.id}", f"queued/{leg.id}"))


def wait(unit: Unit, desk: FrontDesk, leg: Leg, now: datetime) -> Document:
    """What he hears until somebody is there: the time alone decides, and whether it was called off."""
    call = front_calls.waiting(unit, leg.token)
    if call is None or call.left_at is not None:
        return (Leave(),)
    next_ = waiting(now - (call.queued_at or call.started_at), WAITS)
    if next_.leaves:
        return (Leave(),)
    if next_.silent:
        return (Silence(next_.silent),)
    return (_say(desk, call, "still"), Hold()) if next_.speaks else (Hold(),)


def queued(unit: Unit, desk: FrontDesk, leg: Leg, result: str, now: datetime) -> Document:
    """They have talked, he hung up, or nobody came."""
    call = front_calls.waiting(unit, leg.token)
    if call is None:
        return (HangUp(),)
    if result == "bridged":
        if front_calls.talked(unit, call.token, leg.id):
            _joined(unit, leg, now)
            _told(unit, call, "talked", now)
        return (HangUp(),)
    _gone(unit, call, now)
    return (HangUp(),) if result == "hangup" else _again(desk, call)


def pressed(unit: Unit, desk: FrontDesk, leg: Leg, digits: str, now: datetime) -> Document:
    """No document of his asks for a key."""
    return (HangUp(),)


def joined(unit: Unit, desk: FrontDesk, leg: Leg, talked: bool, now: datetime) -> Document:
    """He joins nobody: he is joined."""
    return (HangUp(),)


def leg_ended(unit: Unit, desk: FrontDesk, leg: Leg, status: str, now: datetime) -> None:
    """He did not answer, or has hung up."""
    LEGS.ended(unit, leg.id, leg_documents.outcome(status), now)
    call = front_calls.waiting(unit, leg.token)
    if call is not None:
        _gone(unit, call, now)


def _joined(unit: Unit, leg: Leg, now: datetime) -> None:
    if not LEGS.ended(unit, leg.id, "joined", now):
        LEGS.knew_better(unit, leg.id, "joined")


def _gone(unit: Unit, call: Call, now: datetime) -> None:
    """The office hears, once, that nobody is there to talk to."""
    if call.leg is not None or call.left_at is not None:
        return
    front_calls.save(unit, replace(call, left_at=now))
    LEGS.end_others(unit, call.token, None, now)
    _told(unit, call, "gone", now)


def _told(unit: Unit, call: Call, how: str, now: datetime) -> None:
    thread = front_people.thread_by_id(unit, call.thread or "")
    if thread is not None:
        _tell(unit, thread, front_people.sender_by_id(unit, call.sender), call.token, how, now)


def _tell(unit: Unit, thread: Thread, sender: Sender, token: str, how: str, now: datetime) -> None:
    matters.hand_over(unit, thread, sender, "call_back", {"token": token, "how": how}, now)


def _again(desk: FrontDesk, call: Call) -> Document:
    return (_say(desk, call, "again"), HangUp())


def _say(desk: FrontDesk, call: Call, key: str) -> Say:
    return Say(text(f"call.back.{key}", call.language, line=desk.lines[call.line].name), call.language)
