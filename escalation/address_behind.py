"""Reads what stands right behind a house number: there bare numbers may be a floor and a door as well."""

from __future__ import annotations

from dataclasses import replace

from escalation.address_tokens import Tokens, word_class
from escalation.address_units import HIGHEST, Unit, UnitReader, clash, merged, plain

_SIDES = {"v": "tv", "h": "th", "m": "mf"}
_HIGHEST_BARE = 30


class UnitsBehind:
    """Reads from one text's tokens the units behind house numbers."""

    def __init__(self, tokens: Tokens, units: UnitReader) -> None:
        self.tokens = tokens
        self.units = units

    def after(self, at: int, country: str, *, bare: bool, first: bool = False) -> Unit:
        """The unit right behind a house number. `bare`: the text is hardly more than an address; `first`: it begins
        with it."""
        unit = Unit(start=at, end=at)
        slashed = self._slashed(at, country)
        if slashed is not None:
            unit = merged(unit, slashed)
        for _ in range(4):
            part = self._next(unit, country, bare) or (self._cellar_door(unit.end) if first else None)
            if part is not None and part.country == "NO" and part.door and not unit.door:
                unit = replace(unit, level=None)  # loft L0401: the code says which
            if part is None or clash(unit, part):
                break
            unit = merged(unit, part)
        return unit

    def _next(self, have: Unit, country: str, bare: bool) -> Unit | None:
        marks = self.units.marks(have.end)
        if self.tokens[marks].word in word_class("wings"):
            marks = self.units.marks(marks + 1)
        leads = self.units.leads(marks)
        if (counted := self._counted_door(leads, have)) is not None:
            return counted
        short = self._austrian_short(marks) if country == "AT" else None
        if short is not None and not clash(have, short):
            return short
        for at in dict.fromkeys((marks, leads)):
            part = self.units.explicit(at) or self.side(at, have, country)
            if part is not None:
                return part
        return self._spoken(marks, leads, have) or self._numbers(marks, have, country, bare)

    def _counted_door(self, at: int, have: Unit) -> Unit | None:
        """``1. sal tredje dør``, ``2. sal, 1. dør``: the doors of a floor are counted."""
        if not have.level or have.door:
            return None
        word = self.tokens.senses(at).get("ordinal")
        dotted = self.tokens[at].kind == "num" and self.tokens[at + 1].raw == "." and len(self.tokens[at].raw) <= 2
        noun = word.end if word else at + 2
        if not (word or dotted) or "door" not in self.tokens.senses(noun) or not self.units.ends(noun + 1):
            return None
        return Unit(door=word.value if word else plain(self.tokens[at].raw), start=at, end=noun + 1)

    def _austrian_short(self, at: int) -> Unit | None:
        """``St. 2``, ``T 8``: staircase and door by one letter or two, behind an Austrian house only."""
        number = self.tokens.after_dot(at + 1)
        door, end = self.units.door_number(number)
        if door is None or self.units.counts(end):
            return None
        if self.tokens[at].raw.lower() == "st":
            return Unit(staircase=door, start=at, end=end)
        return Unit(door=door, start=at, end=end) if self.tokens[at].raw.lower() == "t" else None

    def _cellar_door(self, at: int) -> Unit | None:
        """``, kl. 2``: a door in the cellar and no hour, where nothing else is in the text."""
        if self.tokens[at].raw != "," or self.tokens[at + 1].word != "kl" or self.tokens[at + 2].raw != ".":
            return None
        door, end = self.units.door_number(at + 3)
        return Unit("cellar", door, start=at, end=end) if door and self.units.ends(end, last=True) else None

    def side(self, at: int, have: Unit, country: str) -> Unit | None:
        senses = self.tokens.senses(at)
        side = senses.get("side") if have.level else senses.get("certain_side")
        if side is None and "side" in senses and self.units.is_floor(senses["side"].end):
            side = senses["side"]  # venstre 2. sal
        if side is None or have.door:
            return None
        end = self.tokens.after_dot(side.end)
        if country == "AT" or have.country == "AT":
            return Unit(start=at, end=end, staircase=have.staircase) if have.level else None
        return Unit(door=side.value, start=at, end=end)

    def _spoken(self, marks: int, leads: int, have: Unit) -> Unit | None:
        """``på 4.``, ``, tredje``: a floor without its noun."""
        if have.level:
            return None
        word = self.tokens.senses(leads).get("ordinal")
        if word is not None and (leads > marks or self.units.ends(word.end)) and self.units.ends(word.end, soft=True):
            return Unit(word.value, start=leads, end=word.end)
        if leads > marks and self.tokens[leads - 1].word in ("pa", "on", "i", "im"):
            return self.dotted(leads)
        return None

    def _numbers(self, at: int, have: Unit, country: str, bare: bool) -> Unit | None:
        token = self.tokens[at]
        if not have.door and (short := self._short(at, have)) is not None:
            return short
        if have.level and not have.door:
            return self.door_behind(at, have, bare)
        if have.staircase and not have.door and token.kind == "num":
            door, end = self.units.door_number(at)
            return Unit(door=door, start=at, end=end) if door and self.units.ends(end) else None
        turned = have.door in ("tv", "th", "mf") and not have.level
        if turned and token.kind == "num" and len(token.raw) <= 2 and self.units.ends(at + 1, last=True):
            return Unit(plain(token.raw), start=at, end=at + 1)  # tv 2
        if have.level or have.door or token.kind != "num" or len(token.raw) > 3:
            return None
        if len(token.raw) > 2 or int(token.raw) > HIGHEST:
            door, end = self.units.door_number(at)
            return Unit(door=door, start=at, end=end) if door and bare and self.units.ends(end, last=True) else None
        return self._pair(at, country, bare) or self.dotted(at) or self._last(at, country, bare)

    def _short(self, at: int, have: Unit) -> Unit | None:
        """What only an end makes certain: ``1. v``, ``nr. 431``, ``d. 12``, ``#12``."""
        if have.level is None and self.tokens[at].kind == "num" and (floor := self._short_floor(at)) is not None:
            return floor
        roman, behind = self.units.roman(at), self.tokens.after_dot(at + 1)
        if have.level is None and roman and "side" in self.tokens.senses(behind):
            return Unit(roman, start=at, end=behind)
        number = self.dotted(at) if self.tokens[at].kind == "num" and not have.level else None
        letter = number.end if number else at + 1 if self.tokens[at].kind == "num" and not have.level else at
        side = _SIDES.get(self.tokens[letter].raw.lower())
        end = self.tokens.after_dot(letter + 1)
        if side and (have.level or letter > at) and self.units.ends(end):
            level = have.level or ("ground" if self.tokens[at].raw == "0" else plain(self.tokens[at].raw))
            return Unit(level, side, start=at, end=end)
        lettered = self.tokens[at]
        if have.level and lettered.kind == "word" and len(lettered.raw) == 1 and self.units.ends(at + 1, last=True):
            return Unit(door=lettered.raw.lower(), start=at, end=at + 1)
        noun = self.tokens.senses(at).get("short_door")
        behind = self.tokens.after_dot(noun.end) if noun else at + 1 if self.tokens[at].raw == "#" else at
        if behind == at:
            return None
        door, end = self.units.door_number(behind)
        return Unit(door=door, start=at, end=end) if door and self.units.ends(end, last=True) else None

    def _short_floor(self, at: int) -> Unit | None:
        """``2 s. tv``, ``2.et.``"""
        noun = self.tokens.senses(self.tokens.after_dot(at + 1)).get("short_floor")
        if noun is None or len(self.tokens[at].raw) > 2:
            return None
        end = self.tokens.after_dot(noun.end)
        if "side" not in self.tokens.senses(end) and not self.units.ends(end, last=True):
            return None
        level = plain(self.tokens[at].raw)
        return Unit("ground" if level == "0" else level, start=at, end=end)

    def door_behind(self, at: int, have: Unit, bare: bool) -> Unit | None:
        """The bare door behind a floor: ``st. 4``, ``2. sal 11``."""
        short = self.tokens.senses(at).get("short_door")
        number = self.tokens.after_dot(short.end) if short else at
        cellar = "kl" in (self.tokens[number - 1].word, self.tokens[number - 2].word)
        if cellar and not (bare and self.tokens[number - 1].raw == "."):
            return None
        door, end = self.units.door_number(number)
        if door is None or self.units.counts(end) or not self.units.ends(end, soft=True):
            return None
        noun_before = "floor" in self.tokens.senses(at - 1) or "floor" in self.tokens.senses(at - 2)
        if noun_before and not short and not self.units.ends(end):
            return None
        return Unit(door=door, start=at, end=end)

    def _pair(self, at: int, country: str, bare: bool) -> Unit | None:
        """``5. 2``, ``5,3.1``, ``4.-3``, ``2 1``: floor and door as numbers alone."""
        behind, marks = at + 1, ""
        while self.tokens[behind].raw in (".", ",", "-", "–", "/") and len(marks) < 2:
            marks += self.tokens[behind].raw
            behind += 1
        senses = self.tokens.senses(behind)
        named = senses.get("short_door") or senses.get("door")
        number = self.tokens.after_dot(named.end) if named else behind
        door, end = self.units.door_number(number)
        if door is None or self.units.counts(end) or self._is_code_behind(end) or not self.units.ends(end, soft=True):
            return None
        certain = ("." in marks and not self._like_time(at, end)) or bool(named)
        if not certain and not (self.units.ends(end) and (bare or marks)):
            return None
        if marks in ("/", "-", "") and country == "AT" and not named:
            return Unit(staircase=plain(self.tokens[at].raw), door=door, start=at, end=end)
        level = plain(self.tokens[at].raw)
        return Unit("ground" if level == "0" else level, door, start=at, end=end)

    def _is_code_behind(self, end: int) -> bool:
        return self.tokens[end].raw == "/" or (self.tokens[end].raw == "." and self.tokens[end + 1].kind == "num")

    def _like_time(self, at: int, end: int) -> bool:
        """``12, 6.15``: glued to a number of two digits a full stop may be that of an hour, unless the text ends."""
        second = self.tokens[at + 2]
        return second.glued and self.tokens[at + 1].glued and len(second.raw) == 2 and not self.units.ends(end)

    def dotted(self, at: int) -> Unit | None:
        """``9, 3.``: a number and a full stop."""
        token, dot = self.tokens[at], self.tokens[at + 1]
        if token.kind != "num" or len(token.raw) > 2 or int(token.raw) > HIGHEST:
            return None
        spoken = self.tokens[at - 1].word == "on"
        if not spoken and (dot.raw != "." or not dot.glued):
            return None
        end = self.tokens.after_dot(at + 1)
        if (
            self.units.counts(at + 1)
            or self.units.counts(end)
            or (self.tokens[end].kind == "num" and self.tokens[end].glued)
        ):
            return None
        level = plain(token.raw)
        return Unit("ground" if level == "0" else level, start=at, end=end)

    def _last(self, at: int, country: str, bare: bool) -> Unit | None:
        """``4 5``: the last number of a text that is an address and nothing else. Austrians mean the door."""
        if country == "AT" and self.units.ends(at + 1, last=True):
            return Unit(door=plain(self.tokens[at].raw), start=at, end=at + 1)
        if not bare or int(self.tokens[at].raw) > _HIGHEST_BARE or not self.units.ends(at + 1, last=True):
            return None
        level = plain(self.tokens[at].raw)
        return Unit("ground" if level == "0" else level, start=at, end=at + 1)

    def _slashed(self, at: int, country: str) -> Unit | None:
        """112/2/14 and 131/3/tv."""
        found: list[str] = []
        named = Unit(start=at, end=at)
        while self.tokens[at].raw == "/" and len(found) < 3:
            part = self.units.explicit(at + 1)
            side = self.tokens.senses(at + 1).get("side")
            if part is not None and part.door not in ("tv", "th", "mf"):
                named, at = merged(named, part), part.end
                continue
            if side is not None:
                level = found[-1] if found else None
                return Unit("ground" if level == "0" else level, side.value, start=at, end=side.end)
            if part is not None:
                return merged(named, part)
            number, end = self.units.door_number(at + 1)
            if (roman := self.units.roman(at + 1)) is not None:
                number, end = roman, at + 2
            if number is None or self.units.counts(end):
                break
            found.append(number)
            at = end
        return self._by_position(found, named, at, country)

    def _by_position(self, found: list[str], named: Unit, end: int, country: str) -> Unit | None:
        if not found:
            return named if not named.empty else None
        if country == "DK":
            level, door = [*found, ""][:2]
            return merged(named, Unit("ground" if level == "0" else level, door or None, start=named.start, end=end))
        door = found[-1]
        staircase = found[0] if len(found) > 1 else None
        level_ = found[1] if len(found) == 3 else None
        return merged(named, Unit(level_, door, staircase, None, "AT", named.start, end))
