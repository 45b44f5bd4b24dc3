"""A linear model over what was found in a text: weights as data, a share for each class, and what decided.

The weights are learned by `make weights` from the project's own labelled texts. Nothing here knows what a
feature means; each is a name that a person can read.
"""

from __future__ import annotations

import json
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from escalation.lexicons import undisturbed

_MOST_REASONS = 4
_PIECE = "~"  # pieces of words explain nothing to a person


@dataclass(frozen=True, slots=True)
class Head:
    """One question that the weights answer: its classes and where their columns begin."""

    name: str
    classes: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Weights:
    """`bias` and every feature's row hold one whole number for each class of each head, in the heads' order;
    divided by `scale` they are the weights."""

    heads: tuple[Head, ...]
    bias: Sequence[int]
    features: Mapping[str, Sequence[int]]
    scale: int


_Known = tuple[float, str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The likeliest class and every class's share of 1. `readable` are the features with a name for people, each with
    its value and its row, `column` is the likeliest class's."""

    name: str
    shares: Mapping[str, float]
    readable: Sequence[_Known]
    column: int

    @property
    def because(self) -> tuple[str, ...]:
        """The features that spoke most for the likeliest class."""
        return most_telling((value * row[self.column], name) for value, name, row in self.readable)


@cache
@undisturbed()
def weights(name: str) -> Weights:
    """The weights in ``lexicons/weights/<name>.json``."""
    return weights_from(files("escalation.lexicons").joinpath("weights", f"{name}.json").read_text("utf-8"))


def weights_from(written: str) -> Weights:
    """Weights as they are written in a file."""
    read = json.loads(written)
    heads, start = list[Head](), 0
    for head, classes in read["heads"].items():
        heads.append(Head(head, tuple(classes), start))
        start += len(classes)
    features = {feature: array("h", row) for feature, row in read["features"].items()}
    return Weights(tuple(heads), read["bias"], features, read["scale"])


def judge(found: Mapping[str, float], by: Weights) -> dict[str, Verdict]:
    """Weigh features (name to value); the verdict of every head by its name."""
    rows: dict[float, list[Sequence[int]]] = defaultdict(list)
    readable = list[_Known]()
    for name, value in found.items():
        row = by.features.get(name)
        if row is not None:
            rows[value].append(row)
            if not name.startswith(_PIECE):
                readable.append((value, name, row))
    totals: list[float] = list(by.bias)
    for value, alike in rows.items():  # few values and many rows: the columns are summed before they are scaled
        totals = [total + value * sum(column) for total, column in zip(totals, zip(*alike, strict=True), strict=True)]
    totals = [total / by.scale for total in totals]
    return {head.name: _verdict(head, totals, readable) for head in by.heads}


def _verdict(head: Head, totals: Sequence[float], readable: Sequence[_Known]) -> Verdict:
    own = [*totals[head.start : head.start + len(head.classes)]]
    if len(own) == 1:  # a yes or no: its one column against nothing
        own.append(0.0)
    highest = max(own)
    parts = [math.exp(total - highest) for total in own]
    whole = sum(parts)
    best = own.index(highest)
    column = head.start + min(best, len(head.classes) - 1)
    names = head.classes if len(head.classes) > 1 else (*head.classes, "")
    shares = {name: part / whole for name, part in zip(names, parts, strict=True)}
    return Verdict(names[best], shares, readable, column)


def most_telling(parts: Iterable[tuple[float, str]]) -> tuple[str, ...]:
    """The features that spoke most, of (part of the total, feature); of those that a person can read."""
    spoke = [(part, name) for part, name in parts if part > 0 and not name.startswith(_PIECE)]
    return tuple(name for _, name in sorted(spoke, reverse=True)[:_MOST_REASONS])
