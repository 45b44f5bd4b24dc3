"""Tells the language of a short text from its commonest words, so that the answer comes in the writer's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from escalation.folding import Token, fold, tokens
from escalation.lexicons import load

_SURE_SCORE = 2.0
_SURE_MARGIN = 1.3
_OWN, _SHARED = 1.0, 0.35
_RARE_SCRIPT = {"uk": re.compile("[іїєґ]", re.I), "ar": re.compile("[\u0600-\u06ff]")}
_UMLAUT = re.compile("[äöüß]", re.I)
_NEIGHBOURS = {"nb": ("da",), "sv": ("da",)}


@dataclass(frozen=True, slots=True)
class Guess:
    """A language code or None where nothing tells, whether it is certain, and every language's score."""

    language: str | None
    sure: bool
    scores: tuple[tuple[str, float], ...]


@cache
def _weights() -> dict[str, tuple[tuple[str, float], ...]]:
    seen: dict[str, dict[str, float]] = defaultdict(dict)
    for language, lists in load("language").items():
        for kind, weight in (("shared", _SHARED), ("own", _OWN)):
            for word in lists[kind].split():
                seen[fold(word.replace("'", ""))][language] = weight
    # A word listed by several languages tells less: its weight is shared out.
    return {w: tuple((lang, v / len(by) ** 0.7) for lang, v in by.items()) for w, by in seen.items()}


def guess(text: str, prefer: Sequence[str] = (), words: Sequence[Token] | None = None) -> Guess:
    """The likeliest language of a text; ties go to the earlier one in `prefer` (the line's own languages).

    `words` are the text's folded words where the caller has them already.
    """
    scores: dict[str, float] = defaultdict(float)
    weights = _weights()
    for token in tokens(text) if words is None else words:
        for language, weight in weights.get(token.word, ()):
            scores[language] += weight
    for language, script in _RARE_SCRIPT.items():
        scores[language] += min(len(script.findall(text)), 20)
    if _UMLAUT.search(text):
        scores["de"] += _SHARED * 2
    order = {language: place for place, language in enumerate(prefer)}
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], order.get(pair[0], len(order)), pair[0]))
    ranked = [pair for pair in ranked if pair[1] > 0]
    if not ranked:
        return Guess(None, False, ())
    best, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if score >= _SURE_SCORE and score >= second * _SURE_MARGIN:
        return Guess(best, True, tuple(ranked))
    # "der er larm" could be either: where two are close, most who write to this line write its own.
    own = next((language for language in prefer[:1] if scores[language] * _SURE_MARGIN >= score), best)
    return Guess(own, False, tuple(ranked))


def related(found: Guess) -> frozenset[str] | None:
    """The languages whose words may be read in the text: a sure one with its sisters; None means any."""
    if not found.sure or found.language is None:
        return None
    near = {code for code, score in found.scores if score >= found.scores[0][1] * 0.5}
    return frozenset({found.language, *near, *_NEIGHBOURS.get(found.language, ())})
