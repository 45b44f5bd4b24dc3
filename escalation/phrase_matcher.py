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

from escalation.folding import Token, fold

_GAPS = {"..": 3, "...": 8}
_EDGES = ("^", "$")
_KEY = 3
_TYPO_LENGTH = 7
_MOST_TIMES = 50
_MOST_KNOWN = 20_000  # words whose elements are kept; people use few words, and the same ones
_Step = tuple[frozenset[int], int]
_LONGEST_WORD = 60  # longer runs of letters are no words; reading every tail of them would cost time for nothing


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase found: its label, the positions of its words, and the phrase as written (for `because`)."""

    label: int
    at: tuple[int, ...]
    source: str


@dataclass(slots=True, eq=False)
class _Chain:
    """Words in order: the element numbers allowed at each step and how many words may stand before it."""

    steps: tuple[_Step, ...]
    label: int
    source: str
    group: int
    parts: int
    opens: bool
    closes: bool


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
            steps, rarest = self._steps(part, sets, typos)
            chain = _Chain(steps, label, phrase, self._groups, len(parts), part[0] == "^", part[-1] == "$")
            for element in rarest:
                self._anchored[element].append(chain)

    def _steps(
        self, words: Iterable[str], sets: Mapping[str, Sequence[str]], typos: bool
    ) -> tuple[tuple[_Step, ...], frozenset[int]]:
        """The steps of a phrase, and the one whose words are likely the rarest, its shortest being long: a text is
        searched from there."""
        steps, rarest, longest, gap = list[_Step](), frozenset[int](), -1, 0
        for word in words:
            if word in _GAPS:
                gap = _GAPS[word]
            elif word not in _EDGES:
                allowed, shortest = self._choice(word, sets, typos)
                steps.append((allowed, gap))
                gap = 0
                if shortest > longest:
                    rarest, longest = allowed, shortest
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
        elements = self._elements_of_all(words)
        spots: dict[int, list[int]] = defaultdict(list)
        for place, here in enumerate(elements):
            for element in here:
                spots[element].append(place)
        present = set(spots)
        chains = {chain for element in spots for chain in self._anchored.get(element, ())}
        halves: dict[tuple[int, int], dict[_Chain, tuple[int, ...]]] = defaultdict(dict)
        hits: list[Hit] = []
        for chain in chains:
            if not _possible(chain, present):
                continue
            found = (_follow(chain, start, elements, words) for start in _starts(chain, spots))
            for at in islice(filter(None, found), _MOST_TIMES):
                whole = at if chain.parts == 1 else _joined(halves[chain.group, words[at[0]].sentence], chain, at)
                if whole:
                    hits.append(Hit(chain.label, whole, chain.source))
        return sorted(hits, key=lambda hit: (hit.at, hit.label, hit.source))

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
    for allowed, _ in chain.steps:  # noqa: SIM110 - asked of thousands of phrases a text, and twice as quick as all()
        if allowed.isdisjoint(present):
            return False
    return True


def _starts(chain: _Chain, spots: Mapping[int, list[int]]) -> Sequence[int]:
    found = [spots[element] for element in chain.steps[0][0] if element in spots]
    return found[0] if len(found) == 1 else sorted({place for places in found for place in places})


def _follow(
    chain: _Chain, start: int, elements: Sequence[frozenset[int]], words: Sequence[Token]
) -> tuple[int, ...] | None:
    if chain.opens and start and words[start - 1].sentence == words[start].sentence:
        return None
    at = [start]
    for allowed, gap in chain.steps[1:]:
        for position in range(at[-1] + 1, min(at[-1] + 2 + gap, len(words))):
            if words[position].sentence != words[start].sentence:
                return None
            if not allowed.isdisjoint(elements[position]):
                at.append(position)
                break
        else:
            return None
    after = at[-1] + 1
    if chain.closes and after < len(words) and words[after].sentence == words[start].sentence:
        return None
    return tuple(at)


def _shortened(word: str) -> set[str]:
    """The word and the word with any one letter left out: two words one slip apart share one of these."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
