"""Learns from the labelled replies what one looks like that gives somebody away; prints how well, writes the weights.

`python -m tests.understanding.train_replies`: a linear model, learnt by plain descent in a fixed order, so that the
same texts make the same weights. The figures are of texts each left out of the learning in its turn.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from bot.cli_explain import secrets_from
from escalation import lexicons
from escalation.disclosure import judge, signs_of
from escalation.secret_names import words_of
from escalation.suspicion import Weights
from escalation.unmask import fold as folded
from escalation.unmask import unmask
from tests.understanding.figures import Row
from tests.understanding.labelled import rows

WEIGHTS = Path(lexicons.__file__).with_name("disclosure_weights.toml")
_SUSPICIOUS = -30  # in hundredths: above it a text is held although the grammar finds nothing
_HARMLESS = -200  # below it a text passes although the grammar finds something
_ROUNDS, _STEP, _SHRINK, _FOLDS = 12, 0.15, 0.01, 8
# What the grammar says weighs more than any one word.
_GRAMMAR, _GRAMMAR_WEIGHS = ("h:", "f:", "p:", "l:", "s:"), 3.0
_LIMITS = (-60, -30, 0, 30, 60)  # what else `suspicious` could be
_SMALLEST = 4  # hundredths: a weight below changes no verdict
_HEAD = """# What a reply looks like that gives somebody away: made, not written:
# `python -m tests.understanding.train_replies`.
# In hundredths, above 0 for telling, below for harmless. w: a word, b: a pair, c: a piece of a word, p: what a clause
# is about, f: how it speaks, s: classes of words alike in all languages, one or
# two in a clause, h: what the grammar found (room and kind), l: how long the text is.

"""


Labelled = tuple[frozenset[str], bool]


def without_names(row: Row) -> str:
    """The text without the names of its case, which no other case has."""
    known = {part for told in row["context"].values() for part in re.findall(r"[^\W\d_]{3,}", folded(str(told or "")))}
    view = unmask(row["text"])
    text = row["text"]
    for word in reversed([w for w in words_of(view) if w.plain.removesuffix("s") in known]):
        start, end = view.span(word.start, word.end)
        text = text[:start] + text[end:]
    return str(text)


def learnt(labelled: Sequence[Labelled]) -> Weights:
    """Logistic regression with a step of its own for every feature."""
    counts = Counter(feature for features, _ in labelled for feature in features)
    scaled = [
        ([(f, _pull(f) / math.sqrt(len(features))) for f in sorted(features) if counts[f] > 1], telling)
        for features, telling in labelled
    ]
    weights: dict[str, float] = defaultdict(float)
    slopes: dict[str, float] = defaultdict(lambda: 1e-3)
    bias, order = 0.0, random.Random(7)
    for _ in range(_ROUNDS):
        order.shuffle(scaled)
        for features, telling in scaled:
            total = bias + sum(weights[f] * pull for f, pull in features)
            missed = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - telling
            bias -= 0.05 * missed
            for feature, pull in features:
                slope = missed * pull + _SHRINK * weights[feature] * pull
                slopes[feature] += slope * slope
                weights[feature] -= _STEP * slope / math.sqrt(slopes[feature])
    whole = {feature: round(100 * weight * _pull(feature)) for feature, weight in weights.items()}
    kept = {feature: weight for feature, weight in whole.items() if abs(weight) >= _SMALLEST}
    return Weights(round(100 * bias), _SUSPICIOUS, _HARMLESS, kept)


def _pull(feature: str) -> float:
    return _GRAMMAR_WEIGHS if feature.startswith(_GRAMMAR) else 1.0


def write(found: Weights) -> None:
    """The weights as a lexicon file, heaviest first."""
    ordered = sorted(found.of.items(), key=lambda item: (-abs(item[1]), item[0]))
    lines = "\n".join(f"{feature} {weight}" for feature, weight in ordered)
    head = f"{_HEAD}bias = {found.bias}\nsuspicious = {found.suspicious}\nharmless = {found.harmless}\n"
    WEIGHTS.write_text(f'{head}weights = """\n{lines}\n"""\n', "utf-8")


def left_out(labelled: Sequence[Row], signs: Sequence[Labelled]) -> Iterator[tuple[Row, Weights]]:
    """Every text with weights learnt from the others."""
    folds = [crc32(row["id"].encode()) % _FOLDS for row in labelled]
    for part in range(_FOLDS):
        found = learnt([sign for sign, fold in zip(signs, folds, strict=True) if fold != part])
        yield from ((row, found) for row, fold in zip(labelled, folds, strict=True) if fold == part)


def main() -> None:
    """Learn, tell how texts left out fare, and write what was learnt from all of them."""
    labelled = rows("replies", "tuned")
    signs = [(signs_of(without_names(row), row["lang"]), bool(row["disclose"])) for row in labelled]
    held: Counter[tuple[int, bool]] = Counter()
    seen = Counter(bool(row["disclose"]) for row in labelled)
    for row, found in left_out(labelled, signs):
        for limit in _LIMITS:
            weights = replace(found, suspicious=limit)
            verdict = judge(row["text"], secrets_from(row["context"]), row["lang"], weights).verdict
            held[limit, row["disclose"]] += verdict != "pass"
    for limit in _LIMITS:
        telling, harmless = held[limit, True] / seen[True], held[limit, False] / seen[False]
        print(f"suspicious above {limit:4}: {telling:.3f} of the telling held, {harmless:.3f} of the harmless")
    write(learnt(signs))


if __name__ == "__main__":
    main()
