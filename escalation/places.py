"""Finds which of the line's own properties an address means, mending spelling, never choosing another house.

The register resolves ambiguity; it never accepts or refuses a place (DESIGN). Street names are compared
loosely, house numbers and letters exactly; floors and doors are passed on as written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from escalation.addresses import Address
from escalation.folding import fold_street
from escalation.lexicons import load
from escalation.street_endings import ends_like_street, is_genitive
from escalation.street_spelling import name_in_full

_MOST_CANDIDATES = 9
_FAR = 2
_CERTAIN_LENGTH = 8
_LONG_NAME = 11
_VOWELS, _SHORT_WORD = "aeiouyæø", 3
_MOST_FIRST, _SHORTEST_NAME = 2, 4


# Of these Norwegian endings people write whichever comes to mind: storgt, Storgata, Storgaten.
_NORWEGIAN = re.compile(r"(gat|ve)(?:e|a|en|i|ien|g|gen)$")
_DEFINITE = re.compile(r"(?<=plads|evard)en$")
_DOUBLED = re.compile(r"(.)\1")
# The words of a name, initials one by one; and the end of a surname that many people bear.
_WORDS = re.compile(r"[^.\s]+\.?")
_PATRONYMIC = re.compile(r"s[eo]ns")
_NUMBER = re.compile(r"(?P<number>\d+(?:-\d+)?)\s?(?P<letter>[a-zA-Z])?")


@dataclass(frozen=True, slots=True)
class Property:
    """A building or stairwell of an organisation's stock, known by its public code and its house number.

    `number` may hold the letter (``12B``), as municipalities write it, or `letter` may stand apart.
    """

    code: str
    street: str
    number: str
    letter: str | None = None
    postcode: str | None = None
    city: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A property's public code and the place in the register's spelling, with the flat the writer named."""

    property: str
    address: Address


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """``one`` certain place, several to ``ask`` about (at most nine), or ``none`` that could be meant."""

    verdict: Literal["one", "ask", "none"]
    candidates: tuple[Place, ...] = ()


_NONE = PlaceMatch("none")


class Stock:
    """All properties of a line, indexed for `match`; building it for 100 000 rows takes about a second.

    `country` is the line's, for places that are known by their code alone.
    """

    def __init__(self, properties: Iterable[Property], country: str = "DK") -> None:
        self.country = country
        self._by_code: dict[str, list[Property]] = defaultdict(list)
        self._by_street: dict[str, dict[str, list[Property]]] = defaultdict(lambda: defaultdict(list))
        self._spellings: set[str] = set()
        self._by_rest: dict[str, set[str]] = defaultdict(set)
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        for given in properties:
            row = _split(given)
            self._by_code[row.code].append(row)
            self._by_street[street_key(row.street, country)][row.number].append(row)
            self._spellings.add(_spelt(row.street))
        self._streets = tuple(self._by_street)
        for key in self._streets:
            self._by_sound[sound(key)].add(key)
        for street in {row.street for rows in self._by_code.values() for row in rows}:
            words = street.split()
            for count in range(1, min(len(words), _MOST_FIRST + 1)):
                self._by_rest[fold_street("".join(words[count:]))].add(street)

    def coded(self, code: str) -> tuple[Property, ...]:
        """The properties that bear a public code: one, or none."""
        return tuple(self._by_code.get(code, ()))

    def on(self, street_key: str, number: str) -> tuple[Property, ...]:
        """The properties of one folded street name under one number, whatever their letters."""
        return tuple(self._by_street.get(street_key, {}).get(number, ()))

    def of_street(self, street_key: str) -> tuple[Property, ...]:
        return tuple(row for rows in self._by_street.get(street_key, {}).values() for row in rows)

    def spelt_so(self, street: str) -> bool:
        """Whether a street is written exactly so, capitals and blanks aside: Bogevej is not Bøgevej then."""
        return _spelt(street) in self._spellings

    def has_street(self, street_key: str) -> bool:
        return street_key in self._by_street

    def ending_in(self, rest: str) -> frozenset[str]:
        """The streets, as they are listed, whose last words are these, folded, behind one or two others."""
        return frozenset(self._by_rest.get(rest, ()))

    def sounding(self, street_key: str) -> frozenset[str]:
        """The folded names that are heard like this one."""
        return frozenset(self._by_sound.get(sound(street_key), ()))

    def similar(self, street_key: str) -> list[tuple[str, int]]:
        """Folded street names at most two slips away, nearest first, with the number of slips."""
        found = process.extract(street_key, self._streets, scorer=OSA.distance, score_cutoff=_FAR, limit=12)
        return sorted(((name, int(slips)) for name, slips, _ in found), key=lambda pair: (pair[1], pair[0]))


@lru_cache(maxsize=65_536)
def street_key(street: str, country: str) -> str:
    """A street's name as it is compared: abbreviations in full, letters folded, Norway's gate and gata united."""
    full = name_in_full(street, country).lower()
    for written, meant in load("street_names")["alike"]:
        full = meant + full.removeprefix(written) if full.startswith(written) else full
    folded = fold_street(full)
    for written, meant in load("street_names")["alike_joined"]:
        folded = meant + folded.removeprefix(written) if folded.startswith(written) else folded
    return _DEFINITE.sub("", _NORWEGIAN.sub(r"\1", folded))


def match(wanted: Address | str, stock: Stock) -> PlaceMatch:
    """Which property an address or a public code means. A house that is not in the stock is ``none``, whatever
    stands next to it: 12B is never taken for 12, nor Rosenvej for Rosevej."""
    if isinstance(wanted, str):
        rows = stock.coded(wanted)
        return PlaceMatch("one", (_place(rows[0], stock.country),)) if len(rows) == 1 else _NONE
    if not wanted.street:
        return _NONE
    key = street_key(wanted.street, wanted.country)
    if stock.has_street(key):
        return _verdict(_houses(wanted, key, stock), wanted, certain=True)
    short = written_short(wanted.street, stock)
    if short:
        rows = tuple(row for name in short for row in _houses(wanted, street_key(name, wanted.country), stock))
        return _verdict(rows, wanted, certain=len(short) == 1 and _tells_whom(wanted.street))
    alike = [(name, 0) for name in stock.sounding(key)] or stock.similar(key)
    near = [(name, slips) for name, slips in alike if _houses(wanted, name, stock)]
    rows = tuple(row for name, _ in near for row in _houses(wanted, name, stock))
    return _verdict(rows, wanted, certain=_certain_slip(key, near, stock))


def written_short(street: str, stock: Stock) -> tuple[str, ...]:
    """The listed streets a name with abbreviated first words may stand for: ``P. Skrams Gade``, ``Kg. Georgs Vej``."""
    words = [word for part in street.split() for word in _WORDS.findall(part)]
    firsts = next((count for count, word in enumerate(words) if not word.endswith(".")), 0)
    if not 0 < firsts <= _MOST_FIRST:
        return ()
    listed = stock.ending_in(fold_street("".join(words[firsts:])))
    return tuple(sorted(name for name in listed if _stand_for(words[:firsts], name, words[firsts:])))


def _stand_for(short: list[str], name: str, rest: list[str]) -> bool:
    """Whether these abbreviations are of the first words of a listed name, and nothing more stands before the rest."""
    full = name.split()
    behind = fold_street("".join(full[len(short) :])) == fold_street("".join(rest))
    return behind and all(_abbreviates(a, b) for a, b in zip(short, full, strict=False))


def _abbreviates(short: str, word: str) -> bool:
    """``Kg.`` is Kong, ``Vstr.`` Vester: the same first letter, and the others in their order."""
    letters, of = fold_street(short), fold_street(word)
    left = iter(of)
    return bool(letters) and letters[0] == of[:1] and all(letter in left for letter in letters)


def _tells_whom(street: str) -> bool:
    """Whether the rest of an abbreviated name is one man's: there are many A. Hansens Vej, but one P. Skrams Gade."""
    words = [word for part in street.split() for word in _WORDS.findall(part)]
    typed = next((word for word in words if not word.endswith(".")), "")
    named = fold_street(typed)
    if len(fold_street(words[0])) > 1:
        return True
    genitive = named.endswith("s") or is_genitive(named)
    return genitive and len(typed) > _SHORTEST_NAME and not _PATRONYMIC.search(named)


def _houses(wanted: Address, street_key: str, stock: Stock) -> tuple[Property, ...]:
    rows = stock.on(street_key, wanted.number) if wanted.number else stock.of_street(street_key)
    if stock.spelt_so(wanted.street):
        rows = tuple(row for row in rows if _spelt(row.street) == _spelt(wanted.street))
    rows = tuple(row for row in rows if not wanted.letter or (row.letter or "").upper() == wanted.letter)
    if wanted.number and not wanted.letter and any(row.letter is None for row in rows):
        rows = tuple(row for row in rows if row.letter is None)
    if wanted.postcode:
        rows = tuple(row for row in rows if not row.postcode or row.postcode == wanted.postcode)
    elif wanted.city:
        here = tuple(row for row in rows if row.city and fold_street(row.city) == fold_street(wanted.city))
        rows = here or rows
    return rows


def _verdict(rows: tuple[Property, ...], wanted: Address, *, certain: bool) -> PlaceMatch:
    if not rows or len(rows) > _MOST_CANDIDATES:
        return _NONE
    places = tuple(_place(row, wanted.country, wanted) for row in rows)
    lettered = wanted.letter is None and rows[0].letter is not None
    sure = certain and len(rows) == 1 and bool(wanted.number) and not lettered
    return PlaceMatch("one" if sure else "ask", places)


def _place(row: Property, country: str, wanted: Address | None = None) -> Place:
    unit = (wanted.floor, wanted.door, wanted.staircase) if wanted else (None, None, None)
    return Place(row.code, Address(row.street, row.number, row.letter, *unit, row.postcode, row.city, country))


def _split(row: Property) -> Property:
    found = _NUMBER.fullmatch(row.number.strip())
    if found is None:
        return row
    letter = row.letter or found["letter"]
    return replace(row, number=found["number"], letter=letter.upper() if letter else None)


def _certain_slip(key: str, near: list[tuple[str, int]], stock: Stock) -> bool:
    """Whether the one listed name a misspelt one resembles is surely meant: it sounds the same, or two letters are
    swapped, and no other name of the whole stock is one slip away.

    Any other slip may be another street's name (Rosevej and Rosenvej, Rosenbergvej and Rosenborgvej), and so may a
    name built from words streets are often called by: its owner's street may just not be in the stock, and a question
    is better than the wrong house.
    """
    if len(near) != 1 or _usual_name(key) or [n for n, slips in stock.similar(key) if slips == 1 and n != near[0][0]]:
        return False
    listed, slips = near[0]
    swapped = slips == 1 and len(key) == len(listed) and sorted(key) == sorted(listed)
    swapped = swapped and len(key) >= _CERTAIN_LENGTH and key[0] == listed[0]
    return swapped or sound(key) == sound(listed) or (slips == 1 and is_typing_slip(key, listed))


def is_typing_slip(key: str, listed: str) -> bool:
    """Whether what was typed can be no street's own name: its ending is none, or a vowel is lost within a long word.

    A vowel where two words meet is another matter: Elmvej and Elmevej are two streets.
    """
    start = next((i for i, (a, b) in enumerate(zip(key, listed, strict=False)) if a != b), min(len(key), len(listed)))
    stem = next((len(listed) - len(end) for end in _usual_names()[1] if listed.endswith(end)), len(listed))
    if stem < start and stem >= _SHORTEST_NAME:
        return not key.endswith(_usual_names()[1]) and not ends_like_street(key)
    short, long = sorted((key, listed), key=len)
    if len(long) < _LONG_NAME or len(short) == len(long) or start >= stem - 1:
        return False
    return long[start] in _VOWELS and not long[start + 1 :].startswith(_inner_words())


@cache
def _inner_words() -> tuple[str, ...]:
    """What may begin where two words of a name meet."""
    first, last = _usual_names()
    return tuple(word for word in (*first, *last) if len(word) >= _SHORT_WORD)


@lru_cache(maxsize=65_536)
def sound(key: str) -> str:
    """A folded name as it is heard: Niels is Nils, Griffenfeldt Griffenfeld, Lassalle Lasalle."""
    for written, heard in load("street_names")["sounds"]:
        key = key.replace(written, heard)
    return _DOUBLED.sub(r"\1", key)


@cache
def _usual_names() -> tuple[frozenset[str], tuple[str, ...]]:
    words = load("street_names")
    return (
        frozenset(fold_street(word) for word in words["first"].split()),
        tuple(sorted((fold_street(word) for word in words["last"].split()), key=len, reverse=True)),
    )


def _usual_name(key: str) -> bool:
    first, last = _usual_names()
    return any(key.endswith(end) and key[: -len(end)] in first for end in last)


def _spelt(street: str) -> str:
    return "".join(c for c in street.lower() if c.isalnum())
