"""A small linear model for answers in which no phrase of the lexicon is found: words and parts of words, weighed.

Trained from the labelled texts by `python -m tests.understanding.train_meetings`. It never accepts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from escalation.lexicons import load

Likely = Literal["other_time", "no", "call_me", "need_help"]
CLASSES = ("yes", "other_time", "no", "call_me", "need_help", "danger", "stop", "unclear")
SCALE = 100  # the weights are kept as whole hundredths
_PARTS = (4, 5)
_SURE = 0.6
_SURE_OF_A_NO = 0.75  # a "not" alone is no refusal: "varmen virker ikke"
_MAY: dict[str, Likely] = {"other_time": "other_time", "no": "no", "call_me": "call_me", "need_help": "need_help"}
_LONGEST_WORD = 40
_REASONS = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """What is likely meant, and the words that weighed most for it."""

    intent: Likely
    because: tuple[str, ...]


def features(words: Sequence[str]) -> list[str]:
    """What a text is weighed by: its words, its pairs of words, and the parts of its words, each once."""
    found = dict.fromkeys(words)
    found.update(dict.fromkeys(f"{first} {second}" for first, second in pairwise(words)))
    for word in dict.fromkeys(words):
        edged = f"<{word[:_LONGEST_WORD]}>"
        found.update(dict.fromkeys(f"#{edged[i : i + n]}" for n in _PARTS for i in range(len(edged) - n + 1)))
    return list(found)


def shares(known: Sequence[Sequence[float]]) -> list[float]:
    """How likely each class is, given the weights of the features found."""
    damped = math.sqrt(len(known) + 1)
    sums = [sum(weights[i] for weights in known) / damped for i in range(len(CLASSES))]
    top = max(sums)
    powers = [math.exp(value - top) for value in sums]
    return [power / sum(powers) for power in powers]


@cache
def _weights() -> dict[str, list[float]]:
    return {name: [value / SCALE for value in values] for name, values in load("meeting_weights")["weights"].items()}


def likely(words: Sequence[str]) -> Guess | None:
    """What a text of these folded words means when that is likely enough; None otherwise."""
    known = {name: _weights()[name] for name in features(words) if name in _weights()}
    each = shares(list(known.values()))
    best = max(range(len(CLASSES)), key=each.__getitem__)
    intent = _MAY.get(CLASSES[best])
    if intent is None or each[best] < (_SURE_OF_A_NO if intent == "no" else _SURE):
        return None
    for_it = {word: sum(known[n][best] for n in features([word]) if n in known) for word in dict.fromkeys(words)}
    deciding = sorted(for_it, key=lambda word: -for_it[word])[:_REASONS]
    return Guess(intent, tuple(f"likely {intent}: {word}" for word in deciding))
