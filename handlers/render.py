"""Turns a reporter's notice into the words and buttons of a channel; here alone a template becomes `Cleared`.

A notice is made from a kind, a `Receipt` and the line's public settings; there is nothing else to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from escalation.lines import LineConfig
from escalation.notices import REPORTER_KINDS, Receipt
from handlers import keyboard_reporter, times
from handlers.gsm7 import fold, transliterate
from handlers.messages import Choice, Cleared
from handlers.shortening import capped, numbered, told_apart
from handlers.texts.catalogue import has, pattern_of, placeholders, spoken, text

_T = TypeVar("_T")
_CODES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text that may leave, with its buttons by row (Telegram only) and how Telegram shall treat it."""

    text: Cleared
    choices: tuple[tuple[Choice, ...], ...] = ()
    protect: bool = False
    ask_contact: bool = False


@dataclass(frozen=True, slots=True)
class _Ask:
    kind: str
    receipt: Receipt
    line: LineConfig
    language: str
    channel: str

    def given(self, value: _T | None, name: str) -> _T:
        if value is None:
            raise ValueError(f"the notice {self.kind!r} needs {name}")
        return value

    def moment(self, at: datetime | None, name: str) -> str:
        receipt = self.receipt
        return times.moment(self.given(at, name), self.line.zone, self.language, since=receipt.received_at)

    def stamp(self, at: datetime | None, name: str) -> str:
        return times.stamp(self.given(at, name), self.line.zone, self.language)


def clear(words: str, channel: str) -> Cleared:
    """Words made from a template, as the channel can carry them: for SMS in GSM-7 as far as that goes."""
    return Cleared(transliterate(words) if channel == "sms" else words)


def reporter(
    kind: str, receipt: Receipt, line: LineConfig, language: str, channel: str, landlord: bool = False
) -> Rendered | None:
    """What a reporter is told, or None where nothing is (spam).

    `language` is what the reporter seems to write; the line's first language stands in for one without a
    catalogue. `landlord`: a registered contact of a landlord, whose menu has rent (CONVERSATIONS: a question
    costs). Raises KeyError for a kind outside the closed list and ValueError where the receipt lacks a fact.
    """
    if kind not in REPORTER_KINDS:
        raise KeyError(kind)
    if kind == "spam":
        return None
    if kind == "unknown_language":
        return Rendered(_in_a_foreign_language(receipt, line, language, channel))
    # Somebody who writes about himself is confirmed in the words made for him (CONVERSATIONS: a "code").
    said = "self_help" if kind == "confirm" and receipt.own else kind
    ask = _Ask(said, receipt, line, spoken(language, line.language), channel)
    words = _fill(ask, _key(ask, landlord))
    if channel == "sms":
        return Rendered(clear(words, channel))
    numbers = f"reporter.danger_numbers.{line.country}"
    if kind in ("danger", "danger_where") and has(numbers, ask.language):
        words = f"{words}\n\n{text(numbers, ask.language)}"
    choices = keyboard_reporter.rows(kind, receipt, line.languages, ask.language, landlord)
    return Rendered(clear(words, channel), choices, ask_contact=kind in keyboard_reporter.SHARES_A_NUMBER)


def template(key: str, language: str, line: LineConfig, code: str) -> Cleared:
    """One of the ready replies staff choose from, whole, with the line's name and the code.

    Equal to `reporter(key, …)` on either channel; a relayed reply that already begins this way is not named twice.
    """
    ask = _Ask(key, Receipt(code=code), line, spoken(language, line.language), "sms")
    return clear(_fill(ask, f"reporter.{key}"), "sms")


def _in_a_foreign_language(receipt: Receipt, line: LineConfig, language: str, channel: str) -> Cleared:
    key = f"unknown_language.{language}"
    if has(key, "foreign"):
        return Cleared(text(key, "foreign", em=line.emergency, code=receipt.code))
    known = spoken(language, "en")
    ask = _Ask("unknown_language", receipt, line, known, channel)
    return clear(_fill(ask, "reporter.unknown_language"), channel)


def _key(ask: _Ask, landlord: bool) -> str:
    traits = [_trait(ask, landlord), ""]
    channels = ["telegram", ""] if ask.channel == "telegram" else [""]
    for trait in traits:
        for channel in channels:
            for country in (ask.line.country, ""):
                key = ".".join(part for part in ("reporter", ask.kind, trait, channel, country) if part)
                if has(key, ask.language):
                    return key
    raise KeyError(f"reporter.{ask.kind}")


def _trait(ask: _Ask, landlord: bool) -> str:
    receipt = ask.receipt
    match ask.kind:
        case "confirm" if receipt.house_duty is not None:
            return "house"
        case "child" if ask.line.child_tel is None:
            return "no_tel"
        case "ask_what" if landlord and ask.channel == "sms":
            return "landlord"
        case "status" if not receipt.code:
            return "none"
        case "status" if receipt.taken_at is None:
            return "waiting"
        case "status" if receipt.promised_at is None:
            return "ended"
        case "receipt" if receipt.taken_at is None:
            return "waiting"
        case "data_export" if not receipt.count:
            return "none"
    return "own" if receipt.own else ""


def _fill(ask: _Ask, key: str) -> str:
    pattern = pattern_of(key, ask.language, ask.line.wording)
    return pattern.format_map({name: _FACTS[name](ask) for name in placeholders(pattern)})


def _case(ask: _Ask) -> str:
    return text("word.case_own" if ask.receipt.own else "word.case", ask.language, code=ask.receipt.code)


def _text(ask: _Ask) -> str:
    if ask.kind != "reply":
        return ask.receipt.text
    # A ready reply carries the line's name and the code already (see `template`).
    opening = f"{ask.line.name}, {_case(ask)}: "
    return ask.receipt.text.removeprefix(opening)


def _received(ask: _Ask) -> str:
    if ask.kind == "receipt":
        return ask.stamp(ask.receipt.received_at, "received_at")
    at = ask.given(ask.receipt.received_at, "received_at")
    return times.day(at.astimezone(ask.line.zone).date(), ask.language)


def _days(ask: _Ask) -> str:
    count = ask.receipt.days if ask.receipt.days is not None else ask.line.retention.messages.days
    return text("days.one" if count == 1 else "days.many", ask.language, count=count)


def _choices(ask: _Ask) -> str:
    between = "  " if ask.channel == "sms" else "\n"
    if ask.kind == "ask_which_case":
        cases = [text("word.case", ask.language, code=code) for code in ask.receipt.codes]
        return numbered([*cases, text("word.something_new", ask.language)], "  ")
    if ask.channel == "sms":
        return numbered(told_apart([fold(place) for place in ask.receipt.places]), between)
    return numbered(ask.receipt.places, between)


def _house_duty(ask: _Ask) -> str:
    """The number, or where it is to be found: whoever's house it is, the words beside it are the same."""
    return ask.receipt.house_duty or text("word.house_duty", ask.language)


def _place(ask: _Ask) -> str:
    return fold(ask.receipt.place) if ask.channel == "sms" else ask.receipt.place


_FACTS: dict[str, Callable[[_Ask], str]] = {
    "line": lambda ask: ask.line.name,
    "owner": lambda ask: ask.line.owner,
    "em": lambda ask: ask.line.emergency,
    "tel": lambda ask: ask.line.child_tel or ask.line.emergency,
    "house_duty": _house_duty,
    "complaint": lambda ask: ask.line.complaint,
    "code": lambda ask: ask.receipt.code,
    "case": _case,
    "t": lambda ask: ask.moment(ask.receipt.promised_at, "promised_at"),
    "received": _received,
    "taken": lambda ask: ask.stamp(ask.receipt.taken_at, "taken_at"),
    "date": lambda ask: times.day(ask.given(ask.receipt.date, "date"), ask.language),
    "days": _days,
    "count": lambda ask: str(ask.given(ask.receipt.count, "count")),
    "codes": lambda ask: capped(ask.receipt.codes, _CODES_SHOWN, ask.language) or "-",
    "choices": _choices,
    "place": _place,
    "text": _text,
}
