"""Cuts an answer to an invitation into segments and finds in each what it says, with denials, conditions and questions.

What the tables of the lexicon weigh against each other is decided in `escalation.meeting_replies`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from escalation.folding import Token, compose, fold, tokens
from escalation.language import guess
from escalation.lexicons import load
from escalation.phrase_matcher import Hit, Matcher

_NEGATION_BEFORE, _NEGATION_AFTER = 4, 5
_ASK = "zzask"
_SUBJECT_BEFORE = 2
_SHORTEST_CONDITION = 3  # words: "wenn keiner schreit"
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")
_CLOCK = re.compile(r"(?<=\d)[.:](?=\d|\s*,|\s+\d)")
_DATE = re.compile(r"(?<=\d)\.(?=\s*([^\W\d_]+))")
_DOTTED = re.compile(r"\b([^\W\d_]{1,6})\.")
_SCANDINAVIAN = frozenset(("da", "nb", "sv"))
# A yes inside a condition or a question is none; a wish for help, a call or another time stays one.
_ASSERTED = frozenset(
    (
        "assent",
        "fits",
        "attend",
        "agree",
        "firm",
        "wish",
        "no_word",
        "no",
        "able",
        "fine",
        "parting",
        "hindered",
        "obstacle",
    )
)
_ACROSS = frozenset(("stop", "danger", "calm", "doubt", "menace", "call", "help", "unsure_not", "never", "torn"))
_UNMASKED = frozenset(("stop", "danger", "menace", "call", "doubt"))
_MENTIONED = frozenset(("mask", "fine", "call_not", "unsure_not", "calm"))


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing said: the table it stands in, the positions of its words, and the phrase as written."""

    name: str
    at: tuple[int, ...]
    source: str
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of words between commas and joining words; `joint` is the kind of word that opens it."""

    first: int
    end: int
    joint: str
    question: bool


@cache
def _lexicon() -> tuple[Matcher, tuple[str, ...], dict[str, frozenset[str]], tuple[tuple[str, str], ...]]:
    """The matcher, the table of each label, the word sets folded, and the signs read as words."""
    tables = load("meetings")
    matcher, names = Matcher(), list[str]()
    for name, table in tables.items():
        for kind, inner in table.items() if name == "joint" else ((name, table),):
            if not isinstance(inner, dict) or "phrases" not in inner:
                continue
            names.append(f"joint.{kind}" if name == "joint" else name)
            for line in filter(None, (line.strip() for line in inner["phrases"].splitlines())):
                for phrase in _spelled_out(line):
                    matcher.add(phrase, len(names) - 1, tables["sets"])
    sets = {name: frozenset(fold(word) for word in words) for name, words in tables["sets"].items()}
    return matcher, tuple(names), sets, tuple(tables["marks"].items())


@lru_cache(maxsize=8192)
def within(word: str, name: str) -> bool:
    """Whether a folded word is in one of the lexicon's sets, or begins with one of its stems (``fredag*``)."""
    words = words_of(name)
    return word in words or any(word.startswith(stem[:-1]) for stem in words if stem.endswith("*"))


def _spelled_out(phrase: str) -> Iterator[str]:
    """A phrase of the lexicon as the matcher takes it: ``vor_ort`` among other choices becomes a phrase of its own."""
    steps = phrase.split()
    at = next((i for i, step in enumerate(steps) if "_" in step), None)
    if at is None:
        yield phrase
        return
    choices = steps[at].split("|")
    single = [choice for choice in choices if "_" not in choice]
    for choice in [*(c.split("_") for c in choices if "_" in c), ["|".join(single)] if single else []]:
        if choice:
            yield from _spelled_out(" ".join([*steps[:at], *choice, *steps[at + 1 :]]))


def words_of(name: str) -> frozenset[str]:
    """The folded words of one of the lexicon's sets."""
    return _lexicon()[2][name]


@cache
def _signs() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(sign) for sign, _ in _lexicon()[3]), re.IGNORECASE)


def marked(text: str) -> str:
    """The text with the signs that are no words (question marks, thumbs) written as words, and without the full
    stops and colons that end nothing ("kl. 10.30", "d. 3. eller")."""
    meant = dict(_lexicon()[3])
    signed = _signs().sub(lambda sign: meant[sign[0].lower()], compose(text))
    timed = _DATE.sub(_date, _CLOCK.sub(" ", signed))
    return _DOTTED.sub(lambda found: f"{found[1]} " if fold(found[1]) in words_of("dotted") else found[0], timed)


def _date(found: re.Match[str]) -> str:
    return " " if fold(found[1]) in words_of("behind_a_date") else found[0]


class Reading:
    """One answer: its words, its segments, and its cues by table, without those that something takes back."""

    def __init__(self, text: str) -> None:
        matcher, names, self._sets, _ = _lexicon()
        self.words: list[Token] = [*tokens(marked(text))]
        self.said = [token.word for token in self.words]
        self.spoken = guess("", words=self.words)
        northern = self.spoken.language in _SCANDINAVIAN
        self._negating = self._sets["neg"] if northern else self._sets["neg"] | self._sets["neg_at"]
        found: dict[str, list[Hit]] = defaultdict(list)
        for hit in matcher.find(self.words):
            found[names[hit.label]].append(hit)
        self.segments = self._cut(found)
        self._starts = [segment.first for segment in self.segments]
        self.cues = self._kept(found)

    def __getitem__(self, name: str) -> list[Cue]:
        return self.cues.get(name, [])

    def segment(self, position: int) -> int:
        """The number of the segment a word stands in."""
        return bisect_right(self._starts, position) - 1

    def number(self, cue: Cue) -> int:
        """The number of the segment a cue begins in."""
        return self.segment(cue.at[0])

    def joint(self, cue: Cue) -> str:
        """The kind of word that opens the segment a cue begins in."""
        return self.segments[self.number(cue)].joint

    def before(self, cue: Cue) -> list[str]:
        """The words of a cue's segment that stand before it."""
        return self.said[self.segments[self.number(cue)].first : cue.at[0]]

    def after(self, cue: Cue) -> list[str]:
        """The words of a cue's segment that stand behind it."""
        return self.said[cue.at[-1] + 1 : self.segments[self.number(cue)].end]

    def says(self, number: int, name: str) -> bool:
        """Whether a segment holds a word of one of the lexicon's sets."""
        segment = self.segments[number]
        return any(within(word, name) for word in self.said[segment.first : segment.end])

    def counts(self, number: int) -> bool:
        """Whether a segment holds a number, which beside "can" or "cannot" is a date or an hour."""
        segment = self.segments[number]
        return any(_ORDINAL.fullmatch(word) for word in self.said[segment.first : segment.end])

    def denies(self, number: int) -> bool:
        """Whether a segment holds a denial."""
        segment = self.segments[number]
        return not self._negating.isdisjoint(self.said[segment.first : segment.end])

    def refuses(self) -> bool:
        """Whether a word anywhere denies or says no, whatever it may deny."""
        return bool(self["no_word"] or self["no"]) or not self._negating.isdisjoint(self.said)

    def runs_on(self, number: int) -> bool:
        """Whether no comma and no full stop stands before a segment."""
        first = self.segments[number].first
        return first > 0 and self.words[first].clause == self.words[first - 1].clause

    def company(self) -> list[Cue]:
        """The conditions that somebody else be there: "hvis min mor må være der". A dog is no company, and "somebody"
        only where he comes along: "as long as somebody takes notes" asks for none."""
        return [
            Cue("help", (p,), "a condition of company")
            for i, segment in enumerate(self.segments)
            if segment.joint == "if" and not self.denies(i)
            for p in range(segment.first, segment.end)
            if within(self.said[p], "kin") and (self.said[p] not in self._sets["anyone"] or self._along(i))
        ]

    def _along(self, number: int) -> bool:
        return any(self.says(number, name) for name in ("joins", "carry", "together"))

    def _cut(self, found: dict[str, list[Hit]]) -> list[Segment]:
        joints = {hit.at[0]: name for name, hits in found.items() if name.startswith("joint.") for hit in hits}
        assented = {hit.at[-1] for hit in found["assent"]}
        opens: dict[int, str] = {}
        for i, token in enumerate(self.words):
            if i == 0 or token.clause != self.words[i - 1].clause:
                opens[i] = joints.get(i, "joint.start")
            elif i in joints and not self._joins_nothing(i, joints[i], opens):
                opens[i] = joints[i]
            elif i - 1 in assented and token.word in self._sets["wh"]:
                opens[i] = "joint.and"
        starts = [*opens, len(self.words)]
        return [
            Segment(first, end, opens[first].removeprefix("joint."), self._asks(first, end))
            for first, end in pairwise(starts)
        ]

    def _joins_nothing(self, at: int, joint: str, opens: Mapping[int, str]) -> bool:
        """Whether a "but" only stands before the denial that ends its clause ("die Uhrzeit geht aber leider nicht"),
        a "for" is the "før" behind the denial that opens it ("ikke før jeg er rask"), or no condition stands before
        what looks like its main clause."""
        clause = self.words[at].clause
        if joint == "joint.then":
            first = max(opens)
            return opens[first] != "joint.if" or at - first < _SHORTEST_CONDITION
        begins = at < 2 or self.words[at - 2].clause != clause
        if joint == "joint.because":
            return begins and self.words[at - 1].word in self._negating
        behind = [word.word for word in self.words[at + 1 : at + 4] if word.clause == clause]
        rest = [word for word in behind if word not in self._sets["polite"]]
        ends = len(behind) < 3 and len(rest) == 1 and rest[0] in self._negating
        return joint == "joint.but" and not begins and ends

    def _asks(self, first: int, end: int) -> bool:
        """Whether a stretch is a question: by its mark, its question word, or the verb before its subject."""
        said = self.said[first:end]
        if _ASK in said:
            return True
        greeted = next((i for i, word in enumerate(said) if word not in self._sets["greeting"]), len(said))
        said = said[greeted:]
        if not said:
            return False
        return said[0] in self._sets["wh"] or (
            len(said) > 1
            and said[0] in self._sets["asks"]
            and said[1] in self._sets["asked"]
            and not (said[1] in self._sets["writer"] and self._negating.intersection(said[2:3]))
        )

    def _kept(self, found: dict[str, list[Hit]]) -> dict[str, list[Cue]]:
        found["mask"] = [hit for hit in found["mask"] if self.segment(hit.at[0]) == self.segment(hit.at[-1])]
        taken = {name: {p for hit in found[name] for p in hit.at} for name in _MENTIONED}
        masked = taken["mask"] | taken["fine"]
        kept: dict[str, list[Cue]] = defaultdict(list)
        for name, hits in found.items():
            gone = (masked if name != "fine" else taken["mask"]) if name not in _UNMASKED else set()
            gone = gone | {"call": taken["call_not"], "unsure": taken["unsure_not"]}.get(name, set())
            for hit in hits if not name.startswith("joint.") else ():
                if name not in _MENTIONED - {"fine"} and gone.intersection(hit.at):
                    continue
                cue = self._cue(name, hit, masked)
                if cue is not None:
                    kept[name].append(cue)
        return kept

    def _cue(self, name: str, hit: Hit, masked: set[int]) -> Cue | None:
        numbers = {self.segment(p) for p in hit.at}
        if len(numbers) > 1 and name not in _ACROSS:
            return None
        segment = self.segments[min(numbers)]
        if name == "no_word" and hit.at[-1] == len(self.words) - 1 and not segment.question:
            return Cue(name, hit.at, hit.source)  # the last word of all: whatever was supposed before it
        asks = segment.question and (name != "fine" or _ASK in self.said[segment.first : segment.end])
        if name in _ASSERTED and (asks or segment.joint in ("if", "that")):
            return None
        if name == "attend" and self._of_another(hit):
            return None
        return Cue(name, hit.at, hit.source, self._denied(hit, segment, masked))

    def _is_time(self, position: int) -> bool:
        """Whether a word names a day or an hour: a word for it, or the number behind "den", "kl" and the like."""
        word = self.said[position]
        return (within(word, "time") and word not in self._sets["in_that_case"]) or (
            _ORDINAL.fullmatch(word) is not None
            and position > 0
            and self.said[position - 1] in self._sets["before_a_time"]
        )

    def denied_times(self) -> list[Cue]:
        """The times that are denied in their segment: "ikke tirsdag", "Donnerstag leider nicht"."""
        masked = {p for name in _MENTIONED - {"calm"} for cue in self[name] for p in cue.at}
        found = []
        for segment in self.segments:
            for p in range(segment.first, segment.end):
                if self.said[p] in self._negating and p not in masked:
                    near = range(max(segment.first, p - _NEGATION_BEFORE), min(segment.end, p + _NEGATION_AFTER))
                    times = (t for t in near if t not in masked and self._is_time(t))
                    found += [Cue("time", (p, t), "a time denied") for t in times][:1]
        return found

    def _of_another(self, hit: Hit) -> bool:
        """Whether somebody else comes: "jeg tror hun kommer", "my brother will come"."""
        first = self.segments[self.segment(hit.at[0])].first
        before = self.said[max(first, hit.at[0] - _SUBJECT_BEFORE) : hit.at[0]]
        if self.said[hit.at[0]] not in self._sets["we"] and any(
            within(word, "kin") or word in self._sets["other"] for word in before
        ):
            return True
        return any(word in self._sets["other"] for word in self.said[hit.at[0] + 1 : hit.at[-1]])

    def times_wished(self) -> list[Cue]:
        """The days and hours in a condition: "hvis det bliver kl. 15", "wenns am Abend ist"."""
        return [
            Cue("time", (p,), "a condition of time")
            for segment in self.segments
            if segment.joint == "if"
            for p in range(segment.first, segment.end)
            if self._is_time(p) and not any(p in cue.at for cue in self["mask"])
        ]

    def _denied(self, hit: Hit, segment: Segment, masked: set[int]) -> bool:
        first = max(segment.first, hit.at[0] - _NEGATION_BEFORE)
        last = min(segment.end, hit.at[-1] + 1 + _NEGATION_AFTER)
        return any(self.said[p] in self._negating and p not in masked for p in range(first, last))
