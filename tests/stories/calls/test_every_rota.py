"""However the rota stands and whatever phones do, a caller who waits ends with a person or leaves a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.municipality import MakeWorld
from tests.privacy.worlds import Change
from tests.stories.office.conftest import MONDAY
from tests.telephones import (
    ANSWERS,
    BUSY,
    DEAD,
    IGNORES,
    MAILBOX,
    NOT_A_NUMBER,
    OUTAGE,
    PASSES,
    RingingTown,
    ends_call,
    ringing_town,
    speaks_at_once,
)
from tests.town import LINE

pytestmark = pytest.mark.xdist_group("every-rota")
PEOPLE = ("pia-thuesen", "rasmus-holt", "lone-krogh", "emil-juhl", "jesper-vang")
COORDINATOR = "+4520000001"
EVERYBODY = {
    "all_ignore": IGNORES,
    "all_busy": BUSY,
    "all_dead": DEAD,
    "all_mailboxes": MAILBOX,
    "all_pass": PASSES,
    "provider_4xx": NOT_A_NUMBER,
    "provider_5xx": OUTAGE,
}


def on_duty(people: int) -> Change:
    """So many share the front team's duty at every hour, one after another; the other teams have nobody."""

    def change(name: str, rows: list[str]) -> list[str]:
        if name != "rota.csv":
            return rows
        shifts = (("mon-fri", "00:00", "12:00"), ("mon-fri", "12:00", "00:00"))
        return [
            ";".join((LINE, "boligsocial", *shift, staff, str(order)))
            for order, staff in enumerate(PEOPLE[:people], start=1)
            for shift in shifts
        ]

    return change


@pytest.fixture
def with_duty(make_world: MakeWorld) -> Iterator[Callable[[int], RingingTown]]:
    made: list[RingingTown] = []

    def begin(people: int) -> RingingTown:
        made.append(ringing_town(make_world(f"{people} on duty", on_duty(people)), MONDAY))
        return made[-1]

    yield begin
    for town in made:
        town.close()


@pytest.fixture(params=[0, 1, 2, 5])
def town(request: pytest.FixtureRequest, with_duty: Callable[[int], RingingTown]) -> RingingTown:
    return with_duty(request.param)


@pytest.fixture
def two(with_duty: Callable[[int], RingingTown]) -> RingingTown:
    return with_duty(2)


def holds_what_was_promised(town: RingingTown) -> None:
    """What is so in every call, however it ended."""
    assert speaks_at_once(town.documents[0])
    assert town.longest_silence <= 10
    assert (town.joined_at or town.left_at) <= 90
    assert max((seconds for _, seconds in town.asked), default=0) + 5 <= 25
    assert max(town.rung().values(), default=0) <= 2
    assert len(town.cases()) == 1
    assert ends_call(town.documents[-1])


@pytest.mark.parametrize("state", EVERYBODY)
def test_with_nobody_who_takes_it_he_leaves_a_message_within_the_total(town: RingingTown, state: str) -> None:
    town.habit = EVERYBODY[state]
    assert town.plays("0", "1") == "leave"
    holds_what_was_promised(town)
    assert town.timeline("media")
    assert town.case()["state"] == "new"
    assert 85 <= town.left_at <= 90


def test_with_no_phone_at_all_he_leaves_a_message_within_the_total(town: RingingTown) -> None:
    town.without_phones()
    town.with_line(last_resort=replace(town.lines[LINE].last_resort, notify=()))
    assert town.plays("0", "1") == "leave"
    holds_what_was_promised(town)
    assert town.asked == []


def test_whoever_presses_nothing_is_led_through_without_a_silence(two: RingingTown) -> None:
    two.habit = MAILBOX
    assert two.plays() == "leave"
    holds_what_was_promised(two)
    assert not two.timeline("media")


@pytest.mark.parametrize("state", EVERYBODY)
def test_one_who_takes_it_is_reached_behind_all_the_others(town: RingingTown, state: str) -> None:
    town.habit, town.habits = EVERYBODY[state], {COORDINATOR: ANSWERS}
    assert town.plays("0") == "bridged"
    holds_what_was_promised(town)
    assert (town.case()["state"], town.case()["taken_by"]) == ("taken", "anne-lund")


def test_a_phone_that_two_share_rings_no_more_than_twice(two: RingingTown) -> None:
    two.with_line(last_resort=replace(two.lines[LINE].last_resort, notify=(COORDINATOR, COORDINATOR)))
    two.habit = BUSY
    two.plays("0", "1")
    holds_what_was_promised(two)
    assert COORDINATOR in two.rung()


def test_a_busy_phone_is_tried_again_only_after_a_while(two: RingingTown) -> None:
    two.habit = BUSY
    two.plays("0", "1")
    for number in two.rung():
        first, second = (at for rung, at in two.began if rung == number)
        assert (second - first).total_seconds() >= 12
