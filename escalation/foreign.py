"""Languages the line does not speak: which one it is, and whether the text cries for help. A person reads the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache

from escalation.folding import Token
from escalation.language import Guess
from escalation.lexicons import LANGUAGES, load
from escalation.phrase_matcher import Matcher

_SCRIPTS = (
    ("ru", re.compile("[ыэёъ]", re.IGNORECASE)),
    ("uk", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)
_LETTERS = (
    ("pl", re.compile("[ąćęłńśźż]", re.IGNORECASE)),
    ("tr", re.compile("[ğışİ]")),
    ("ro", re.compile("[ăâîșțţ]", re.IGNORECASE)),
)
_BEYOND_LATIN = re.compile("[^\x00-\u024f]")
_UNREAD = "und"
_CLEAR = 1.0


@dataclass(frozen=True, slots=True)
class Foreign:
    """A language code (``und`` for a script nobody here tells apart), and whether the text speaks of danger."""

    language: str
    danger: bool


@cache
def _danger() -> tuple[Matcher, tuple[str, ...]]:
    matcher, labels = Matcher(), list[str]()
    for language, phrases in load("foreign")["danger"].items():
        for phrase in filter(None, map(str.strip, phrases.splitlines())):
            labels.append(language)
            matcher.add(phrase, len(labels) - 1, {})
    return matcher, tuple(labels)


def foreign(text: str, words: Sequence[Token], found: Guess) -> Foreign | None:
    """What a text in a language without word lists of its own is; None for one that is read here, or in doubt.

    `words` are the text's folded ones (`folding.tokens`), `found` is the language they are guessed to be in.
    """
    matcher, labels = _danger()
    heard = {labels[hit.label] for hit in matcher.find(words)}
    language = _by_script(text) or _by_words(found) or _by_letters(text, found) or _by_cry(text, found, heard)
    if language is None:
        return None
    read = {"uk", "ru"} if language in ("uk", "ru") else {language}
    return Foreign(language, bool(heard & read))


def _by_cry(text: str, found: Guess, heard: Set[str]) -> str | None:
    """Too few words to be sure, but one of them is a cry: the language is taken if anything else points to it."""
    if found.sure and found.language in LANGUAGES:
        return None
    lettered = {name for name, letters in _LETTERS if letters.search(text)}
    return next((name for name in sorted(heard) if name in lettered or name in dict(found.scores)), None)


def _by_script(text: str) -> str | None:
    strange = sum(map(str.isalpha, _BEYOND_LATIN.findall(text)))
    if strange < 3 or strange * 2 <= sum(map(str.isalpha, text)):
        return None
    return next((name for name, script in _SCRIPTS if script.search(text)), _UNREAD)


def _by_letters(text: str, found: Guess) -> str | None:
    """Letters that none of our languages has, in at least two words: one may be a name."""
    if found.sure:
        return None
    lettered = ((name, letters) for name, letters in _LETTERS if letters.search(text))
    return next((n for n, letters in lettered if sum(1 for w in text.split() if letters.search(w)) >= 2), None)


def _by_words(found: Guess) -> str | None:
    if found.language is None or found.language in LANGUAGES:
        return None
    alone = found.scores[0][1] >= _CLEAR and not any(language in LANGUAGES for language, _ in found.scores)
    return found.language if found.sure or alone else None
