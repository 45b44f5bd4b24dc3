"""Reads the gettext catalogues once and gives texts by key; nothing else in the product holds user-visible words.

A key is an English message id such as ``reporter.confirm``; ``.telegram`` and ``.AT`` name variants of one text.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import polib

LANGUAGES: tuple[str, ...] = ("da", "en", "de")
_SPOKEN_AS = {"nb": "da", "nn": "da", "no": "da", "sv": "da"}
_FOLDER = Path(__file__).parent


class Catalogue:
    """One language's texts by key."""

    def __init__(self, path: Path) -> None:
        entries = polib.pofile(str(path), encoding="utf-8")
        self._translations = GNUTranslations(BytesIO(entries.to_binary()))
        self._keys = frozenset(e.msgid for e in entries if e.msgstr and not e.obsolete)

    @property
    def keys(self) -> frozenset[str]:
        """The keys that have a text."""
        return self._keys

    def pattern(self, key: str) -> str:
        """The text with its ``{placeholders}``. Raises KeyError for a key without a text, never shows the key."""
        if key not in self._keys:
            raise KeyError(key)
        return self._translations.gettext(key)


@functools.cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of one of `LANGUAGES`, or ``foreign``: single lines in languages nobody here speaks."""
    return Catalogue(_FOLDER / f"{language}.po")


def spoken(language: str, default: str) -> str:
    """The language we answer in: `language` if there is a catalogue, its neighbour (nb, sv → da), else `default`."""
    known = _SPOKEN_AS.get(language, language)
    return known if known in LANGUAGES else default


def text(key: str, language: str, **values: object) -> str:
    """The text of `key` with its placeholders filled. Raises KeyError naming the key or the missing value."""
    return catalogue(language).pattern(key).format_map(values)


def pattern_of(key: str, language: str, own: Mapping[str, Mapping[str, str]]) -> str:
    """A line's own text where it has one, else the catalogue's."""
    return own.get(language, {}).get(key) or catalogue(language).pattern(key)


def has(key: str, language: str) -> bool:
    """Whether `language` has a text for `key`; variants are looked for this way."""
    return key in catalogue(language).keys


def placeholders(pattern: str) -> frozenset[str]:
    """The names a pattern wants filled in. Raises ValueError for anything but plain ``{name}`` fields."""
    names = set()
    for _, field, spec, conversion in string.Formatter().parse(pattern):
        if field is None:
            continue
        if spec or conversion or not field.isidentifier():
            raise ValueError(f"only plain {{name}} fields are allowed, not {{{field}}}")
        names.add(field)
    return frozenset(names)
