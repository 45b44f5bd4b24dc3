"""What the weights weigh: a text's concepts, rules, words and pieces of words, as named features.

The same code makes them when weights are learned and when a text is read. Everything comes from folded words,
so capitals and missing Danish or German letters change no feature.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from escalation.concepts import Concept
from escalation.folding import Token

# A concept or a rule says much more than one word; the pieces of words together weigh about as much as four concepts.
_CONCEPT, _RULE, _PIECES = 0.4, 0.3, 1.5
_DANGER_WORD = 0.1
_SIZES = (4, 5)
_LENGTHS = (3, 6, 12, 25, 50)
_LONGEST = 24
# What a text is about shows early; danger is looked for everywhere, only by pieces of words no longer beyond here.
_FIRST_WORDS, _MOST_PIECES = 250, 6000


def features(
    words: Sequence[Token], concepts: Iterable[Concept], rules: Collection[str], signs: Iterable[str]
) -> dict[str, float]:
    """What a text is about, by feature name. `rules` are those that hold, `signs` what else is known of the text."""
    early = words[:_FIRST_WORDS]
    plain = list(map(_plain, early))
    pieces = {piece for word in set(plain) for piece in _pieces(word)}
    pieces.update(plain, _pairs(early, plain))
    found = dict.fromkeys(pieces, _PIECES / math.sqrt(len(pieces)) if pieces else 0.0)
    found.update({f"concept {concept.name}": _CONCEPT for concept in concepts})
    found.update({f"rule {name}": _RULE for name in rules})
    found.update({f"sign {name}": _RULE for name in signs})
    found.update({f"sign under {length} words": _RULE for length in _LENGTHS if len(words) < length})
    return found


def by_sentence(words: Sequence[Token], concepts: Iterable[Concept]) -> list[dict[str, float]]:
    """What each sentence gives to judge danger by, by feature name."""
    said: dict[int, list[Token]] = defaultdict(list)
    meant: dict[int, set[str]] = defaultdict(set)
    for token in words:
        said[token.sentence].append(token)
    for concept in concepts:
        meant[words[concept.at[0]].sentence].add(concept.name)
    pieces, sentences = 0, list[dict[str, float]]()
    for number, own in said.items():
        plain = list(map(_plain, own))
        found = dict.fromkeys((*plain, *_pairs(own, plain)), _DANGER_WORD)
        if pieces < _MOST_PIECES:
            for word in set(plain):
                found.update(dict.fromkeys(_pieces(word), _DANGER_WORD))
        found.update((f"concept {name}", _CONCEPT) for name in meant[number])
        sentences.append(found)
        pieces += len(found)
    return sentences


def danger_rules(rules: Iterable[str]) -> dict[str, float]:
    """The rules that speak of danger or haste, by feature name."""
    return {f"rule {name}": _RULE for name in rules if name.startswith(("danger", "urgent"))}


def _plain(token: Token) -> str:
    return "0" if token.word[0].isdigit() else token.word[:_LONGEST]


def _pairs(words: Sequence[Token], plain: Sequence[str]) -> Iterator[str]:
    for (first, second), pair in zip(pairwise(words), pairwise(plain), strict=True):
        if first.sentence == second.sentence:
            yield " ".join(pair)


@lru_cache(maxsize=4096)  # people use few words, and the same ones
def _pieces(word: str) -> tuple[str, ...]:
    if not word.isalpha():
        return ()
    marked = f"_{word}_"
    return tuple("~" + marked[start : start + size] for size in _SIZES for start in range(len(marked) - size + 1))
