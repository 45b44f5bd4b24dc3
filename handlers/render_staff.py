"""Turns a notice for staff into the words and buttons of a channel.

Texts that reach a lock screen carry a code, a category, an urgency and times; places and a reporter's words are
shown on Telegram only, after somebody asked to see them, and never by SMS (DOMAIN: rules of the trade).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from escalation.lines import LineConfig
from escalation.notices import STAFF_KINDS, TEMPLATE_KEYS
from handlers import keyboard_staff, times
from handlers.gsm7 import fold
from handlers.keyboard_staff import COMMANDS, OUTCOMES
from handlers.render import Rendered, clear
from handlers.shortening import capped
from handlers.texts.catalogue import has, pattern_of, placeholders, spoken, text

# What an alert adds to the category, weightiest first; an SMS has room for two.
TAGS = ("child", "interpreter", "place_unclear", "self", "repeated", "unreadable", "data_request")
TAGS_BY_SMS = 2
_CODES_SHOWN = 6
_OPTIONS_SHOWN = 4
_HELD_SHOWN = 2
_NAME_SHOWN = 30
_WORDS_SHOWN = 2500
_NOTES_SHOWN = 5
_NOTE_SHOWN = 200
_SHOWS_DETAIL = frozenset({"where", "where_address", "more_here", "media"})
_WITHOUT_DETAIL: Mapping[str, str] = {"where": "where_withheld", "more_here": "more"}
# By SMS these say where the rest is to be found: in Telegram, or, for who has none (`sms_only`), with a colleague.
ELSEWHERE = frozenset({"where_withheld", "where", "more", "more_here", "media", "unreadable"})
_FOUND_ELSEWHERE = frozenset({"where_withheld", "more", "media", "unreadable"})


@dataclass(frozen=True, slots=True)
class _Ask:
    kind: str
    facts: Mapping[str, object]
    line: LineConfig
    language: str
    channel: str

    def word(self, name: str) -> str:
        return str(self.facts.get(name) or "")

    def words(self, name: str) -> tuple[str, ...]:
        value = self.facts.get(name) or ()
        if isinstance(value, str) or not isinstance(value, (tuple, list)):
            raise ValueError(f"the notice {self.kind!r} needs {name} as a tuple")
        return tuple(str(item) for item in value)

    def instant(self, name: str) -> datetime:
        value = self.facts.get(name)
        if not isinstance(value, datetime):
            raise ValueError(f"the notice {self.kind!r} needs {name} as a time")
        return value

    def text(self, key: str, **values: object) -> str:
        return text(key, self.language, **values)


def staff(kind: str, facts: Mapping[str, object], line: LineConfig, language: str, channel: str) -> Rendered:
    """What a member of staff is told. `facts` are named after what they are (code, category, due, …); times aware.

    By SMS a kind that would show a place or somebody's words becomes the one that says where to find them.
    Raises KeyError for a kind outside the closed list and ValueError for a fact that is missing or of another type.
    """
    if kind not in STAFF_KINDS:
        raise KeyError(kind)
    shown = _WITHOUT_DETAIL.get(kind, kind) if channel == "sms" else kind
    ask = _Ask(shown, facts, line, spoken(language, line.language), channel)
    words = _fill(ask, _key(ask))
    if channel == "sms":
        return Rendered(clear(words, channel))
    suggestion = _suggestion(ask)
    if kind == "reply_held" and suggestion:
        words = f"{words}\n{ask.text('staff.reply_held.suggestion', suggestion=suggestion)}"
    choices = keyboard_staff.rows(kind, facts, ask.language)
    return Rendered(clear(words, channel), choices, protect=kind in _SHOWS_DETAIL)


def _suggestion(ask: _Ask) -> str:
    # A ready reply opens with the line's name and the code, which the person who reads it here knows.
    opening = f"{ask.line.name}, {ask.text('word.case', code=ask.word('code'))}: "
    return ask.word("suggestion").removeprefix(opening)


def _key(ask: _Ask) -> str:
    stem = f"staff.{ask.kind}"
    trait = _trait(ask)
    if trait:
        stem = f"{stem}.{trait}"
    written = f"{stem}.telegram"
    return written if ask.channel == "telegram" and has(written, ask.language) else stem


def _trait(ask: _Ask) -> str:
    match ask.kind:
        case "alert" if ask.facts.get("danger"):
            return "danger"
        case "alert" if ask.word("urgency") == "urgent":
            return "urgent"
        case "alert":
            return "normal" if ask.facts.get("due") else "untimed"
        case kind if kind in _FOUND_ELSEWHERE and ask.channel == "sms" and ask.facts.get("sms_only"):
            return "sms_only"
        case "morning" if not ask.facts.get("quiet_at"):
            return "untold"
        case "handover" | "unclear" if not ask.words("codes"):
            return "none"
        case "wrong_number_said" | "stopped_channel" | "silent" | "unknown_case" if not ask.word("code"):
            return "uncoded"
    return ""


def _fill(ask: _Ask, key: str) -> str:
    pattern = pattern_of(key, ask.language, ask.line.wording)
    return pattern.format_map({name: _FACTS[name](ask) for name in placeholders(pattern)})


def category(name: str, language: str) -> str:
    """A category as staff read it in a sentence; an unknown one is "other"."""
    key = f"category.{name}"
    return text(key if has(key, language) else "category.other", language)


def _what(ask: _Ask) -> str:
    given = ask.words("tags")
    tags = [tag for tag in TAGS if tag in given]
    shown = tags[:TAGS_BY_SMS] if ask.channel == "sms" else tags
    said = [category(ask.word("category"), ask.language), *(ask.text(f"tag.{tag}") for tag in shown)]
    return (", " if ask.channel == "sms" else " · ").join(dict.fromkeys(said))


def _clock(name: str) -> Callable[[_Ask], str]:
    return lambda ask: times.clock(ask.instant(name), ask.line.zone, ask.language)


def _moment(name: str) -> Callable[[_Ask], str]:
    return lambda ask: times.moment(ask.instant(name), ask.line.zone, ask.language)


def _place(ask: _Ask) -> str:
    place = ask.word("place") or ask.text("word.place_unclear")
    return fold(place) if ask.channel == "sms" else place


def _words(ask: _Ask) -> str:
    said = "\n\n".join(ask.words("words")) or ask.text("word.no_words")
    # Telegram takes 4096 characters; the newest words matter most.
    return said if len(said) <= _WORDS_SHOWN else f"…{said[-_WORDS_SHOWN:]}"


def _caution(ask: _Ask) -> str:
    if not ask.facts.get("caution"):
        return ""
    between = " " if ask.kind == "where_address" else "\n\n"
    return between + ask.text("word.caution")


def _media(ask: _Ask) -> str:
    count = ask.facts.get("media")
    if not count:
        return ""
    return "\n\n" + (ask.text("word.media_one") if count == 1 else ask.text("word.media_many", count=count))


def _notes(ask: _Ask) -> str:
    notes = ask.words("notes")
    return (
        f"\n\n{ask.text('word.notes')} " + "\n".join(note[:_NOTE_SHOWN] for note in notes[-_NOTES_SHOWN:])
        if notes
        else ""
    )


def _history(ask: _Ask) -> str:
    earlier = ask.facts.get("history") or ()
    if not isinstance(earlier, tuple):
        raise ValueError(f"the notice {ask.kind!r} needs history as a tuple")
    said = [f"{code} {category(name, ask.language)}, {times.day(on, ask.language)}" for code, name, on in earlier]
    return f"\n\n{ask.text('word.earlier')} " + " · ".join(said) if said else ""


def _held(ask: _Ask) -> str:
    keys = [f"held.{kind}" for kind in ask.words("kinds")]
    named = [ask.text(key if has(key, ask.language) else "held.other") for key in keys]
    return capped(list(dict.fromkeys(named)), _HELD_SHOWN, ask.language)


def _options(ask: _Ask) -> str:
    command = COMMANDS.get(ask.word("action"))
    word = f" {ask.text(f'command.{command}')}" if command else ""
    options = [f"{code}{word}" for code in ask.words("codes")[:_OPTIONS_SHOWN]]
    return f" {ask.text('word.or')} ".join(options)


def _name(ask: _Ask) -> str:
    name = ask.word("name")[:_NAME_SHOWN] or ask.text("word.somebody_on_duty")
    return fold(name) if ask.channel == "sms" else name


_FACTS: dict[str, Callable[[_Ask], str]] = {
    "line": lambda ask: ask.line.name,
    "code": lambda ask: ask.word("code"),
    "other": lambda ask: ask.word("other"),
    "what": _what,
    "category": lambda ask: category(ask.word("category"), ask.language),
    "urgency": lambda ask: ask.text(f"urgency.{ask.word('urgency')}"),
    "t": _moment("due"),
    "at": _clock("at"),
    "back": _clock("back_at"),
    "taken": _clock("taken_at"),
    "quiet": _clock("quiet_at"),
    "until": _moment("until"),
    "minutes": lambda ask: ask.word("minutes"),
    "place": _place,
    "words": _words,
    "instruction": lambda ask: ask.word("instruction") or ask.text("word.no_instruction"),
    "caution": _caution,
    "media": _media,
    "notes": _notes,
    "history": _history,
    "codes": lambda ask: capped(ask.words("codes"), _CODES_SHOWN, ask.language),
    "example": lambda ask: ask.words("codes")[0],
    "options": _options,
    "outcomes": lambda ask: ", ".join(ask.text(f"outcome_word.{outcome}") for outcome in OUTCOMES),
    "kinds": _held,
    "ready": lambda ask: ask.text(f"button.template.{ask.word('use') or TEMPLATE_KEYS[0]}"),
    "name": _name,
}
