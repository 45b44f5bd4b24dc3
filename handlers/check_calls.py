"""A check-back by telephone, where a reporter's number takes no texts: asked by a voice, answered by a key.

Nothing is said of a place, and nothing of what was reported. Who does not press a key has not answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from escalation.clock import new_id
from escalation.store import front_calls, front_people
from escalation.store.base import Unit
from escalation.store.front_calls import LEGS, Call
from escalation.store.front_people import Sender, Thread
from escalation.store.hatch import Inward
from escalation.store.legs import Leg
from handlers import check_backs, leg_documents, matters
from handlers.call_verbs import Document, HangUp, Say
from handlers.front_callbacks import number_of
from handlers.front_desk import FrontDesk, language_of
from handlers.texts.catalogue import text
from handlers.times import spoken

PURPOSE = "check"
_KEYS: Mapping[str, str] = MappingProxyType({"1": "better", "2": "worse", "3": "checkback_off"})


def begin(unit: Unit, desk: FrontDesk, row: Inward, thread: Thread, sender: Sender, now: datetime) -> None:
    """The office wants him asked. An order that comes too late is one he did not answer."""
    number = number_of(unit, sender)
    if sender.stopped_at is not None or sender.quiet or number is None:
        return
    if now >= datetime.fromisoformat(row.body["until"]):
        matters.hand_over(unit, thread, sender, "wish", {"what": "check_unanswered"}, now)
        return
    token, language = new_id(), language_of(sender, desk.lines[row.line])
    front_calls.begin_outward(unit, token, sender, thread.id, language, PURPOSE, now)
    LEGS.add(unit, token, row.line, thread.id, number, now, PURPOSE)


def whisper(unit: Unit, desk: FrontDesk, leg: Leg, now: datetime) -> Document:
    """He, or something that picks up by itself, answered."""
    LEGS.moved(unit, leg.id, "answered", ("queued", "ringing"))
    call = front_calls.waiting(unit, leg.token)
    return (HangUp(),) if call is None else leg_documents.asks(leg, _say(desk, call, "question"))


def pressed(unit: Unit, desk: FrontDesk, leg: Leg, digits: str, now: datetime) -> Document:
    """His answer, which takes effect once and is confirmed each time it is reported."""
    call = front_calls.waiting(unit, leg.token)
    thread = front_people.thread_by_id(unit, call.thread or "") if call else None
    if call is None or thread is None:
        return (HangUp(),)
    what = _KEYS.get(digits)
    if what is None:
        leg_ended(unit, desk, leg, "no-answer", now)
        return (HangUp(),)
    line = desk.lines[call.line]
    if front_calls.talked(unit, call.token, leg.id):
        if not LEGS.ended(unit, leg.id, "joined", now):
            LEGS.knew_better(unit, leg.id, "joined")
        sender = front_people.sender_by_id(unit, call.sender)
        thread = check_backs.answered(unit, thread, sender, line, what, now)
    t = spoken(thread.promised_at, line.zone, call.language) if thread.promised_at else ""
    return (_say(desk, call, what, t=t, em=" ".join(line.emergency)), HangUp())


def joined(unit: Unit, desk: FrontDesk, leg: Leg, talked: bool, now: datetime) -> Document:
    """He is joined with nobody."""
    return (HangUp(),)


def leg_ended(unit: Unit, desk: FrontDesk, leg: Leg, status: str, now: datetime) -> None:
    """It rang in vain, or nobody pressed a key: the office hears so once."""
    LEGS.ended(unit, leg.id, leg_documents.outcome(status), now)
    call = front_calls.waiting(unit, leg.token)
    thread = front_people.thread_by_id(unit, call.thread or "") if call else None
    if call is None or thread is None or call.leg is not None or call.left_at is not None:
        return
    front_calls.save(unit, replace(call, left_at=now))
    sender = front_people.sender_by_id(unit, call.sender)
    matters.hand_over(unit, thread, sender, "wish", {"what": "check_unanswered"}, now)


def _say(desk: FrontDesk, call: Call, key: str, **values: object) -> Say:
    line = desk.lines[call.line]
    return Say(text(f"call.check.{key}", call.language, line=line.name, **values), call.language)
