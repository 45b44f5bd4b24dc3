"""What a reporter gets is the same whether anybody at that place is supported, was, will be, or is known at all.

Each conversation of conversations.txt is played again where only the register differs, and at other places, by
turns. The last tests plant a leak: a comparison that found nothing there would prove nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from handlers.messages import Outbound, Sent
from tests.municipality import MakeWorld
from tests.privacy.worlds import Change, Place, Player, Script, View, Watched, WatchedTown, World, scripts

SUPPORTED = Place("Nørregade 7", "4 th", "Nørregade 7, 4. th", "1078")
LISTED = Place("Algade 3", "1 th", "Algade 3, 1. th", "2000")
NO_SUCH_NUMBER = Place("Nørregade 94", "4 th", "Nørregade 94, 4. th")
NO_SUCH_STREET = Place("Fjordgangen 7", "4 th", "Fjordgangen 7, 4. th")
PLACES = {"listed": LISTED, "no_number": NO_SUCH_NUMBER, "no_street": NO_SUCH_STREET}
SCRIPTS = scripts()
# One worker plays all worlds of a script, so that the world it is compared with is played once.
by_name = pytest.mark.parametrize(
    "script", [pytest.param(s, id=s.name, marks=pytest.mark.xdist_group(f"privacy-{s.name}")) for s in SCRIPTS]
)


def placed(*periods: str) -> Change:
    """The citizen at the supported place has these periods (`from;to`) and no others."""

    def change(name: str, rows: list[str]) -> list[str]:
        if name != "placements.csv":
            return rows
        (own, *_) = (row for row in rows if ";1078;4;th;" in row)
        head, tail = own.split("2026-04-01;2026-12-31")
        return [row for row in rows if ";1078;4;th;" not in row] + [head + period + tail for period in periods]

    return change


def nobody(name: str, rows: list[str]) -> list[str]:
    """A municipality that keeps no register."""
    return [] if name == "placements.csv" else rows


REGISTERS: dict[str, Change] = {
    "never": placed(),
    "ended": placed("2026-04-01;2026-10-31"),
    "ends_tonight": placed("2026-04-01;2026-11-20"),
    "begins_tomorrow": placed("2026-11-21;"),
    "nobody": nobody,
}


def played(world: World, script: Script, place: Place = SUPPORTED, kind: type[WatchedTown] = WatchedTown) -> View:
    town = world.town(script.begins, kind)
    try:
        return Player(town, script, place).play()
    finally:
        town.close()


Reference = Callable[[Script], View]


@pytest.fixture(scope="session")
def reference(eksempelby: World) -> Reference:
    """Each conversation as it goes at the supported place."""
    return cache(lambda script: played(eksempelby, script))


@by_name
def test_a_conversation_shows_something_to_compare(reference: Reference, script: Script) -> None:
    seen = reference(script)
    assert seen
    assert not [said for said in seen if any(word in said.text for word in ("1078", "Nørregade"))]


def turns(names: Sequence[str], at_once: int) -> list[Any]:
    """Each conversation meets so many of these, the next one the next: all of them with all would take minutes."""
    found = []
    for n, script in enumerate(SCRIPTS):
        for m in range(at_once):
            name = names[(n * at_once + m) % len(names)]
            group = pytest.mark.xdist_group(f"privacy-{script.name}")
            found.append(pytest.param(script, name, id=f"{name}-{script.name}", marks=group))
    return found


@pytest.mark.parametrize(("script", "register"), turns([*REGISTERS], 2))
def test_the_register_changes_nothing(
    reference: Reference, make_world: MakeWorld, script: Script, register: str
) -> None:
    assert played(make_world(register, REGISTERS[register]), script) == reference(script)


@pytest.mark.parametrize(("script", "where"), turns([*PLACES], 2))
def test_the_place_changes_nothing_but_its_own_name(
    eksempelby: World, reference: Reference, script: Script, where: str
) -> None:
    place = PLACES[where]
    if script.listed and not place.code:
        place = LISTED
    assert played(eksempelby, script, place) == reference(script)


@dataclass
class Wordy(Watched):
    """Says one full stop more where somebody answers for a resident."""

    knows: Callable[[], bool] = bool

    async def send(self, out: Outbound) -> Sent:
        more = replace(out, text=f"{out.text}.")  # type: ignore[arg-type]  # a leak is never cleared
        return await super().send(more if self.knows() else out)


class WordyTown(WatchedTown):
    def watched(self) -> Watched:
        return Wordy(now=self.clock.now, knows=lambda: any(case["contact"] for case in self.cases()))


class SlowTown(WatchedTown):
    """Is a second later where somebody answers for a resident."""

    def watched(self) -> Watched:
        return Watched(now=lambda: self.clock.now() + timedelta(seconds=any(c["contact"] for c in self.cases())))


@pytest.mark.parametrize("leaky", [WordyTown, SlowTown])
def test_a_planted_leak_is_found(eksempelby: World, leaky: type[WatchedTown]) -> None:
    script = next(s for s in SCRIPTS if s.name == "noise_taken_answered_closed")
    assert played(eksempelby, script, SUPPORTED, leaky) != played(eksempelby, script, LISTED, leaky)
