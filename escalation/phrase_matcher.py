"""The small pattern language the triage lexicons are written in, and its matcher.

A phrase is words in order: ``a|b`` either, ``stem*`` begins, ``*stem`` ends, ``*stem*`` contains, ``..`` up to
three words between, ``...`` up to eight, ``@set`` a named list, ``x + y`` both in one sentence in any order,
``^`` and ``$`` at the ends of a phrase the beginning and the end of a sentence.
Matching is over folded words with bounded gaps, so its time grows with the text's length only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from escalation.folding import Token, fold

_GAPS = {"..": 3, "...": 8}
_EDGES = ("^", "$")
_KEY = 3
_TYPO_LENGTH = 7
_MOST_TIMES = 50
_MOST_KNOWN = 20_000  # words whose elements are kept; people use few words, and the same ones
_Step = tuple[frozenset[int], int]
_LONGEST_WORD = 60  # longer runs of letters are no words; reading every tail of them would cost time for nothing


class Hit(NamedTuple):
    """One phrase found: the positions of its words, its label, and the phrase as written (for `because`)."""

    at: tuple[int, ...]
    label: int
    source: str


@dataclass(slots=True, eq=False)
class _Chain:
    """Words in order: the element numbers allowed at each step and how many words may stand before it.

    `rare` is the step whose words are likely the rarest, its shortest being long, and `reach` how far behind the
    first word it may stand: a text is searched from there. `others` are what the other steps allow.
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
    others: tuple[frozenset[int], ...]


@dataclass
class Matcher:
    """All phrases compiled together; `add` them first, then `find` any number of times."""

    _elements: dict[str, int] = field(default_factory=dict)
    _choices: dict[tuple[str, bool], tuple[frozenset[int], int]] = field(default_factory=dict)
    _exact: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _begins: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    _inside: dict[str, list[tuple[str, int, bool]]] = field(default_factory=lambda: defaultdict(list))
    _typos: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _anchored: dict[int, list[_Chain]] = field(default_factory=lambda: defaultdict(list))
    _lengths: list[int] = field(default_factory=list)
    _groups: int = 0
    _known: dict[str, frozenset[int]] = field(default_factory=dict)

    def add(self, phrase: str, label: int, sets: Mapping[str, Sequence[str]], *, typos: bool = False) -> None:
        """Compile one phrase under a label. `sets` resolves ``@name``; `typos` lets long words differ by a letter."""
        self._known.clear()
        parts = [part.split() for part in phrase.split(" + ")]
        self._groups += 1
        for part in parts:
            steps, rare = self._steps(part, sets, typos)
            reach = sum(gap + 1 for _, gap in steps[1 : rare + 1])
            edges = (part[0] == "^", part[-1] == "$")
            others = tuple(allowed for n, (allowed, _) in enumerate(steps) if n != rare)
            chain = _Chain(steps, label, phrase, self._groups, len(parts), *edges, rare, reach, others)
            for element in steps[rare][0]:
                self._anchored[element].append(chain)

    def _steps(
        self, words: Iterable[str], sets: Mapping[str, Sequence[str]], typos: bool
    ) -> tuple[tuple[_Step, ...], int]:
        """The steps of a phrase, and which of them is likely the rarest."""
        steps, rarest, longest, gap = list[_Step](), 0, -1, 0
        for word in words:
            if word in _GAPS:
                gap = _GAPS[word]
            elif word not in _EDGES:
                allowed, shortest = self._choice(word, sets, typos)
                steps.append((allowed, gap))
                gap = 0
                if shortest > longest:
                    rarest, longest = len(steps) - 1, shortest
        return tuple(steps), rarest

    def _choice(self, word: str, sets: Mapping[str, Sequence[str]], typos: bool) -> tuple[frozenset[int], int]:
        """The elements that a step allows, and how long the shortest of them is."""
        known = self._choices.get((word, typos))
        if known is None:
            patterns = [p for one in word.split("|") for p in (sets[one[1:]] if one.startswith("@") else (one,))]
            allowed = frozenset(self._element(pattern, typos) for pattern in patterns)
            known = (allowed, min(self._lengths[number] for number in allowed))
            if "@" not in word:  # a set is another one in another language
                self._choices[word, typos] = known
        return known

    def _element(self, pattern: str, typos: bool) -> int:
        stem = fold(pattern.replace("*", ""))
        shape = ("*" if pattern.startswith("*") else "") + stem + ("*" if pattern.endswith("*") else "")
        if shape not in self._elements:
            self._elements[shape] = len(self._elements)
            self._lengths.append(len(stem))
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

    def _elements_of(self, word: str) -> frozenset[int]:
        found = set(self._exact.get(word, ()))
        for length in range(1, _KEY + 1):  # stems shorter than the key have buckets of their own
            found.update(n for stem, n in self._begins.get(word[:length], ()) if word.startswith(stem))
        for at in range(min(len(word), _LONGEST_WORD) - 1):
            for stem, number, at_end in self._inside.get(word[at : at + _KEY], ()):
                if word.startswith(stem, at) and (not at_end or at + len(stem) == len(word)):
                    found.add(number)
        if not found and _TYPO_LENGTH - 1 <= len(word) <= 24 and word.isalpha():
            for form in _shortened(word):
                found.update(self._typos.get(form, ()))
        return frozenset(found)

    def find(self, words: Sequence[Token]) -> list[Hit]:
        """The phrases in the text, in the order of their first word.

        A phrase said over and over counts its first fifty times.
        """
        text = _Text(self._elements_of_all(words), words)
        present = set(text.spots)
        chains = {chain for element in text.spots for chain in self._anchored.get(element, ())}
        halves: dict[tuple[int, int], dict[_Chain, tuple[int, ...]]] = defaultdict(dict)
        hits: list[Hit] = []
        for chain in chains:
            if not _possible(chain, present):
                continue
            for at in islice(text.all(chain), _MOST_TIMES):
                whole = at if chain.parts == 1 else _joined(halves[chain.group, words[at[0]].sentence], chain, at)
                if whole:
                    hits.append(Hit(whole, chain.label, chain.source))
        return sorted(hits)

    def _elements_of_all(self, words: Sequence[Token]) -> list[frozenset[int]]:
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        for word in {token.word for token in words} - self._known.keys():
            self._known[word] = self._elements_of(word)
        return [self._known[token.word] for token in words]


def _joined(met: dict[_Chain, tuple[int, ...]], chain: _Chain, at: tuple[int, ...]) -> tuple[int, ...]:
    """All positions once every part of an ``x + y`` has been met in its sentence; empty before and after that."""
    if chain in met:
        return ()
    met[chain] = at
    return tuple(sorted({p for part in met.values() for p in part})) if len(met) == chain.parts else ()


def _possible(chain: _Chain, present: Set[int]) -> bool:
    for allowed in chain.others:  # noqa: SIM110 - asked of thousands of phrases a text, and twice as quick as all()
        if allowed.isdisjoint(present):
            return False
    return True


class _Text:
    """One text: which elements each word is, where each element stands, and behind which word each one's sentence
    ends."""

    def __init__(self, elements: Sequence[frozenset[int]], words: Sequence[Token]) -> None:
        self.elements = elements
        self._known: dict[int, Sequence[int]] = {}
        self.spots: dict[int, list[int]] = defaultdict(list)
        for place, here in enumerate(elements):
            for element in here:
                self.spots[element].append(place)
        self.ends = [0] * len(words)
        end = len(words)
        for place in range(len(words) - 1, -1, -1):
            if place + 1 < len(words) and words[place].sentence != words[place + 1].sentence:
                end = place + 1
            self.ends[place] = end

    def all(self, chain: _Chain) -> Iterable[tuple[int, ...]]:
        """The positions of the phrase's words, for every time it stands in the text."""
        if len(chain.steps) == 1 and not chain.opens and not chain.closes:
            return ((place,) for place in self._places(chain.steps[0][0]))
        return filter(None, (self._follow(chain, start) for start in self._starts(chain)))

    def _starts(self, chain: _Chain) -> Sequence[int]:
        """Where the phrase may begin: at its first word, as near to one of its rarest as it can stand."""
        first = chain.steps[0][0]
        begins = self._places(first)
        if chain.rare == 0 or len(begins) == 1:
            return begins
        rare = self._places(chain.steps[chain.rare][0])
        if len(begins) <= len(rare):
            return begins
        near = {at for place in rare for at in range(max(0, place - chain.reach), place)}
        return sorted(near.intersection(begins))

    def _places(self, allowed: frozenset[int]) -> Sequence[int]:
        known = self._known.get(id(allowed))  # phrases share what they allow, and hold it as long as the text is read
        if known is None:
            found = [self.spots[element] for element in allowed if element in self.spots]
            known = found[0] if len(found) == 1 else sorted({place for places in found for place in places})
            self._known[id(allowed)] = known
        return known

    def _follow(self, chain: _Chain, start: int) -> tuple[int, ...] | None:
        last, end = start, self.ends[start]
        if chain.opens and start and self.ends[start - 1] == end:
            return None
        at = [start]
        for allowed, gap in islice(chain.steps, 1, None):
            for position in range(last + 1, min(last + 2 + gap, end)):
                if not allowed.isdisjoint(self.elements[position]):
                    last = position
                    at.append(position)
                    break
            else:
                return None
        return None if chain.closes and last + 1 < end else tuple(at)


def _shortened(word: str) -> set[str]:
    """The word and the word with any one letter left out: two words one slip apart share one of these."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
