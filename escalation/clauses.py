"""Reads a reply clause by clause: which language, how it speaks (asks, repeats, offers), and what it tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise

from escalation.lexicons import load
from escalation.phrases import any_of
from escalation.unmask import fold

LANGUAGES = ("da", "en", "de")
_ABBREVIATED = r"(?<![\d.])(?<!\bkl)(?<!\bst)(?<!\bnr)(?<!\bhr)(?<!\bfr)(?<!\bdr)(?<!\bmr)(?<!\bms)"
_SENTENCE = re.compile(rf"(?<=[!?…])\s+|{_ABBREVIATED}\.\s+|\n+|;\s")
_NOD = re.compile(r",\s*" + any_of(load("disclosure_names")["nods"]).pattern + r"\W*$")
_REMEMBERED = 300  # characters back to whom a pronoun may mean


@dataclass(frozen=True)
class Clause:
    """One clause of a folded text with the languages it may be in and what stands around it."""

    text: str
    languages: tuple[str, ...]
    question: bool
    before: str
    _known: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def speaks(self, frame: str) -> bool:
        """Whether it speaks in this way, in any language it may be in."""
        return self.once(frame, lambda: any(lexicon(name).frames[frame].search(self.text) for name in self.languages))

    def once(self, question: str, find: Callable[[], bool]) -> bool:
        """What `find` says to a question about this clause: asked often, searched once."""
        if question not in self._known:
            self._known[question] = find()
        return self._known[question]

    @cached_property
    def plain(self) -> str:
        """Its words without the phrases that sound telling and are not."""
        text = self.text
        for language in self.languages:
            text = lexicon(language).frames["harmless"].sub(" ", text)
        return text


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words: rooms of patterns by name, as the lexicon files explain them."""

    function: frozenset[str]
    frames: Mapping[str, re.Pattern[str]]
    person: Mapping[str, re.Pattern[str]]
    strong: Mapping[str, re.Pattern[str]]
    weak: Mapping[str, re.Pattern[str]]
    always: Mapping[str, re.Pattern[str]]
    passing: Mapping[str, re.Pattern[str]]
    plain: Mapping[str, re.Pattern[str]]
    signs: Mapping[str, re.Pattern[str]]


@cache
def lexicon(language: str) -> Lexicon:
    """What the guard knows of one language."""
    told = load(f"disclosure_{language}")
    groups = dict(told["groups"])
    rooms = {
        room: {name: any_of(phrases, groups) for name, phrases in told[room].items()}
        for room in ("frames", "person", "strong", "weak", "always", "passing", "plain", "signs")
    }
    return Lexicon(frozenset(fold(told["function"]).split()), **rooms)


def clauses_of(folded: str, language: str | None = None) -> tuple[Clause, ...]:
    """The clauses of a folded text in order. `language` decides only where the words do not."""
    overall = _languages(folded, (language,) if language in LANGUAGES else LANGUAGES)
    clauses: list[Clause] = []
    before = ""
    for sentence in (s for s in _sentences(folded) if s.strip()):
        spoken = _languages(sentence, overall)
        question = _asks(sentence)
        for part in _parts(sentence, spoken):
            clauses.append(Clause(part, spoken, question, before))
            before = (before + " " + part)[-_REMEMBERED:]
    return tuple(clauses)


def speaks_of_tomorrow(clause: Clause) -> bool:
    """Whether the clause puts something off to the next day."""
    return clause.speaks("tomorrow")


def _sentences(folded: str) -> Iterator[str]:
    position = 0
    for match in _SENTENCE.finditer(folded):
        yield folded[position : match.start()]
        position = match.end()
    yield folded[position:]


def _asks(sentence: str) -> bool:
    """Whether a sentence asks; one that only begs for a nod ("…, isn't it?") tells what it says."""
    return sentence.rstrip(" \"')*").endswith("?") and not _NOD.search(sentence)


def _parts(sentence: str, languages: tuple[str, ...]) -> list[str]:
    """A sentence cut before its "but": what is said behind it is said outright."""
    cuts = {0, len(sentence)}
    for language in languages:
        cuts |= {m.start() for m in lexicon(language).frames["adversative"].finditer(sentence)}
    marks = sorted(cuts)
    return [sentence[a:b] for a, b in pairwise(marks) if sentence[a:b].strip()]


def _languages(text: str, fallback: tuple[str, ...]) -> tuple[str, ...]:
    """The language with most of its small words in the text; several on a tie, `fallback` without any."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text)
    counts = {language: sum(w in lexicon(language).function for w in words) for language in LANGUAGES}
    most = max(counts.values())
    if most == 0:
        return fallback
    best = tuple(language for language, count in counts.items() if count == most)
    both = tuple(language for language in best if language in fallback)
    return both or best
