"""Learns the weights from the labelled texts: `make weights`. Nothing is random: the same texts give the same weights.

Logistic regression with a quadratic penalty. Of danger a word, or a piece of one, may only speak for it and never
against it, so that nothing harmless beside a danger makes it less likely; nor may a rule of danger, the concept of an
emergency, or a wish such as thanks. Other concepts and rules may do both.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import click
import numpy as np
from scipy.optimize import minimize
from scipy.sparse import coo_array, csr_array
from scipy.special import expit

from escalation.evidence import Evidence, gather
from escalation.lexicons import load
from escalation.lines import LineConfig
from tests.understanding.figures import Row
from tests.understanding.labelled import TEXTS, example_line, rows

SCALE = 100
_SEEN_IN = 2
_MOST_STEPS = 1000
_SMALLEST, _SMALLEST_PIECE = 0.1, 0.35
Examples = Sequence[tuple[Row, Evidence]]


@dataclass(frozen=True, slots=True)
class Task:
    """One question to learn to answer: the label of a text (None leaves it out), and how it is learned.

    Of two classes the later in the alphabet is the yes, and the weights are its alone. With `words_speak_for`, of these
    two, what is said in passing weighs nothing less than nothing.
    """

    name: str
    label: Callable[[Row], str | None]
    penalty: float
    words_speak_for: bool = False


def _of_reports(key: str) -> Callable[[Row], str | None]:
    return lambda row: str(row[key]) if row["intent"] == "report" else None


def _urgency(row: Row) -> str | None:
    if row["intent"] != "report":
        return None
    return "urgent" if row["urgency"] == "urgent" else "calm"


def _of_danger(found: Evidence) -> Mapping[str, float]:
    return dict(found.danger_rules) | {name: value for each in found.sentences for name, value in each.items()}


# The files of weights: whose features they weigh, and the questions they answer.
FILES: Mapping[str, tuple[Callable[[Evidence], Mapping[str, float]], Sequence[Task]]] = {
    "text": (
        lambda found: found.features,
        (
            Task("matter", _of_reports("category"), 0.25),
            Task("urgency", _urgency, 0.3),
            Task("intent", lambda row: str(row["intent"]), 0.1),
        ),
    ),
    "danger": (_of_danger, (Task("danger", lambda row: "danger" if row["danger"] else "calm", 0.0025, True),)),
}


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights of named features (rows) for classes (columns)."""

    classes: tuple[str, ...]
    bias: np.ndarray
    weights: np.ndarray


def as_json(tasks: Sequence[Task], learned: Sequence[Learned], names: Sequence[str], texts: str) -> str:
    """One feature a line, in whole numbers, without those that weigh next to nothing."""
    columns = np.rint(np.hstack([each.weights for each in learned]) * SCALE).astype(int)
    least = [_SMALLEST_PIECE if name.startswith("~") else _SMALLEST for name in names]
    lines = [
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(row.tolist(), separators=(',', ':'))}"
        for name, row, small in zip(names, columns, least, strict=True)
        if np.abs(row).max() >= small * SCALE
    ]
    head = {
        "made_from": texts,
        "scale": SCALE,
        "heads": {task.name: each.classes for task, each in zip(tasks, learned, strict=True)},
        "bias": np.rint(np.hstack([each.bias for each in learned]) * SCALE).astype(int).tolist(),
    }
    return json.dumps(head)[:-1] + ', "features": {\n' + ",\n".join(lines) + "\n}}\n"


def seen_features(found: Iterable[Mapping[str, float]]) -> tuple[str, ...]:
    """The features that more than one text has."""
    counted = Counter(name for features in found for name in features)
    return tuple(sorted(name for name, count in counted.items() if count >= _SEEN_IN))


def learn(task: Task, labelled: Sequence[tuple[str, Mapping[str, float]]], names: Sequence[str]) -> Learned:
    """The weights of the named features that tell the labels of these texts apart."""
    place = {name: at for at, name in enumerate(names)}
    found = csr_array(_matrix([each for _, each in labelled], place))
    classes = tuple(sorted({label for label, _ in labelled}))
    wanted = np.array([classes.index(label) for label, _ in labelled])
    if task.words_speak_for:
        return _speaking_for(task, found, wanted, names, classes[1:])
    from sklearn.linear_model import LogisticRegression  # a second and a half, for every process that collects tests

    model = LogisticRegression(C=1 / task.penalty, max_iter=1000, tol=1e-5).fit(found, wanted)
    if len(classes) == 2:  # a yes or no is one column, that of the class that is later in the alphabet
        return Learned(classes[1:], model.intercept_, model.coef_.T)
    return Learned(classes, model.intercept_, model.coef_.T)


@cache
def _only_for() -> frozenset[str]:
    """The concepts that never make a danger less likely: those of emergencies, and wishes but for "it is solved"."""
    listed = {**load("concepts/emergencies"), **load("concepts/wishes")}
    return frozenset(f"concept {name}" for name in listed if name != "solved")


def _may_speak_against(name: str) -> bool:
    return name.startswith(("concept ", "rule ")) and not name.startswith("rule danger") and name not in _only_for()


def _speaking_for(
    task: Task, found: csr_array, wanted: np.ndarray, names: Sequence[str], classes: tuple[str, ...]
) -> Learned:
    """The same regression of a yes or no with bounds, which scikit-learn's does not have."""
    turned = csr_array(found.T)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        totals = found @ at[:-1] + at[-1]
        wrong = expit(totals) - wanted
        worth = np.logaddexp(0, totals).sum() - (wanted * totals).sum() + task.penalty / 2 * (at[:-1] ** 2).sum()
        return float(worth), np.append(turned @ wrong + task.penalty * at[:-1], wrong.sum())

    both = [(None, None) if _may_speak_against(name) else (0, None) for name in names]
    best = minimize(
        loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=[*both, (None, None)],
        options={"maxiter": _MOST_STEPS, "maxfun": 2 * _MOST_STEPS},
    )  # fmt: skip
    return Learned(classes, best.x[-1:], best.x[:-1, np.newaxis])


def _matrix(found: Sequence[Mapping[str, float]], place: Mapping[str, int]) -> coo_array:
    entries = [(n, place[name], value) for n, each in enumerate(found) for name, value in each.items() if name in place]
    texts, columns, values = zip(*entries, strict=True)
    return coo_array((values, (texts, columns)), shape=(len(found), len(place)))


def examples(labelled: Iterable[Row], line: LineConfig) -> Examples:
    """What is found in each text by a line's languages."""
    return [(row, gather(row["text"], country=line.country, languages=line.languages)) for row in labelled]


def made_from(folder: Path = TEXTS) -> str:
    """The fingerprint of the texts that weights are learned from."""
    return sha256((folder / "messages_tuned.jsonl").read_bytes()).hexdigest()[:16]


def write(name: str, seen: Examples, texts: str) -> Path:
    """Learn one file of weights and write it beside the word lists."""
    features, tasks = FILES[name]
    found = [(row, features(evidence)) for row, evidence in seen]
    names = seen_features(each for _, each in found)
    learned = [
        learn(task, [(label, each) for row, each in found if (label := task.label(row)) is not None], names)
        for task in tasks
    ]
    path = Path(str(files("escalation.lexicons"))) / "weights" / f"{name}.json"
    path.write_text(as_json(tasks, learned, names, texts), "utf-8")
    return path


@click.command()
def main() -> None:
    """Learn all weights anew."""
    seen = examples(rows("messages", "tuned"), example_line())
    for name in FILES:
        path = write(name, seen, made_from())
        click.echo(f"{name}: {path.stat().st_size} bytes from {len(seen)} texts")


if __name__ == "__main__":
    main()
