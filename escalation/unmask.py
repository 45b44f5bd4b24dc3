"""Looks through disguises: look-alike letters, invisible characters, other scripts' digits, spelling variants.

Matching happens on the folded copy; every folded character remembers where it came from, so that a
finding can be shown, masked or cut out of the text as it was written.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LETTERS = {
    "æ": "a",
    "ø": "o",
    "ß": "ss",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "œ": "o",
    "ı": "i",
    "’": "'",
    "‘": "'",
    "´": "'",
    "`": "'",
    "ʼ": "'",
}
# Cyrillic and Greek letters that look like Latin ones, in two aligned rows.
_LOOK_ALIKES = dict(zip("аеорсухіјѕԁһкмтвнгԛԝαεικνορτυχ", "aeopcyxijsdhkmtbhrqwaeikvoptux", strict=True))
# Written apart or together, æ ø å ä ö ü are the same word to the reader.
_DIGRAPHS = {"aa", "ae", "oe", "ue"}
_EXTRA_MARKS = {"\ufe0f", "\u20e3"}


@dataclass(frozen=True, slots=True)
class View:
    """A text folded for matching. `at[i]` is where its i-th character stands in the original."""

    text: str
    at: tuple[int, ...]
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original behind the folded stretch `start:end` (end not included)."""
        first = self.at[start] if start < len(self.at) else self.length
        last = self.at[end - 1] + 1 if 0 < end <= len(self.at) else first
        return first, max(first, last)


def unmask(text: str) -> View:
    """The text as a suspicious reader sees it: lower case, plain letters and digits, nothing invisible."""
    kept: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        for plain in _plain(char):
            if kept and kept[-1][0] + plain in _DIGRAPHS and kept[-1][1] != index:
                continue
            kept.append((plain, index))
    return View("".join(c for c, _ in kept), tuple(i for _, i in kept), len(text))


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """The folded text alone, for comparing two spellings of one word."""
    return unmask(text).text


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char.isascii():
        return char.lower()
    return "".join(_one(part) for part in unicodedata.normalize("NFKC", char))


def _one(char: str) -> str:
    if char in _EXTRA_MARKS or unicodedata.category(char) in {"Cf", "Mn", "Me"}:
        return ""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(int(digit))
    low = char.lower()
    if low in _LETTERS:
        return _LETTERS[low]
    if low in _LOOK_ALIKES:
        return _LOOK_ALIKES[low]
    bare = "".join(c for c in unicodedata.normalize("NFKD", low) if unicodedata.category(c) != "Mn")
    return "".join(_LETTERS.get(c, c) for c in bare)
