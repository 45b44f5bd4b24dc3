"""The words of staff's commands as patterns, made when they are first needed: not every process reads commands.

A lexicon's `[class]` table names classes of words, which its phrases and later classes use as `{name}`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from escalation.lexicons import load
from escalation.phrases import BEGINNING, any_of, beginnings, choices, closing

_GROUP = re.compile(r"\{(\w+)\}")


@cache
def words(*path: str, lexicon: str = "command_acts") -> re.Pattern[str]:
    """The phrases at a place of a lexicon, as one pattern over folded text without apostrophes."""
    return _pattern(_at(lexicon, path), lexicon)


def furthest(name: str, text: str, starts: tuple[int, ...], end: int) -> int:
    """Where the phrase of a clause's list ends that reaches furthest from one of the starts; 0 if none is there."""
    index = _by_beginning(name)
    return max(
        (
            found.end()
            for start in starts
            for length in range(BEGINNING + 1)
            for phrase in index.get(text[start : start + length], ())
            if (found := _alone(phrase).match(text, start, end))
        ),
        default=0,
    )


@cache
def _by_beginning(name: str, lexicon: str = "command_acts") -> dict[str, tuple[str, ...]]:
    """The phrases of a clause's list by what a text begins with where they match; "" where that may be anything."""
    found: dict[str, list[str]] = {}
    for phrase in dict.fromkeys(_at(lexicon, ("clause", name))):
        for begin in beginnings(bare(phrase), _classes(lexicon)) or ("",):
            found.setdefault(begin, []).append(phrase)
    return {begin: tuple(phrases) for begin, phrases in found.items()}


@cache
def _alone(phrase: str, lexicon: str = "command_acts") -> re.Pattern[str]:
    """One phrase, compiled when something that begins like it is met for the first time: all of them take seconds."""
    return _pattern([phrase], lexicon)


@cache
def names(section: str, lexicon: str) -> tuple[str, ...]:
    """The names in a table of a lexicon."""
    return tuple(load(lexicon)[section])


def bare(phrase: str) -> str:
    """A phrase without apostrophes, as staff leave them out, and with the longest choice first."""
    return _longest_first(phrase.replace("'", ""))


def _at(lexicon: str, path: tuple[str, ...]) -> list[str]:
    found: Any = load(lexicon)
    for name in path:
        found = found[name]
    return list(found)


def _pattern(written: list[str], lexicon: str) -> re.Pattern[str]:
    return any_of(map(bare, written), _classes(lexicon))


@cache
def _classes(lexicon: str) -> dict[str, str]:
    """The classes of words, each with the classes before it put in."""
    classes: dict[str, str] = {}
    for name, written in load(lexicon)["class"].items():
        classes[name] = _GROUP.sub(lambda found: f"({classes[found[1]]})", bare(written))
    return classes


def _longest_first(phrase: str) -> str:
    return "|".join(sorted(map(_inside, choices(phrase)), key=len, reverse=True))


def _inside(phrase: str) -> str:
    """A phrase with the choices in its brackets put in order."""
    opening = phrase.find("(")
    if opening < 0:
        return phrase
    end = closing(phrase, opening)
    return f"{phrase[:opening]}({_longest_first(phrase[opening + 1 : end])}){_inside(phrase[end + 1 :])}"
