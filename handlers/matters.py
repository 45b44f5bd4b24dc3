"""Which matter a text belongs to, and its way through the hatch to the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from escalation.hours import promise
from escalation.lines import LineConfig
from escalation.store import hatch
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread, open_thread, save_thread
from escalation.understanding import Understanding
from handlers.intake import Interview, Placing, Turn
from handlers.placing import same_place

RECENT = timedelta(minutes=30)
REOPENS = timedelta(days=14)
QUESTION_WAIT = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Belonging:
    """`new`: a matter of its own; `to`: the thread it adds to; `ask`: one of several, nobody can tell."""

    verdict: Literal["new", "to", "ask"]
    thread: Thread | None = None
    among: tuple[Thread, ...] = ()


def belongs(
    heard: Understanding, placing: Placing, threads: Sequence[Thread], now: datetime, *, fresh: bool
) -> Belonging:
    """Where a report goes: a code decides; else another place is a new matter; else the only thread; else ask.

    `threads` are the sender's open ones and those closed within fourteen days, the latest first.
    """
    for thread in threads:
        if thread.code in heard.case_codes:
            return Belonging("to", thread)
    if fresh:
        return Belonging("new")
    alike = [t for t in threads if (t.category == "self_help") == (heard.category == "self_help")]
    if placing.place is not None:
        same = [t for t in alike if t.body.get("place") and same_place(t.body["place"], placing.place)]
        fitting = same or [t for t in alike if _still_without_place(t, heard, now)]
        return Belonging("to", fitting[0]) if fitting else Belonging("new")
    if placing.verdict == "ask":
        return Belonging("new")
    return _without_place(heard, alike, now)


def _still_without_place(thread: Thread, heard: Understanding, now: datetime) -> bool:
    """A matter whose "where" was never answered, and a text soon after that says where and nothing new."""
    if thread.body.get("place") or thread.state != "open" or now - thread.last_at > RECENT:
        return False
    return heard.category in ("other", thread.category) and thread.category != "self_help"


def _without_place(heard: Understanding, alike: Sequence[Thread], now: datetime) -> Belonging:
    alive = [t for t in alike if t.state != "closed"] or list(alike)
    if not alive:
        return Belonging("new")
    if len(alive) == 1 or now - alive[0].last_at <= RECENT:
        return Belonging("to", alive[0])
    if heard.danger:
        return Belonging("new")
    return Belonging("ask", among=tuple(alive[:2]))


def start(unit: Unit, sender: Sender, interview: Interview, now: datetime, line: LineConfig) -> Thread:
    """A thread with a fresh code for a new matter."""
    promised = promise(now, interview.urgency, interview.category, line)
    return open_thread(
        unit,
        Thread(
            id="",
            line=sender.line,
            sender=sender.id,
            code="",
            state="open",
            opened_at=now,
            last_at=now,
            closed_at=None,
            taken_at=None,
            category=interview.category,
            urgency=interview.urgency,
            danger=interview.danger,
            place=None,
            pending=None,
            asked=0,
            due_at=None,
            promised_at=promised,
            out_seq=0,
        ),
    )


def remember(unit: Unit, thread: Thread, turn: Turn, now: datetime, line: LineConfig) -> Thread:
    """Write the interview's state to its thread: the question open now and until when it holds the matter back."""
    interview = turn.interview
    waits = interview.pending is not None and not turn.complete
    place = interview.place
    changed = replace(
        thread,
        category=interview.category,
        urgency=interview.urgency,
        danger=interview.danger,
        place=unit.keys.index("place", place["key"]) if place else None,
        pending=interview.pending,
        asked=interview.asked,
        due_at=now + QUESTION_WAIT if waits else None,
        last_at=now,
        state="open",
        closed_at=None,
        body={**thread.body, "place": place, "interview": as_json(interview)},
        promised_at=thread.promised_at or promise(now, interview.urgency, interview.category, line),
    )
    save_thread(unit, changed)
    return changed


def as_json(interview: Interview) -> dict[str, Any]:
    fields = {name: getattr(interview, name) for name in Interview.__slots__}
    return {**fields, "options": list(interview.options)}


def interview_of(thread: Thread) -> Interview:
    kept = thread.body["interview"]
    return Interview(**{**kept, "options": tuple(kept["options"])})


def hand_over(unit: Unit, thread: Thread, sender: Sender, kind: str, body: dict[str, Any], now: datetime) -> Thread:
    """Put something about a thread through the hatch, in the thread's own order."""
    sent = replace(thread, out_seq=thread.out_seq + 1)
    save_thread(unit, sent)
    hatch.put_out(
        unit,
        line=thread.line,
        thread=thread.id,
        seq=sent.out_seq,
        kind=kind,
        sender=sender.phone or sender.index,
        code=thread.code,
        body=body,
        now=now,
    )
    return sent


def account(heard: Understanding | None, turn: Turn, thread: Thread, sender: Sender, text: str) -> dict[str, Any]:
    """What the office is told of a report or an answer. `hold_until` None: alert somebody now."""
    interview = turn.interview
    hold = None if turn.complete or thread.due_at is None else thread.due_at.isoformat()
    return {
        "text": text,
        "category": interview.category,
        "also": list(heard.also) if heard else [],
        "urgency": interview.urgency,
        "danger": interview.danger,
        "about": interview.about,
        "place": interview.place,
        "stairwell": interview.stairwell,
        "hold_until": hold,
        "language": sender.language or "",
        "channel": sender.channel,
        "landlord": interview.landlord,
        "promised_at": thread.promised_at.isoformat() if thread.promised_at else None,
        "said": turn.say,
        "reachable": sender.stopped_at is None,
        "interpreter": turn.say == "unknown_language",
    }
