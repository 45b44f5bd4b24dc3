"""A caller hears the same, second by second, whether anybody behind the code he pressed is supported or not.

What differs is whose phones ring. The last tests plant a leak: a comparison that found nothing there would prove
nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.channels.twiml import Twiml
from handlers.call_verbs import Document, Silence
from tests.calling import words
from tests.municipality import MakeWorld
from tests.privacy.worlds import Change
from tests.stories.office.conftest import MONDAY
from tests.telephones import ANSWERS, BUSY, DEAD, IGNORES, MAILBOX, OUTAGE, PASSES, Habit, RingingTown

pytestmark = pytest.mark.xdist_group("same-call")
CODE, UNKNOWN = "3048", "9999"
NOBODY_TAKES_IT = {
    "ignored": IGNORES,
    "busy": BUSY,
    "dead": DEAD,
    "mailboxes": MAILBOX,
    "passed": PASSES,
    "refused_by_the_provider": OUTAGE,
}
PEOPLE = {"Thuesen", "Holt", "Krogh", "Juhl", "Lund", "Riis", "Boligsocial", "CTI", "team", "Aftenvagt"}
PLACE_AND_CALLER = {"3048", "9999", "Bøgeparken", "Zieli", "Tomasz", "Karsten", "+45", "1201"}


def one_placement(name: str, rows: list[str]) -> list[str]:
    """Behind the code lives one who is supported; his contact person has the second place on the rota."""
    own = next((row for row in rows if f";{CODE};" in row), "")
    return [row.replace("lone-krogh", "emil-juhl") if row == own and name == "placements.csv" else row for row in rows]


def no_placement(name: str, rows: list[str]) -> list[str]:
    return [row for row in rows if name != "placements.csv" or f";{CODE};" not in row]


WORLDS: dict[str, tuple[Change, str]] = {
    "one": (one_placement, CODE),
    "none": (no_placement, CODE),
    "unknown": (one_placement, UNKNOWN),
}


@dataclass
class Called:
    """All of a call that anybody could notice."""

    heard: list[tuple[float, bytes]]
    documents: list[Document]
    callees: list[Document]
    joined_at: float | None
    contact: object
    rung: set[str]


Calls = Callable[..., dict[str, Called]]


class Telling(RingingTown):
    """A leak: who waits about somebody with a contact person is silent for a second more."""

    def asks(self, step: str = "", digits: str = "", **more: object) -> Document:
        document = super().asks(step, digits, **more)
        if step.startswith("wait") and self.case()["contact"]:
            self.heard_at[-1] = (self.heard_at[-1][0], self.fits((*document, Silence(1))))
        return document


class Recorded(RingingTown):
    """A line whose most important sentences were recorded."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        played = {("da", key): f"https://line.example/{key}.mp3" for key in ("call.greeting", "call.still")}
        self._twiml = Twiml("https://line.example/webhooks/twilio/voice", "https://line.example/hold.wav", "DK", played)


@pytest.fixture
def calls(make_world: MakeWorld) -> Iterator[Calls]:
    """The same call in each world, and what it was like."""
    towns: list[RingingTown] = []

    def play(
        habit: Habit, kind: type[RingingTown] = RingingTown, keys: tuple[str, ...] = ("1", "1"), **line: object
    ) -> dict[str, Called]:
        found = {}
        for name, (change, code) in WORLDS.items():
            town = make_world(change.__name__, change).town(MONDAY, kind)
            assert isinstance(town, RingingTown)
            towns.append(town)
            town.with_line(**line)
            town.habit = habit
            town.plays(code, *keys)
            found[name] = Called(
                town.heard_at, town.documents, town.callees, town.joined_at, town.case()["contact"], set(town.rung())
            )
        return found

    yield play
    for town in towns:
        town.close()


def said(documents: list[Document], which: set[str]) -> set[str]:
    """Which of these words are said."""
    heard = " ".join(map(words, documents)).casefold()
    return {word for word in which if word.casefold() in heard}


@pytest.mark.parametrize("habit", NOBODY_TAKES_IT)
def test_while_nobody_pressed_one_each_second_is_the_same(calls: Calls, habit: str) -> None:
    played = calls(NOBODY_TAKES_IT[habit])
    assert len(played["one"].heard) > 12
    assert played["one"].heard == played["none"].heard == played["unknown"].heard
    for call in played.values():
        assert not said(call.documents, PEOPLE | PLACE_AND_CALLER)
        assert not said(call.callees, PEOPLE | PLACE_AND_CALLER)


def test_a_message_left_at_once_is_answered_in_the_same_words(calls: Calls) -> None:
    played = calls(IGNORES, keys=("2", "1"))
    assert played["one"].heard == played["none"].heard == played["unknown"].heard


def test_what_was_recorded_is_played_at_the_same_seconds_at_every_address(calls: Calls) -> None:
    played = calls(IGNORES, Recorded)
    assert b"call.greeting.mp3" in played["one"].heard[0][1]
    assert any(b"call.still.mp3" in document for _, document in played["one"].heard)
    assert played["one"].heard == played["none"].heard == played["unknown"].heard


def test_the_phones_that_ring_are_not_the_same(calls: Calls) -> None:
    played = calls(IGNORES)
    assert (played["one"].contact, played["none"].contact, played["unknown"].contact) == ("emil-juhl", None, None)
    assert played["one"].rung != played["none"].rung == played["unknown"].rung


def test_answers_at_equal_times_join_at_equal_times(calls: Calls) -> None:
    played = calls(ANSWERS)
    assert played["one"].joined_at == played["none"].joined_at == played["unknown"].joined_at is not None
    assert played["one"].heard == played["none"].heard == played["unknown"].heard


def test_a_planted_leak_in_the_waiting_is_found(calls: Calls) -> None:
    played = calls(IGNORES, Telling)
    assert played["one"].heard != played["none"].heard
    assert played["none"].heard == played["unknown"].heard


def test_a_planted_leak_in_the_words_is_found(calls: Calls) -> None:
    call = calls(MAILBOX, name="Juhl, Bøgeparken")["one"]
    assert said(call.documents, PEOPLE | PLACE_AND_CALLER) == {"Juhl", "Bøgeparken"}
    assert said(call.callees, PEOPLE | PLACE_AND_CALLER) == {"Juhl", "Bøgeparken"}
