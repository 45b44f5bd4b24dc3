"""Whether a text speaks of danger, by weights: sentence by sentence, so that what is harmless beside it hides nothing.

A sentence that says nothing of danger weighs nothing, never less: only what takes an event back, dates it or
likens it to something ("nobody was hurt", "on television") weighs against the other sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from escalation.linear import Weights, most_telling

_TAKES_BACK = frozenset(
    f"concept {name}" for name in ("over_and_past", "nobody_hurt", "screen_or_play", "figure_of_speech", "solved")
)


@dataclass(frozen=True, slots=True)
class DangerVerdict:
    """How likely somebody is in danger, as a share of 1, and the features that spoke most for it."""

    share: float
    because: tuple[str, ...]


def weigh_danger(sentences: Sequence[Mapping[str, float]], rules: Mapping[str, float], by: Weights) -> DangerVerdict:
    """Weigh the features of each sentence and the rules that hold in the whole text."""
    telling = _parts(rules, by)
    total = by.bias[0] + sum(telling.values())
    said = set[str]()
    # What two sentences say counts once, and for the one that speaks of danger most: no other may take it from there.
    for whole in sorted((_parts(found, by) for found in sentences), key=lambda parts: -sum(parts.values())):
        parts = {name: part for name, part in whole.items() if name not in said}
        said.update(whole)
        telling.update(parts)
        against = sum(part for name, part in parts.items() if part < 0 and name in _TAKES_BACK)
        total += max(sum(parts.values()), against)
    reasons = most_telling((part, name) for name, part in telling.items())
    return DangerVerdict(1 / (1 + exp(-total / by.scale)), tuple(f"danger: {name}" for name in reasons))


def _parts(found: Mapping[str, float], by: Weights) -> dict[str, float]:
    """What each feature adds to the total, of those that have a weight."""
    known = by.features.get
    return {name: value * row[0] for name, value in found.items() if (row := known(name)) is not None}
