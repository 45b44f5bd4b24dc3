"""The buttons under staff's Telegram messages; each carries the case code, so an old one still means its own case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalation.notices import TEMPLATE_KEYS
from handlers.messages import Choice
from handlers.texts.catalogue import text

Rows = tuple[tuple[Choice, ...], ...]

OUTCOMES: tuple[str, ...] = ("talked", "visited", "handed_on", "no_action", "false_alarm", "other")
# A staff action as `which_case` gets it -> the command word that repeats it.
COMMANDS: Mapping[str, str] = {
    "take": "take",
    "pass": "pass",
    "close": "close",
    "reply": "reply",
    "note": "note",
    "snooze": "snooze",
    "tomorrow": "snooze",
    "ring": "ring",
    "where": "where",
    "show": "where",
    "hear": "hear",
}

_ALERT = (("take", "pass"),)
_OWNED = (("show", "reply"), ("note", "snooze"), ("close",))
_FIXED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "alert": _ALERT,
    "returned": _ALERT,
    "worse": _ALERT,
    "last_resort": (("take",),),
    "pass_alone": (("take",),),
    "morning": (("take", "show"),),
    "taken_you": _OWNED,
    "already_yours": _OWNED,
    "where": (("reply", "note"), ("snooze", "close")),
    "more": (("show", "reply"),),
    "edited": (("show", "reply"),),
    "media": (("reply", "note"),),
    "more_here": (("reply", "note"),),
    "take_first": (("take",),),
    "repeated": (("show", "note"),),
    "idle": (("note", "snooze"), ("close",)),
    "reply_undelivered": (("reply", "note"),),
    "undelivered": (("reply", "note"),),
    "raised": (("show", "reply"),),
    "call_wanted": (("ring", "show"), ("reply",)),
    "message_left": (("ring", "show"), ("reply",)),
    "landline": (("ring", "show"),),
    "ring_vain": (("ring", "note"),),
    "no_reporter": (("note",),),
    "snooze_ask": (("snooze",),),
    "solved_said": (("show", "close"),),
    "better": (("show", "close"),),
    "child_question": (("note", "show"),),
    "unreadable": (("show",),),
    "picture_lost": (("show",),),
}


def rows(kind: str, facts: Mapping[str, object], language: str) -> Rows:
    """The buttons of a staff notice, by row; none where there is nothing to press."""
    code = str(facts.get("code") or "")
    match kind:
        case "same_matter":
            pair = f"same:{code}:{facts['other']}"
            return ((_say("yes", f"{pair}:yes", language), _say("no", f"{pair}:no", language)),)
        case "reply_menu":
            ready = tuple(
                (Choice(text(f"button.template.{key}", language), f"tpl:{code}:{key}"),) for key in TEMPLATE_KEYS
            )
            return (*ready, (_say("own", f"own:{code}", language),))
        case "reply_held":
            again = _say("rewrite", f"own:{code}", language)
            return ((_say("use", f"use:{code}", language), again),) if facts.get("suggestion") else ((again,),)
        case "close_menu":
            ends = [Choice(text(f"outcome.{key}", language), f"outcome:{code}:{key}") for key in OUTCOMES]
            return tuple(tuple(ends[start : start + 2]) for start in range(0, len(ends), 2))
        case "which_case":
            return _each(facts, str(facts.get("action") or ""), language)
    fixed = _FIXED.get(kind, ())
    if facts.get("called"):
        fixed = (*fixed, ("ring",))
    return tuple(tuple(_say(action, f"{action}:{code}", language) for action in row) for row in fixed)


def _each(facts: Mapping[str, object], action: str, language: str) -> Rows:
    codes = facts.get("codes")
    command = COMMANDS.get(action)
    if command is None or not isinstance(codes, Sequence):
        return ()
    pressed = "show" if command == "where" else command
    return tuple((Choice(f"{code}: {text(f'button.{pressed}', language)}", f"{pressed}:{code}"),) for code in codes)


def _say(word: str, answer: str, language: str) -> Choice:
    return Choice(text(f"button.{word}", language), answer)
