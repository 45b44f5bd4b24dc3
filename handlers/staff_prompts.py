"""What a free text means after the line asked for one: the words it asked for, or a command like any other.

A yes, a question or another case's code is never what was asked for: filed as a note, an alert would stay unanswered.
"""

from __future__ import annotations

from escalation.store import office_people
from escalation.store.base import Unit
from handlers.commands import Action, Command, is_outcome, names_other, parse
from handlers.staff_visit import StaffVisit

_ENDS = frozenset({"stop", "help", "pause", "sick", "resume"})
_FREE_WORDS = frozenset({"unclear", "note", "reply"})
_ASKED_AGAIN = frozenset({"close", "note", "snooze_reason"})
_COMMAND_WORDS = 2


def answer(unit: Unit, visit: StaffVisit, codes: tuple[str, ...]) -> Command | None:
    """The command that an asked-for text completes; None if nothing was asked, or the text is a command itself."""
    prompt, until = visit.endpoint.prompt, visit.endpoint.prompt_until
    if prompt is None or until is None or until < visit.now or visit.inbound.kind != "text":
        return None
    text, code, asked = visit.inbound.text, prompt["code"], prompt["action"]
    spoken = parse(text, codes)
    if names_other(text, codes, code) or spoken.action in _ENDS:
        _end(unit, visit)
        return None
    if spoken.code is not None and spoken.action not in ("unclear", "note") and code.casefold() in text.casefold():
        return None
    if asked == "close" and is_outcome(text):
        return _completed(unit, visit, "close", code)
    if spoken.action in ("take", "pass") and len(text.split()) == 1:
        # A bare "ja" or "2" answers an alert; with none but the case in question it answers nothing that was asked.
        return Command(asked, code) if asked in _ASKED_AGAIN and spoken.code == code else None
    if asked == "close":
        return Command("close", code) if spoken.action in ("unclear", "close") and spoken.body is None else None
    if asked in _ASKED_AGAIN and _is_command(spoken, text):
        _end(unit, visit)
        return None
    return _completed(unit, visit, "reply" if asked == "held" else asked, code)


def _completed(unit: Unit, visit: StaffVisit, action: Action, code: str) -> Command:
    _end(unit, visit)
    return Command(action, code, body=visit.inbound.text)


def _is_command(spoken: Command, text: str) -> bool:
    free = spoken.action in _FREE_WORDS or spoken.body is not None
    return not free and len(text.split()) <= _COMMAND_WORDS


def _end(unit: Unit, visit: StaffVisit) -> None:
    office_people.set_prompt(unit, visit.endpoint.id, None, None)
