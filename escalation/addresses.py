"""Reads addresses as people write them (Danish, Austrian, Norwegian) and writes them as post offices do.

A text may name the place of the trouble and the writer's own flat; the two are kept apart. Nothing here
knows which addresses exist: the register mends spelling later (`places.py`) and never accepts or refuses one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from escalation import address_grammar as grammar
from escalation.address_grammar import Unit
from escalation.folding import compose, fold_street, lower
from escalation.lexicons import load
from escalation.streets import WORD, Street, full_name, is_strict, may_be_name, street_at_end

_UNIT_WORDS = load("addresses")["units"]
_OWN = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(w) for w in _UNIT_WORDS["own"].split("|")) + r")\W{1,3}(?:[\w'’]+\W{1,3}){0,4}$"
)
_BESIDE = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, _UNIT_WORDS["beside"].split())) + r")(?!\w)")
_BEFORE_NUMBER = re.compile(
    r"(?:(?:\s|,\s?)(?:i\s|in\s|på\s)?(?:nr|no|nummer|number|hausnummer|husnr)\.?)?(?:\s{0,4}|,\s?)$"
)
_CASED_LEAD = re.compile(r"(?:^|[\n:,(]|\b(?:i|på|paa|in|at|der|fra|from|hos|pa)\s)\s*$")
_FRONT, _BACK = 70, 60
# Nobody names more places in one message; a text of nothing but numbers must not take long.
_MOST_NUMBERS, _MOST_UNITS, _MOST_WORDS = 80, 20, 400


@dataclass(frozen=True, slots=True)
class Address:
    """A place as far as a text tells it. Missing parts are None; a missing street or number is empty.

    `role` is ``own`` for the writer's own flat and ``place`` for everything else. Floors and doors are in the
    country's notation: DK ``st kl 1…`` and ``tv mf th`` or a number, AT ``EG HP KG DG 1…``, NO ``1…`` and ``H0302``.
    """

    street: str
    number: str
    letter: str | None = None
    floor: str | None = None
    door: str | None = None
    staircase: str | None = None
    postcode: str | None = None
    city: str | None = None
    country: str = "DK"
    role: Literal["place", "own"] = "place"

    @property
    def complete(self) -> bool:
        """Whether street and number are both there, enough to be taken without asking."""
        return bool(self.street and self.number)

    @property
    def house_key(self) -> str:
        """Compares houses: folded street and number with letter."""
        return f"{fold_street(self.street)}|{self.number}{(self.letter or '').lower()}"

    @property
    def key(self) -> str:
        """Compares flats: the house with staircase, floor and door."""
        parts = (self.staircase, self.floor, self.door)
        return "|".join((self.house_key, *((part or "").lower() for part in parts)))

    def display(self) -> str:
        """The address as it is written in its country; `parse` reads it back unchanged."""
        house = " ".join(part for part in (self.street, f"{self.number}{self.letter or ''}") if part)
        unit = {"AT": _austrian_unit, "NO": _norwegian_unit}.get(self.country, _danish_unit)(self)
        house += unit if unit.startswith("/") else ""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (house, "" if unit.startswith("/") else unit, town) if part)


def _danish_unit(address: Address) -> str:
    floor = f"{address.floor}." if address.floor else ""
    if not address.door:
        return floor
    door = address.door if floor or not address.door[0].isdigit() else f"dør {address.door}"
    return f"{floor} {door}".strip()


def _austrian_unit(address: Address) -> str:
    if address.number and address.door and not address.floor:
        return "/" + "/".join(part for part in (address.staircase, address.door) if part)
    floor = address.floor
    parts = (
        f"Stiege {address.staircase}" if address.staircase else "",
        "" if not floor else f"{floor}. Stock" if floor.isdigit() else floor,
        f"Tür {address.door}" if address.door else "",
    )
    return ", ".join(part for part in parts if part)


def _norwegian_unit(address: Address) -> str:
    if address.door and re.fullmatch(r"[HUKL]\d{4}", address.door):
        return address.door
    floor = "" if not address.floor else f"{address.floor}. etasje" if address.floor.isdigit() else "kjeller"
    return " ".join(part for part in (floor, address.door or "") if part)


@dataclass(frozen=True, slots=True)
class _House:
    street: str
    number: str
    letter: str | None
    unit: Unit
    postcode: str | None
    city: str | None
    country: str
    start: int
    end: int
    own: bool


def parse(text: str, country: str) -> tuple[Address, ...]:
    """Every address in a text, the places of the trouble first. `country` is the line's: DK, AT or NO."""
    reader = _Reader(compose(text), country)
    return reader.addresses()


def property_code(text: str) -> str | None:
    """The four-digit code from the notice in the stairwell: alone, first in the text, or named as a code."""
    low = lower(compose(text)).strip()
    match = re.match(
        r"(?:(?:ejendom|opgang|kode|koden|code|property|lejemål|objekt|haus)\s(?:er\s|is\s|nr\.?\s)?)?", low
    )
    start = match.end() if match else 0
    found = re.match(r"(\d{4})(?!\w|[.,:/]\d)(?P<unit>-\d{1,2}-\w{1,4}\b)?(?P<rest>.{0,40})", low[start:], re.DOTALL)
    if found is None:
        named = re.search(
            r"\b(?:kode|koden|code|lejemål|ejendom|property|objekt)\s(?:er\s|is\s|nr\.?\s)?(\d{4})\b", low
        )
        return named[1] if named else _code_beside_a_flat(text, low)
    if re.match(r"\s?(?:kr|,-|euro|eur|€|tak|thanks|danke|takk|gange|%)(?!\w)", found["rest"]):
        return None
    if any(address.complete and address.postcode == found[1] for address in parse(text, "DK")):
        return None
    return found[1]


_BEFORE_A_YEAR_OR_TIME = frozenset("i in im siden since seit fra from år year jahr kl um at til bis until".split())


def _code_beside_a_flat(text: str, low: str) -> str | None:
    """``larm hele natten 1057 3 tv``, or the code as the last word. With a street in the text it is a postcode."""
    flat = r"[ ,]+(?:st|kl|\d{1,2})\b\.?\s?(?:sal\b)?[ ,]*(?:tv|th|mf|\d{1,3})?\b"
    found = re.search(rf"(?<![\w.:/+-])(\d{{4}})(?:{flat}|[.!]?$)", low)
    if found is None or any(address.complete for address in parse(text, "DK")):
        return None
    before = low[max(0, found.start() - 12) : found.start()].split()
    return None if before and before[-1].strip(".,") in _BEFORE_A_YEAR_OR_TIME else found[1]


class _Reader:
    """One text on its way from characters to addresses."""

    def __init__(self, text: str, country: str) -> None:
        self.text = text = re.sub(r"[^\S\n]+", " ", text)
        self.low = lower(text)
        self.country = country
        self.cased = any(c.isupper() for c in text) and any(c.islower() for c in text)
        self.taken: list[tuple[int, int]] = []

    def addresses(self) -> tuple[Address, ...]:
        houses = list(self._houses())
        houses = self._with_relatives(houses)
        units = list(self._detached())
        return tuple(dict.fromkeys(self._assembled(houses, units)))

    # Houses: a street and a number.

    def _houses(self) -> Iterable[_House]:
        for match in islice(grammar.HOUSE_NUMBER.finditer(self.low), _MOST_NUMBERS):
            if self._is_taken(match.start()):
                continue
            house = self._forward(match) or self._backward(match)
            if house:
                self.taken.append((house.start, house.end))
                yield house

    def _words_before(self, end: int) -> tuple[list[re.Match[str]], int]:
        """The words of the same phrase that end just before a position, and where they end."""
        start = max(0, end - _FRONT)
        front = self.low[start:end]
        lead = _BEFORE_NUMBER.search(front)
        stop = start + (lead.start() if lead else len(front))
        words: list[re.Match[str]] = []
        for match in WORD.finditer(self.text, start, stop):
            if words and not re.fullmatch(r"\s{0,2}", self.text[words[-1].end() : match.start()]):
                words = []
            words.append(match)
        if not words or words[-1].end() != stop:
            return [], stop
        return words[-5:], stop

    def _backward(self, number: re.Match[str]) -> _House | None:
        words, stop = self._words_before(number.start())
        found = street_at_end([w[0] for w in words], self.country)
        if found is None or (found.strength == "weak" and self.low[stop : number.start()].strip(" ,")):
            return None
        house = self._house(number, [w[0] for w in words[-found.words :]], found, words[-found.words].start())
        more = self._longer_name(words, found, house)
        if house and more > found.words:
            return self._house(number, [w[0] for w in words[-more:]], found, words[-more].start())
        return house

    def _longer_name(self, words: list[re.Match[str]], found: Street, house: _House | None) -> int:
        """A text that is an address and nothing else: all words before the ending are its street's name."""
        rest = len(words) - found.words
        if house is None or house.country == "AT" or not (house.postcode or house.city) or not 0 < rest <= 2:
            return found.words
        alone = not (self.low[: words[0].start()] + self.low[house.end :]).strip(" .,\n")
        names = all(is_name(w[0], self.cased) for w in words[:rest])
        return len(words) if alone and names else found.words

    def _forward(self, number: re.Match[str]) -> _House | None:
        """A number before its street: ``nr. 9 i Nørregade``, ``12b vestergade``."""
        end = number.end()
        named = re.search(
            r"(?<!\w)(?:nr|no|nummer|number)\.?\s?$", self.low[max(0, number.start() - 8) : number.start()]
        )
        gap = re.compile(r",?\s(?:i\s|på\s|in\s|paa\s)?" if named else r"\s").match(self.low, end)
        if not gap or not (named or re.search(r"(?:^|\s)$", self.low[: number.start()][-1:])):
            return None
        words: list[re.Match[str]] = []
        best: tuple[int, Street] | None = None
        for word in WORD.finditer(self.text, gap.end(), gap.end() + _BACK):
            if word.start() != (words[-1].end() + 1 if words else gap.end()) or len(words) == 4:
                break
            words.append(word)
            found = street_at_end([w[0] for w in words], self.country)
            if found and found.strength == "strong" and found.words == len(words):
                best = (len(words), found)
        if best is None:
            return None
        stop = words[best[0] - 1].end()
        if re.match(r"[\s,]*(?:i\s)?(?:nr\.?\s?|nummer\s|no\.?\s)?\d", self.low[stop : stop + 15]):
            return None  # the street has a number of its own
        return self._house(number, [w[0] for w in words[: best[0]]], best[1], number.start(), stop)

    def _house(
        self, number: re.Match[str], words: list[str], street: Street, start: int, end: int | None = None
    ) -> _House | None:
        letter = self._letter(number)
        after = end if end is not None else number.end("letter") if letter else number.end("number")
        country, unit, stop = self._unit_after(after, street.country or self.country)
        postcode, city, stop = self._town_after(stop)
        if street.strength == "weak" and not self._plausible(number, words, start, unit, postcode, stop):
            return None
        if postcode is None:
            before = grammar.LEADING_POSTCODE.search(self.text[max(0, start - 50) : start])
            if before:
                postcode, city = before["postcode"], before["city"]
                start = start - (min(50, start) - before.start())
        return _House(
            full_name(words, country), self._number(number), letter, unit, postcode, city, country,
            start, stop, self._own(start),
        )  # fmt: skip

    def _number(self, number: re.Match[str]) -> str:
        return number["number"].lstrip("0") or number["number"]

    def _letter(self, number: re.Match[str]) -> str | None:
        letter = number["letter"]
        if not letter:
            return None
        if letter[0] == " ":
            follows = self.low[number.end() : number.end() + 12]
            if letter[1] in "io":
                return None
            spoken = re.match(r"\s(?:[^\W\d_]{3,})", follows) and self.text[number.end() - 1].islower()
            if letter[1] == "a" and spoken and not re.match(r"\s(?:st|stuen|kl|nr|dør)", follows):
                return None
        return letter.strip().upper()

    def _plausible(
        self, number: re.Match[str], words: list[str], start: int, unit: Unit, postcode: str | None, stop: int
    ) -> bool:
        """Whether an unknown word before a number is a street: only with a floor, a postcode or nothing else behind."""
        if len(number["number"]) > 3:
            return False
        if unit.floor and unit.door:
            return True
        if unit.staircase and unit.door:
            return True
        if not (words[0][0].isupper() and (self.cased or words[0].isupper())):
            return False
        lead = _CASED_LEAD.search(self.low[max(0, start - 12) : start])
        at_end = not self.low[stop:].strip(" .,!?\n")
        return bool(lead) and bool(postcode or not unit.empty or at_end)

    # Floors, doors, staircases and towns.

    def _unit_after(self, position: int, country: str) -> tuple[str, Unit, int]:
        slashes = grammar.SLASHES.match(self.low, position)
        unit, stop = Unit(start=position, end=position), position
        if slashes:
            first, second = slashes[1], slashes[2]
            unit = replace(unit, staircase=first if second else None, door=second or first)
            country, stop = "AT", slashes.end()
        for _ in range(3):  # Stiege, Stock, Tür in any order
            part, stop_part, austrian = self._austrian_part(stop)
            if part is None:
                break
            unit, stop = grammar.merged(unit, part), stop_part
            country = "AT" if austrian else country
        if country == "AT" and not unit.empty and stop > position:
            follow = re.compile(r"[\s,]{0,3}").match(self.low, stop)
            floor = next((m for p in grammar.AFTER_HOUSE[1:2] if (m := p.match(self.low, stop))), None)
            if floor and follow and not unit.floor:
                return country, grammar.merged(unit, grammar.unit_of(floor, country)), floor.end()
            return country, unit, stop
        for pattern in grammar.AFTER_HOUSE:
            match = pattern.match(self.low, position)
            if match and not self._starts_number_of_street(match.end()):
                found = grammar.unit_of(match, country)
                country = "NO" if "code" in match.groupdict() and match["code"] else country
                part, stop_part, austrian = self._austrian_part(match.end())
                if part is not None:
                    return ("AT" if austrian else country), grammar.merged(found, part), stop_part
                return country, found, match.end()
        return country, unit, stop

    def _starts_number_of_street(self, position: int) -> bool:
        return bool(re.match(r"\d", self.low[position : position + 1]))

    def _austrian_part(self, position: int) -> tuple[Unit | None, int, bool]:
        lead = re.compile(r"[\s,;/.–-]{0,4}(?:auf\s|der\s|im\s|in\s){0,2}").match(self.low, position)
        at = lead.end() if lead else position
        for pattern in (grammar.STAIRCASE, grammar.TOP):
            match = pattern.match(self.low, at)
            if match:
                return _staircase_or_top(match), match.end(), True
        floor = grammar.AUSTRIAN_FLOOR.match(self.low, at)
        if floor:
            return grammar.unit_of(floor, "AT"), floor.end(), True
        return None, position, False

    def _town_after(self, position: int) -> tuple[str | None, str | None, int]:
        match = grammar.POSTCODE.match(self.low, position)
        if match:
            city, stop = grammar.city_after(self.text, match.end())
            return match["postcode"], city, stop
        plain = re.compile(
            r"(?:\si\s|\sin\s|\s|,\s)(?P<city>[A-ZÆØÅÄÖÜ][^\W\d_]{2,24}(?:\s(?:[A-ZÆØÅ]{1,2}|[NSØV]\b))?)\s*$"
        ).match(self.text, position)
        if plain and self.cased and not street_like(plain["city"]):
            return None, plain["city"], plain.end()
        return None, None, position

    def _detached(self) -> Iterable[Unit]:
        """Floors, doors and staircases that stand apart from their house."""
        for pattern in (grammar.STAIRCASE, grammar.TOP):
            for match in islice(pattern.finditer(self.low), _MOST_UNITS):
                if self._is_taken(match.start()):
                    continue
                self.taken.append(match.span())
                unit = _staircase_or_top(match)
                yield replace(unit, own=self._own(match.start()))
        for pattern in (*grammar.ON_FLOOR, *grammar.DETACHED):
            for match in islice(pattern.finditer(self.low), _MOST_UNITS):
                if self._is_taken(match.start()):
                    continue
                self.taken.append(match.span())
                unit = grammar.unit_of(match, self.country)
                if not unit.empty:
                    yield replace(unit, own=self._own(match.start()))
        for match in islice(grammar.DOTTED_PAIR.finditer(self.low), _MOST_UNITS):
            if not self._is_taken(match.start()) and self._leads_to_house(match.end()):
                yield grammar.unit_of(match, self.country)

    def _leads_to_house(self, position: int) -> bool:
        return any(0 <= start - position <= 12 for start, _ in self.taken)

    def _is_taken(self, position: int) -> bool:
        return any(start <= position < end for start, end in self.taken)

    def _own(self, position: int) -> bool:
        """Whether the words just before say that this is where the writer lives."""
        front = re.split(r"[!?\n]|(?<=[^\W\d_]{4})\.\s", self.low[max(0, position - 60) : position])[-1]
        return bool(_OWN.search(front))

    # Numbers without a street, and what belongs together.

    def _with_relatives(self, houses: list[_House]) -> list[_House]:
        """Houses known by number alone (``nr. 13``) get the street named elsewhere in the text."""
        street = self._bare_street() if not houses else None
        base = houses[0] if houses else None
        for match in islice(grammar.RELATIVE.finditer(self.low), _MOST_UNITS):
            if self._is_taken(match.start("number")) or not (base or street):
                continue
            name, country = (base.street, base.country) if base else (street or "", self.country)
            letter = (match["letter"] or "").strip().upper() or None
            stop = match.end("letter") if letter else match.end("number")
            country, unit, stop = self._unit_after(stop, country)
            own = self._own(match.start())
            self.taken.append((match.start(), stop))
            if base and "-" in base.number and not own:
                houses = [house for house in houses if house is not base]
            houses.append(_House(name, match["number"], letter, unit, None, None, country, match.start(), stop, own))
        if not houses and street:
            houses = [_House(street, "", None, Unit(), None, None, self.country, 0, 0, False)]
        return houses

    def _bare_street(self) -> str | None:
        words = list(islice(WORD.finditer(self.text), _MOST_WORDS))
        for at, word in enumerate(words):
            near = [w[0] for w in words[max(0, at - 3) : at]] + [word[0].rstrip(".")]
            found = street_at_end(near, self.country)
            if found and found.strength == "strong" and (is_strict(word[0]) or (found.words > 1 and len(word[0]) > 4)):
                shown = found.country or self.country
                return full_name(near[-found.words :], shown)
        return None

    def _assembled(self, houses: list[_House], units: list[Unit]) -> Iterable[Address]:
        place_units = [unit for unit in units if not unit.own]
        shared = self._shared(place_units)
        places = [house for house in houses if not house.own]
        own = [house for house in houses if house.own]
        distinct = {(fold_street(h.street), h.number, h.letter) for h in houses}
        for house in places:
            unit = house.unit
            if len({(fold_street(h.street), h.number) for h in places}) == 1 and shared:
                unit = unit if unit.floor and unit.door else self._joined(unit, shared)
            yield self._address(house, unit, "place")
        if not places and len(distinct) == 1:
            house = own[0]
            if shared:
                yield self._address(house, shared, "place")
            elif _BESIDE.search(self.low):
                yield self._address(house, replace(Unit(), staircase=house.unit.staircase), "place")
            else:
                yield self._address(house, house.unit, "place")
        for house in own:
            yield self._address(house, house.unit, "own")
        if not houses and shared and shared.floor and (shared.door or self._says_little()):
            yield Address("", "", None, shared.floor, shared.door, shared.staircase, country=self.country)

    def _says_little(self) -> bool:
        return len(self.low) <= 25

    def _shared(self, units: list[Unit]) -> Unit | None:
        """The one flat all loose parts describe; parts that contradict each other describe none."""
        if not units:
            return None
        whole = sorted(units, key=lambda u: (-(bool(u.floor) + bool(u.door)), u.start))
        unit = whole[0]
        for other in whole[1:]:
            unit = self._joined(unit, other)
        rivals = {(u.floor, u.door) for u in units if u.floor and u.door}
        return unit if len(rivals) <= 1 else None

    def _joined(self, first: Unit, second: Unit) -> Unit:
        clash = any(
            a and b and a != b
            for a, b in ((first.floor, second.floor), (first.door, second.door), (first.staircase, second.staircase))
        )
        return first if clash else grammar.merged(first, second)

    def _address(self, house: _House, unit: Unit, role: Literal["place", "own"]) -> Address:
        return Address(
            house.street, house.number, house.letter, unit.floor, unit.door, unit.staircase,
            house.postcode, house.city, house.country, role,
        )  # fmt: skip


def _staircase_or_top(match: re.Match[str]) -> Unit:
    value = next(group for group in match.groups() if group)
    value = value.lstrip("0") or value
    part = Unit(staircase=value) if match.re is grammar.STAIRCASE else Unit(door=value)
    return replace(part, start=match.start(), end=match.end())


def is_name(word: str, cased: bool) -> bool:
    """Whether a word may be part of a name: capitalised where the text has capitals, and no greeting or preposition."""
    return len(word) > 2 and word[-1] != "." and (word[0].isupper() or not cased) and may_be_name(word)


def street_like(word: str) -> bool:
    """Whether a capitalised word behind a house number is rather a street or no name at all than a town."""
    found = street_at_end([word], "DK")
    return found is None or found.strength == "strong"
