"""Short answers to a question: a digit, the word for it, a house number. What is no such answer is left alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from escalation.folding import Token, fold, tokens
from escalation.lexicons import load

_EDGES = " .!)(,:;#"
_HOUSE = re.compile(r"\b(\d{1,4})\s?([a-zæøå])?\b")
_LETTER = re.compile(r"[a-zæøå]")


def digit(kind: str, text: str) -> str | None:
    """The digit a whole text stands for as the answer to a question of this kind; None for everything else."""
    said = " ".join(text.casefold().split()).strip(_EDGES)
    if len(said) == 1 and said.isdecimal():
        return str(int(said))
    for meant, words in load("replies").get(kind, {}).items():
        if said in words:
            return str(meant)
    return None


def option(text: str, houses: Sequence[tuple[str, str | None]]) -> int | None:
    """Which of several offered houses a text picks: 0 for none of them, else 1 and up; None where it picks none.

    `houses` are number and letter of each, in the order offered. ``2``, ``den anden``, ``12b`` and ``b`` all pick.
    """
    picked = digit("which", text)
    if picked is not None and int(picked) <= len(houses):
        return int(picked)
    said = text.casefold().strip(_EDGES)
    named = {(number, letter or None) for number, letter in _HOUSE.findall(said)}
    fitting = [place for place, (number, letter) in enumerate(houses, 1) if (number, _low(letter)) in named]
    if not fitting and _LETTER.fullmatch(said):
        fitting = [place for place, (_, letter) in enumerate(houses, 1) if _low(letter) == said]
    return fitting[0] if len(fitting) == 1 else None


def _low(letter: str | None) -> str | None:
    return letter.casefold() if letter else None


@cache
def _beside() -> frozenset[str]:
    return frozenset(fold(word) for word in load("replies")["beside_an_address"]["words"].split())


def words_beside(words: Sequence[Token], place: str) -> int:
    """How many folded words (`folding.tokens`) are neither in the place nor such as may stand beside an address."""
    meant = _beside().union(token.word for token in tokens(place))
    return sum(1 for w, _, _ in words if w not in meant and len(w) > 1 and not w[0].isdigit())
