"""Puts houses and units of one text together: which flat belongs to which house, and which is the writer's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from escalation.address_apart import UnitsApart
from escalation.address_behind import UnitsBehind
from escalation.address_houses import House, HouseReader
from escalation.address_tokens import Tokens, word_class
from escalation.address_units import Unit, UnitReader, clash, merged
from escalation.folding import fold_street
from escalation.street_pieces import Piece, pieces_before
from escalation.street_spelling import full_name
from escalation.streets import Street, is_certain, is_generic, might_be_certain, street_at_end

_MOST_UNITS = 20
_MOST_WORDS = 400
_LITTLE, _FEW_WORDS = 10, 3
_GERMAN_WORDS = 3
_DOORS = frozenset(("tür", "tuer", "stg"))
_HOUSE_DIGITS = 3
_WORDS_TO_HOME, _WORDS_TO_AM = 4, 3


@dataclass(frozen=True, slots=True)
class Found:
    """One address as read: a house (perhaps without street or number) and the unit in it."""

    house: House
    unit: Unit
    role: Literal["place", "own"]


def read(text: str, country: str) -> list[Found]:
    """Every address of a composed text."""
    return _Reader(Tokens(text), country).found()


class _Reader:
    def __init__(self, tokens: Tokens, country: str) -> None:
        self.tokens = tokens
        self.country = country
        austrian = country == "AT" or _shows_austria(tokens)
        self.units = UnitReader(tokens, austrian=austrian, norwegian=country == "NO" or _shows_norway(tokens))
        self.behind = UnitsBehind(tokens, self.units)
        self.apart = UnitsApart(tokens, self.units, self.behind)
        self.houses = HouseReader(tokens, self.units, self.behind, country)

    def found(self) -> list[Found]:
        houses = [replace(house, own=self._is_own(house.start, house.end)) for house in self.houses.houses()]
        houses = self._not_denied(self._with_relatives(houses))
        units = self._still_meant([replace(u, own=self._is_own(u.start)) for u in self._loose_units()])
        if not houses:
            return list(self._without_house(units))
        return list(self._assembled(*self._next_to_each_other(houses, units)))

    def _not_denied(self, houses: list[House]) -> list[House]:
        """``ikke Kirkegade 8 men Kirkegade 10``: of several houses only those that are not said to be wrong."""
        meant = [h for h in houses if not {self.tokens[h.start - i].word for i in (1, 2)} & word_class("denied")]
        houses = meant if len(houses) > 1 and meant else houses
        named = [house for house in houses if not self._is_landmark(house)]
        return named or houses

    def _is_landmark(self, house: House) -> bool:
        """``indbrud i nr. 25 lige over for Nygade 22``: a house that only says where another one is."""
        last, before = self.tokens[house.start - 1].word, self.tokens[house.start - 2].word
        return last in word_class("landmark") or f"{before}-{last}" in word_class("landmark_pairs")

    def _still_meant(self, units: list[Unit]) -> list[Unit]:
        """``ikke 2 th men 2 tv``: of several flats only those that are not said to be wrong."""
        meant = [unit for unit in units if self.tokens[unit.start - 1].word not in word_class("denied")]
        return meant or units

    def _next_to_each_other(self, houses: list[House], units: list[Unit]) -> tuple[list[House], list[Unit]]:
        """``I'm in 3 th Teglgårdsvej 62``: the writer's own flat right before a house makes the house his own."""
        for unit in [unit for unit in units if unit.own]:
            for at, house in enumerate(houses):
                if unit.end <= house.start <= unit.end + 2 and not clash(house.unit, unit):
                    houses[at] = replace(house, unit=merged(house.unit, unit), own=True)
                    units = [other for other in units if other is not unit]
        return houses, units

    def _loose_units(self) -> Iterable[Unit]:
        return list(self.apart.everywhere(self.houses.is_taken, _MOST_UNITS))

    # Whose it is.

    def _is_own(self, at: int, end: int = 0) -> bool:
        """Whether the words just before, or just behind, say that this is where the writer lives."""
        if end and "its_me" in self.tokens.senses(end):
            return True
        commas = words = 0
        for back in range(at - 1, max(-1, at - 9), -1):
            token = self.tokens[back]
            if token.raw in ("!", "?", "\n") or self._ends_sentence(back):
                return False
            own = self.tokens.senses(back).get("own")
            if own is not None and own.end <= at and self._counts_as_own(own.value, back, words, commas, own.end, at):
                return True
            if token.word in word_class("turns"):
                return False
            commas += token.raw in (",", "(")
            words += token.kind == "word"
        return False

    def _counts_as_own(self, kind: str, back: int, words: int, commas: int, end: int, at: int) -> bool:
        if kind == "signed":
            return words <= _WORDS_TO_HOME
        if commas:
            return False
        if kind == "alone" and self.tokens[back - 1].kind != "mark" and self.tokens[back - 1].word not in ("jeg", "vi"):
            return False
        between = [self.tokens[i] for i in range(end, at)]
        if kind == "home":
            return len(between) <= _WORDS_TO_HOME + 1
        return len(between) <= _WORDS_TO_AM and all(t.kind == "mark" or t.word in word_class("small") for t in between)

    def _ends_sentence(self, at: int) -> bool:
        if self.tokens[at].raw != "." or not self.tokens[at].glued:
            return False
        word = self.tokens[at - 1]
        return word.kind == "word" and len(word.raw) > 3 and word.word not in word_class("abbreviated")

    # Numbers without a street of their own.

    def _with_relatives(self, houses: list[House]) -> list[House]:
        """Houses known by number alone (``nr. 13``, ``dem i 42``) get the street named elsewhere in the text."""
        street = self._bare_street() if not houses else None
        base = houses[0] if houses else street
        if base is None:
            return houses
        found = list(self._relatives(base, loose=street is not None or all(h.own or "-" in h.number for h in houses)))
        if any("-" in house.number for house in houses) and any(not house.own for house in found):
            houses = [house for house in houses if "-" not in house.number]
        houses = houses + self._corrected(found)
        if not houses and street is not None:
            houses = [street]
        return houses

    def _corrected(self, found: list[House]) -> list[House]:
        """``jeg troede det var i 18 men det er i 16``: of several the ones behind the last "but"."""
        turns = [at for at, token in enumerate(self.tokens.all[:_MOST_WORDS]) if token.word in word_class("but")]
        places = [house for house in found if not house.own]
        if len(places) < 2 or not turns:
            return found
        last = max((at for at in turns if any(h.start > at for h in places)), default=-1)
        return [house for house in found if house.own or house.start > last]

    def _relatives(self, base: House, *, loose: bool) -> Iterable[House]:
        for at, token in enumerate(self.tokens.all[: _MOST_WORDS * 2]):
            if token.kind != "num" or self.houses.is_taken(at):
                continue
            number = self.houses.number_at(at)
            lead = self.tokens[at - 2] if self.tokens[at - 1].raw == "." else self.tokens[at - 1]
            grouped = any(t.kind == "num" and len(t.raw) > 1 for t in (self.tokens[at - 1], self.tokens[at + 1]))
            if number is None or grouped or len(number.value) > 3 or not self._points_here(at, number.end, loose):
                continue
            if self.tokens[at - 2].word in word_class("denied") or lead.word in word_class("denied"):
                continue
            low = len(number.value) < _HOUSE_DIGITS
            if low and base.country == "AT" and base.unit.door and self.tokens[at - 1].word == "auf":
                door = Unit(door=number.value, start=at, end=number.end)  # "nebenan auf 15": a door of the same house
                self.houses.take(at, number.end)
                yield replace(base, unit=door, start=at, end=number.end, own=self._is_own(at))
                continue
            unit = self.behind.after(number.end, base.country, bare=False)
            self.houses.take(at, max(unit.end, number.end))
            yield House(
                base.street, number.value, number.letter or unit.letter, unit, None, None, base.country,
                at, max(unit.end, number.end), self._is_own(at),
            )  # fmt: skip

    def _points_here(self, at: int, end: int, loose: bool) -> bool:
        """``nr. 13`` anywhere; ``i 42``, ``det er 12`` where a house is still wanted."""
        before = at - 2 if self.tokens[at - 1].raw == "." else at - 1
        if "number" in self.tokens.senses(before):
            lead = self.tokens[before - 1]
            if not loose and lead.word not in ("og", "und", "and", "i", "in"):
                return False
            led = loose or lead.kind == "mark" or lead.word in word_class("points")
            led = led or lead.word in word_class("lead_to")
            return led and (self.units.explicit(at) is None or "side" not in self.tokens.senses(at + 1))
        if not loose or self.tokens[before].word not in word_class("points") or before != at - 1:
            return False
        return self.units.explicit(at) is None and not self._is_dotted(at)

    def _is_dotted(self, at: int) -> bool:
        return self.tokens[at + 1].raw == "." and self.tokens[at + 1].glued and bool(self.tokens[at + 2].raw)

    def _bare_street(self) -> House | None:
        """A street named without a number."""
        for at in range(1, min(len(self.tokens), _MOST_WORDS) + 1):
            word = self.tokens[at - 1]
            joined = self.tokens[at - 2].raw == "-" and word.glued
            alone = at >= len(self.tokens) - 1 and len(self.tokens) <= _LITTLE
            likely = joined or alone or might_be_certain(word.word)
            if word.kind != "word" or not likely or self.houses.is_taken(at - 1):
                continue
            pieces = pieces_before(self.tokens, at)
            street = street_at_end(pieces, self.country)
            if street is None or street.strength != "strong":
                continue
            named = street.pieces > 1 and is_generic(pieces[-1]) and self._is_surely_named(pieces[-2].word)
            if is_certain(pieces[-1]) or named or (alone and street.pieces > 1 and self._is_led(pieces, street)):
                country = street.country or self.country
                name = pieces[-street.pieces :]
                return House(full_name(name, country), "", None, Unit(), None, None, country, name[0].start, at)
        return None

    def _is_surely_named(self, word: str) -> bool:
        """Before a generic word standing alone a genitive (Hans Egedes Gade) or an Austrian adjective is a name."""
        return word not in word_class("never") and (word.endswith("s") or word.endswith("er")) and len(word) > 4

    def _is_led(self, pieces: list[Piece], street: Street) -> bool:
        """Whether a street's name begins a short text, or stands behind a preposition at its end."""
        first = pieces[-street.pieces]
        return first.start == 0 or self.tokens[first.start - 1].word in word_class("before_names")

    # What belongs together.

    def _without_house(self, units: list[Unit]) -> Iterable[Found]:
        """A flat without a house: a floor and a door, or a door by its name; less only where nothing else is said."""
        others = [unit for unit in units if not unit.own]
        if units and not others and any("beside" in self.tokens.senses(at) for at in range(len(self.tokens))):
            return  # the writer's own flat, and the trouble is next to it
        shared = _shared(others or units)
        little = len(self.tokens) <= _LITTLE and self._words_beside(units) <= _FEW_WORDS
        number = self._lone_number() if little else None
        if number is not None:
            yield Found(number, number.unit, "place")
        elif shared and (little or (shared.door and (shared.level or shared.sure)) or self._after_code(shared)):
            country = shared.country or self.country
            yield Found(House("", "", None, shared, None, None, country, 0, 0), shared, "place")

    def _words_beside(self, units: list[Unit]) -> int:
        inside = {at for unit in units for at in range(unit.start, unit.end)}
        return sum(token.kind == "word" for at, token in enumerate(self.tokens.all) if at not in inside)

    def _lone_number(self) -> House | None:
        """``nr 14`` and nothing else."""
        named = self.tokens.senses(0).get("number")
        number = self.houses.number_at(self.tokens.after_dot(named.end) if named else 0)
        if number is None or not (named or number.letter or self.tokens[number.end].raw == ","):
            return None
        unit = self.behind.after(number.end, self.country, bare=True)
        if unit.end < len(self.tokens):
            return None
        return House("", number.value, number.letter, unit, None, None, self.country, 0, unit.end)

    def _after_code(self, unit: Unit) -> bool:
        """``1057 3 tv``, ``Property 6118: … on 5``: a floor in a property named by its code."""
        return bool(unit.level) and any(len(t.raw) == 4 and t.kind == "num" for t in self.tokens.all[:12])

    def _assembled(self, houses: list[House], units: list[Unit]) -> Iterable[Found]:
        shared = _shared([unit for unit in units if not unit.own])
        places = [house for house in houses if not house.own]
        own = [house for house in houses if house.own]
        if not places and len({(h.street, h.number) for h in own}) > 1:
            places = [house for house in own if house.unit.level and house.unit.door]
            own = [house for house in own if house not in places]
        one = len({(fold_street(h.street), h.number) for h in places}) == 1
        for house in places:
            unit = house.unit
            if one and shared and not (unit.level and unit.door):
                unit = unit if clash(unit, shared) else merged(unit, shared)
            yield Found(house, unit, "place")
        if not places and len({(fold_street(h.street), h.number, h.letter) for h in own}) == 1:
            yield Found(own[0], self._beside(own[0], shared, units), "place")
        for house in own:
            if places or house.unit != self._beside(house, shared, units):
                yield Found(house, house.unit, "own")

    def _beside(self, house: House, shared: Unit | None, units: list[Unit]) -> Unit:
        """Where the trouble is when the writer names his own house only."""
        if shared is not None:
            return shared if shared.level and shared.door else merged(shared, Unit(staircase=house.unit.staircase))
        if any("beside" in self.tokens.senses(at) for at in range(len(self.tokens))):
            return Unit(staircase=house.unit.staircase)
        return house.unit


def _shared(units: list[Unit]) -> Unit | None:
    """The one flat all loose parts describe; parts that contradict each other describe none."""
    if not units:
        return None
    whole = sorted(units, key=lambda u: (-(bool(u.level) + bool(u.door)), u.start))
    unit = whole[0]
    for other in whole[1:]:
        unit = unit if clash(unit, other) else merged(unit, other)
    rivals = {(u.level, u.door) for u in units if u.level and u.door}
    if len(rivals) > 1 and len({level for level, _ in rivals}) == 1:
        return replace(unit, door=None)  # 4 tv eller 4 th
    return unit if len(rivals) <= 1 else None


def _shows_austria(tokens: Tokens) -> bool:
    words = {token.word for token in tokens.all}
    named = any(word.endswith(("gasse", "strasse", "stiege")) for word in words)
    named = named or any(token.raw.lower() in _DOORS for token in tokens.all)
    named = named or any(t.word == "top" and tokens[at + 1].kind == "num" for at, t in enumerate(tokens.all))
    return named or len(words & word_class("german")) >= _GERMAN_WORDS


def _shows_norway(tokens: Tokens) -> bool:
    return any(t.word in word_class("norwegian") or t.word.endswith(("gata", "veien")) for t in tokens.all)
