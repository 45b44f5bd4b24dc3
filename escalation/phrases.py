"""Word lists as data: turns the plain phrases of a lexicon file into regular expressions.

A phrase is written the way people write: `*` ends a word stem, ` .. ` leaves room for up to five words, a
blank is any gap between two words, `(a|b)` chooses, `(a)?` may be missing with its blank, `{name}` is a
group of phrases. Phrase and text are folded alike before they meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from escalation.unmask import fold

_ROOM = r"(?:\W+\w+){0,5}?"
_BLANK = r"\W+"
_GROUP = re.compile(r"\{(\w+)\}")
_NEVER = re.compile(r"(?!)")
_PLAIN = re.compile(r"(?:[^ ()*?|](?!\?))+")
BEGINNING = 4


def any_of(phrases: Iterable[str], groups: Mapping[str, str] | None = None) -> re.Pattern[str]:
    """A pattern that finds any of the phrases as whole words in folded text; of none, one that never matches."""
    written = [expression(phrase, groups) for phrase in phrases]
    if not written:
        return _NEVER
    return re.compile(r"(?<!\w)(?:" + "|".join(written) + r")(?!\w)")


def expression(phrase: str, groups: Mapping[str, str] | None = None) -> str:
    """One phrase as a regular expression over folded text, without anchors.

    `groups` holds what `{name}` stands for, itself phrases joined by `|`; an unknown name raises KeyError.
    """
    return _translate(_written(phrase, groups or {}))


def _written(phrase: str, groups: Mapping[str, str]) -> str:
    """The phrase folded, its groups put in."""
    # Groups are long and stand in many phrases: each is folded and translated once.
    pieces = _GROUP.split(phrase.strip())
    written = "".join(f"({fold(groups[piece])})" if n % 2 else fold(piece) for n, piece in enumerate(pieces))
    return written.replace(")? ?", ")? ")


def beginnings(phrase: str, groups: Mapping[str, str] | None = None) -> frozenset[str] | None:
    """What a text begins with where the phrase matches: up to `BEGINNING` characters of each way it may begin.

    None where anything may stand first. For whoever asks many phrases about one place of a text.
    """
    return _first(_written(phrase, groups or {}))


@lru_cache(maxsize=4096)
def _first(phrase: str) -> frozenset[str] | None:
    found: set[str] = set()
    for choice in choices(phrase):
        first = _first_of(choice)
        if first is None:
            return None
        found |= first
    return frozenset(found)


def _first_of(choice: str) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    while choice.startswith("("):
        end = closing(choice, 0)
        inner = _first(choice[1:end])
        if inner is None:
            return None
        found |= inner
        if choice[end + 1 : end + 2] != "?":
            return found
        choice = choice[end + 2 :].removeprefix(" ")
    plain = _PLAIN.match(choice)
    return found | {plain[0][:BEGINNING]} if plain else None


def choices(phrase: str) -> list[str]:
    """The parts between the bars that stand in no bracket."""
    parts, depth, begin = [], 0, 0
    for index, char in enumerate(phrase):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "|" and depth == 0:
            parts.append(phrase[begin:index])
            begin = index + 1
    return [*parts, phrase[begin:]]


@lru_cache(maxsize=4096)
def _translate(phrase: str) -> str:
    parts: list[str] = []
    index = 0
    while index < len(phrase):
        char = phrase[index]
        if char == "(":
            end = closing(phrase, index)
            inner = "(?:" + _translate(phrase[index + 1 : end]) + ")"
            index = end + 1
            if phrase[index : index + 1] != "?":
                parts.append(inner)
                continue
            index += 1
            if parts and parts[-1] == _BLANK:
                parts[-1] = f"(?:{_BLANK}{inner})?"
            elif phrase[index : index + 1] == " ":
                parts.append(f"(?:{inner}{_BLANK})?")
                index += 1
            else:
                parts.append(inner + "?")
            continue
        if phrase.startswith(" ..", index):
            parts.append(_ROOM)
            index += 3
            continue
        parts.append(_plain(phrase, index))
        index += 2 if phrase.startswith(" ?", index) else 1
    return "".join(parts)


def _plain(phrase: str, index: int) -> str:
    char = phrase[index]
    if char == " ":
        return r"\W*" if phrase.startswith(" ?", index) else _BLANK
    if char == "*":
        return r"\w*"
    return char if char in "|?" else re.escape(char)


def closing(phrase: str, opening: int) -> int:
    """Where the bracket that opens there closes; ValueError if nowhere."""
    depth = 0
    for index in range(opening, len(phrase)):
        depth += {"(": 1, ")": -1}.get(phrase[index], 0)
        if depth == 0:
            return index
    raise ValueError(f"unbalanced brackets in the phrase {phrase!r}")
