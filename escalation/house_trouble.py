"""Water, heating, lift: trouble with the house that a landlord's own emergency service mends, day or night."""

from __future__ import annotations

from functools import cache

from escalation.folding import tokens
from escalation.lexicons import load
from escalation.phrase_matcher import Matcher


@cache
def _lexicon() -> Matcher:
    matcher = Matcher()
    for phrases in load("house")["trouble"].values():
        for phrase in filter(None, map(str.strip, phrases.splitlines())):
            matcher.add(phrase, 0, {})
    return matcher


def house_trouble(text: str) -> bool:
    """Whether a text tells of water, heating or a lift that does what it should not."""
    return bool(_lexicon().find(tokens(text)))
