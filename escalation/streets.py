"""Recognises street names in running text and writes them out in full: `vesterg.` is Vestergade.

What counts as a street ending, a first word or a word that is never a street is data
(`lexicons/addresses.toml`); the register mends spelling later, this only reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from escalation.lexicons import load

WORD = re.compile(r"[^\W\d_][^\W\d_.'’\-]*(?:[.'’\-][^\W\d_]+)*\.?")
_LISTS = load("addresses")["streets"]
_ENDINGS = {country: tuple(_LISTS[country].split()) for country in ("DK", "AT", "NO")}
_GENERIC = frozenset(_LISTS["generic"].split())
_PREFIX = frozenset(_LISTS["prefix"].split())
_WHOLE = frozenset(_LISTS["whole"].split())
_NEVER = frozenset(_LISTS["never"].split())
_EXPAND: dict[str, str] = load("addresses")["expand"]["DK"]
_ABBREVIATED = {
    "DK": re.compile(
        r"^.{3,}(?:(?:er|re|ne|ke|le|de|te|ve|se|s|l)g\.?|.g\.|gd\.?|[srkn]v\.?|.v\.|str\.?|.pl\.)$|^.+boul\.?$"
    ),
    "AT": re.compile(r"^.{3,}(?:str\.?|g\.|pl\.|stra(?:ß|ss)?\.)$"),
    "NO": re.compile(r"^.{3,}(?:gt\.?|vn\.?|v\.|pl\.)$"),
}
_OPEN_NAMES = frozenset("straße strasse str str. gasse weg platz g. kai ufer gürtel".split())
_NORWEGIAN = frozenset(("gate", "gata", "vei", "veien"))
_NO_ABBREVIATION = re.compile(r"(?:bj?erg|borg|ing|ang|ung|skov|hav|liv|selv|brev)$")
_STRICT = re.compile(
    r"(?:gaden?|vej|stræde|straede|allé|boulevard(?:en)?|vænget|vaenget|krattet|parken|stra(?:ß|ss)e|gasse|gata|veien)$"
)


_FULL = {
    "DK": (("str", "stræde"), ("boul", "boulevarden"), ("gd", "gade")),
    "AT": (("strasse", "straße"), ("straße", "straße"), ("str", "straße"), ("gasse", "gasse"), ("pl", "platz")),
    "NO": (("sgt", "sgate"), ("gt", "gata"), ("vn", "veien")),
}


@dataclass(frozen=True, slots=True)
class Street:
    """How many words of the text belong to the name, how certain it is one, and the country its form shows."""

    words: int
    strength: Literal["strong", "weak"]
    country: str | None


def street_at_end(words: Sequence[str], country: str) -> Street | None:
    """Whether the last of these words (as typed, in order) end a street name, and how many belong to it."""
    if not words:
        return None
    last = words[-1].lower()
    if last.endswith(".") and len(last) > 4 and _ending_country(last[:-1], country):
        return None  # a full word with a full stop: the sentence ended here
    if (last in _GENERIC or last.rstrip(".") in _GENERIC) and not (country == "AT" and last == "alle"):
        before = _name_before(words)
        if before:
            return Street(1 + before, "strong", _country_of(last.rstrip("."), country))
    if last in _NEVER or last.rstrip(".") in _NEVER:
        return None
    shown = _ending_country(last.rstrip("."), country)
    if shown or last in _WHOLE:
        return Street(1 + _prefixes(words[:-1]), "strong", shown)
    if (
        last not in _GENERIC
        and not _NO_ABBREVIATION.search(last)
        and any(_ABBREVIATED[c].match(last) for c in (country, "DK", "AT", "NO"))
    ):
        return Street(1 + _prefixes(words[:-1]), "strong", None)
    if len(last) >= 3 and not last.endswith(".") and last not in _GENERIC:
        return Street(1 + _prefixes(words[:-1]), "weak", None)
    return None


def is_strict(word: str) -> bool:
    """Whether a word alone, without a number, still names a street beyond doubt."""
    low = word.lower().rstrip(".")
    found = _STRICT.search(low)
    return bool(found) and low not in _NEVER and found is not None and found.start() >= 3


def may_be_name(word: str) -> bool:
    """Whether a word can stand in a street's name at all: it is not on the list of words that never do."""
    return word.lower() not in _NEVER


@cache
def _ending_country(word: str, home: str) -> str | None:
    order = (home, *(c for c in _ENDINGS if c != home))
    for country in order:
        for ending in _ENDINGS[country]:
            rest = len(word) - len(ending)
            if word.endswith(ending) and (rest >= 2 or (rest == 1 and (word[0] in "åøö" or len(ending) >= 8))):
                # On a Danish line only Norway's own words show Norway: -plassen may be a slip for -pladsen.
                return country if country != "NO" or home == "NO" or ending in _NORWEGIAN else home
    return None


def _country_of(generic: str, home: str) -> str | None:
    order = (home, *(c for c in _ENDINGS if c != home))
    return next((country for country in order if generic in _ENDINGS[country]), None)


def _initial(word: str) -> bool:
    return bool(re.fullmatch(r"(?:[^\W\d_]\.){1,3}", word))


def _name_before(words: Sequence[str]) -> int:
    """How many words before a standing-alone ``gade`` or ``Straße`` are its name."""
    if len(words) < 2:
        return 0
    name = words[-2]
    low = name.lower()
    if low in _PREFIX or _initial(name):
        return 1 + _prefixes(words[:-2])
    if low in _NEVER or low.endswith(".") or len(low) < 3:
        return 0
    count = 1 + _prefixes(words[:-2])
    genitive = low.endswith("s") and words[-1].lower() not in _OPEN_NAMES
    if genitive and count == 1 and len(words) > 2:
        first = words[-3]
        if first[0].isupper() and first[1:].islower() and first.lower() not in _NEVER:
            count += 1
    return count


def _prefixes(words: Sequence[str]) -> int:
    count = 0
    for word in reversed(words[-3:]):
        if word.lower() not in _PREFIX and not _initial(word):
            break
        count += 1
    return count


def full_name(words: Sequence[str], country: str) -> str:
    """The street's name with abbreviations written out and capitals where names have them."""
    return " ".join(_full_word(word, country, at == len(words) - 1) for at, word in enumerate(words))


def _full_word(word: str, country: str, last: bool) -> str:
    low = word.lower()
    if not last and country != "AT" and low in _EXPAND:
        return _EXPAND[low]
    if low in ("hp", "hc", "h.p", "h.c"):
        return f"{low[0].upper()}.{low[-1].upper()}."
    if last:
        written = _written_out(low, country)
        if written != low:
            return _capital(word[:1] + written[1:], word)
    return _capital(word, word)


def _written_out(low: str, country: str) -> str:
    """``vesterg.`` with its ending in full; a word that is no abbreviation comes back unchanged."""
    stem = low.rstrip(".")
    pairs = _FULL.get(country, _FULL["DK"])
    for short, full in pairs:
        if stem.endswith(short):
            return stem[: -len(short)] + full
    dotted = low.endswith(".")
    if _NO_ABBREVIATION.search(low):
        return low
    if stem.endswith("g") and (dotted or _ABBREVIATED[country].match(low)):
        return stem + {"AT": "asse", "NO": "ata"}.get(country, "ade")
    if stem.endswith("v") and (dotted or _ABBREVIATED[country].match(low)):
        return stem + ("eien" if country == "NO" else "ej")
    return stem if dotted and len(stem) > 2 else low


def _capital(word: str, typed: str) -> str:
    if typed[:1].isupper() and (not typed.isupper() or "." in typed):
        return word
    parts = re.split(r"([-.])", word.lower())
    return "".join(part[:1].upper() + part[1:] for part in parts)
