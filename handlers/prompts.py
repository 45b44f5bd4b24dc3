"""Digits and one-word answers, bound to the last numbered question a sender was asked."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from escalation.lines import CATEGORIES
from escalation.notices import Receipt
from escalation.store import front_people
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread, save_sender
from escalation.understanding import Understanding
from handlers import forgetting, matters
from handlers.intake import Turn
from handlers.visit import Visit, facts

EXPIRES = timedelta(days=3)
Answered = tuple[bool, str | None]


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("escalation.lexicons").joinpath("replies.toml").read_text(encoding="utf-8"))


def ask(unit: Unit, sender: Sender, kind: str, now: datetime, **facts_: Any) -> Sender:
    """Remember the question a digit will answer."""
    prompt = {"kind": kind, "until": (now + EXPIRES).isoformat(), **facts_}
    changed = replace(sender, context={**sender.context, "prompt": prompt})
    save_sender(unit, changed)
    return changed


def forget(unit: Unit, sender: Sender) -> Sender:
    if "prompt" not in sender.context:
        return sender
    context = {k: v for k, v in sender.context.items() if k != "prompt"}
    changed = replace(sender, context=context)
    save_sender(unit, changed)
    return changed


def after(unit: Unit, sender: Sender, turn: Turn, thread: Thread, among: tuple[Thread, ...], now: datetime) -> Sender:
    """What a digit means after this turn. A new matter also ends "new case" and the scanned stairwell."""
    context = {k: v for k, v in sender.context.items() if k not in ("prompt", "fresh")}
    sender = replace(sender, context=context)
    if turn.say == "ask_which_case":
        return ask(unit, sender, "case", now, thread=thread.id, among=[t.id for t in among])
    if turn.say == "danger_self":
        return ask(unit, sender, "call", now, thread=thread.id)
    save_sender(unit, sender)
    return sender


def as_text(button: str, sender: Sender) -> str | None:
    """What a pressed reporter's button would have been as a text; None for one this desk does not know."""
    name, _, rest = button.partition(":")
    if name in ("which", "data", "case"):
        return rest
    if name == "chk":
        return rest.rpartition(":")[2]
    if name == "lang":
        return f"/language {rest}"
    if name in ("quiet", "new", "menu", "call", "forget"):
        return {"quiet": "1", "new": "/new", "menu": "/start"}.get(name, rest or "1")
    return None


def pressed_category(button: str) -> str | None:
    """The category of a pressed menu button."""
    name, _, category = button.partition(":")
    return category if name == "cat" and category in CATEGORIES else None


def answered(unit: Unit, visit: Visit, heard: Understanding) -> Answered:
    """Take the text as the answer to the sender's last question, if it is one."""
    prompt = visit.sender.context.get("prompt")
    if prompt is None or visit.now > datetime.fromisoformat(prompt["until"]):
        return False, None
    digit = _digit(prompt["kind"], visit.inbound.text)
    if digit is None:
        return False, None
    return _ANSWERS[prompt["kind"]](unit, visit, prompt, digit)


def _digit(kind: str, text: str) -> str | None:
    said = " ".join(text.casefold().split()).strip(" .!)(")
    if said.isdecimal() and len(said) == 1:
        return said
    for digit, words in _words().get(kind, {}).items():
        if said in words:
            return digit
    return None


def _case(unit: Unit, visit: Visit, prompt: dict[str, Any], digit: str) -> Answered:
    thread = front_people.thread_by_id(unit, prompt["thread"])
    if thread is None or (not thread.pending and thread.due_at is None):
        return False, None
    chosen = int(digit) - 1
    visit = _cleared(unit, visit)
    if 0 <= chosen < len(prompt["among"]):
        return True, _joins(unit, visit, thread, prompt["among"][chosen])
    interview = matters.interview_of(thread)
    if interview.pending == "where":
        thread = replace(thread, due_at=visit.now + matters.QUESTION_WAIT)
        front_people.save_thread(unit, thread)
        visit.say(unit, "ask_where", facts(Turn(interview, "ask_where", complete=False), thread), thread)
        return True, thread.id
    return True, thread.id


def _joins(unit: Unit, visit: Visit, thread: Thread, other_id: str) -> str:
    """The new matter is the old one after all: staff join the incidents, the new code ends here."""
    other = front_people.thread_by_id(unit, other_id)
    joined = replace(thread, due_at=None, pending=None, state="closed", closed_at=visit.now)
    front_people.save_thread(unit, joined)
    matters.hand_over(unit, joined, visit.sender, "wish", {"what": "joins", "other": other_id}, visit.now)
    if other is not None:
        visit.say(unit, "added", Receipt(code=other.code), other)
    return other_id


def _data(unit: Unit, visit: Visit, prompt: dict[str, Any], digit: str) -> Answered:
    visit = _cleared(unit, visit)
    if digit == "1":
        visit.say(unit, "data_export", forgetting.summary(unit, visit))
        return True, None
    if digit == "2":
        ask(unit, visit.sender, "forget", visit.now)
        visit.say(unit, "forget_ask")
        return True, None
    if digit == "3":
        return True, forgetting.talk_to_us(unit, visit)
    return False, None


def _forget(unit: Unit, visit: Visit, prompt: dict[str, Any], digit: str) -> Answered:
    visit = _cleared(unit, visit)
    if digit == "1":
        forgetting.forget(unit, visit)
    return digit in ("1", "2"), None


def _call(unit: Unit, visit: Visit, prompt: dict[str, Any], digit: str) -> Answered:
    thread = front_people.thread_by_id(unit, prompt["thread"])
    if thread is None or digit not in ("1", "2"):
        return False, None
    visit = _cleared(unit, visit)
    what = "call" if digit == "1" else "rather_write"
    matters.hand_over(unit, thread, visit.sender, "wish", {"what": what}, visit.now)
    visit.say(unit, "added", Receipt(code=thread.code, own=True), thread)
    return True, thread.id


_CHECKBACK = {"1": "better", "2": "same", "3": "worse", "0": "checkback_off"}


def _checkback(unit: Unit, visit: Visit, prompt: dict[str, Any], digit: str) -> Answered:
    thread = front_people.thread_by_id(unit, prompt["thread"])
    if thread is None or digit not in _CHECKBACK:
        return False, None
    visit = _cleared(unit, visit)
    what = _CHECKBACK[digit]
    if what == "worse":
        thread = replace(thread, state="open", closed_at=None, taken_at=None, promised_at=None)
        thread = matters.remember(
            unit, thread, Turn(matters.interview_of(thread), None, complete=True), visit.now, visit.line
        )
    matters.hand_over(
        unit,
        thread,
        visit.sender,
        "wish",
        {"what": what, "promised_at": thread.promised_at.isoformat() if thread.promised_at else None},
        visit.now,
    )
    visit.say(unit, what, Receipt(code=thread.code, promised_at=thread.promised_at), thread)
    return True, thread.id


def _quiet(unit: Unit, visit: Visit, prompt: dict[str, Any], digit: str) -> Answered:
    if digit != "1":
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
