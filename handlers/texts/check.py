"""Checks the catalogues: complete, equal placeholders in every language, every SMS one GSM-7 segment at its longest.

Run as ``python -m handlers.texts.check``; `findings` also serves ``nabolinje check`` with a line's own settings.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from itertools import combinations
from zoneinfo import ZoneInfo

from escalation.lines import CATEGORIES, LineConfig, line_for
from handlers import times
from handlers.gsm7 import SEGMENT, septets
from handlers.render_staff import TAGS, TAGS_BY_SMS
from handlers.shortening import numbered
from handlers.texts.catalogue import LANGUAGES, catalogue, pattern_of, placeholders, text

# Nothing longer is promised to fit; `nabolinje check` reports a line whose own settings are.
LONGEST_OWNER = "Eksempelby-Midt Kommune!"
LONGEST_TEL = "+43 1 4000801"
_ZONE = ZoneInfo("Europe/Copenhagen")
_START = datetime(2026, 9, 23, 22, 59, tzinfo=UTC)
_WHOLE_MESSAGES = ("reporter.", "staff.")
_PIECES = "call.unit."  # parts of a sentence
_SAME_IN_EVERY_CALL = frozenset({"line", "em", "seconds", "digit"})
# Relayed words are as long as they are; the others are lines added under a Telegram message.
_NOT_ONE_SMS = frozenset(
    {"reporter.reply", "reporter.danger_numbers.AT", "reporter.danger_numbers.NO", "staff.reply_held.suggestion"}
)


def example_line() -> LineConfig:
    """The line whose settings are as long as `nabolinje check` lets them be."""
    return line_for("example", "N" * 21, LONGEST_OWNER, "DK", "+4552500001", "front")


def findings(line: LineConfig | None = None) -> list[str]:
    """Plain lines naming what is wrong with the catalogues; empty when nothing is.

    With `line`, only whether that line's own name, owner and numbers keep every SMS within one segment.
    """
    if line is not None:
        return list(_too_long(line, line.languages, line.child_tel or line.emergency))
    found = [*_incomplete(), *_differing()]
    return found or list(_too_long(example_line(), LANGUAGES, LONGEST_TEL))


def _incomplete() -> Iterator[str]:
    everything = frozenset[str]().union(*(catalogue(language).keys for language in LANGUAGES))
    for language in LANGUAGES:
        for key in sorted(everything - catalogue(language).keys):
            yield f"{language}.po: {key} has no text; other languages have one"


def _differing() -> Iterator[str]:
    for key in sorted(catalogue(LANGUAGES[0]).keys):
        wanted = placeholders(catalogue(LANGUAGES[0]).pattern(key))
        for language in LANGUAGES[1:]:
            used = placeholders(catalogue(language).pattern(key))
            if used != wanted:
                odd = ", ".join(sorted(used ^ wanted))
                yield f"{language}.po: {key} does not use the placeholders of {LANGUAGES[0]}.po: {odd}"


def sms_keys(language: str) -> list[str]:
    """The keys of whole SMS messages, those without a length of their own left out."""
    return sorted(
        key
        for key in catalogue(language).keys
        if key.startswith(_WHOLE_MESSAGES) and ".telegram" not in key and key not in _NOT_ONE_SMS
    )


def fault_of(line: LineConfig, language: str, key: str, words: str) -> str | None:
    """Why a line may not say `words` in place of the text `key`, in one clause; None when it may."""
    standard = catalogue(language)
    if key not in standard.keys or not key.startswith(_WHOLE_MESSAGES):
        return f"is not the key of a text{_near(key, standard.keys)}"
    try:
        used = placeholders(words)
    except ValueError:
        return "has a brace that belongs to no {placeholder}"
    wanted = placeholders(standard.pattern(key))
    if used != wanted:
        named = " ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
        odd = " ".join(f"{{{name}}}" for name in sorted(used ^ wanted))
        return f"must use each of its placeholders and no other ({named}); look at {odd}"
    if key not in sms_keys(language):
        return None
    return _unfit(words.format_map(_values(line, language, key, line.child_tel or line.emergency)))


def unrecordable(language: str, key: str) -> str | None:
    """Why no recording can stand in for the text `key`, in one clause; None when one can.

    A recording is the same in every call, so it can replace what is: a text whose values are the line's own.
    """
    spoken = [
        each for each in sorted(catalogue(language).keys) if each.startswith("call.") and not each.startswith(_PIECES)
    ]
    if key not in spoken:
        near = get_close_matches(key, spoken, n=1)
        return "is not the key of a spoken text" + (
            f" (did you mean {near[0]}?)" if near else ", such as call.greeting"
        )
    changing = sorted(placeholders(catalogue(language).pattern(key)) - _SAME_IN_EVERY_CALL)
    named = " ".join(f"{{{name}}}" for name in changing)
    return f"says something else in each call ({named}), so it cannot be recorded" if changing else None


def _near(key: str, known: Iterable[str]) -> str:
    near = get_close_matches(key, [one for one in known if one.startswith(_WHOLE_MESSAGES)], n=1)
    return f" (did you mean {near[0]}?)" if near else ", such as reporter.confirm"


def _too_long(line: LineConfig, languages: tuple[str, ...], tel: str) -> Iterator[str]:
    for language in languages:
        for key in sms_keys(language):
            pattern = pattern_of(key, language, line.wording)
            unfit = _unfit(pattern.format_map(_values(line, language, key, tel)))
            if unfit:
                yield f"{language}.po: {key} {unfit}"


def _values(line: LineConfig, language: str, key: str, tel: str) -> dict[str, str]:
    return {**longest(line, language, tel), **_own_choices(key, language)}


def _unfit(message: str) -> str | None:
    length = septets(message)
    if length is None:
        odd = sorted({char for char in message if septets(char) is None})
        return f"has characters outside GSM-7: {' '.join(map(ascii, odd))}"
    return f"is {length} septets at its longest; one SMS holds {SEGMENT}" if length > SEGMENT else None


def longest(line: LineConfig, language: str, tel: str) -> dict[str, str]:
    """For each placeholder of an SMS the longest value it can have."""
    clocks, moments, days, stamps = _times(language)
    return {
        "line": line.name,
        "owner": line.owner,
        "em": line.emergency,
        "tel": tel,
        "house_duty": max(tel, text("word.house_duty", language), key=len),
        "complaint": line.complaint,
        "code": "K7M2",
        "other": "W9TC",
        "example": "K7M2",
        "minutes": "60",
        "count": "99",
        "case": max((text(key, language, code="K7M2") for key in ("word.case", "word.case_own")), key=len),
        "t": moments,
        "until": moments,
        "at": clocks,
        "back": clocks,
        "taken": stamps,
        "quiet": clocks,
        "received": stamps,
        "date": days,
        "days": text("days.many", language, count=395),
        "codes": "K7M2, W9TC, A3D4, " + text("word.and_more", language, count=9),
        "place": "M" * 20,
        "caution": f" {text('word.caution', language)}",
        "name": "M" * 30,
        "category": _longest_of(language, "category"),
        "urgency": _longest_of(language, "urgency"),
        "what": _what(language),
        "kinds": _held(language),
        "ready": _longest_of(language, "button.template"),
        "outcomes": ", ".join(_texts(language, "outcome_word")),
        "options": f" {text('word.or', language)} ".join(
            f"{code} {_longest_of(language, 'command')}" for code in ("K7M2", "W9TC", "A3D4", "C7E9")
        ),
    }


def _own_choices(key: str, language: str) -> dict[str, str]:
    if key.startswith("reporter.ask_which_case"):
        cases = [text("word.case", language, code=code) for code in ("K7M2", "W9TC", "A3D4")]
        return {"choices": numbered([*cases, text("word.something_new", language)], "  ")}
    if key.startswith("staff."):
        codes = ["K7M2", "W9TC", "A3D4", "C7E9", "F2G6", "H4J9", text("word.and_more", language, count=9)]
        return {"taken": _times(language)[0], "codes": ", ".join(codes)}
    return {"choices": numbered(["M" * 20] * 3, "  ")}


@functools.cache
def _times(language: str) -> tuple[str, str, str, str]:
    instants = [_START + timedelta(days=day) for day in range(366)]
    makers: tuple[Callable[[datetime], str], ...] = (
        lambda at: times.clock(at, _ZONE, language),
        lambda at: max(times.moment(at, _ZONE, language), times.moment(at, _ZONE, language, since=_START), key=len),
        lambda at: times.day(at.date(), language),
        lambda at: times.stamp(at, _ZONE, language),
    )
    clocks, moments, days, stamps = (max(map(make, instants), key=len) for make in makers)
    return clocks, moments, days, stamps


def _texts(language: str, family: str) -> list[str]:
    texts = catalogue(language)
    return [texts.pattern(key) for key in sorted(texts.keys) if key.startswith(f"{family}.")]


def _longest_of(language: str, family: str) -> str:
    return max(_texts(language, family), key=len)


@functools.cache
def _what(language: str) -> str:
    said = (
        dict.fromkeys([text(f"category.{category}", language), *(text(f"tag.{tag}", language) for tag in tags)])
        for category in CATEGORIES
        for tags in combinations(TAGS, TAGS_BY_SMS)
    )
    return max((", ".join(each) for each in said), key=len)


@functools.cache
def _held(language: str) -> str:
    pairs = (", ".join(pair) for pair in combinations(_texts(language, "held"), 2))
    return f"{max(pairs, key=len)}, {text('word.and_more', language, count=8)}"


def main() -> int:
    """Prints one line per finding; 1 when there is any."""
    found = findings()
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
