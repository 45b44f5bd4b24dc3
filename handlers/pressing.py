"""A reporter's pressed buttons: what each means, also long after the question above it was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from escalation.lines import CATEGORIES
from escalation.store import front_people
from escalation.store.base import Unit
from handlers import prompts
from handlers.messages import Inbound
from handlers.visit import Visit


def category(button: str) -> str | None:
    """The category of a pressed menu button."""
    name, _, rest = button.partition(":")
    return rest if name == "cat" and rest in CATEGORIES else None


def pressed(unit: Unit, visit: Visit) -> tuple[Visit | None, str | None]:
    """A visit whose text says what the button means, for the ordinary way; or None and the thread it was about,
    where the press is done with."""
    name, _, rest = (visit.inbound.button or "").partition(":")
    action = _ACTIONS.get(name)
    return action(unit, visit, rest) if action else (None, None)


def _says(visit: Visit, words: str) -> tuple[Visit, None]:
    said: Inbound = replace(visit.inbound, text=words, kind="text")
    return replace(visit, inbound=said), None


def _which(unit: Unit, visit: Visit, rest: str) -> tuple[Visit | None, str | None]:
    threads = front_people.threads_of(unit, visit.senders, visit.now)
    waiting = next((t for t in threads if t.pending), None)
    return _says(visit, rest) if waiting is not None and waiting.pending == "which" else (None, None)


def _case(unit: Unit, visit: Visit, rest: str) -> tuple[Visit | None, str | None]:
    asked = prompts.open_prompt(visit.sender, visit.now, "case")
    return _says(visit, rest) if asked else (None, None)


def _new(unit: Unit, visit: Visit, rest: str) -> tuple[Visit | None, str | None]:
    asked = prompts.open_prompt(visit.sender, visit.now, "case")
    if asked is None:
        return _says(visit, "/new")
    return None, prompts.give(unit, visit, asked, str(len(asked["among"]) + 1))[1]


def _checkback(unit: Unit, visit: Visit, rest: str) -> tuple[Visit | None, str | None]:
    code, _, said = rest.partition(":")
    thread = front_people.thread_of_code(unit, visit.senders, (code,))
    if thread is None:
        return None, None
    return None, prompts.give(unit, visit, {"kind": "checkback", "thread": thread.id}, said)[1]


def _data(unit: Unit, visit: Visit, rest: str) -> tuple[Visit | None, str | None]:
    return None, prompts.give(unit, visit, {"kind": "data"}, rest)[1]


def _forget(unit: Unit, visit: Visit, rest: str) -> tuple[Visit | None, str | None]:
    """An old button asks anew: what it deletes cannot be had back."""
    if prompts.open_prompt(visit.sender, visit.now, "forget") is None:
        return None, prompts.give(unit, visit, {"kind": "data"}, "2")[1]
    return None, prompts.give(unit, visit, {"kind": "forget"}, rest)[1]


def _quiet(unit: Unit, visit: Visit, rest: str) -> tuple[Visit | None, str | None]:
    return None, prompts.give(unit, visit, {"kind": "quiet"}, "1")[1]


_ACTIONS: dict[str, Callable[[Unit, Visit, str], tuple[Visit | None, str | None]]] = {
    "which": _which,
    "case": _case,
    "new": _new,
    "chk": _checkback,
    "data": _data,
    "forget": _forget,
    "quiet": _quiet,
    "lang": lambda unit, visit, rest: _says(visit, f"/language {rest}"),
    "menu": lambda unit, visit, rest: _says(visit, "/start"),
}
