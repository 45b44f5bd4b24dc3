"""How much a reply looks like those that gave somebody away: what was learnt, beside what the grammar found.

The last net behind the grammar, for what no word class foresees, and its second opinion. The weights are learnt from
the project's labelled replies (`python -m tests.understanding.train_replies`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from math import sqrt

from escalation import linear
from escalation.clauses import Clause, lexicon
from escalation.linear import Verdict
from escalation.telling import Hit, said_softly, speaks_of_somebody

TELLS = "tells"
_TOKEN = re.compile(r"\w+|[?!]")
_DIGITS = re.compile(r"(?<!\w)[^\W\d]*\d\w*(?:\W{1,2}\d\w*)*")
_NOBODY, _QUOTED = "it", "whoever"
_PIECES = (4, 5)  # letters: long enough for a stem, short enough for a compound
_FRAMES = ("reported", "observe", "formula", "offer", "conditional", "directed", "generic", "adversative")
_SHORT = 3  # words: a clause of fewer tells nothing by what it is about
_LENGTHS = range(5, 31, 5)  # words
# What the grammar says weighs more than any one word, and whom a clause speaks of a little less than that.
_GRAMMAR, _WHO = 3.0, 2.0
# Shares: above the first a text is held although the grammar finds nothing, below the second it passes although the
# grammar finds something. Chosen on writers whose texts were left out of the learning.
SUSPICIOUS, HARMLESS = 0.45, 0.10


def weigh(features: Mapping[str, float], by: linear.Weights | None = None) -> Verdict:
    """What was learnt says of a text's features; `by` stands in for the weights of the package."""
    return linear.judge(features, by or linear.weights("replies"))[TELLS]


def is_held(verdict: Verdict, found: bool) -> bool:
    """Whether a text must wait, given whether the grammar found something telling in it."""
    return verdict.shares[TELLS] > (HARMLESS if found else SUSPICIOUS)


def is_common(word: str) -> bool:
    """Whether the word is one that replies are made of, and so no name somebody misspelt."""
    return word in linear.weights("replies").features


def features_of(clauses: Iterable[Clause], hits: Iterable[Hit]) -> dict[str, float]:
    """What is weighed: words, pairs, pieces of words, whom and what the clauses are about, and what the grammar found.

    Evened out over the length of the text.
    """
    words, grammar, who = list[str](), {f"grammar {room} {kind}" for room, kind in hits}, set[str]()
    for clause in clauses:
        somebody = speaks_of_somebody(clause)
        signs = _signs(clause, somebody)
        words += _words(clause, somebody)
        grammar.update(_manner(clause, signs))
        who.update(_who(clause, signs))
    grammar.update(f"length {length}" for length in _LENGTHS if length <= len(words))
    plain = {*words, *(f"{first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))}
    plain.update(piece for word in set(words) for piece in _pieces(f"<{word}>"))
    even = 1 / sqrt(len(plain) + len(grammar) or 1)
    return dict.fromkeys(plain, even) | dict.fromkeys(grammar, _GRAMMAR * even) | dict.fromkeys(who, _WHO * even)


def _words(clause: Clause, somebody: bool) -> list[str]:
    """The words of a clause; a "he" that is the locksmith or the lift is nobody, and one only quoted or asked about
    may be anybody."""
    text = _DIGITS.sub("0", clause.text)
    if not somebody or said_softly(clause):
        for language in clause.languages:
            text = lexicon(language).person["pronoun"].sub(_QUOTED if somebody else _NOBODY, text)
    return _TOKEN.findall(text)


def _pieces(word: str) -> Iterator[str]:
    for size in _PIECES:
        for start in range(len(word) - size + 1):
            yield f"~{word[start : start + size]}"


def _signs(clause: Clause, somebody: bool) -> set[str]:
    """The classes of words in it that are alike in all languages."""
    signs = {"person"} if somebody else set()
    for words in map(lexicon, clause.languages):
        signs.update(name for name, pattern in words.signs.items() if pattern.search(clause.text))
        signs.update(f"weak_{kind}" for kind, pattern in words.weak.items() if pattern.search(clause.text))
    return signs


def _who(clause: Clause, signs: set[str]) -> Iterator[str]:
    """Whom a clause speaks of, all of them together, and whether it states, asks or only repeats."""
    found = signs & {"person", "we", "reader"}
    if clause.speaks("generic"):
        found.add("all")
    if any(lexicon(language).person["trade"].search(clause.text) for language in clause.languages):
        found.add("trade")
    manner = "asks" if clause.question else "softly" if said_softly(clause) else "states"
    whom = " ".join(sorted(found)) or "nobody"
    yield f"who {whom}"
    yield f"who {whom}, {manner}"


def _manner(clause: Clause, signs: set[str]) -> Iterator[str]:
    """How the clause speaks, and about what; one that is about nothing known tells the most."""
    yield from (f"frame {frame}" for frame in _FRAMES if clause.speaks(frame))
    if clause.question:
        yield "frame question"
        return
    topics = [name for lang in clause.languages for name, p in lexicon(lang).plain.items() if p.search(clause.text)]
    yield from (f"about {topic}" for topic in topics)
    yield from (f"sign {sign}" for sign in signs)
    yield from (f"sign {first} {second}" for first, second in combinations(sorted(signs), 2))
    if not topics:
        yield "about none" if len(clause.text.split()) >= _SHORT else "about little"
