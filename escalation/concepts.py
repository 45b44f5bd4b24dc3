"""What a text's words mean, whatever language they are in: concepts such as ``music`` or ``not_seen``, from word lists.

A concept is one meaning with its words in every language (lexicons/concepts); weights over concepts learn from
all languages at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from escalation.folding import Token
from escalation.lexicons import LANGUAGES, concept_tables, undisturbed
from escalation.phrase_matcher import Matcher

_DOORS = frozenset(("tv", "th", "mf", "st"))


class Concept(NamedTuple):
    """One meaning found in a text: its name and language, the positions of its words, the phrase as the list has it."""

    name: str
    language: str
    at: tuple[int, ...]
    source: str


@cache
@undisturbed()
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


def concepts(words: Sequence[Token]) -> list[Concept]:
    """The concepts of folded words in every language, in the order of their first word."""
    matcher, labels = _compiled()
    doors = {n for n in range(1, len(words)) if words[n].word in _DOORS and words[n - 1].word.isdigit()}
    return [Concept(*labels[hit.label], hit.at, hit.source) for hit in matcher.find(words) if doors.isdisjoint(hit.at)]


def spoken_in(found: Iterable[Concept], languages: frozenset[str] | None) -> list[Concept]:
    """Those of some languages; of all where none of `languages` has a list."""
    listed = (languages or frozenset()).intersection(LANGUAGES)
    return [concept for concept in found if not listed or concept.language in listed]
