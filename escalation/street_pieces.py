"""The words that may make up a street's name, as pieces: ``C.F.``, ``10.``, ``Maria-Theresien-Straße``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from escalation.address_tokens import Tokens, phrases, word_class, word_of
from escalation.folding import fold
from escalation.lexicons import load

_MOST_WORDS = 6


@cache
def street_words(name: str) -> frozenset[str]:
    return frozenset(fold(word) for word in load("addresses")["streets"][name].split())


@dataclass(frozen=True, slots=True)
class Piece:
    """One word of a name as typed, with whether a full stop hangs on it and the token it begins at."""

    raw: str
    word: str
    dotted: bool
    start: int

    @property
    def initial(self) -> bool:
        """``H.``, or one letter without its full stop."""
        return len(self.raw) == 1 and (self.dotted or self.word not in ("i", "a"))


def pieces_before(tokens: Tokens, end: int) -> list[Piece]:
    """The words of the same phrase that stand right before a token, as pieces of a name that might end there."""
    found: list[Piece] = []
    at = end - 1
    while at >= 0 and len(found) < _MOST_WORDS:
        dotted = tokens[at].raw == "." and tokens[at].glued
        word = at - 1 if dotted else at
        piece = _piece(tokens, word, dotted, found[0].word if found else None)
        if piece is None or _is_side(tokens, piece) or (found and dotted and not may_be_short(piece)):
            break
        found.insert(0, piece)
        at = piece.start - 1
    return found


def _is_side(tokens: Tokens, piece: Piece) -> bool:
    """``5. th. Holger Danskes Vej``, but not ``Carl Th. Dreyers Vej``."""
    before = tokens[piece.start - 1]
    named = before.word in street_words("first_names") or (piece.dotted and not before.raw)
    return piece.word in ("tv", "th", "mf") and not named


def pieces_from(tokens: Tokens, start: int, most: int) -> list[Piece]:
    """The words from a token on, as pieces of a name that begins there."""
    found: list[Piece] = []
    at = start
    while tokens[at].kind == "word" and len(found) < most:
        last = at
        while tokens[last + 1].raw in ("-", "–") and tokens[last + 1].glued and tokens[last + 2].kind == "word":
            last += 2
        dotted = tokens[last + 1].raw == "." and tokens[last + 1].glued
        raw = tokens.between(at, last + 1)
        found.append(Piece(raw, word_of(raw), dotted, at))
        if dotted and not may_be_short(found[-1]):
            break
        at = last + (2 if dotted else 1)
    return found


def _piece(tokens: Tokens, at: int, dotted: bool, follows: str | None) -> Piece | None:
    token = tokens[at]
    if token.kind == "num":
        month = dotted or follows is not None
        named = (follows or "").startswith(tuple(word_class("months"))) or (
            dotted and follows in word_class("numbered")
        )
        return Piece(f"{token.raw}.", token.raw, True, at) if month and named else None
    if token.kind != "word":
        return None
    start = at
    while tokens[start].glued and tokens[start - 1].raw in ("-", "–", "/") and tokens[start - 2].kind == "word":
        if not tokens[start - 1].glued or tokens[start - 1].raw == "/" or at - start > _MOST_WORDS:
            break
        start -= 2
    if token.word == "s" and token.glued:  # Frederik 7.s Vej, Haakon 7s gate
        number = start - 2 if tokens[start - 1].raw == "." else start - 1
        if tokens[number].kind == "num":
            raw = tokens.between(number, at + 1)
            return Piece(raw, raw, False, number)
    if tokens[start].glued and tokens[start - 1].raw == "-" and tokens[start - 2].raw == "." and start > 2:
        start -= 3  # Dr.-Karl-Lueger-Platz, St.-Peter-Straße
    raw = tokens.between(start, at + 1)
    return Piece(raw, word_of(raw), dotted, start)


def may_be_short(piece: Piece) -> bool:
    """Whether a full stop after this word need not end a sentence: ``H.``, ``Sct.``, ``10.``"""
    return len(piece.raw) <= 2 or not piece.raw[0].isalpha() or is_abbreviated(piece)


def is_abbreviated(piece: Piece) -> bool:
    """``Th.``, ``Sct.``, ``Joh.``: a word without a vowel, or a usual short form."""
    return re.search(r"[aeiouyåæø]", piece.raw.lower()) is None or piece.word in word_class("abbreviated")


def is_numeral(piece: Piece) -> bool:
    """``10.s``, ``7s``, ``VIIs``, ``X's``: the number of a king."""
    return piece.raw[:1].isdigit() or re.fullmatch(r"[ivx]+['’]?s", piece.raw.lower()) is not None


def may_be_name(piece: Piece) -> bool:
    """Whether a word can stand in a street's name at all: it is not on the list of words that never do."""
    if piece.word in word_class("never") or piece.word in word_class("counted") or piece.word in _units():
        return False
    return not piece.word.endswith(_dwellings())


@cache
def _dwellings() -> tuple[str, ...]:
    return tuple(word_class("dwellings"))


@cache
def _units() -> frozenset[str]:
    """Words for parts of a house: "værelse 214" is no street."""
    senses = ("door", "floor", "staircase", "entrance", "level", "top")
    each = [(words, sense) for found in phrases().values() for words, sense, _ in found]
    return frozenset(words[0] for words, sense in each if sense in senses and len(words) == 1 and len(words[0]) > 3)


def are_letters(piece: Piece) -> bool:
    """``hc``, ``ap``: initials written together."""
    if len(piece.raw) != 2 or not piece.raw.isalpha() or piece.word in word_class("never"):
        return False
    return piece.word in street_words("initials") or re.search(r"[aeiouy]", piece.word) is None


def is_date(pieces: Sequence[Piece]) -> bool:
    """``10. Februar``, ``tiende februar``"""
    if len(pieces) < 2 or pieces[-1].word not in word_class("months"):
        return False
    return pieces[-2].raw[:1].isdigit() or pieces[-2].word in ordinals()


@cache
def ordinals() -> dict[str, str]:
    """Folded ordinal words with their numbers."""
    table = load("addresses")["senses"]["ordinal"]
    return {fold(word): number for number, words in table.items() for word in words.split("|")}
