"""Digits and one-word answers, bound to the last numbered question a sender was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from escalation.notices import Receipt
from escalation.short_answers import digit
from escalation.store import front_people
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread, save_sender
from handlers import check_backs, forgetting, matters
from handlers.hearing import Heard
from handlers.intake import Turn
from handlers.visit import Visit, about, facts

EXPIRES = timedelta(days=3)
CHECKBACK_EXPIRES = timedelta(days=14)
Answered = tuple[bool, str | None]


def ask(unit: Unit, sender: Sender, kind: str, now: datetime, **facts_: Any) -> Sender:
    """Remember the question a digit will answer."""
    until = now + (CHECKBACK_EXPIRES if kind == "checkback" else EXPIRES)
    prompt = {"kind": kind, "until": until.isoformat(), **facts_}
    changed = replace(sender, context={**sender.context, "prompt": prompt})
    save_sender(unit, changed)
    return changed


def after(unit: Unit, sender: Sender, turn: Turn, thread: Thread, among: tuple[Thread, ...], now: datetime) -> Sender:
    """What a digit means after this turn. A matter that begins also ends "new case" and the scanned stairwell."""
    context = {k: v for k, v in sender.context.items() if k not in ("prompt", "fresh", "stairwell")}
    sender = replace(sender, context=context)
    if turn.say == "ask_which_case":
        return ask(unit, sender, "case", now, thread=thread.id, among=[t.id for t in among])
    if turn.say == "danger_self":
        return ask(unit, sender, "call", now, thread=thread.id)
    save_sender(unit, sender)
    return sender


def open_prompt(sender: Sender, now: datetime, kind: str | None = None) -> dict[str, Any] | None:
    """The question a digit answers just now, if there is one (of this kind)."""
    prompt: dict[str, Any] | None = sender.context.get("prompt")
    if prompt is None or now > datetime.fromisoformat(prompt["until"]) or kind not in (None, prompt["kind"]):
        return None
    return prompt


def answered(unit: Unit, visit: Visit, heard: Heard) -> Answered:
    """Take the text as the answer to the sender's last question, if it is one."""
    prompt = open_prompt(visit.sender, visit.now)
    if prompt is None:
        return False, None
    said = digit(prompt["kind"], visit.inbound.text)
    if said is None and prompt["kind"] == "case":
        said = _by_code(unit, visit, prompt, heard)
    return give(unit, visit, prompt, said) if said is not None else (False, None)


def give(unit: Unit, visit: Visit, prompt: dict[str, Any], said: str) -> Answered:
    """Answer a question with a digit."""
    return _ANSWERS[prompt["kind"]](unit, visit, prompt, said)


def _by_code(unit: Unit, visit: Visit, prompt: dict[str, Any], heard: Heard) -> str | None:
    """``K7M2`` or "sag K7M2" instead of the number before it; with more words it is a report of its own."""
    named = front_people.thread_of_code(unit, visit.senders, heard.case_codes)
    if named is None or named.id not in prompt["among"] or len(visit.inbound.text.split()) > 2:
        return None
    return str(prompt["among"].index(named.id) + 1)


def _case(unit: Unit, visit: Visit, prompt: dict[str, Any], said: str) -> Answered:
    thread = front_people.thread_by_id(unit, prompt["thread"])
    if thread is None or thread.state == "closed":
        return False, None
    visit = _cleared(unit, visit)
    chosen = int(said) - 1
    if 0 <= chosen < len(prompt["among"]):
        return True, _joins(unit, visit, thread, prompt["among"][chosen])
    interview = matters.interview_of(thread)
    if interview.pending == "where" and not interview.late:
        thread = replace(thread, due_at=visit.now + matters.QUESTION_WAIT)
        front_people.save_thread(unit, thread)
        visit.say(unit, "ask_where", facts(unit, Turn(interview, "ask_where", complete=False), thread), thread)
    return True, thread.id


def _joins(unit: Unit, visit: Visit, thread: Thread, other_id: str) -> str:
    """The new matter is the old one after all: staff join the incidents, the new code ends here."""
    other = front_people.thread_by_id(unit, other_id)
    joined = replace(thread, due_at=None, pending=None, state="closed", closed_at=visit.now)
    front_people.save_thread(unit, joined)
    matters.hand_over(unit, joined, visit.sender, "wish", {"what": "joins", "other": other_id}, visit.now)
    if other is not None:
        if other.state == "closed":
            other = replace(other, state="open", closed_at=None, taken_at=None, promised_at=thread.promised_at)
        other = replace(other, last_at=visit.now)
        front_people.save_thread(unit, other)
        visit.say(unit, "added", about(other), other)
    return other_id


def _data(unit: Unit, visit: Visit, prompt: dict[str, Any], said: str) -> Answered:
    if said == "1":
        # The question stays open: the answer to "1" names "3" again.
        visit.say(unit, "data_export", forgetting.summary(unit, visit))
        return True, None
    visit = _cleared(unit, visit)
    if said == "2":
        ask(unit, visit.sender, "forget", visit.now)
        visit.say(unit, "forget_ask")
        return True, None
    if said == "3":
        return True, forgetting.talk_to_us(unit, visit)
    return False, None


def _forget(unit: Unit, visit: Visit, prompt: dict[str, Any], said: str) -> Answered:
    visit = _cleared(unit, visit)
    if said == "1":
        forgetting.forget(unit, visit)
    elif said == "2":
        visit.say(unit, "kept")
    return said in ("1", "2"), None


def _call(unit: Unit, visit: Visit, prompt: dict[str, Any], said: str) -> Answered:
    thread = front_people.thread_by_id(unit, prompt["thread"])
    if thread is None or said not in ("1", "2"):
        return False, None
    visit = _cleared(unit, visit)
    what = "call" if said == "1" else "rather_write"
    matters.hand_over(unit, thread, visit.sender, "wish", {"what": what}, visit.now)
    visit.say(unit, "added", Receipt(code=thread.code, own=True), thread)
    return True, thread.id


_CHECKBACK = {"1": "better", "2": "same", "3": "worse", "0": "checkback_off"}


def _checkback(unit: Unit, visit: Visit, prompt: dict[str, Any], said: str) -> Answered:
    thread = front_people.thread_by_id(unit, prompt["thread"])
    if thread is None or said not in _CHECKBACK:
        return False, None
    visit = _cleared(unit, visit)
    what = _CHECKBACK[said]
    thread = check_backs.answered(unit, thread, visit.sender, visit.line, what, visit.now)
    visit.say(unit, what, replace(about(thread), promised_at=thread.promised_at), thread)
    return True, thread.id


def _quiet(unit: Unit, visit: Visit, prompt: dict[str, Any], said: str) -> Answered:
    if said != "1":
        return False, None
    _cleared(unit, visit).with_sender(unit, quiet=False).say(unit, "unquiet")
    return True, None


def _cleared(unit: Unit, visit: Visit) -> Visit:
    """The question is answered; a later digit means something else."""
    return visit.with_context(unit, prompt=None)


_ANSWERS: dict[str, Callable[[Unit, Visit, dict[str, Any], str], Answered]] = {
    "case": _case,
    "data": _data,
    "forget": _forget,
    "call": _call,
    "checkback": _checkback,
    "quiet": _quiet,
}
