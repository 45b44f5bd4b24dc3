"""Cuts a text into words, numbers and marks, and says which of them may be part of an address.

A phrase such as ``t. v.`` or ``til venstre`` is one sense (`side`) of the place where it begins. A place may have
several senses; the grammar chooses by what stands around it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from escalation.folding import fold
from escalation.lexicons import load

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|\d+|\n|[^\w\s]|_")
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)


class Token(NamedTuple):
    """A word, a run of digits or one mark. `word` is the folded word; `glued`: nothing stands between it and the
    token before."""

    raw: str
    word: str
    kind: Literal["word", "num", "mark"]
    start: int
    end: int
    glued: bool


class Sense(NamedTuple):
    """What a phrase means in an address, and the index of the token behind it."""

    value: str
    end: int


# Nobody names a place only after so many words; a text of nothing but numbers must not take long.
_MOST_TOKENS = 2_500
_NO_SENSE: Mapping[str, Sense] = {}
_END = Token("", "", "mark", 0, 0, False)


@lru_cache(maxsize=8192)  # people use few words, and the same ones
def word_of(raw: str) -> str:
    """The folded word without an English genitive: ``2 tv's turn``."""
    return fold(_POSSESSIVE.sub("", raw))


def tokenise(text: str) -> list[Token]:
    """The tokens of a text in order. Joined by nothing, ``12b`` are two: a number and a word glued to it."""
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        raw, start = match[0], match.start()
        glued = start == end and bool(found) and raw != "\n" and found[-1].raw != "\n"
        if raw[0].isdecimal():
            found.append(Token(raw, raw, "num", start, match.end(), glued))
        elif raw[0].isalpha():
            found.append(Token(raw, word_of(raw), "word", start, match.end(), glued))
        else:
            found.append(Token(raw, raw, "mark", start, match.end(), glued))
        end = match.end()
    return found


@cache
def phrases() -> Mapping[str, Sequence[tuple[tuple[str, ...], str, str]]]:
    """The lexicon's phrases by their first word, longest first: words, sense, value."""
    found: dict[str, list[tuple[tuple[str, ...], str, str]]] = defaultdict(list)
    for sense, values in load("addresses")["senses"].items():
        for value, written in values.items():
            for phrase in written.split("|"):
                words = tuple(word_of(word) for word in phrase.split())
                found[words[0]].append((words, sense, value))
    return {first: sorted(each, key=lambda p: -len(p[0])) for first, each in found.items()}


@cache
def word_class(name: str) -> frozenset[str]:
    """The folded words of one of the lexicon's plain lists."""
    return frozenset(word_of(word) for word in load("addresses")["words"][name].split())


@cache
def _endings() -> tuple[tuple[str, str, str], ...]:
    table = load("addresses")["compounds"]
    each = ((sense, value, written) for sense, values in table.items() for value, written in values.items())
    return tuple((fold(ending), sense, value) for sense, value, written in each for ending in written.split("|"))


@lru_cache(maxsize=8192)
def _compound(word: str) -> Mapping[str, str]:
    """What the end of a word makes of it, sense and value: Hinterhaus, Kellertür."""
    return {sense: value for ending, sense, value in _endings() if word.endswith(ending)}


@lru_cache(maxsize=8192)
def _tells(word: str) -> bool:
    """Whether a phrase with a sense may begin with a word."""
    return word in phrases() or bool(_compound(word))


class Tokens:
    """A text's tokens with their senses; an index beyond either end is an empty mark."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.all = tokenise(text)[:_MOST_TOKENS]
        # None where a phrase may begin that nobody has asked for yet.
        self._senses: list[Mapping[str, Sense] | None] = [
            None if token.kind == "word" and _tells(token.word) else _NO_SENSE for token in self.all
        ]

    def marked(self, also: frozenset[str] = frozenset()) -> list[int]:
        """Where numbers stand, words with a sense, and these words `also`."""
        each = zip(self.all, self._senses, strict=True)
        return [n for n, (token, s) in enumerate(each) if s is None or s or token.kind == "num" or token.word in also]

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, at: int) -> Token:
        try:  # asked for hundreds of times a text, hardly ever beyond its ends
            return self.all[at] if at >= 0 else _END
        except IndexError:
            return _END

    def senses(self, at: int) -> Mapping[str, Sense]:
        """Every sense of the phrase that begins at a token; of two phrases with one sense the longer counts."""
        if not 0 <= at < len(self._senses):
            return _NO_SENSE
        known = self._senses[at]
        if known is None:
            known = self._senses[at] = self._read(at)
        return known

    def _read(self, at: int) -> Mapping[str, Sense]:
        found: dict[str, Sense] = {}
        for words, sense, value in phrases().get(self.all[at].word, ()):
            end = self._matches(words, at)
            if end and sense not in found:
                found[sense] = Sense(value, end)
        if not found:
            found.update((sense, Sense(value, at + 1)) for sense, value in _compound(self.all[at].word).items())
        english = "side" in found and self.all[at].word in ("left", "right")
        if english and self[found["side"].end].word in word_class("no_side"):
            return {}
        return found

    def _matches(self, words: tuple[str, ...], at: int) -> int:
        """The index behind the phrase, whose first word stands here, full stops between its words left out; 0 where
        it does not."""
        at += 1
        for word in words[1:]:
            if self[at].raw == "." and self[at].glued:
                at += 1
            if self[at].word != word:
                return 0
            at += 1
        return at

    def after_dot(self, at: int) -> int:
        """The index behind a full stop that hangs on the token before, if there is one here."""
        return at + 1 if self[at].raw == "." and self[at].glued else at

    def between(self, start: int, end: int) -> str:
        """The text from one token up to, not including, another."""
        return self.text[self[start].start : self[end - 1].end] if end > start else ""
