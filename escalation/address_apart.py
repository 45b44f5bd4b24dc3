"""Reads floors, doors and staircases that stand apart from any house number; only what cannot be anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from escalation.address_behind import UnitsBehind
from escalation.address_tokens import Sense, Tokens, word_class
from escalation.address_units import CODE_WORDS, HIGHEST, Unit, UnitReader, clash, merged, plain
from escalation.street_endings import ends_like_street

_HIGHEST_SPOKEN = 12
_CODE_DIGITS = 4


@cache
def _openers() -> frozenset[str]:
    """Words that may open a unit without having a sense of their own: prepositions, and dwelling numbers' letters."""
    return CODE_WORDS | word_class("to_floors")


class UnitsApart:
    """Reads from one text's tokens the units that stand apart."""

    def __init__(self, tokens: Tokens, units: UnitReader, behind: UnitsBehind) -> None:
        self.tokens = tokens
        self.units = units
        self.behind = behind

    def everywhere(self, taken: Callable[[int], bool], most: int) -> Iterable[Unit]:
        """The units that stand apart from any house number; only what cannot be anything else."""
        end = found = 0
        for at in self.tokens.marked(_openers()):
            unit = None if at < end or found >= most or taken(at) else self._apart(at)
            if unit is not None and not unit.empty:
                yield unit
                found, end = found + 1, max(unit.end, at + 1)

    def _apart(self, at: int) -> Unit | None:
        token = self.tokens.all[at]
        if token.kind == "word" and not self.tokens.senses(at) and token.word not in _openers():
            return None
        unit = self._behind_code(at) or self.units.explicit(at) or self._turned(at)
        if unit is not None and self._is_one_of_two(at):
            return None
        if unit is None:
            return self._before_house(at) or self._on_floor(at)
        if unit.letter or (self.tokens[at].kind == "num" and self._in_a_number(at)):
            return None
        joined = unit
        if unit.level:
            for start in dict.fromkeys((self.units.marks(unit.end), self.units.leads(self.units.marks(unit.end)))):
                side = self.behind.side(start, unit, "AT" if self.units.austrian else "DK")
                part = side or self.units.door(start) or self.units.staircase(start)
                if part is not None and not clash(unit, part):
                    joined = merged(unit, part)
                    break
            else:
                joined = self._joined_door(unit)
        elif unit.staircase or unit.door:
            part = self.units.explicit(self.units.leads(self.units.marks(unit.end)))
            joined = merged(unit, part) if part is not None and not clash(unit, part) else unit
        sure = unit.sure or joined.door or self.tokens[joined.end].word in ("pa", "i")
        return joined if sure else None

    def _behind_code(self, at: int) -> Unit | None:
        """``5512 3 2``, ``1422, 2-1``: floor and door as numbers alone, behind a property's code."""
        code = self.tokens[0]
        if at > 2 or at != 1 + (self.tokens[1].raw == ",") or code.kind != "num" or len(code.raw) != _CODE_DIGITS:
            return None
        unit = self.behind.after(1, "DK", bare=True)
        return unit if unit.level and unit.door else None

    def _is_one_of_two(self, at: int) -> bool:
        """``mellem 1. og 2. sal``, ``1. eller 2. sal``: no floor is said to be the one."""
        before = at - 3 if self.tokens[at - 2].raw == "." else at - 2
        joined = self.tokens[at - 1].word in word_class("joins")
        counted = self.tokens[before].kind == "num" or "ordinal" in self.tokens.senses(before)
        return joined and counted and len(self.tokens[before].raw) < 10

    def _turned(self, at: int) -> Unit | None:
        """``tv 2. sal``: the side before the floor."""
        side = self.tokens.senses(at).get("side")
        if side is None:
            return None
        behind = self.units.marks(self.tokens.after_dot(side.end))
        unit = self.units.explicit(self.units.leads(behind)) or self._spoken(behind)
        if unit is None or not unit.level or not unit.sure:
            return None
        return replace(unit, door=side.value, start=at) if not unit.door else None

    def _spoken(self, at: int) -> Unit | None:
        """``mf på 4. i Lindevej 71``: beside a side a floor by preposition is sure."""
        unit = self._on_floor(at)
        return replace(unit, sure=True) if unit is not None else None

    def _joined_door(self, unit: Unit) -> Unit:
        """``st 8``, ``2. sal 4``: the door behind a floor far from its house."""
        part = self.behind.door_behind(self.units.marks(unit.end), unit, bare=False)
        return unit if part is None or self.tokens[unit.start].word != "st" else merged(unit, part)

    def _before_house(self, at: int) -> Unit | None:
        """``4.1 i nr 19``, ``på 2 duevej 56``, ``auf 2/21``: numbers that can only be a flat, a house being next."""
        first, mark, second = self.tokens[at], self.tokens[at + 1], self.tokens[at + 2]
        if (pair := self._floor_and_door(at)) is not None:
            return pair
        if first.kind != "num" or len(first.raw) > 2 or int(first.raw) > HIGHEST or self._in_a_number(at):
            return None
        if mark.raw in (".", "/") and mark.glued and second.kind == "num" and second.glued and len(second.raw) <= 2:
            if mark.raw == "/":
                led = self.units.austrian and self.tokens[at - 1].word in ("auf", "in", "von", "aus", "")
                return Unit(staircase=plain(first.raw), door=plain(second.raw), start=at, end=at + 3) if led else None
            return Unit(plain(first.raw), plain(second.raw), start=at, end=at + 3) if self._house_at(at + 3) else None
        led = self.tokens[at - 1].word in ("pa", "on", "i", "fra") and not self.units.counts(at + 1)
        if led and self._house_at(at + 1, named=False):
            return Unit(plain(first.raw), start=at, end=at + 1, sure=False)
        return None

    def _floor_and_door(self, at: int) -> Unit | None:
        """``på 2 dør 4``: with a numbered door behind it a bare number is the floor."""
        led = self.tokens[at - 1].kind == "mark" or self.tokens[at - 1].word in word_class("before_places")
        if not led or self.tokens[at].kind != "num" or not 0 < int(self.tokens[at].raw[:3]) <= HIGHEST:
            return None
        noun = at + 1
        door = self.units.door(noun) if "door" in self.tokens.senses(noun) else None
        return merged(Unit(plain(self.tokens[at].raw), start=at, end=noun), door) if door and door.door else None

    def _house_at(self, at: int, *, named: bool = True) -> bool:
        """Whether a street with its number begins here, or ``nr.`` and a number."""
        at = self.units.leads(at) if named else at
        if named and "number" in self.tokens.senses(at):
            return True
        words = next((i for i in range(4) if self.tokens[at + i].kind != "word"), 0)
        return (
            bool(words) and self.tokens[at + words].kind == "num" and ends_like_street(self.tokens[at + words - 1].word)
        )

    def _in_a_number(self, at: int) -> bool:
        before = self.tokens[at - 1]
        return self.tokens[at].glued and before.raw in (".", ",", ":", "/", "-") and self.tokens[at - 2].kind == "num"

    def _bare(self, at: int) -> Unit | None:
        """``ham på 4 har``, ``der auf 17 übt``: behind a word for people a bare number is their floor, in Austria
        their door."""
        number, follows = self.tokens[at + 1], self.tokens[at + 2]
        if number.kind != "num" or len(number.raw) > 2 or self.units.counts(at + 2) or follows.kind == "num":
            return None
        if self.tokens[at - 1].word not in word_class("dwellers") or follows.word in word_class("ranges"):
            return None
        if follows.kind == "mark" and not self.units.ends(at + 2):
            return None
        if self.units.austrian:
            return Unit(door=plain(number.raw), start=at + 1, end=at + 2, sure=False)
        low = self.tokens[at].word in ("pa", "on") and 0 < int(number.raw) <= _HIGHEST_SPOKEN
        return Unit(plain(number.raw), start=at + 1, end=at + 2, sure=False) if low else None

    def _ordinal(self, at: int) -> Sense | None:
        """``fourth``, ``dritten``, ``4th``, ``2ten``"""
        word = self.tokens.senses(at).get("ordinal")
        token, suffix = self.tokens[at], self.tokens[at + 1]
        digit = word is None and token.kind == "num" and len(token.raw) == 1 and token.raw != "0"  # the 15th is a day
        if digit and suffix.glued and suffix.word in word_class("ordinal_ends"):
            return Sense(token.raw, at + 2)
        return word

    def _on_floor(self, at: int) -> Unit | None:
        """``på 4.``, ``on 4``, ``på femte i``: a floor by preposition."""
        lead = self.tokens[at].word
        bare_dem = lead == "dem" and self.tokens[at - 1].word not in ("aus", "von", "bei", "in")
        if bare_dem or lead not in word_class("to_floors") or self.units.explicit(at + 1) is not None:
            return None
        if (bare := self._bare(at)) is not None:
            return bare
        first = at + 1 + (self.tokens[at + 1].word in ("the", "den", "dem"))
        ordinal = self._ordinal(first)
        if ordinal is not None:
            follows = self.tokens[ordinal.end]
            spoken = lead == "on" and follows.kind == "word" and follows.word not in word_class("no_floors")
            if spoken or follows.word in word_class("after_places") or self.units.ends(ordinal.end):
                return Unit(ordinal.value, start=at + 1, end=ordinal.end, sure=False)
            return None
        unit = self.behind.dotted(at + 1) if lead in ("pa", "on", "fra", "ved", "vom", "im") else None
        if (
            unit is None
            or int(self.tokens[at + 1].raw) > 20
            or (len(self.tokens[unit.end].raw) == 1 and self.tokens[unit.end].kind == "num")
        ):
            return None
        return replace(unit, sure=False)
