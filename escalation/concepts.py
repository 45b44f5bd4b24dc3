"""What a text's words mean, whatever language they are in: concepts such as ``music`` or ``not_seen``, from word lists.

A concept is one meaning with its words in every language (lexicons/concepts); weights over concepts learn from
all languages at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from escalation.folding import Token
from escalation.lexicons import LANGUAGES, concept_tables
from escalation.phrase_matcher import Matcher

_DOORS = frozenset(("tv", "th", "mf", "st"))


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning found in a text: its name, the positions of its words, and the phrase as the list has it."""

    name: str
    at: tuple[int, ...]
    source: str


@cache
def _compiled() -> tuple[Matcher, tuple[tuple[str, str], ...]]:
    matcher, labels = Matcher(), list[tuple[str, str]]()
    for name, by_language in concept_tables():
        for language in LANGUAGES:
            labels.append((name, language))
            for phrase in _phrases(by_language.get(language, "")):
                matcher.add(phrase, len(labels) - 1, {})
    return matcher, tuple(labels)


def _phrases(listed: str) -> Iterator[str]:
    for line in listed.splitlines():
        yield from filter(None, map(str.strip, line.split(",")))


@cache
def _labels(spoken: frozenset[str] | None) -> frozenset[int]:
    _, labels = _compiled()
    return frozenset(n for n, (_, language) in enumerate(labels) if not spoken or language in spoken)


def concepts(words: Sequence[Token], spoken: frozenset[str] | None = None) -> list[Concept]:
    """The concepts of folded words, in the order of their first word. `spoken` limits the languages read."""
    matcher, labels = _compiled()
    doors = {n for n in range(1, len(words)) if words[n].word in _DOORS and words[n - 1].word.isdigit()}
    hits = matcher.find(words, _labels(spoken & frozenset(LANGUAGES) if spoken else None))
    return [Concept(labels[hit.label][0], hit.at, hit.source) for hit in hits if doors.isdisjoint(hit.at)]
