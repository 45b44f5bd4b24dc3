"""Turns what people type into comparable words: one spelling for æ/ae/a, no case, no accents, sentences marked.

Everything that recognises words works on this folding, so capitals and missing Danish or German letters
can never change what the line understands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_SAME_LENGTH = {"İ": "i", "ẞ": "ß"}
_LETTERS = str.maketrans(
    {"æ": "a", "ä": "a", "å": "a", "ø": "o", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "ð": "d", "þ": "th", "ł": "l"}
)
_PAIRS = re.compile(r"aa|ae|oe|ue")
_PAIR = {"aa": "a", "ae": "a", "oe": "o", "ue": "u"}
_FOLDS = re.compile(r"[^a-z]|aa|ae|oe|ue|(.)\1\1")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_TOKEN = re.compile(r"[^\W_]+(?:['’`´][^\W_]+)*|[.!?…;\n]+|[,():–—]|(?<=\s)-(?=\s)")
_SPLIT_CLITIC = re.compile(r"['’`´]")
_NOT = re.compile(r"n['’`´]t$", re.IGNORECASE)
_STREET_LETTERS = str.maketrans(
    {"æ": "ae", "ä": "ae", "å": "a", "ø": "o", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "è": "e", "ó": "o", "á": "a"}
)
_STREET_PAIRS = re.compile(r"aa|oe|ue")
# A full stop after these ends no sentence ("kl. 4", "nr. 7", "vesterg. 12").
_ABBREVIATIONS = frozenset(
    "kl nr no st th tv mf t h v m f ca bl a d dr hr fr gl sct skt st stk tlf ang vedr evt inkl max min ejd lejl"
    " bzw z b usw str g gt jr sdr ndr pl etc ca tel u s k kr mdr jf pga mvh iht osv ift".split()
)


class Token(NamedTuple):
    """One folded word with the number of the sentence and of the clause (comma, bracket) it stands in."""

    word: str
    sentence: int
    clause: int


def lower(text: str) -> str:
    """Lower case with the same length as the text, so that positions keep pointing at the same letters."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else _SAME_LENGTH.get(c, c) for c in text)


def compose(text: str) -> str:
    """Unicode in its composed, compatible form: full-width digits and split accents become ordinary ones."""
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word without case, accents or the difference between ``ø``, ``oe`` and ``o``; long runs shortened."""
    low = word.lower()
    if not _FOLDS.search(low):
        return low
    low = low.translate(_LETTERS)
    low = _LONG_RUN.sub(r"\1", low)
    if not low.isascii():
        low = "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))
    for _ in range(2):  # "slaaet" becomes what "slaet" and "slået" become
        low = _PAIRS.sub(lambda pair: _PAIR[pair[0]], low)
    return low


def fold_street(name: str) -> str:
    """The comparison form of a street name: letters only, spelling variants of ø and å united.

    ``æ`` stays apart from ``a`` on purpose: Bækkevej and Bakkevej are two streets.
    """
    low = name.lower().translate(_STREET_LETTERS)
    low = "".join(c for c in unicodedata.normalize("NFKD", low) if c.isalnum())
    return _STREET_PAIRS.sub(lambda pair: _PAIR[pair[0]], low)


def _words(raw: str) -> list[str]:
    if _NOT.search(raw):
        return [fold(_SPLIT_CLITIC.sub("", raw))]
    return [fold(part) for part in _SPLIT_CLITIC.split(raw)]


@lru_cache(maxsize=4)  # one text is read by several readers one after another
def tokens(text: str) -> Sequence[Token]:
    """The folded words of a text in order, each with its sentence and clause number."""
    found: list[Token] = []
    sentence = clause = 0
    for match in _TOKEN.finditer(compose(text)):
        raw = match[0]
        if raw.isalnum():
            found.append(Token(fold(raw), sentence, clause))
            continue
        if raw[0].isalnum():
            found.extend(Token(word, sentence, clause) for word in _words(raw))
            continue
        clause += 1
        if raw[0] in ",():–—-" or (raw == "." and found and _no_end(found[-1].word)):
            continue
        sentence += 1
    return tuple(found)


def _no_end(word: str) -> bool:
    return word in _ABBREVIATIONS or word.isdigit()
