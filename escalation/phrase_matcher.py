"""The small pattern language the triage lexicons are written in, and its matcher.

A phrase is words in order: ``a|b`` either, ``stem*`` begins, ``*stem`` ends, ``*stem*`` contains, ``..`` up to
three words between, ``...`` up to eight, ``@set`` a named list, ``x + y`` both in one sentence in any order,
``^`` and ``$`` at the ends of a phrase the beginning and the end of a sentence.
Matching is over folded words with bounded gaps, so its time grows with the text's length only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from escalation.folding import Token, fold

_GAPS = {"..": 3, "...": 8}
_EDGES = ("^", "$")
_BEYOND = max(_GAPS.values()) + 1  # how far behind a text's last word a phrase's next one is looked for
_NOTHING = frozenset[int]()
_KEY = 3
_TYPO_LENGTH = 7
_MOST_TIMES = 50
_MOST_KNOWN = 20_000  # words whose elements are kept; people use few words, and the same ones
_LONGEST_WORD = 60  # longer runs of letters are no words; reading every tail of them would cost time for nothing
_Step = tuple[int, int]


class Hit(NamedTuple):
    """One phrase found: the positions of its words, its label, and the phrase as written (for `because`)."""

    at: tuple[int, ...]
    label: int
    source: str


@dataclass(slots=True, eq=False)
class _Chain:
    """Words in order: the choice of words at each step, by number, and how many words may stand before it.

    `rare` is the step whose words are likely the rarest, its shortest being long, and `reach` how far behind the
    first word it may stand: a text is searched from there. `others` are all other choices of the whole phrase.
    """

    steps: tuple[_Step, ...]
    label: int
    source: str
    group: int
    parts: int
    opens: bool
    closes: bool
    rare: int
    reach: int
    others: frozenset[int]


@dataclass(slots=True, eq=False)
class _Word:
    """What a word is to the phrases: the choices it is one of, and the phrases of several words that are looked for
    from it. Words that are the same to them share one."""

    choices: frozenset[int]
    begun: tuple[_Chain, ...]


@dataclass
class Matcher:
    """All phrases compiled together; `add` them first, then `find` any number of times."""

    _elements: dict[str, int] = field(default_factory=dict)
    _choices: dict[tuple[str, bool], tuple[int, int]] = field(default_factory=dict)
    _exact: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _begins: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    _inside: dict[str, list[tuple[str, int, bool]]] = field(default_factory=lambda: defaultdict(list))
    _typos: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _allowing: list[list[int]] = field(default_factory=list)
    _lengths: list[int] = field(default_factory=list)
    _whole: dict[int, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    _begun: dict[int, list[_Chain]] = field(default_factory=lambda: defaultdict(list))
    _numbers: int = 0
    _groups: int = 0
    _known: dict[str, _Word] = field(default_factory=dict)
    _alike: dict[frozenset[int], _Word] = field(default_factory=dict)

    def add(self, phrase: str, label: int, sets: Mapping[str, Sequence[str]], *, typos: bool = False) -> None:
        """Compile one phrase under a label. `sets` resolves ``@name``; `typos` lets long words differ by a letter."""
        if self._known:
            self._forget()
        if " " not in phrase:
            self._whole[self._choice(phrase, sets, typos)[0]].append((label, phrase))
            return
        self._groups += 1
        parts = phrase.split(" + ")
        compiled = [self._steps(part.split(), sets, typos) for part in parts]
        every = frozenset(choice for steps, _ in compiled for choice, _ in steps)
        for part, (steps, rare) in zip(parts, compiled, strict=True):
            reach = sum(gap + 1 for _, gap in steps[1 : rare + 1])
            edges = (part.startswith("^ "), part.endswith(" $"))
            anchor = steps[rare][0]
            others = every.difference((anchor,))
            chain = _Chain(steps, label, phrase, self._groups, len(parts), *edges, rare, reach, others)
            self._begun[anchor].append(chain)

    def _steps(
        self, words: Iterable[str], sets: Mapping[str, Sequence[str]], typos: bool
    ) -> tuple[tuple[_Step, ...], int]:
        """The steps of a phrase, and which of them is likely the rarest."""
        steps, rarest, longest, gap = list[_Step](), 0, -1, 0
        for word in words:
            if word in _GAPS:
                gap = _GAPS[word]
            elif word not in _EDGES:
                choice, shortest = self._choice(word, sets, typos)
                steps.append((choice, gap))
                gap = 0
                if shortest > longest:
                    rarest, longest = len(steps) - 1, shortest
        return tuple(steps), rarest

    def _choice(self, word: str, sets: Mapping[str, Sequence[str]], typos: bool) -> tuple[int, int]:
        """The number of a choice of words, and how long the shortest of them is."""
        known = self._choices.get((word, typos))
        if known is None:
            patterns = [p for one in word.split("|") for p in (sets[one[1:]] if one.startswith("@") else (one,))]
            allowed = {self._element(pattern, typos) for pattern in patterns}
            for element in allowed:
                self._allowing[element].append(self._numbers)
            known = (self._numbers, min(self._lengths[element] for element in allowed))
            self._numbers += 1
            if "@" not in word:  # a set is another one in another language
                self._choices[word, typos] = known
        return known

    def _element(self, pattern: str, typos: bool) -> int:
        stem = shape = fold(pattern.replace("*", ""))
        if "*" in pattern:
            shape = ("*" if pattern.startswith("*") else "") + stem + ("*" if pattern.endswith("*") else "")
        if shape not in self._elements:
            self._elements[shape] = len(self._elements)
            self._lengths.append(len(stem))
            self._allowing.append([])
            if pattern.startswith("*"):
                self._inside[stem[:_KEY]].append((stem, self._elements[shape], not pattern.endswith("*")))
            elif pattern.endswith("*"):
                self._begins[stem[:_KEY]].append((stem, self._elements[shape]))
            else:
                self._exact[stem].append(self._elements[shape])
        if typos and len(stem) >= _TYPO_LENGTH and not pattern.startswith("*"):
            for form in _shortened(stem):
                self._typos[form].append(self._elements[shape])
        return self._elements[shape]

    def _elements_of(self, word: str) -> set[int]:
        found = set(self._exact.get(word, ()))
        for length in range(1, _KEY + 1):  # stems shorter than the key have buckets of their own
            found.update(n for stem, n in self._begins.get(word[:length], ()) if word.startswith(stem))
        for at in range(min(len(word), _LONGEST_WORD) - 1):
            for stem, number, at_end in self._inside.get(word[at : at + _KEY], ()):
                if word.startswith(stem, at) and (not at_end or at + len(stem) == len(word)):
                    found.add(number)
        if not found and self._typos and _TYPO_LENGTH - 1 <= len(word) <= 24 and word.isalpha():
            for form in _shortened(word):
                found.update(self._typos.get(form, ()))
        return found

    def find(self, words: Sequence[Token]) -> list[Hit]:
        """The phrases in the text, in the order of their first word.

        A phrase said over and over counts its first fifty times.
        """
        text = _Text(self._read(words), words)
        begun = {chain for word in text.places for chain in word.begun if chain.others <= text.present}
        halves: dict[tuple[int, int], dict[_Chain, tuple[int, ...]]] = defaultdict(dict)
        hits = [
            Hit((at,), label, phrase)
            for choice in text.present
            if choice in self._whole
            for at in text.spots(choice)[:_MOST_TIMES]
            for label, phrase in self._whole[choice]
        ]
        for chain in begun:
            for at in text.all(chain):
                said = at if chain.parts == 1 else _joined(halves[chain.group, words[at[0]].sentence], chain, at)
                if said:
                    hits.append(Hit(said, chain.label, chain.source))
        return sorted(hits)

    def _read(self, words: Sequence[Token]) -> list[_Word]:
        if len(self._known) > _MOST_KNOWN:
            self._forget()
        written = [token.word for token in words]
        for word in set(written).difference(self._known):
            self._known[word] = self._word(word)
        return [self._known[word] for word in written]

    def _word(self, word: str) -> _Word:
        choices = frozenset(choice for element in self._elements_of(word) for choice in self._allowing[element])
        if choices not in self._alike:
            begun = tuple(chain for choice in choices for chain in self._begun.get(choice, ()))
            self._alike[choices] = _Word(choices, begun)
        return self._alike[choices]

    def _forget(self) -> None:
        self._known.clear()
        self._alike.clear()


def _joined(met: dict[_Chain, tuple[int, ...]], chain: _Chain, at: tuple[int, ...]) -> tuple[int, ...]:
    """All positions once every part of an ``x + y`` has been met in its sentence; empty before and after that."""
    if chain in met:
        return ()
    met[chain] = at
    return tuple(sorted({p for part in met.values() for p in part})) if len(met) == chain.parts else ()


class _Text:
    """One text: its words as they were written and as they are read, and where each choice of words stands."""

    def __init__(self, read: Sequence[_Word], words: Sequence[Token]) -> None:
        self.words = words
        self._choices = [word.choices for word in read] + [_NOTHING] * _BEYOND
        self.places: dict[_Word, list[int]] = defaultdict(list)
        for place, word in enumerate(read):
            if word.choices:
                self.places[word].append(place)
        self._spots: dict[int, list[Sequence[int]]] = defaultdict(list)
        for word, places in self.places.items():
            for choice in word.choices:
                self._spots[choice].append(places)
        self.present = set(self._spots)

    def spots(self, choice: int) -> Sequence[int]:
        """Where the words of a choice stand."""
        found = self._spots[choice]
        if len(found) > 1:  # phrases share their choices: put together once
            found[:] = [sorted({place for places in found for place in places})]
        return found[0]

    def all(self, chain: _Chain) -> list[tuple[int, ...]]:
        """The positions of the phrase's words, for the first times it stands in the text."""
        found = list[tuple[int, ...]]()
        for start in self._starts(chain):
            at = self._follow(chain, start)
            if at:
                found.append(at)
                if len(found) == _MOST_TIMES:
                    break
        return found

    def _starts(self, chain: _Chain) -> Sequence[int]:
        """Where the phrase may begin: at its first word, as near to one of its rarest as it can stand."""
        begins = self.spots(chain.steps[0][0])
        if chain.rare == 0 or len(begins) == 1:
            return begins
        rare = self.spots(chain.steps[chain.rare][0])
        if len(begins) <= len(rare):
            return begins
        near = {at for place in rare for at in range(max(0, place - chain.reach), place)}
        return sorted(near.intersection(begins))

    def _follow(self, chain: _Chain, start: int) -> tuple[int, ...] | None:
        if chain.opens and self._same_sentence(start - 1, start):
            return None
        at: tuple[int, ...] = (start,)
        last = start
        for choice, gap in chain.steps[1:]:
            for position in range(last + 1, last + 2 + gap):
                if choice in self._choices[position]:
                    at, last = (*at, position), position
                    break
            else:
                return None
        if last != start and not self._same_sentence(start, last):
            return None
        return None if chain.closes and self._same_sentence(last, last + 1) else at

    def _same_sentence(self, first: int, second: int) -> bool:
        inside = first >= 0 and second < len(self.words)
        return inside and self.words[first].sentence == self.words[second].sentence


def _shortened(word: str) -> set[str]:
    """The word and the word with any one letter left out: two words one slip apart share one of these."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
