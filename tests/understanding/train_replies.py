"""Learns from the labelled replies what one looks like that gives somebody away; prints how well, writes the weights.

`python -m tests.understanding.train_replies`. The figures are of writers whose texts were left out of the learning,
each in his turn: what a stranger's texts will meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import click
import numpy as np

from bot.cli_explain import secrets_from
from escalation.disclosure import judge, signs_of
from escalation.linear import Head, Weights
from escalation.secret_names import words_of
from escalation.suspicion import TELLS
from escalation.unmask import fold as folded
from escalation.unmask import unmask
from tests.understanding.figures import Figures, Row, replies
from tests.understanding.labelled import TEXTS, rows
from tests.understanding.train import SCALE, Learned, Task, as_json, learn, seen_features

WEIGHTS = Path(str(files("escalation.lexicons"))) / "weights" / "replies.json"
TASK = Task(TELLS, lambda row: TELLS if row["disclose"] else "harmless", 0.12)
_PARTS = 8  # of which each in its turn is left out of the learning
Labelled = Sequence[tuple[Row, Mapping[str, float]]]


def without_names(row: Row) -> str:
    """The text without the names of its case, which no other case has."""
    known = {part for told in row["context"].values() for part in re.findall(r"[^\W\d_]{3,}", folded(str(told or "")))}
    view = unmask(row["text"])
    text = row["text"]
    for word in reversed([w for w in words_of(view) if w.plain.removesuffix("s") in known]):
        start, end = view.span(word.start, word.end)
        text = text[:start] + text[end:]
    return str(text)


def made_from() -> str:
    """The fingerprint of the texts that the weights are learned from."""
    return sha256((TEXTS / "replies_tuned.jsonl").read_bytes()).hexdigest()[:16]


def signs(labelled: Sequence[Row]) -> Labelled:
    """Every text with what is weighed of it."""
    return [(row, signs_of(without_names(row), secrets_from(row["context"]), row["lang"])) for row in labelled]


def learnt(seen: Labelled) -> tuple[tuple[str, ...], Learned]:
    """The names of the features that count, and their weights."""
    names = seen_features(found for _, found in seen)
    return names, learn(TASK, [(str(TASK.label(row)), found) for row, found in seen], names)


def writer(row: Row) -> str:
    """Who wrote a text: texts of one writer share the letters of their numbers."""
    found = re.match(r"p\d+(?=_)|[a-z]+", row["id"])
    return found[0] if found else ""


def left_out(seen: Labelled, parts: int) -> Iterator[tuple[Row, Weights]]:
    """Every text with weights learnt without any text of its writer; the writers are dealt into so many parts."""
    part = {name: at % parts for at, name in enumerate(sorted({writer(row) for row, _ in seen}))}
    for own in range(parts):
        names, learned = learnt([each for each in seen if part[writer(each[0])] != own])
        columns = np.rint(learned.weights * SCALE).astype(int).tolist()
        bias = np.rint(learned.bias * SCALE).astype(int).tolist()
        weights = Weights((Head(TELLS, learned.classes, 0),), bias, dict(zip(names, columns, strict=True)), SCALE)
        yield from ((row, weights) for row, _ in seen if part[writer(row)] == own)


def figures_left_out(seen: Labelled, parts: int) -> Figures:
    """The figures of texts judged by weights that their writer had no part in."""
    return replies(
        [
            (row, {"verdict": verdict.verdict, "kinds": verdict.kinds})
            for row, weights in left_out(seen, parts)
            for verdict in [judge(row["text"], secrets_from(row["context"]), row["lang"], weights)]
        ]
    )


@click.command()
def main() -> None:
    """Tell how writers left out fare, and write what was learnt from all of them."""
    seen = signs(rows("replies", "tuned"))
    for name, share in figures_left_out(seen, _PARTS).shares.items():
        click.echo(f"left out: {name} {share}")
    names, learned = learnt(seen)
    WEIGHTS.write_text(as_json([TASK], [learned], names, made_from()), "utf-8")
    click.echo(f"replies: {WEIGHTS.stat().st_size} bytes from {len(seen)} texts")


if __name__ == "__main__":
    main()
