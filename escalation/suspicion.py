"""How much a reply looks like those that gave somebody away: a sum of small weights over its words and clauses.

The last net behind the grammar, for what no word class foresees. The weights are learnt from the project's labelled
replies (`python -m tests.understanding.train_replies`); each of them can be read in `lexicons/disclosure_weights.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import sqrt

from escalation.clauses import Clause, lexicon
from escalation.lexicons import load
from escalation.telling import Hit

_TOKEN = re.compile(r"\w+|[?!]")
_DIGITS = re.compile(r"\d+")
_PIECES = (4, 5)  # letters: long enough for a stem, short enough for a compound
_FRAMES = ("reported", "observe", "formula", "offer", "conditional", "directed", "generic", "adversative")
_SHORT = 3  # words: a clause of fewer tells nothing by what it is about
_TOO_SHORT = 5  # words: what a text of fewer tells is for the grammar to say


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt, in hundredths: above `suspicious` a text is held, below `harmless` it passes."""

    bias: int
    suspicious: int
    harmless: int
    of: Mapping[str, int]

    def holds(self, features: frozenset[str]) -> bool:
        """Whether the text belongs rather with those that told something than with the harmless ones."""
        enough = sum(feature.startswith("w:") for feature in features) >= _TOO_SHORT
        return enough and self._score(features) > self.suspicious

    def clears(self, features: frozenset[str]) -> bool:
        """Whether so much speaks for the text that a word the grammar found telling must mean something else here."""
        return self._score(features) < self.harmless

    def deciding(self, features: Iterable[str], count: int = 3) -> tuple[str, ...]:
        """The words and word pairs that weighed most towards holding the text, for whoever asks why."""
        words = [feature for feature in features if feature[:2] in ("w:", "b:") and self.of.get(feature, 0) > 0]
        heaviest = sorted(words, key=lambda feature: (-self.of[feature], feature))[:count]
        return tuple(feature[2:].replace("+", " ").strip("^$ ") for feature in heaviest)

    def _score(self, features: frozenset[str]) -> float:
        """Evened out over the length of the text."""
        return self.bias + sum(self.of.get(feature, 0) for feature in features) / sqrt(len(features) or 1)


@cache
def learnt_weights() -> Weights:
    """The weights of the lexicon file."""
    told = load("disclosure_weights")
    lines = (line.partition(" ") for line in told["weights"].split("\n") if line)
    weights = {feature: int(weight) for feature, _, weight in lines}
    return Weights(told["bias"], told["suspicious"], told["harmless"], weights)


def is_common(word: str) -> bool:
    """Whether the word is one that replies are made of, and so no name somebody misspelt."""
    return f"w:{word}" in learnt_weights().of


def features_of(folded: str, clauses: Iterable[Clause], hits: Iterable[Hit]) -> frozenset[str]:
    """What is weighed: words, pairs, pieces of words, what the clauses are about, and what the grammar found."""
    words = _TOKEN.findall(_DIGITS.sub("0", folded))
    found = {f"h:{room}+{kind}" for room, kind in hits}
    found.update(f"w:{word}" for word in words)
    found.update(f"b:{first}+{second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    for word in set(words):
        found.update(_pieces(f"<{word}>"))
    for clause in clauses:
        found.update(_manner(clause))
    found.add(f"l:{min(6, len(words) // 5)}")
    return frozenset(found)


def _pieces(word: str) -> Iterator[str]:
    for size in _PIECES:
        for start in range(len(word) - size + 1):
            yield f"c:{word[start : start + size]}"


def _signs(clause: Clause) -> Iterator[str]:
    """Classes of words that are alike in all languages, alone and two in one clause."""
    rooms = [(lexicon(language).signs, lexicon(language).weak) for language in clause.languages]
    signs = {name for room, _ in rooms for name, pattern in room.items() if pattern.search(clause.text)}
    signs |= {f"weak_{kind}" for _, room in rooms for kind, pattern in room.items() if pattern.search(clause.text)}
    yield from (f"s:{sign}" for sign in signs)
    yield from (f"s:{first}+{second}" for first, second in combinations(sorted(signs), 2))


def _manner(clause: Clause) -> Iterator[str]:
    """How the clause speaks, and about what; one that is about nothing known tells the most."""
    yield from (f"f:{frame}" for frame in _FRAMES if clause.speaks(frame))
    if clause.question:
        yield "f:question"
        return
    topics = [name for lang in clause.languages for name, p in lexicon(lang).plain.items() if p.search(clause.text)]
    yield from (f"p:{topic}" for topic in topics)
    yield from _signs(clause)
    if not topics:
        yield "p:none" if len(clause.text.split()) >= _SHORT else "p:short"
