"""What a provider says of a call, said again or in another order, comes to the same end.

The provider asks for a step only when it was told what leads there, and reports how a call ended only when it did: that
much order there is, for the first time each is said. Beyond it, and for everything said again, any order will do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.calling import CallingTown
from tests.privacy.worlds import World
from tests.stories.office.conftest import MONDAY

pytestmark = pytest.mark.xdist_group("any-order")
FIRST, SECOND = "pia-thuesen", "rasmus-holt"
# An order that differs is not made shorter: each costs a second, and it reads well enough as it is.
few = settings(
    max_examples=6, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), database=None
)
RECORDING = "https://api.example/Recordings/RE1"


@dataclass(frozen=True)
class Said:
    """One webhook; the first time it comes `after` the first time of others."""

    what: Callable[[CallingTown], object]
    after: tuple[str, ...] = ()


Story = dict[str, Said]


def asks(step: str, digits: str = "", **more: Any) -> Callable[[CallingTown], object]:
    return lambda town: town.asks(step, digits, **more)


def queues(town: CallingTown) -> None:
    """He waits, and two phones ring for him."""
    town.asks("menu/da", "0")
    if not town.legs():
        town.after(13)


def answered(staff: str) -> Callable[[CallingTown], object]:
    return lambda town: town.picks_up(staff)


def pressed(staff: str, keys: str) -> Callable[[CallingTown], object]:
    return lambda town: town.staff_presses(staff, keys)


def ended(staff: str, status: str) -> Callable[[CallingTown], object]:
    return lambda town: town.leg_ends(staff, status)


BEGINS: Story = {"greeting": Said(asks("")), "queue": Said(queues, ("greeting",))}
WAITS = {**BEGINS, "wait": Said(asks("wait/da"), ("queue",))}
TALKED: Story = {
    **WAITS,
    "first answers": Said(answered(FIRST), ("queue",)),
    "first presses nothing": Said(pressed(FIRST, ""), ("first answers",)),
    "first is over": Said(ended(FIRST, "completed"), ("queue",)),
    "second answers": Said(answered(SECOND), ("queue",)),
    "second presses 1": Said(pressed(SECOND, "1"), ("second answers",)),
    "they talked": Said(lambda town: town.staff_has_talked(SECOND), ("second presses 1",)),
    "second is over": Said(ended(SECOND, "completed"), ("second presses 1",)),
    "waiting is over": Said(asks("queued/da", result="bridged"), ("second presses 1",)),
    "caller is gone": Said(lambda town: town.hangs_up(), ("second presses 1",)),
}
LEFT_A_MESSAGE: Story = {
    **WAITS,
    "first is busy": Said(ended(FIRST, "busy"), ("queue",)),
    "second fails": Said(ended(SECOND, "failed"), ("queue",)),
    "waiting is over": Said(asks("queued/da", result="leave"), ("wait",)),
    "recorded": Said(asks("recorded/da", recording=RECORDING, seconds=12), ("waiting is over",)),
    "wants a call": Said(asks("callback/da", "1"), ("recorded",)),
    "caller is gone": Said(lambda town: town.hangs_up(), ("waiting is over",)),
}
PRESSED_TOO_LATE: Story = {
    **WAITS,
    "first answers": Said(answered(FIRST), ("queue",)),
    "waiting is over": Said(asks("queued/da", result="hangup"), ("queue",)),
    "caller is gone": Said(lambda town: town.hangs_up(), ("queue",)),
    "first presses 1": Said(pressed(FIRST, "1"), ("first answers", "waiting is over")),
    "first is over": Said(ended(FIRST, "completed"), ("first presses 1",)),
    "second is cancelled": Said(ended(SECOND, "canceled"), ("waiting is over",)),
}
GONE_AT_ONCE: Story = {"greeting": Said(asks("")), "caller is gone": Said(lambda town: town.hangs_up())}
GONE_ON_THE_WAY: Story = {
    "greeting": Said(asks("")),
    "queue": Said(asks("menu/da", "0"), ("greeting",)),
    "waiting is over": Said(asks("queued/da", result="hangup"), ("queue",)),
    "caller is gone": Said(lambda town: town.hangs_up()),
}
SPOKE_AT_ONCE: Story = {
    "greeting": Said(asks("")),
    "code": Said(asks("menu/da", "1057"), ("greeting",)),
    "message": Said(asks("choice/da", "2"), ("code",)),
    "recorded": Said(asks("recorded/da", "hangup", recording=RECORDING, seconds=12), ("message",)),
    "caller is gone": Said(lambda town: town.hangs_up()),
}
STORIES = {
    "talked": TALKED,
    "left_a_message": LEFT_A_MESSAGE,
    "pressed_too_late": PRESSED_TOO_LATE,
    "gone_at_once": GONE_AT_ONCE,
    "gone_on_the_way": GONE_ON_THE_WAY,
    "spoke_at_once": SPOKE_AT_ONCE,
}


def possible(story: Story, drawn: list[str]) -> list[str]:
    """The order drawn, with whatever cannot come yet put off until it can."""
    order: list[str] = []
    waiting = list(drawn)
    while waiting:
        name = next(each for each in waiting if set(story[each].after) <= set(order))
        waiting.remove(name)
        order.append(name)
    return order


def retold(story: Story, data: st.DataObject) -> list[str]:
    """Everything that is said in a story, each from once to five times, in any order that can be."""
    times = data.draw(st.lists(st.integers(1, 5), min_size=len(story), max_size=len(story)))
    said = [each for each, n in zip(story, times, strict=True) for _ in range(n)]
    return possible(story, data.draw(st.permutations(said)))


def end_of(world: World, story: Story, order: list[str]) -> dict[str, object]:
    """What is in the rows when all this was said and everything that follows has happened."""
    town = world.town(MONDAY, CallingTown)
    assert isinstance(town, CallingTown)
    try:
        for name in order:
            story[name].what(town)
        town.after(0.1)
        assert town.ringing() == []
        return town.rows()
    finally:
        town.close()


@cache
def in_order(world: World, name: str) -> dict[str, object]:
    return end_of(world, STORIES[name], list(STORIES[name]))


@pytest.mark.parametrize("name", STORIES)
@given(data=st.data())
@few
def test_what_is_said_again_or_out_of_order_comes_to_the_same_end(
    eksempelby: World, name: str, data: st.DataObject
) -> None:
    story = STORIES[name]
    assert end_of(eksempelby, story, retold(story, data)) == in_order(eksempelby, name)


@pytest.mark.parametrize("name", STORIES)
def test_each_story_ends_as_it_is_called(eksempelby: World, name: str) -> None:
    rows = in_order(eksempelby, name)
    ends = {
        "talked": ("talked", {FIRST: "no_answer", SECOND: "joined"}, ["taken"]),
        "left_a_message": ("left", {FIRST: "no_answer", SECOND: "failed"}, ["new"]),
        "pressed_too_late": ("left", {FIRST: "cancelled", SECOND: "cancelled"}, ["new"]),
        "gone_at_once": (None, {}, []),
        "gone_on_the_way": ("left", {}, ["new"]),
        "spoke_at_once": (None, {}, ["new"]),
    }
    assert (rows["office"], rows["legs"], rows["cases"]) == ends[name]


@given(st.permutations([name for name in LEFT_A_MESSAGE if "first" not in name and "second" not in name] * 2))
@few
def test_even_an_order_that_cannot_be_makes_one_case_and_leaves_no_phone_ringing(
    eksempelby: World, order: list[str]
) -> None:
    rows = end_of(eksempelby, LEFT_A_MESSAGE, order)
    assert rows["cases"] == ["new"]
    legs = rows["legs"]
    assert isinstance(legs, dict)
    assert set(legs.values()) <= {"ending", "cancelled"}
