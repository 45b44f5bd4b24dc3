"""Water, heating, lift: trouble with the house that a landlord's own emergency service mends, day or night."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from escalation.folding import Token
from escalation.lexicons import load
from escalation.phrase_matcher import Matcher


@cache
def _lexicon() -> Matcher:
    matcher = Matcher()
    for phrases in load("house")["trouble"].values():
        for phrase in filter(None, map(str.strip, phrases.splitlines())):
            matcher.add(phrase, 0, {})
    return matcher


def house_trouble(words: Sequence[Token]) -> bool:
    """Whether folded words (`folding.tokens`) tell of water, heating or a lift that does what it should not."""
    return bool(_lexicon().find(words))
