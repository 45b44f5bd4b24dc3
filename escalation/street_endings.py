"""How streets' names end, in full and abbreviated, and which country an ending shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from escalation.address_tokens import word_class
from escalation.folding import fold
from escalation.lexicons import load
from escalation.street_pieces import Piece, street_words

COUNTRIES = ("DK", "AT", "NO")
_FEWEST_BEFORE, _LONG_ENDING = 2, 7
_NORWEGIAN = frozenset(("gate", "gata", "gaten", "vei", "veien"))
_SHORT = {
    "DK": re.compile(r".{3,}(?:[^aeiouy]g|[eiy]g|[^aeiouyn]v|[^rl]ev|ov|ej|str|pl|gd|vj|brog)$|.+boul$"),
    "AT": re.compile(r".{3,}(?:[^r]eng|eing|str|stra|[^aeiouy]g|pl|strass)$"),
    "NO": re.compile(r".{3,}(?:gt|vn|[^aeiouyn]v|pl|str)$"),
}
# Words of a sentence that end like an abbreviated street.
NO_ABBREVIATION = re.compile(
    r"(?:bj?erg|borg|ing|ang|ung|eng|ong|yng|dag|tog|uge|skov|hav|liv|selv|brev|elv|salg|valg|(?<!br)og|ej|ig|(?:in|an|l|a|i|u)gt)$"
)
# Austrian ones that end so nevertheless: Rosensteing, Theresieng.
SURELY_GASSE = re.compile(r"(?:[^r]eng|eing)$")
# Danish trades and rooms that end like German names: Skinderstræde, Klosterstræde.
_NO_GERMAN = re.compile(
    r"(?:ager|ster|inder|aeder|ader|egger|over|utter|maker|vinter|borger|sonder|vester|oster|norre)str$"
)


@cache
def endings_of() -> dict[str, frozenset[str]]:
    """The folded endings by country, with the mistyped ones that are long enough to be nothing else."""
    found = {country: street_words(country) | _slips(country) for country in COUNTRIES}
    return {**found, "AT at home": found["AT"] | street_words("AT_home")}


def _slips(country: str) -> frozenset[str]:
    slips = (short for short, full in pairs(f"endings_{country}") if len(short) > 2 and len(full) - len(short) < 2)
    return frozenset(fold(short) for short in slips)


@cache
def certain_endings() -> tuple[str, ...]:
    return tuple(sorted(street_words("certain"), key=len, reverse=True))


@cache
def pairs(name: str) -> tuple[tuple[str, str], ...]:
    """The lexicon's ``short=full`` entries; the longest first where several fit."""
    pairs = [tuple(entry.split("=")) for entry in load("addresses")["expand"][name]]
    return tuple(sorted(((a, b) for a, b in pairs), key=lambda pair: -len(pair[0])))


def ends_like_street(word: str) -> bool:
    """Whether a folded word has a street's ending in any country."""
    return ending_country(word, "DK") is not None


@lru_cache(maxsize=16_384)
def ending_country(word: str, home: str) -> str | None:
    """The country whose ending a folded word has; the line's own is looked for first."""
    if word in word_class("never"):
        return None
    for country in (home, *(c for c in COUNTRIES if c != home)):
        known = endings_of()["AT at home" if country == home == "AT" else country]
        for start in range(1, len(word) - 1):  # the longest ending first
            long_enough = start >= _FEWEST_BEFORE or word[0] in "ao" or len(word) - start >= _LONG_ENDING
            if long_enough and word[start:] in known:
                return _shown(word[start:], country, home)
    return None


def _shown(ending: str, country: str, home: str) -> str | None:
    """On a Danish line only Norway's own words show Norway: -plassen may be a slip for -pladsen."""
    if country == "AT" and home != "AT" and ending == "allee":
        return home
    return country if country != "NO" or home == "NO" or ending in _NORWEGIAN else home


def country_of(generic: str, home: str) -> str | None:
    order = (home, *(c for c in COUNTRIES if c != home))
    if generic == "gt":
        return "NO"
    return next((country for country in order if generic in street_words(country)), None)


def is_short(piece: Piece, country: str) -> bool:
    """An abbreviated street: ``vesterg.``, ``Favoritenstr``, ``storgt``."""
    gasse = country == "AT" and SURELY_GASSE.search(piece.word)
    if len(piece.word) < 4 or (not piece.dotted and not gasse and NO_ABBREVIATION.search(piece.word)):
        return False
    if piece.word.endswith("ing") and not gasse:
        return False  # a sentence ended there
    if piece.dotted and re.search(r".{3,}[gv]$", piece.word):
        return True
    return any(_SHORT[c].match(piece.word) for c in (country, *COUNTRIES))


def short_country(piece: Piece, home: str) -> str:
    return "NO" if piece.word.endswith(("gt", "vn")) else home


def looks_german(pieces: Sequence[Piece]) -> bool:
    """Whether a name abbreviated at its end is more likely Austrian: Laxenburger Str., Favoritenstr., Gudrunstr."""
    last = pieces[-1]
    if len(pieces) > 1 and last.word == "str":
        return re.search(r"(?:er|en)$", pieces[-2].word) is not None
    return (
        last.word.endswith("str")
        and re.search(
            r"(?:hof|dorf|schul|kirch|bahn|land|feld|wald|garten|bach|en|upt|th|tz|sch|ck|st|un|ng|erer|inger|orfer|er)str$|sch|tz",
            last.word,
        )
        is not None
        and not _NO_GERMAN.search(last.word)
    )


@cache
def is_genitive(word: str) -> bool:
    """``Georgsvej``, ``Andersensgade``: somebody's street."""
    return (
        re.search(r"[^s]s(?:gade|g|vej|v|plads|pl|alle|gate|gt|gata|vei|vn|torv|boulevard|straede)$", word) is not None
    )


def is_kind_of_street(word: str) -> bool:
    """``Brunnenweg``, ``Vollsmose Allé``: a name that needs no preposition."""
    return word.endswith(tuple(street_words("kinds")))
