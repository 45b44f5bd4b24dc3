"""Where a report says it is, as the front desk can know it: the words, mended by the public stock.

The stock mends spelling and resolves ambiguity; it never accepts or refuses a place. A complete,
well-formed address is taken in the same words whether anybody has it on a list or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from escalation.addresses import Address
from escalation.folding import fold_street
from escalation.places import Place, Property, Stock, match
from escalation.store.published import PublicProperty
from escalation.understanding import Understanding
from handlers.intake import Placing

MOST_OPTIONS = 3


def make_stock(properties: Sequence[PublicProperty], country: str) -> Stock:
    """The public stock of one line, ready to be matched against."""
    rows = (Property(p.code, p.street, p.number, None, p.postcode, p.city, p.organisation) for p in properties)
    return Stock(rows, country)


def find_place(
    heard: Understanding,
    stock: Stock,
    *,
    scanned: Mapping[str, Any] | None = None,
    own: Sequence[str] = (),
    offer: bool = True,
) -> Placing:
    """The place of a text. `scanned`: the stairwell whose code was scanned; `own`: a registered contact's stairwells.

    A code or a complete address decides; else the scanned stairwell, else the contact's own, where his words fit
    one of them. `offer`: where he names none at all, his only one is meant, and of two or three he may choose.
    """
    if heard.property_code is not None:
        found = match(heard.property_code, stock)
        if found.verdict == "one":
            return Placing("one", _within(as_place(found.candidates[0]), heard.address))
    if len(heard.addresses) > 1 and heard.address is None:
        return Placing("ask", options=tuple(_as_written(a) for a in heard.addresses[:MOST_OPTIONS]))
    address = heard.address
    if address is not None and address.complete:
        return _complete(address, stock, own)
    if scanned is not None:
        return Placing("one", _within(dict(scanned), address))
    return _own(stock, own, address, offer) if own else Placing("missing")


def _complete(address: Address, stock: Stock, own: Sequence[str]) -> Placing:
    found = match(address, stock)
    if found.verdict == "one":
        return Placing("one", as_place(found.candidates[0]))
    if found.verdict == "ask":
        mine = [c for c in found.candidates if c.property in own]
        if len(mine) == 1:
            return Placing("one", as_place(mine[0]))
        return Placing("ask", options=tuple(as_place(c) for c in (mine or found.candidates)[:MOST_OPTIONS]))
    return Placing("one", _as_written(address))


def _own(stock: Stock, own: Sequence[str], address: Address | None, offer: bool) -> Placing:
    """A contact's own stairwells first: those on the street he names, or all of them where he names none."""
    street = fold_street(address.street) if address is not None and address.street else ""
    if not street and not offer:
        return Placing("missing")
    if not street and len(own) > MOST_OPTIONS:
        return Placing("missing")
    places = [place for place in (stairwell(stock, code) for code in own) if place is not None]
    fitting = [_within(p, address) for p in places if not street or fold_street(p["street"]) == street]
    if len(fitting) == 1:
        return Placing("one", fitting[0])
    if 1 < len(fitting) <= MOST_OPTIONS:
        return Placing("ask", options=tuple(fitting))
    return Placing("missing")


def as_place(place: Place) -> dict[str, Any]:
    """A place of the stock, with the flat the text named."""
    return {**_as_written(place.address), "property": place.property, "listed": True}


def _as_written(address: Address) -> dict[str, Any]:
    # Without the town: a listed place knows it and another may not, and what is said must not tell them apart.
    address = replace(address, postcode=None, city=None, role="place")
    return {
        "display": address.display(),
        "key": address.key,
        "house": address.house_key,
        "property": None,
        "street": address.street,
        "number": address.number,
        "letter": address.letter,
        "floor": address.floor,
        "door": address.door,
        "staircase": address.staircase,
        "listed": False,
    }


def _within(stairwell_: dict[str, Any], address: Address | None) -> dict[str, Any]:
    """A stairwell with the flat that was named beside it: ``1057 3 tv``."""
    if address is None or not (address.floor or address.door):
        return stairwell_
    flat = Address(
        street=stairwell_["street"],
        number=stairwell_["number"],
        letter=stairwell_["letter"],
        floor=address.floor,
        door=address.door,
        staircase=address.staircase or stairwell_["staircase"],
        country=address.country,
    )
    return {**_as_written(flat), "property": stairwell_["property"], "listed": True}


def stairwell(stock: Stock, code: str) -> dict[str, Any] | None:
    """The stairwell a public code stands for."""
    found = match(code, stock)
    return as_place(found.candidates[0]) if found.verdict == "one" else None


def same_place(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two places may be one: the same house, and not two different flats in it."""
    if one["house"] != other["house"]:
        return False
    return all(not one[part] or not other[part] or one[part] == other[part] for part in ("floor", "door", "staircase"))
