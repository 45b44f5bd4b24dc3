"""Reads addresses as people write them (Danish, Austrian, Norwegian) and writes them as post offices do.

A text may name the place of the trouble and the writer's own flat; the two are kept apart. Nothing here
knows which addresses exist: the register mends spelling later (`places.py`) and never accepts or refuses one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from escalation.address_reader import Found, read
from escalation.folding import compose, fold_street, lower
from escalation.lexicons import load

# "6 bokstav a" is 6A.
_LETTER = re.compile(
    rf"(\d)\s{{1,3}}(?:{'|'.join(load('addresses')['words']['letter_named'].split())})\s([a-z])\b", re.IGNORECASE
)


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
    low = {"K": "kjeller", "U": "underetasje", "L": "loft"}
    floor = address.floor or ""
    floor = f"{floor}. etasje" if floor.isdigit() else low.get(floor[:1], "")
    return " ".join(part for part in (floor, address.door or "") if part)


def parse(text: str, country: str) -> tuple[Address, ...]:
    """Every address in a text, the places of the trouble first. `country` is the line's: DK, AT or NO."""
    found = dict.fromkeys(_address(each) for each in read(_LETTER.sub(r"\1\2", compose(text)), country))
    return tuple(sorted(found, key=lambda address: address.role == "own"))


def _address(found: Found) -> Address:
    house, unit = found.house, found.unit
    country = unit.country or house.country
    return Address(
        house.street, house.number, house.letter or unit.letter, unit.notation(country), unit.door, unit.staircase,
        house.postcode, house.city, country, found.role,
    )  # fmt: skip


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
    complete = [address for address in parse(text, "DK") if address.complete]
    if any(address.postcode == found[1] or address.country == "AT" for address in complete):
        return None  # Austrians put the postcode first: 1050, Am Hundsturm 18
    return found[1]


_BEFORE_A_YEAR_OR_TIME = frozenset("i in im siden since seit fra from år year jahr kl um at til bis until".split())


def _code_beside_a_flat(text: str, low: str) -> str | None:
    """``larm hele natten 1057 3 tv``, or the code as the last word. With a street in the text it is a postcode."""
    flat = r"[ ,]+(?:st|kl|\d{1,2})\b\.?\s?(?:sal\b)?[ ,]*(?:tv|th|mf|\d{1,3})?\b"
    found = re.search(rf"(?<![\w.:/+-])(\d{{4}})(?:{flat}|[.!]?$)", low)
    if found is None or any(address.complete for address in parse(text, "DK")):
        return None
    before = low[max(0, found.start() - 12) : found.start()].split()
    if not before or found[0][4:].strip(" .!,"):
        return None if before and before[-1].strip(".,") in _BEFORE_A_YEAR_OR_TIME else found[1]
    # As the last word it must stand apart, or be a sum, a report's number or a form's.
    return found[1] if before[-1][-1] in ".,:!?;-" else None
