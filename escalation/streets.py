"""Recognises street names in running text.

What counts as a street ending, a first word or a word that is never a street is data
(`lexicons/addresses.toml`); the register mends spelling later, this only reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from escalation.address_tokens import word_class
from escalation.folding import fold
from escalation.lexicons import load
from escalation.ordinary_words import ordinary_words
from escalation.street_endings import (
    certain_endings,
    country_of,
    ending_country,
    ends_like_street,
    is_genitive,
    is_kind_of_street,
    is_short,
    short_country,
)
from escalation.street_pieces import Piece, are_letters, is_abbreviated, is_date, is_numeral, may_be_name, street_words

_SONS = ("sen", "son")  # a surname before the genitive: hans nielsen haugesgate
_SHORTEST_PERSON, _SHORTEST_UNKNOWN = 3, 4
_INITIALS = 3  # the longest abbreviated first name: Th., Joh.


@dataclass(frozen=True, slots=True)
class Street:
    """How many pieces belong to the name, how certain it is one, and the country its form shows. `short`: its ending
    is abbreviated, and ``str.`` is a Danish stræde as well as an Austrian Straße."""

    pieces: int
    strength: Literal["strong", "weak"]
    country: str | None
    short: bool = False


def street_at_end(pieces: Sequence[Piece], country: str) -> Street | None:
    """Whether the last of these pieces end a street's name, and how many belong to it."""
    if not pieces:
        return None
    last = pieces[-1]
    shown = ending_country(last.word, country)
    if last.dotted and len(last.word) > 4 and shown and not is_short(last, country):
        return None  # a full word with a full stop: the sentence ended there
    if len(pieces) > 1 and (unusual := _unusual(pieces)):
        return unusual
    if last.word in street_words("generic") and (last.dotted or last.word != "av"):
        named = _name_before(pieces, open_name=True)
        if named:
            return Street(1 + named, "strong", country_of(last.word, country), last.word in ("str", "g", "pl"))
    if last.word in word_class("whole") and not is_written(last, "weekday"):
        return Street(1 + _opened(pieces, _firsts(pieces), shown or country), "strong", shown)
    if last.word in word_class("never") or (shown and _is_no_street(last)):
        return None
    if last.word in street_words("second"):
        named = _place_before(pieces)
        short = last.word.endswith(("str", "gt"))
        return Street(1 + named, "strong", shown or (short_country(last, country) if short else None), short)
    if shown:
        return Street(1 + _opened(pieces, _firsts(pieces), shown or country), "strong", shown)
    if is_short(last, country):
        return Street(1 + _firsts(pieces), "strong", short_country(last, country), short=True)
    if len(last.word) >= 3 and not last.dotted and last.word not in street_words("generic"):
        return Street(1 + _opened(pieces, _firsts(pieces), None), "weak", None)
    return None


def _unusual(pieces: Sequence[Piece]) -> Street | None:
    """``Ved Åen``, ``In der Au``, ``Kongens Have``: short and ordinary nouns that only what stands before makes a
    street's."""
    last, before = pieces[-1], pieces[-2]
    if is_written(last, "waters") and before.word in street_words("opening_DK"):
        return Street(2, "strong", "DK")
    article = len(pieces) > 2 and before.word in ("der", "den", "dem") and is_opening(pieces[-3])
    if before.word in ("am", "beim") and last.word in street_words("behind_am"):
        return Street(2, "strong", "AT")
    if article and last.word in street_words("behind_article"):
        return Street(3, "strong", "AT")
    royal = before.word in street_words("prefix") and before.word.endswith("s")
    genitive = before.word.endswith("s") and (is_uncommon(before) or royal)
    if last.word in street_words("behind_genitive") and genitive:
        return Street(2 + _chain(pieces[:-2], genitive=True), "strong", "DK")
    return None


def is_written(piece: Piece, name: str) -> bool:
    """Whether a word is on a list letter by letter; folded it would be another one's."""
    return piece.raw.lower() in load("addresses")["streets"][name].split()


def is_second(piece: Piece) -> bool:
    """Whether this is a common noun for streets, with a place before it more often than not: Hasle Centervej."""
    return piece.word in street_words("second")


def whole_name(pieces: Sequence[Piece]) -> int:
    """How many pieces a name has that nothing but its beginning bounds: ``i borgmester christiansens gade``.

    Only before a word for streets that stands alone; what is no part of any name ends it.
    """
    if pieces[-1].word not in street_words("generic") or len(pieces) < 2:
        return 0
    if pieces[-2].word.endswith("er") and pieces[-1].word in street_words("AT"):
        return 0  # an adjective of a place is a whole name: Wiener Straße
    count = 1
    for piece in reversed(pieces[:-1]):
        named = piece.word in street_words("first_names") or piece.word in street_words("prefix") or is_numeral(piece)
        common = count > 1 and piece.word in ordinary_words()
        if not named and (not may_be_name(piece) or is_definite(piece) or common):
            break
        count += 1
    return count if count > 1 else 0


def is_certain(piece: Piece) -> bool:
    """Whether a word alone, without a number, still names a street beyond doubt."""
    if "-" in piece.raw and ends_like_street(piece.word):
        return True
    if piece.word in word_class("never") or piece.word in street_words("ordinary") or piece.word in word_class("whole"):
        return False
    return any(piece.word.endswith(e) and len(piece.word) - len(e) >= 2 for e in certain_endings())


def might_be_certain(word: str) -> bool:
    """A quick look at a folded word before its name is put together."""
    return word.endswith(certain_endings()) or "-" in word


def is_generic(piece: Piece) -> bool:
    """Whether this is a word for streets that stands alone: gade, Straße."""
    return piece.word in street_words("certain")


def is_opening(piece: Piece) -> bool:
    """Whether a name may begin with this preposition: Ved Bellahøj, Am Spitz."""
    return piece.word in street_words("opening_DK") or piece.word in street_words("opening_AT")


def _firsts(pieces: Sequence[Piece]) -> int:
    """How many words before the last belong to it: first words, initials, and first names before a genitive."""
    count = 0
    genitive = is_genitive(pieces[-1].word)
    for piece in reversed(pieces[:-1]):
        named = piece.word in street_words("first_names") and (genitive or count)
        named = named or (piece.raw[:1].isdigit() and not count)
        named = named or (genitive and piece.raw.lower().endswith(_SONS) and is_uncommon(piece))
        initial = piece.initial and (genitive or count or piece.word != "i")
        if not (piece.word in street_words("prefix") or initial or named or (genitive and are_letters(piece))):
            break
        if piece.word in word_class("never") and not piece.dotted and piece.word in ("i", "a", "v"):
            break
        count += 1
    return count


def _name_before(pieces: Sequence[Piece], *, open_name: bool) -> int:
    """How many words before a standing-alone ``gade`` or ``Straße`` are its name."""
    if len(pieces) < 2:
        return 0
    name = pieces[-2]
    if name.word in street_words("prefix") or name.initial:
        return 1 + _chain(pieces[:-2], genitive=False)
    if name.dotted and name.word not in word_class("abbreviated"):
        return 0
    if is_date(pieces[:-1]):
        return 2
    if is_numeral(name):
        return 1 + _chain(pieces[:-2], genitive=True)
    saint = len(pieces) > 2 and name.word in street_words("first_names") and pieces[-3].word in street_words("prefix")
    if not (may_be_name(name) or saint) or len(name.word) < 3 or _is_word_beside(name, pieces[-1]):
        return 0
    genitive = name.word.endswith("s") or name.raw.endswith(("'", "’"))
    return 1 + _chain(pieces[:-2], genitive=genitive or _is_surname(name, pieces[-1]))


def _is_no_street(piece: Piece) -> bool:
    """``klager``, ``brugte``: an ordinary word that ends as streets do."""
    named = piece.word in street_words("second") or piece.word in street_words("generic")
    return piece.word in ordinary_words() and not named


def _is_word_beside(name: Piece, generic: Piece) -> bool:
    """``slukker alle``, ``sagde ring``: two ordinary words of a sentence, of which one is a word for streets too."""
    if generic.word not in street_words("sentence") or name.word in _halves():
        return False
    return name.word in ordinary_words()


def _is_surname(name: Piece, generic: Piece) -> bool:
    """``hertha firnberg straße``: before an Austrian word for streets what is no adjective may be anybody's name."""
    return generic.word in street_words("AT") and not name.word.endswith("er") and is_uncommon(name)


def is_uncommon(piece: Piece) -> bool:
    """Whether a word is none of the ordinary ones, so that beside a street's it belongs to the name."""
    return may_be_name(piece) and piece.word not in ordinary_words() and not is_definite(piece)


def is_unheard(piece: Piece) -> bool:
    """Whether a word that nothing shows to be a street's may be one before a number: it is no ordinary word."""
    return may_be_name(piece) and len(piece.raw) >= _SHORTEST_UNKNOWN and piece.word not in ordinary_words()


def _chain(pieces: Sequence[Piece], *, genitive: bool) -> int:
    """Words further in front: first words, first names, initials, and before a person's name any uncommon word."""
    count = 0
    for piece in reversed(pieces):
        known = piece.word in street_words("prefix") or piece.word in street_words("first_names") or piece.initial
        person = genitive and len(piece.raw) >= _SHORTEST_PERSON and not piece.dotted and is_uncommon(piece)
        if piece.word in ("i", "a") and not piece.dotted and not (genitive and _next_is_initial(pieces, count)):
            break
        known = (
            known
            or (piece.dotted and len(piece.raw) <= _INITIALS and is_abbreviated(piece))
            or piece.word in street_words("particles")
            or (piece.word == "der" and _particle_before(pieces, count))
        )
        if not known and not (genitive and are_letters(piece)) and not person:
            break
        count += 1
    while count and pieces[len(pieces) - count].word in ("von", "der"):
        count -= 1  # der Mieter von Lerchenfelder Gürtel 45
    return count


def _next_is_initial(pieces: Sequence[Piece], count: int) -> bool:
    """``A C Meyers``: a letter before another one."""
    return count > 0 and len(pieces[len(pieces) - count].raw) == 1


def _particle_before(pieces: Sequence[Piece], count: int) -> bool:
    """``Van der``: the article belongs to a name only behind another small word."""
    at = len(pieces) - count - 2
    return at >= 0 and pieces[at].word in street_words("particles")


def _place_before(pieces: Sequence[Piece]) -> int:
    """The place or first word before a common noun for streets: Karlslunde Parkvej, Simmeringer Hauptstraße."""
    firsts = _firsts(pieces)
    if firsts or len(pieces) < 2:
        return firsts
    name = pieces[-2]
    if name.dotted or not may_be_name(name) or len(name.word) < 4:
        return 0
    adjective = name.word.endswith("er") and pieces[-1].word.endswith(("strasse", "str", "gasse"))
    if is_uncommon(name) or adjective or name.word in word_class("towns") or name.word.endswith(_place_endings()):
        return 1 + _firsts([*pieces[:-2], pieces[-1]])
    return 0


@cache
def _place_endings() -> tuple[str, ...]:
    return tuple(fold(ending) for ending in load("addresses")["streets"]["places"].split())


def _opened(pieces: Sequence[Piece], firsts: int, country: str | None) -> int:
    """``Ved Gadekæret``, ``Am Spitz``: the preposition belongs to a name that is no street's by itself."""
    at = len(pieces) - 2 - firsts
    if at < 0 or is_certain(pieces[-1]) or is_kind_of_street(pieces[-1].word):
        return firsts
    article = pieces[at].word in ("der", "dem", "den") and at > 0
    if article:
        at -= 1
    opening = pieces[at]
    if opening.word in street_words("opening_with_article") and not article:
        return firsts
    danish, german = opening.word in street_words("opening_DK"), opening.word in street_words("opening_AT")
    if (not danish and not german) or (country == "AT" and not german) or (country == "DK" and not danish):
        return firsts
    before = pieces[at - 1].word if at else ""
    if at and before not in word_class("lead") and not _is_surely_opened(pieces, at, article):
        return firsts
    return firsts + (2 if article else 1)


def _is_surely_opened(pieces: Sequence[Piece], at: int, article: bool) -> bool:
    """Whether a preposition in the middle of a sentence begins a name: Am Spitz, but not "ved Lærkebakken"."""
    noun = pieces[at + (2 if article else 1)]
    if noun.word in ordinary_words():
        return False
    if pieces[at].word in street_words("opening_AT"):
        return True
    return pieces[at].word in ("ved", "bag") and is_definite(noun) and not ends_like_street(noun.word)


def is_definite(piece: Piece) -> bool:
    """``badegulvet``: the thing, and no place's name."""
    low = piece.raw.lower()
    surname = low.endswith(_SONS) and not low.endswith("ssen")
    return piece.word.endswith(("et", "en", "erne", "ene")) and not surname


def splits_a_name(piece: Piece) -> bool:
    """Whether a word may be the first half of a street's name written in two: amager brogade, frederiks sundsvej."""
    return may_be_name(piece) and (
        piece.word.endswith(_place_endings())
        or (piece.word.endswith("s") and len(piece.word) > 4)
        or piece.word in _halves()
    )


@cache
def _halves() -> frozenset[str]:
    return frozenset(fold(word) for word in load("street_names")["first"].split() if len(word) > 2)
