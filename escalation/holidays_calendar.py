"""Public holidays of the line's country, and the days the line itself stays closed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import lru_cache

import holidays

COUNTRIES = ("DK", "AT", "NO")

IsHoliday = Callable[[date], bool]


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The days on which the whole country is off work. Half-holidays such as 24 December are not among them."""
    return frozenset(holidays.country_holidays(country, years=year, categories=("public",)))


def holiday_test(country: str, closed: Collection[date] = ()) -> IsHoliday:
    """What rota and hours ask of a local day: is it a public holiday, or one of the line's own closing days?"""
    own = frozenset(closed)
    return lambda day: day in own or day in public_holidays(country, day.year)
