"""Writes streets' names out in full: ``vesterg.`` is Vestergade, ``sct. knudsvej`` Sankt Knudsvej."""

from __future__ import annotations

import re
from collections.abc import Sequence

from escalation.address_tokens import Tokens, word_class
from escalation.folding import fold
from escalation.lexicons import load
from escalation.street_endings import COUNTRIES, NO_ABBREVIATION, SURELY_GASSE, ending_country, pairs
from escalation.street_pieces import Piece, are_letters, is_date, is_numeral, ordinals, pieces_before, street_words

_ROMAN = {"2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI", "7": "VII", "8": "VIII", "9": "IX"}


def full_name(pieces: Sequence[Piece], country: str) -> str:
    """The street's name with abbreviations written out and capitals where names have them."""
    words = [_full_word(piece, country, at == len(pieces) - 1, at) for at, piece in enumerate(pieces)]
    if len(pieces) > 2 and pieces[0].word in ("n", "s", "v", "l") and pieces[1].word.endswith("s"):
        words[0] = f"{pieces[0].raw.upper()}."  # S. Kierkegaards Plads is nobody's Sønder
    if country == "AT" and len(pieces) > 1 and pieces[0].word in word_class("bent"):
        masculine = pieces[-1].word.endswith(tuple(street_words("masculine")))
        words[0] = words[0].removesuffix("n") + ("r" if masculine else "")
    if len(pieces) > 2 and is_date(pieces[:-1]) and pieces[-3].word in ordinals():
        words[-3] = f"{ordinals()[pieces[-3].word]}."
    return re.sub(r"(?<=\b\w\.) (?=\w\.)", "", " ".join(words))


def name_in_full(name: str, country: str) -> str:
    """A register's street with abbreviations written out, so that it compares with what was read."""
    tokens = Tokens(name)
    pieces = pieces_before(tokens, len(tokens))
    return full_name(pieces, country) if pieces and pieces[0].start == 0 else name


def _full_word(piece: Piece, country: str, last: bool, at: int) -> str:
    low = piece.raw.lower()
    if not last:
        expand: dict[str, str] = load("addresses")["expand"].get(country, {})
        if low in expand and (piece.dotted or len(low) > 1) and not (low == "v" and at):
            return expand[low]
        if re.fullmatch(r"\d+s", low) and country == "NO" and low[:-1] in _ROMAN:
            return _ROMAN[low[:-1]] + "s"
        if piece.initial or (are_letters(piece) and not piece.dotted and low not in street_words("prefix")):
            return "".join(f"{letter.upper()}." for letter in low) if low != "st" else "St."
        if country == "NO" and low == "st":
            return "St."
        if is_numeral(piece) or (at and low in ("der", "den", "dem", "van", "von", "de", "la")):
            return piece.raw
        return _capital(_with_letters(low), piece.raw) + ("." if piece.dotted else "")
    written = _written_out(low, piece.dotted, country, alone=at > 0)
    if country == "NO" and at > 0 and written in ("gate", "gata", "vei", "veien", "plass", "allé", "torg"):
        return written
    return _capital(_with_letters(written), piece.raw)


def _written_out(low: str, dotted: bool, country: str, *, alone: bool) -> str:
    """``vesterg.`` with its ending in full; a word that is no abbreviation comes back unchanged."""
    if alone and low in ("g", "v", "gt", "al"):
        forms = {"DK": ("gade", "vej", "allé"), "AT": ("gasse", "weg", "allee"), "NO": ("gate", "vei", "allé")}[country]
        return forms[2] if low == "al" else forms[1] if low == "v" else forms[0]
    if alone and low in ("av", "ave", "boul"):
        return "boulevard" if low == "boul" else "avenue"
    if low == "hstr":
        return "hauptstraße"
    for short, full in pairs(f"endings_{country}"):
        if low.endswith(short) and (len(low) > len(short) or alone):
            if short == "gt" and low.endswith("sgt"):
                continue
            return low[: -len(short)] + full
    if alone and any(fold(low) in street_words(c) for c in COUNTRIES):
        return low
    gasse = country == "AT" and SURELY_GASSE.search(low)
    if not gasse and (
        len(low) < 4 or (not dotted and NO_ABBREVIATION.search(low)) or ending_country(fold(low), country)
    ):
        return low
    if low.endswith("g"):
        return low + {"AT": "asse", "NO": "ata"}.get(country, "ade")
    if low.endswith("v"):
        return low + ("eien" if country == "NO" else "ej")
    return low


def _with_letters(low: str) -> str:
    for bare, written in pairs("letters"):
        if bare in low:
            return low.replace(bare, written)
    return low


def _capital(word: str, typed: str) -> str:
    if typed[:1].isupper() and not typed.isupper() and len(typed) > 1:
        kept = typed[: len(word)]
        return kept if kept.lower() == word else typed[:1] + _kept_case(word, typed)
    parts = re.split(r"([-.'’])", word)
    return "".join(part[:1].upper() + part[1:] for part in parts)


def _kept_case(word: str, typed: str) -> str:
    """The rest of a word with the writer's own capitals as far as both agree (Per-Albin-Hansson-Str)."""
    same = next(
        (i for i, (a, b) in enumerate(zip(word, typed.lower(), strict=False)) if a != b), min(len(word), len(typed))
    )
    return typed[1:same] + word[max(same, 1) :]
