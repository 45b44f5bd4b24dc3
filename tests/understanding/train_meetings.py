"""Learns what the words of an answer to an invitation weigh: `python -m tests.understanding.train_meetings`.

Beside it stands how well answers are read by weights that have seen no text of their writer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import click

from escalation.folding import compose
from escalation.linear import Weights, weights_from
from escalation.meeting_replies import meeting_reply, readings
from escalation.meeting_weights import features_of
from tests.understanding.figures import Row
from tests.understanding.labelled import TEXTS, rows
from tests.understanding.train import Task, as_json, learn, seen_features

TASK = Task("intent", lambda row: str(row["intent"]), 0.12)
_PENALTIES = (0.03, 0.06, 0.12)
_WRITER = re.compile(r"[a-z]+\d?(?=_)|[a-z]+")
Example = tuple[Row, Mapping[str, float]]


def examples(labelled: Sequence[Row]) -> list[Example]:
    """The texts with what each is weighed by."""
    return [(row, features_of(*readings(compose(row["text"])))) for row in labelled]


def learned_from(seen: Sequence[Example], task: Task = TASK) -> str:
    """The weights that these texts teach, as the file that holds them."""
    names = seen_features(found for _, found in seen)
    labelled = [(str(row["intent"]), found) for row, found in seen]
    return as_json([task], [learn(task, labelled, names)], names, made_from())


def made_from() -> str:
    """The fingerprint of the texts that weights are learned from."""
    return sha256((TEXTS / "meetings_tuned.jsonl").read_bytes()).hexdigest()[:16]


def of_others(seen: Sequence[Example], writer: str, task: Task = TASK) -> Weights:
    """The weights that everybody's texts teach but those of one writer."""
    return weights_from(learned_from([example for example in seen if writer_of(example[0]) != writer], task))


def writer_of(row: Row) -> str:
    """Who wrote a text: the letters its number begins with."""
    found = _WRITER.match(row["id"])
    return found[0] if found else ""


def figures_of(seen: Sequence[Example], writer: str, task: Task = TASK) -> tuple[int, int, int]:
    """How many of a writer's texts are read right, and how many wrongly as a yes, by what the others teach; of all."""
    by = of_others(seen, writer, task)
    own = [row for row, _ in seen if writer_of(row) == writer]
    told = [(row["intent"], meeting_reply(row["text"], by).intent) for row in own]
    return sum(a == b for a, b in told), sum(a != b == "yes" for a, b in told), len(own)


@click.command()
def main() -> None:
    """Learn the weights, and say how they fare on writers left out, with these and other penalties."""
    seen = examples(rows("meetings", "tuned"))
    for penalty in _PENALTIES:
        for writer in sorted({writer_of(row) for row, _ in seen}):
            right, wrong_yes, texts = figures_of(seen, writer, replace(TASK, penalty=penalty))
            click.echo(f"penalty {penalty}, {writer}: {right / texts:.3f} of {texts} right, {wrong_yes} wrong yes")
    path = Path(str(files("escalation.lexicons"))) / "weights" / "meetings.json"
    path.write_text(learned_from(seen), "utf-8")
    click.echo(f"meetings: {path.stat().st_size} bytes from {len(seen)} texts")


if __name__ == "__main__":
    main()
