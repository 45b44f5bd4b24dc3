"""What a reporter gets is the same whether anybody at that place is supported, was, will be, or is known at all.

Each conversation of conversations.txt is played again where only the register differs, and at other places. The
last tests plant a leak: a comparison that found nothing there would prove nothing here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle

import pytest

from escalation.notices import Receipt
from escalation.store import office_hatch, office_incidents
from escalation.store.base import Unit
from tests.privacy.conftest import MakeWorld
from tests.privacy.worlds import Place, Player, Script, WatchedTown, World, scripts

SUPPORTED = Place("Nørregade 7", "4 th", "Nørregade 7, 4. th", "1078")
PLACEMENT = ";1078;4;th;"
NEIGHBOURS = Place("Algade 3", "1 th", "Algade 3, 1. th", "2000")
NO_SUCH_NUMBER = Place("Nørregade 94", "4 th", "Nørregade 94, 4. th")
NO_SUCH_STREET = Place("Fjordgangen 7", "4 th", "Fjordgangen 7, 4. th")
ELSEWHERE = [NEIGHBOURS, NO_SUCH_NUMBER, NO_SUCH_STREET]
SCRIPTS = scripts()
by_name = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
View = list[tuple[object, ...]]


def played(world: World, script: Script, place: Place, kind: type[WatchedTown] = WatchedTown) -> View:
    town = world.town(script.begins, kind)
    try:
        return Player(town, script, place).play()
    finally:
        town.close()


def never(name: str, rows: list[str]) -> list[str]:
    return [row for row in rows if name != "placements.csv" or PLACEMENT not in row]


def nobody(name: str, rows: list[str]) -> list[str]:
    """A municipality without a register of placements."""
    return rows if name != "placements.csv" else []


def ended(day: str) -> Change:
    """The support there ended with that day."""

    def change(name: str, rows: list[str]) -> list[str]:
        kept = [row.split(";") for row in rows]
        ...
        return rows

    return change
