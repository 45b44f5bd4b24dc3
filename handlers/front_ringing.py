"""The office is silent while somebody waits: the front desk itself rings the last resort.

Their numbers are the line's own settings, so ringing them tells nothing of anybody, and what the caller hears is the
same. The case stays the office's: it opens it, and alerts about it, when it is back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation.store import front_calls, front_people
from escalation.store.base import Unit
from escalation.store.front_calls import LEGS, Call
from escalation.store.legs import Leg
from handlers import calls_reporting, leg_documents
from handlers.call_verbs import Document, HangUp, Say
from handlers.front_desk import FrontDesk
from handlers.leg_documents import OPEN

SILENCE = timedelta(seconds=10)


def ring(unit: Unit, desk: FrontDesk, token: str, now: datetime) -> bool:
    """The next phone rings: each once, one after another, and at once when none rings any more."""
    call = front_calls.waiting(unit, token)
    if call is None or not call.waits or call.queued_at is None:
        return False
    line, rung = desk.lines[call.line], LEGS.legs_of(unit, token)
    left = [n for n in range(len(line.last_resort.notify)) if str(n + 1) not in {leg.staff for leg in rung}]
    if not left or now >= call.queued_at + line.calls.total:
        return False
    if any(leg.state in OPEN for leg in rung) and now < rung[-1].created_at + line.calls.next:
        return False
    LEGS.add(unit, token, line.slug, str(left[0] + 1), line.last_resort.notify[left[0]], now)
    return True


def whisper(unit: Unit, desk: FrontDesk, leg: Leg, now: datetime) -> Document:
    """Something picked up."""
    LEGS.moved(unit, leg.id, "answered", ("queued", "ringing"))
    line = desk.lines[leg.line]
    return leg_documents.whisper(leg, line.languages[0], line.name)


def pressed(unit: Unit, desk: FrontDesk, leg: Leg, digits: str, now: datetime) -> Document:
    """1 takes the caller, 2 passes him on, silence is no answer. A repeated key is answered as the first time."""
    call = front_calls.waiting(unit, leg.token)
    if call is None:
        return (HangUp(),)
    if digits == "2":
        LEGS.ended(unit, leg.id, "passed", now)
        return (_say(desk, leg, "passed"), HangUp())
    if digits != "1":
        LEGS.ended(unit, leg.id, "no_answer", now)
        return (HangUp(),)
    if call.leg != leg.id and not _takes(unit, leg, call, now):
        LEGS.ended(unit, leg.id, "cancelled", now)
        return (_say(desk, leg, "taken_by_other" if call.leg else "gone"), HangUp())
    thread = front_people.thread_by_id(unit, call.thread or "")
    return (_say(desk, leg, "yours", code=" ".join(thread.code if thread else "")), leg_documents.joins(leg))


def _takes(unit: Unit, leg: Leg, call: Call, now: datetime) -> bool:
    """The one update that decides."""
    if leg.ended_at is not None or not front_calls.join(unit, call.token, leg.id):
        return False
    LEGS.ended(unit, leg.id, "joined", now)
    LEGS.end_others(unit, call.token, leg.id, now)
    calls_reporting.met(unit, call, int(leg.staff), now)
    return True


def joined(unit: Unit, desk: FrontDesk, leg: Leg, talked: bool, now: datetime) -> Document:
    """They have talked; or he was gone when they were to be connected."""
    return (HangUp(),) if talked else (_say(desk, leg, "gone"), HangUp())


def leg_ended(unit: Unit, desk: FrontDesk, leg: Leg, status: str, now: datetime) -> None:
    """The provider says how a leg ended."""
    LEGS.ended(unit, leg.id, leg_documents.outcome(status), now)


def _say(desk: FrontDesk, leg: Leg, key: str, **values: object) -> Say:
    line = desk.lines[leg.line]
    return leg_documents.say(key, line.languages[0], line.name, **values)
