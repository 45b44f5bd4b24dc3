"""Whether a text speaks of danger, by weights: sentence by sentence, so that what is harmless beside it hides nothing.

A sentence that says nothing of danger weighs nothing, never less: only what takes an event back, dates it or
likens it to something ("nobody was hurt", "on television") weighs against the other sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from escalation.linear import Weights

_TAKES_BACK = frozenset(
    f"concept {name}" for name in ("over_and_past", "nobody_hurt", "screen_or_play", "figure_of_speech", "solved")
)
_MOST_REASONS = 4
_PIECE = "~"


@dataclass(frozen=True, slots=True)
class DangerVerdict:
    """How likely somebody is in danger, as a share of 1, and the features that spoke most for it."""

    share: float
    because: tuple[str, ...]


def weigh_danger(sentences: Sequence[Mapping[str, float]], rules: Mapping[str, float], by: Weights) -> DangerVerdict:
    """Weigh the features of each sentence and the rules that hold in the whole text."""
    telling = list[tuple[float, str]]()
    total = by.bias[0] + _sum(rules, by, telling)
    said = set[str]()
    # What two sentences say counts once, and for the one that speaks of danger most: no other may take it from there.
    for whole in sorted(sentences, key=lambda found: -_sum(found, by, [])):
        found = {name: value for name, value in whole.items() if name not in said}
        said.update(whole)
        against = sum(value * by.features[name][0] for name, value in found.items() if _takes_back(name, by))
        total += max(_sum(found, by, telling), against)
    spoke = sorted(telling, reverse=True)[:_MOST_REASONS]
    return DangerVerdict(1 / (1 + exp(-total / by.scale)), tuple(f"danger: {name}" for _, name in spoke))


def _sum(found: Mapping[str, float], by: Weights, telling: list[tuple[float, str]]) -> float:
    total = 0.0
    for name, value in found.items():
        row = by.features.get(name)
        if row is not None:
            part = value * row[0]
            total += part
            if part > 0 and not name.startswith(_PIECE):
                telling.append((part, name))
    return total


def _takes_back(name: str, by: Weights) -> bool:
    return name in _TAKES_BACK and name in by.features and by.features[name][0] < 0
