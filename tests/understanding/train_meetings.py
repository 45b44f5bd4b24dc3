"""Trains the model for answers without a known phrase: `python -m tests.understanding.train_meetings`.

From the tuned texts alone; the order is fixed, so the same texts make the same weights.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from importlib.resources import files
from pathlib import Path

from escalation.meeting_cues import Reading
from escalation.meeting_model import CLASSES, SCALE, features, shares
from tests.understanding.labelled import rows

_ROUNDS, _PACE, _SHRINK = 10, 0.3, 1e-4
_SEEN_IN = 2  # texts; what stands in one alone is chance
_LEAST = 1.5  # weights below it decide nothing
_HEAD = """# Weights of the model for answers without a known phrase, in hundredths, one a class:
# {classes}.
# Made by `python -m tests.understanding.train_meetings`; not written by hand.

[weights]
"""


def main() -> None:
    """Train and write the weights into the package."""
    texts = [(features(Reading(row["text"]).said), CLASSES.index(row["intent"])) for row in rows("meetings", "tuned")]
    seen = Counter(name for names, _ in texts for name in names)
    kept = [([name for name in names if seen[name] >= _SEEN_IN], label) for names, label in texts]
    weights = _trained(kept)
    lines = [
        f"{json.dumps(name, ensure_ascii=False)} = {[round(value * SCALE) for value in values]}"
        for name, values in sorted(weights.items())
        if max(map(abs, values)) >= _LEAST
    ]
    target = Path(str(files("escalation.lexicons").joinpath("meeting_weights.toml")))
    target.write_text(_HEAD.format(classes=", ".join(CLASSES)) + "\n".join(lines) + "\n", encoding="utf-8")


def _trained(texts: list[tuple[list[str], int]]) -> dict[str, list[float]]:
    """Logistic regression by small steps, each weight with a pace of its own."""
    weights = {name: [0.0] * len(CLASSES) for names, _ in texts for name in names}
    walked = {name: [1e-6] * len(CLASSES) for name in weights}
    for turn in range(_ROUNDS):
        for names, label in sorted(texts, key=lambda text: _mixed(text[0], turn)):
            each = shares([weights[name] for name in names])
            damped = math.sqrt(len(names) + 1)
            for name in names:
                own, paces = weights[name], walked[name]
                for i, share in enumerate(each):
                    step = (share - (i == label)) / damped + _SHRINK * own[i]
                    paces[i] += step * step
                    own[i] -= _PACE * step / math.sqrt(paces[i])
    return weights


def _mixed(names: list[str], turn: int) -> str:
    return hashlib.sha256(f"{turn} {names}".encode()).hexdigest()


if __name__ == "__main__":
    main()
