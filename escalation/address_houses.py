"""Finds houses in a text: a street's name and a number, either one first, with the unit and the town behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from escalation.address_behind import UnitsBehind
from escalation.address_tokens import Tokens, word_class
from escalation.address_towns import TownReader
from escalation.address_units import Unit, UnitReader, merged
from escalation.ordinary_words import ordinary_words
from escalation.street_endings import ends_like_street, looks_german
from escalation.street_pieces import Piece, may_be_name, pieces_before, pieces_from, street_words
from escalation.street_spelling import full_name
from escalation.streets import (
    Street,
    is_certain,
    is_definite,
    is_opening,
    is_second,
    is_unheard,
    splits_a_name,
    street_at_end,
    whole_name,
)

# Nobody names more places in one message; a text of nothing but numbers must not take long.
_MOST_HOUSES = 20
_MOST_NUMBERS = 120
_BARE = 24
_OUTLYING = 3
_SHORTEST_NUMBER = 3
_SHORTEST_NAME = 4
_LONGEST_NAME = 4
_NO_LETTERS = frozenset("io")
_DOTTED_NO_LETTERS = frozenset("dmvfk")


@dataclass(frozen=True, slots=True)
class House:
    """A street and a number as they were read; `start` and `end` are tokens."""

    street: str
    number: str
    letter: str | None
    unit: Unit
    postcode: str | None
    city: str | None
    country: str
    start: int
    end: int
    own: bool = False


@dataclass(frozen=True, slots=True)
class _Number:
    value: str
    letter: str | None
    start: int
    end: int


class HouseReader:
    """Reads houses from one text's tokens. `country` is the line's."""

    def __init__(self, tokens: Tokens, units: UnitReader, behind: UnitsBehind, country: str) -> None:
        self.tokens = tokens
        self.units = units
        self.behind = behind
        self.country = country
        # By whose endings names are recognised: in a German text a Hof or a Bastei may be a street.
        self.names = "AT" if units.austrian else country
        self.bare = len(tokens) <= _BARE
        self.towns = TownReader(tokens)
        self._taken: set[int] = set()

    def is_taken(self, at: int) -> bool:
        return at in self._taken

    def take(self, start: int, end: int) -> None:
        """Marks tokens as part of a house, so that nothing else is read from them."""
        self._taken.update(range(start, end))

    def houses(self) -> Iterable[House]:
        """Every house in the order of the text."""
        numbers = [at for at in self.tokens.marked() if self._may_be_number(at)][:_MOST_NUMBERS]
        found = 0
        for at in numbers:
            if self.is_taken(at) or found >= _MOST_HOUSES:
                continue
            number = self.number_at(at)
            house = number and self._nearest(number)
            if house:
                self.take(house.start, house.end)
                found += 1
                yield house

    def _may_be_number(self, at: int) -> bool:
        """Digits, or a number in a word right behind a street's: Skovparken tolv."""
        token = self.tokens.all[at]
        if token.kind == "num":
            return True
        if at == 0 or len(token.raw) < _SHORTEST_NUMBER or "cardinal" not in self.tokens.senses(at):
            return False
        if "floor" in self.tokens.senses(at + 1):
            return False
        named = "number" in self.tokens.senses(at - 1)
        return ends_like_street(self.tokens[at - 2 if named else at - 1].word)

    def _nearest(self, number: _Number) -> House | None:
        """The street that stands before the number; one behind it where none surely does."""
        before = self._backward(number)
        if before is not None and before[1] == "strong":
            return before[0]
        return self._forward(number) or (before[0] if before else None)

    # The number.

    def number_at(self, at: int) -> _Number | None:
        """A house number with its letter, or a range of numbers; None where the digits are part of something else."""
        token, before, after = self.tokens[at], self.tokens[at - 1], self.tokens[at + 1]
        if token.kind == "word" and "cardinal" in self.tokens.senses(at):
            return _Number(self.tokens.senses(at)["cardinal"].value, None, at, at + 1)
        if token.kind != "num" or len(token.raw) > 4 or int(token.raw) == 0:
            return None
        if token.glued and (
            (before.raw in tuple(":/#-+") and not (before.raw in "/#" and self.tokens[at - 2].kind == "word"))
            or (before.raw in (".", ",") and self.tokens[at - 2].kind == "num")
        ):
            return None
        if self.units.is_floor(at) or (
            self.units.counts(at + 1)
            and not (after.kind == "word" and after.glued and len(after.raw) == 1)
            and not (after.word == "min" and ends_like_street(before.word))  # Smedegade 36 min mor
        ):
            return None
        if after.raw == "." and after.glued and self._decimal(at):
            return None
        if after.word == "er" and after.glued:
            return None  # 11er Stiege
        if after.raw == ":" and after.glued and self.tokens[at + 2].word in ("a", "e") and self.tokens[at + 2].glued:
            return None  # 2:a våningen
        value, end = token.raw.lstrip("0"), at + 1
        reach = self.tokens[at + 2]
        if after.raw in ("-", "–") and after.glued and reach.glued and self._is_range(at):
            return _Number(f"{value}-{reach.raw}", None, at, at + 3)
        if after.raw in ("-", "–") and self._is_spaced_range(at):
            return _Number(f"{value}-{reach.raw}", None, at, at + 3)
        if self.tokens[end].word in word_class("either") and self.tokens[end + 1].kind == "num":
            return _Number("", None, at, end + 2)  # 20 eller 22
        letter, end = self._letter(end)
        if letter == "U" and "floor" in self.tokens.senses(self.tokens.after_dot(end)):
            letter, end = None, at + 1  # Storgata 5 u.etg
        return _Number(value, letter, at, end)

    def _decimal(self, at: int) -> bool:
        second = self.tokens[at + 2]
        behind = self.tokens.after_dot(at + 3)
        return second.kind == "num" and second.glued and "side" not in self.tokens.senses(behind)

    def _is_range(self, at: int) -> bool:
        first, last = self.tokens[at], self.tokens[at + 2]
        if last.kind != "num" or len(last.raw) > 4 or int(last.raw) <= int(first.raw):
            return False
        behind = self.tokens.after_dot(at + 3)
        floor = {"side", "floor"} & self.tokens.senses(behind).keys()
        return not floor and not (self.tokens[at + 3].raw == "-" and self.tokens[at + 3].glued)

    def _is_spaced_range(self, at: int) -> bool:
        """``12 - 14`` at the end: two houses of one side of the street, and no floor fourteen."""
        first, last = self.tokens[at], self.tokens[at + 2]
        if not self._is_range(at) or (self.tokens[at + 3].raw and not self.units.floor_and_side(at + 3)):
            return False
        return (int(last.raw) - int(first.raw)) % 2 == 0

    def _letter(self, at: int) -> tuple[str | None, int]:
        start, token, after = at, self.tokens[at], self.tokens[at + 1]
        if token.raw in ("-", "/", ".") and token.glued and after.glued and after.word not in ("v", "h", "m", "t", "i"):
            at, token, after = at + 1, after, self.tokens[at + 2]  # 3-C, 3/C
        if token.kind != "word" or len(token.raw) != 1 or not token.raw.isalpha():
            return None, start
        if after.glued and (
            after.raw in ("'", "’")
            or (after.raw == "/" and not token.glued)
            or (after.kind == "num" and token.word in "thukl")
        ):
            return None, start
        if not token.glued and not self._spaced_letter(at):
            return None, start
        if after.word in word_class("either") and len(self.tokens[at + 2].raw) == 1:
            return None, at + 3  # 12 a eller b
        return token.raw.upper(), at + 1

    def _spaced_letter(self, at: int) -> bool:
        """``12 b`` and not ``12 i``, ``12 d. 3.``, ``12 a man``, ``12 H 0203``, ``12 t.v.``"""
        token, after = self.tokens[at], self.tokens[at + 1]
        senses = self.tokens.senses(at)
        if token.word in _NO_LETTERS or token.raw.lower() in "åøæ":
            return False
        digits = self.tokens[at + 2] if after.raw == "-" else after
        if digits.kind == "num" and len(digits.raw) == 4 and token.word in "hukl" and digits.raw[0] == "0":
            return False
        if "side" in senses and senses["side"].end > at + 1:
            return False
        if after.raw == "." and after.glued and (token.word in _DOTTED_NO_LETTERS or self._is_initial(at)):
            return False
        if token.word == "a" and after.kind == "word":
            inside = {"level", "door", "top", "flat", "floor", "staircase", "ordinal"} & self.tokens.senses(
                at + 1
            ).keys()
            placed = after.word in word_class("downward") or ends_like_street(after.word)
            return bool(inside) or placed or not (len(after.raw) >= 3)
        return not (token.word == "x" and after.kind == "num")

    def _is_initial(self, at: int) -> bool:
        """``14 h.c. ørsteds vej``: the letter and its full stop begin a name."""
        name = self.tokens[at + 2]
        return name.kind == "word" and name.glued and not self.tokens.senses(at + 2)

    # The street before or behind it.

    def _backward(self, number: _Number) -> tuple[House, str] | None:
        end, named = self._name_end(number.start)
        pieces = pieces_before(self.tokens, end)
        pieces = self._behind_town(self._free(pieces))
        street = street_at_end(pieces, self.names)
        if (street is None or street.strength == "weak") and self._is_all(number, pieces):
            street = Street(len(pieces), "weak", None)
        if street is None or (street.strength == "weak" and named == "apart"):
            return None
        if self._is_postcode(number, named):
            return None
        house = self._house(number, pieces, street, None)
        return (house, street.strength) if house else None

    def _is_all(self, number: _Number, pieces: list[Piece]) -> bool:
        """Whether a text is nothing but words and this number: Brøndby Strand 3, askerød 3."""
        if not pieces or pieces[0].start > 0 or len(pieces) > _OUTLYING or not self.towns.nothing_from(number.end):
            return False
        return all(may_be_name(piece) for piece in pieces) and len(pieces[-1].raw) >= _SHORTEST_NAME

    def _free(self, pieces: list[Piece]) -> list[Piece]:
        kept = len(pieces)
        while kept and not self.is_taken(pieces[kept - 1].start):
            kept -= 1
        return pieces[kept:]

    def _behind_town(self, pieces: list[Piece]) -> list[Piece]:
        """``7011 Trondheim Olav Tryggvasons gate 31``: the word behind a postcode is the town's."""
        first = self.tokens[pieces[0].start - 1] if pieces else None
        behind = first is not None and first.kind == "num" and len(first.raw) == 4 and len(pieces) > 1
        return pieces[1:] if behind and pieces[0].word in word_class("towns") else pieces

    def _name_end(self, at: int) -> tuple[int, str]:
        """Where a name before a number may end, and whether ``nr.``, nothing or more stands between the two."""
        end, between = at, ""
        for _ in range(2):  # hus nr.
            word = end - 2 if self.tokens[end - 1].raw == "." else end - 1
            if word > 0 and {"number", "entrance"} & self.tokens.senses(word).keys():
                end, between = word, "named"
        if self.tokens[end - 1].word in word_class("about"):
            return self._name_end(end - 1)
        if between and self.tokens[end - 1].word in ("i", "in", "pa"):
            end, between = end - 1, "apart"
        for _ in range(2):
            if self.tokens[end - 1].raw in (",", ":", "\n", "-", "#", "/") and end > 1:
                end, between = end - 1, between or "apart"
        return end, between

    def _is_postcode(self, number: _Number, between: str) -> bool:
        """``Jagtvej, 2200 Kbh N``: no house number at all."""
        if len(number.value) != 4 or number.letter or "-" in number.value:
            return False
        town = self.tokens[number.end]
        unknown = between == "apart" and town.word not in word_class("never") and town.word not in ordinary_words()
        return town.kind == "word" and (town.word in word_class("towns") or unknown)

    def _forward(self, number: _Number) -> House | None:
        """A number before its street: ``nr. 9 i Nørregade``, ``12b vestergade``."""
        at = number.end
        before = number.start - 2 if self.tokens[number.start - 1].raw == "." else number.start - 1
        named = bool({"number", "entrance"} & self.tokens.senses(before).keys())
        named = named or (self.tokens[before].word == "der" and self.units.austrian)  # vor der 16 in der Kirchengasse
        if self.tokens[number.start - 1].raw in (".", ",") and not named and self.tokens[number.start].glued:
            return None
        if {"door", "top", "staircase"} & self.tokens.senses(before).keys():
            return None  # Top 16 parken auf
        for mark in (",", "i", "in", "pa", "der", "the"):
            if (named or (mark == "," and number.start == 0)) and self.tokens[at].word == mark:
                at += 1
        flat = self.units.floor_and_side(self.units.marks(at)) if self.bare and not named else None
        if flat is not None:
            at = self.units.marks(flat.end)  # 14, 2. tv, Vestergade
        best: tuple[list[Piece], Street] | None = None
        pieces = pieces_from(self.tokens, at, 5)
        for count in range(1, len(pieces) + 1):
            part = pieces[:count]
            street = street_at_end(part, self.names)
            if street and street.strength == "strong" and count == whole_name(part):
                street = replace(street, pieces=count)
            cut = street is not None and street.short and not (part[-1].dotted and self.bare and number.start == 0)
            if street and street.strength == "strong" and street.pieces == count and not cut:
                best = (part, street)
        if best is None:
            return None
        stop = self._behind(best[0])
        if self._has_number(stop):
            return None  # the street has a number of its own
        house = self._house(number, best[0], best[1], stop)
        return replace(house, unit=merged(flat, house.unit)) if house and flat else house

    def _behind(self, pieces: Sequence[Piece]) -> int:
        last = pieces[-1]
        at = last.start + 1
        while self.tokens[at].raw in ("-", "–") and self.tokens[at].glued:
            at += 2
        return self.tokens.after_dot(at) if last.dotted else at

    def _has_number(self, at: int) -> bool:
        if self.tokens[at].raw == ",":
            at += 1
        if self.tokens[at].word in ("i", "in", "pa"):
            at += 1
        if "number" in self.tokens.senses(at):
            return True
        number = self.number_at(at) if self.tokens[at].kind == "num" else None
        if number is None:
            return False
        unit = self.units.explicit(at)
        return unit is None or (unit.level is None and unit.staircase is None)

    def _house(self, number: _Number, pieces: list[Piece], street: Street, after: int | None) -> House | None:
        name = pieces[-street.pieces :]
        start = min(name[0].start, number.start)
        behind = number.end if after is None else after
        country = self._country(street, name, behind)
        bare = self.bare and start <= 8
        unit = self.behind.after(behind, country, bare=bare, first=start == 0)
        country = unit.country or country
        postcode, city, stop = self.towns.after(unit.end)
        if street.strength == "weak" and not self._plausible(number, name, unit, postcode, stop):
            return None
        if after is None:
            more = self._whole_name(pieces, street, stop) if bare else self._led_name(pieces, street)
            name = pieces[-max(more, self._led_name(pieces, street)) :]
            start = name[0].start
        if postcode is None:
            postcode, city, start = self.towns.before(start, city)
        return House(
            full_name(name, country), number.value, number.letter or unit.letter, unit, postcode, city, country,
            start, stop,
        )  # fmt: skip

    def _country(self, street: Street, name: Sequence[Piece], behind: int) -> str:
        """The country the street's form shows; of an abbreviated one what stands behind the number decides."""
        country = street.country or self.country
        if country == "DK" and self.units.norwegian and name[-1].word.endswith(("gata", "gate", "veien")):
            return "NO"
        if street.country is None and country == "DK" and self.units.shows_austria(behind):
            return "AT"
        if not street.short or country == "NO":
            return country
        if self.units.shows_denmark(behind):
            return "DK"
        strasse = self.units.austrian or (name[-1].word.endswith("str") and looks_german(name))
        if self.units.shows_austria(behind) or strasse:
            return "AT"
        return "NO" if self.units.norwegian and name[-1].word.endswith("v") else self.country

    def _led_name(self, pieces: list[Piece], street: Street) -> int:
        """``i borgmester christiansens gade``: between a preposition and the word for streets all is the name."""
        count = whole_name(pieces) if street.strength == "strong" else 0
        second = len(pieces) > street.pieces and street.pieces == 1 and self._is_place(pieces[-2], pieces[-1])
        count = count or (2 if second and not pieces[-2].dotted else 0)
        if not street.pieces < count <= _LONGEST_NAME:
            return street.pieces
        lead = self.tokens[pieces[-count].start - 1]
        return count if lead.word in word_class("before_names") else street.pieces

    def _is_place(self, piece: Piece, last: Piece) -> bool:
        """Whether a word may be a place's name before a street's: Valby Langgade."""
        if is_definite(piece) or piece.word.endswith("s"):
            return False
        return splits_a_name(piece) or (is_second(last) and may_be_name(piece))

    def _whole_name(self, pieces: list[Piece], street: Street, stop: int) -> int:
        """In a text that is an address and nothing else all words before the ending are its street's name."""
        rest = pieces[: -street.pieces]
        last = pieces[-1]
        if not rest or len(rest) > _OUTLYING or not self.towns.nothing_from(stop) or rest[0].start > 0:
            return street.pieces
        if is_opening(rest[0]) and street.strength == "weak":
            return len(pieces)
        joins = street.pieces > 1 or street_at_end(pieces[-1:], self.country) is None or self._common(last)
        joins = joins or is_second(last) or all(splits_a_name(piece) for piece in rest)
        if not joins or not all((may_be_name(piece) and len(piece.raw) > 1) or piece.initial for piece in rest):
            return street.pieces
        return len(pieces)

    def _common(self, piece: Piece) -> bool:
        return bool(street_at_end([piece], self.country)) and not is_certain(piece)

    def _plausible(self, number: _Number, name: Sequence[Piece], unit: Unit, postcode: str | None, stop: int) -> bool:
        """Whether an unknown word before a number is a street: only with a floor, a postcode or nothing else behind."""
        if self.units.is_flat(number.start):
            return False
        if len(number.value) > 3 or any(not may_be_name(piece) for piece in name[-1:]):
            return False
        if (unit.level or unit.staircase) and unit.door and is_unheard(name[-1]):
            return True
        first = name[0]
        if self._is_all(number, list(name)):
            return True
        bounded = self.units.ends(number.end) or self.tokens[number.end].word in word_class("after_places")
        if len(name) > 1 and self._is_opened(name) and (bounded or not unit.empty):
            return True
        if len(name) > 1 and name[0].word in street_words("opening_AT") and is_unheard(name[-1]):
            lead = self.tokens[name[0].start - 1]  # im Winkel 3 da zieht grad einer
            return self.units.austrian or lead.kind == "mark" or lead.word in word_class("before_places")
        if self.units.ends(stop) and "own" in {
            *self.tokens.senses(first.start - 2),
            *self.tokens.senses(first.start - 1),
        }:
            return True
        if first.dotted and first.word in street_words("prefix") and may_be_name(name[-1]):
            return self.units.ends(stop) or not unit.empty  # Gl. Mønt 4, 3
        if not is_unheard(name[-1]):
            return False
        lead, after = self.tokens[first.start - 1], self.tokens[stop]
        if after.kind == "num" or (after.raw in (",", ".") and after.glued and self.tokens[stop + 1].glued):
            return bool(postcode)
        shown = bool(postcode) or not unit.empty or self.towns.nothing_from(stop)
        if lead.kind == "mark":
            return shown or (is_definite(name[-1]) and self.units.ends(stop))
        follows = after.kind == "word" and after.word in word_class("after_places")
        return lead.word in word_class("before_places") and (shown or self.units.ends(stop) or follows)

    def _is_opened(self, name: Sequence[Piece]) -> bool:
        return is_opening(name[0]) and self.tokens[name[0].start - 1].word not in word_class("never") - word_class(
            "lead"
        )
