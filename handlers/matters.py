"""Which matter a text belongs to, and its way through the hatch to the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from escalation.hours import promise
from escalation.lines import LineConfig
from escalation.store import front_people, hatch
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread, open_thread, save_thread
from handlers.hearing import Heard
from handlers.intake import QUESTIONS, Interview, Placing, Turn
from handlers.placing import same_place

RECENT = timedelta(minutes=30)
QUESTION_WAIT = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Belonging:
    """`new`: a matter of its own; `to`: the thread it adds to; `ask`: one of several, nobody can tell."""

    verdict: Literal["new", "to", "ask"]
    thread: Thread | None = None
    among: tuple[Thread, ...] = ()


def belongs(
    heard: Heard,
    placing: Placing,
    threads: Sequence[Thread],
    now: datetime,
    *,
    named: Thread | None = None,
    fresh: bool = False,
) -> Belonging:
    """Where a report goes: a code decides; else another place is a new matter; else the only thread; else ask.

    `threads` are the sender's open ones and those closed within fourteen days, the latest first; `named` is the
    one whose code the text says, however old; `fresh`: he said that this is something new, or named another's code.
    """
    if named is not None:
        return Belonging("to", named)
    if fresh:
        return Belonging("new")
    alike = _of_the_kind(heard, placing, threads)
    if placing.place is not None:
        same = [t for t in alike if t.body.get("place") and same_place(t.body["place"], placing.place)]
        fitting = same or [t for t in alike if _still_without_place(t, heard, now)]
        return Belonging("to", fitting[0]) if fitting else Belonging("new")
    if placing.verdict == "ask":
        return Belonging("new")
    return _without_place(heard, alike, now)


def _of_the_kind(heard: Heard, placing: Placing, threads: Sequence[Thread]) -> Sequence[Thread]:
    """Whoever writes about himself is not put to what he said of a place, nor the other way round; but "it is worse
    now" may be about either."""
    if heard.vague and placing.place is None and not heard.danger:
        return threads
    own = heard.category == "self_help" or heard.about == "self"
    return [t for t in threads if interview_of(t).own == own]


def _still_without_place(thread: Thread, heard: Heard, now: datetime) -> bool:
    """A matter whose "where" was never answered, and a text that says where and nothing new."""
    if thread.body.get("place") or thread.state == "closed" or interview_of(thread).own:
        return False
    if not heard.tells:
        return True
    if interview_of(thread).offered:  # it named a place of its own, which nobody could tell from others
        return False
    return now - thread.last_at <= RECENT and heard.category in ("other", thread.category)


def _without_place(heard: Heard, alike: Sequence[Thread], now: datetime) -> Belonging:
    alive = [t for t in alike if t.state != "closed"] or list(alike)
    if not alive:
        return Belonging("new")
    if len(alive) == 1:
        return Belonging("to", alive[0])
    recent = [t for t in alive if now - t.last_at <= RECENT]
    if heard.danger:  # never waits for the question which, and is never put to a place that may be another's
        return Belonging("to", recent[0]) if len(recent) == 1 else Belonging("new")
    if recent and (not heard.sure or _alike(heard, recent[0])):
        return Belonging("to", recent[0])
    return Belonging("ask", among=tuple(alive[:2]))


def from_elsewhere(unit: Unit, heard: Heard, senders: Sequence[str]) -> bool:
    """Whether a text names a code that is none of the sender's own, nor one of them with a slip of the finger.

    Nobody looks whether there is such a case: the answer would tell (docs/adr/0020).
    """
    own = front_people.codes_of(unit, senders) if heard.case_codes else ()
    return any(all(_slips(code, each) > 1 for each in own) for code in heard.case_codes)


def _slips(code: str, own: str) -> int:
    return sum(a != b for a, b in zip(code, own, strict=True))


def is_another(heard: Heard, placing: Placing, asked: Thread) -> bool:
    """Whether a text is a matter of its own although a question of another one is open."""
    if heard.case_codes:
        return asked.code not in heard.case_codes
    if placing.place is None:
        return False
    if asked.body.get("place"):
        return not same_place(asked.body["place"], placing.place)
    return heard.tells and not _alike(heard, asked)


def _alike(heard: Heard, thread: Thread) -> bool:
    """Whether what a text tells may be what a matter is about. "Something else" may be anything."""
    told = (heard.category, *heard.also)
    return "other" in (heard.category, thread.category) or thread.category in told


def pressed_twice(thread: Thread, category: str, now: datetime) -> bool:
    """Whether a category from the menu is the very press that began this matter a moment ago."""
    fresh = thread.state != "closed" and now - thread.last_at <= RECENT
    return fresh and thread.category == category and interview_of(thread).by_menu


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


def remember(unit: Unit, thread: Thread, turn: Turn, now: datetime, line: LineConfig, **beside: Any) -> Thread:
    """Write the interview's state to its thread: the question open now and until when its answer is waited for.

    `beside` is kept with it.
    """
    interview = turn.interview
    place = interview.place
    changed = replace(
        thread,
        category=interview.category,
        urgency=interview.urgency,
        danger=interview.danger,
        place=unit.keys.index("place", place["key"]) if place else None,
        pending=interview.pending,
        asked=interview.asked,
        due_at=_waits_until(thread, turn, now),
        last_at=now,
        state="open",
        closed_at=None,
        body={**thread.body, **beside, "place": place, "interview": as_json(interview)},
        promised_at=_promised(thread, interview, now, line),
    )
    save_thread(unit, changed)
    return changed


def _waits_until(thread: Thread, turn: Turn, now: datetime) -> datetime | None:
    if turn.say in QUESTIONS:
        return now + QUESTION_WAIT
    waiting = turn.interview.pending is not None and not turn.interview.late
    return thread.due_at if waiting else None


def _promised(thread: Thread, interview: Interview, now: datetime, line: LineConfig) -> datetime:
    """The promised time: kept as it was told, but earlier when it became urgent, and of its kind until it is told."""
    due = promise(now, interview.urgency, interview.category, line)
    if thread.promised_at is None:
        return due
    if thread.urgency != interview.urgency:
        return min(due, thread.promised_at)
    if thread.category != interview.category and thread.due_at is not None:
        return promise(thread.opened_at, interview.urgency, interview.category, line)
    return thread.promised_at


def as_json(interview: Interview) -> dict[str, Any]:
    kept = {f.name: getattr(interview, f.name) for f in fields(Interview)}
    return {**kept, "options": list(interview.options)}


def interview_of(thread: Thread) -> Interview:
    """The interview as it stands. A thread whose words were erased has only what its columns hold."""
    kept = thread.body.get("interview")
    if kept is None:
        return Interview(thread.category, thread.urgency, thread.danger, "place", said=True, landlord=False)
    return Interview(**{**kept, "options": tuple(kept["options"])})


def as_asked(thread: Thread, now: datetime) -> Interview:
    """The interview as a text meets it: after half an hour without a word its question is an old one."""
    interview = interview_of(thread)
    return replace(interview, late=interview.late or now - thread.last_at > RECENT)


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


def account(heard: Heard | None, turn: Turn, thread: Thread, sender: Sender, text: str) -> dict[str, Any]:
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
        "hold_until": hold,
        "language": sender.language or "",
        "channel": sender.channel,
        "landlord": interview.landlord,
        "promised_at": thread.promised_at.isoformat() if thread.promised_at else None,
        "said": turn.say,
        "interpreter": bool(heard and heard.foreign),
        "codes": list(heard.case_codes) if heard else [],
    }
