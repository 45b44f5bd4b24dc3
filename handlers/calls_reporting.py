"""What of a call goes through the hatch: that somebody waits, that he left, the words he left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from escalation.hours import promise
from escalation.lines import REOPENS, LineConfig
from escalation.store import front_calls, front_media, front_people
from escalation.store.base import Unit
from escalation.store.front_calls import Call
from escalation.store.front_people import Sender, Thread
from handlers import hearing, intake, matters
from handlers.intake import Placing, Turn


def waits(unit: Unit, line: LineConfig, call: Call, now: datetime) -> Call:
    """A caller begins to wait for a person: a case exists, and the office is told under which token he waits."""
    call, thread, sender, body = _matter(unit, line, call, now)
    until = (call.queued_at or now) + line.calls.total
    hold = None if call.own else until.isoformat()
    body |= {"hold_until": hold, "call": {"token": call.token, "until": until.isoformat()}}
    matters.hand_over(unit, thread, sender, "call", body, now)
    return call


def leaves(unit: Unit, call: Call, now: datetime) -> None:
    """He hung up, or his time is over."""
    thread, sender = _known(unit, call)
    matters.hand_over(unit, thread, sender, "call_left", {"token": call.token}, now)


def met(unit: Unit, call: Call, place: int, now: datetime) -> None:
    """He talks to the last resort, whom the front desk rang itself: the office is to ring nobody for him."""
    thread, sender = _known(unit, call)
    matters.hand_over(unit, thread, sender, "call_left", {"token": call.token, "joined": place}, now)


def speaks(unit: Unit, line: LineConfig, call: Call, recording: str, now: datetime) -> Call:
    """A message was left: a report like any other, whose words are in a recording."""
    if call.thread is None:
        call, thread, sender, body = _matter(unit, line, call, now)
        thread = matters.hand_over(unit, thread, sender, "report", {**body, "hold_until": None}, now)
    else:
        thread, sender = _known(unit, call)
    uid = front_media.want(
        unit,
        line=line.slug,
        channel=front_media.CALLED,
        thread=thread.id,
        kind="voice",
        mime="audio/mpeg",
        source=recording + ".mp3",
        now=now,
    )
    matters.hand_over(unit, thread, sender, "media", {"media": uid, "kind": "voice", "called": True}, now)
    return call


def says_nothing(unit: Unit, line: LineConfig, recording: str, now: datetime) -> None:
    """A recording without words: not fetched, and deleted where it lies."""
    front_media.unwanted(
        unit, line=line.slug, channel=front_media.CALLED, kind="voice", source=recording + ".mp3", now=now
    )


def wants_call(unit: Unit, call: Call, now: datetime) -> None:
    thread, sender = _known(unit, call)
    matters.hand_over(unit, thread, sender, "wish", {"what": "call"}, now)


def promised(unit: Unit, line: LineConfig, call: Call, now: datetime) -> datetime:
    """By when somebody answers: as the case says, or as one begun now would."""
    thread = front_people.thread_by_id(unit, call.thread) if call.thread else None
    return (thread and thread.promised_at) or promise(now, "normal", "other", line)


def _known(unit: Unit, call: Call) -> tuple[Thread, Sender]:
    thread = front_people.thread_by_id(unit, call.thread or "")
    if thread is None:
        raise LookupError("a call that waited has its thread")
    return thread, front_people.sender_by_id(unit, call.sender)


def _matter(unit: Unit, line: LineConfig, call: Call, now: datetime) -> tuple[Call, Thread, Sender, dict[str, object]]:
    """The matter of a call: one that its caller wrote about before, if it can be no other, else a new one."""
    sender = front_people.sender_by_id(unit, call.sender)
    sender = replace(sender, language=sender.language or call.language, last_at=now)
    front_people.save_sender(unit, sender)
    category, urgency = ("self_help", "urgent") if call.own else ("other", "normal")
    heard = hearing.pressed(category, urgency, line)
    placing = Placing("one", call.place) if call.place else Placing("missing")
    threads = front_people.threads_of(unit, (sender.id,), now - REOPENS)
    belonging = matters.belongs(heard, placing, threads, now)
    thread = belonging.thread
    if thread is None:
        turn = Turn(intake.begin(heard, placing, landlord=False, by_menu=True).interview, "call", complete=True)
        thread = matters.start(unit, sender, turn.interview, now, line)
    else:
        turn = Turn(matters.interview_of(thread), "call", complete=True)
        if thread.state == "closed":
            thread = replace(thread, taken_at=None, promised_at=None)
    turn = replace(turn, interview=replace(turn.interview, pending=None, options=()))
    thread = matters.remember(unit, thread, turn, now, line)
    call = replace(call, thread=thread.id)
    front_calls.save(unit, call)
    return call, thread, sender, {**matters.account(heard, turn, thread, sender, ""), "channel": "voice"}
