"""Languages the line does not speak: which one it is, and whether the text cries for help. A person reads the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from escalation.folding import tokens
from escalation.language import guess
from escalation.lexicons import LANGUAGES, load
from escalation.phrase_matcher import Matcher

_SCRIPTS = (
    ("ru", re.compile("[ыэёъ]", re.IGNORECASE)),
    ("uk", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)
_LATIN_END = "\u024f"
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


def foreign(text: str, languages: Sequence[str]) -> Foreign | None:
    """What a text in a language without word lists of its own is; None for one that is read here, or in doubt."""
    language = _by_script(text) or _by_words(text, languages)
    if language is None:
        return None
    matcher, labels = _danger()
    heard = {labels[hit.label] for hit in matcher.find(tokens(text))}
    read = {"uk", "ru"} if language in ("uk", "ru") else {language}
    return Foreign(language, bool(heard & read))


def _by_script(text: str) -> str | None:
    letters = [c for c in text if c.isalpha()]
    strange = [c for c in letters if c > _LATIN_END]
    if len(strange) < 3 or len(strange) * 2 <= len(letters):
        return None
    return next((name for name, script in _SCRIPTS if script.search(text)), _UNREAD)


def _by_words(text: str, languages: Sequence[str]) -> str | None:
    found = guess(text, languages)
    if found.language is None or found.language in LANGUAGES:
        return None
    alone = found.scores[0][1] >= _CLEAR and not any(language in LANGUAGES for language, _ in found.scores)
    return found.language if found.sure or alone else None
