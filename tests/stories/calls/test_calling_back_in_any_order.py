"""What a provider says of a call back, on either side, said again or in another order, comes to the same end."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calling_back import TAKER, CallingBackTown
from tests.privacy.worlds import World
from tests.stories.calls.test_any_order import Said, few, retold
from tests.town import FRIDAY_NIGHT

pytestmark = pytest.mark.xdist_group("calling-back-in-any-order")
Story = dict[str, Said]


def back(town: object) -> CallingBackTown:
    assert isinstance(town, CallingBackTown)
    return town


PRESSED: Story = {
    "staff answer": Said(lambda town: town.picks_up(TAKER)),
    "staff press 1": Said(lambda town: town.staff_presses(TAKER, "1"), ("staff answer",)),
    "not there yet": Said(lambda town: town.staff_has_talked(TAKER, talked=False), ("staff press 1",)),
}
TALKED: Story = {
    **PRESSED,
    "reporter answers": Said(lambda town: back(town).reporter_picks_up()),
    "reporter waits": Said(lambda town: back(town).reporter_waits(), ("reporter answers",)),
    "they talked": Said(lambda town: town.staff_has_talked(TAKER), ("not there yet", "reporter answers")),
    "he was fetched": Said(
        lambda town: back(town).reporter_is_out_of_the_queue("bridged"), ("not there yet", "reporter answers")
    ),
    "staff are over": Said(lambda town: town.leg_ends(TAKER, "completed"), ("not there yet", "reporter answers")),
    "reporter is over": Said(
        lambda town: back(town).reporter_leg_ends("completed"), ("not there yet", "reporter answers")
    ),
}
BUSY: Story = {
    **PRESSED,
    "reporter is busy": Said(lambda town: back(town).reporter_leg_ends("busy")),
    "staff are over": Said(lambda town: town.leg_ends(TAKER, "completed"), ("not there yet",)),
}
MAILBOX: Story = {
    "reporter answers": Said(lambda town: back(town).reporter_picks_up()),
    "staff answer": Said(lambda town: town.picks_up(TAKER)),
    "staff press nothing": Said(lambda town: town.staff_presses(TAKER, ""), ("staff answer", "reporter answers")),
    "staff are over": Said(lambda town: town.leg_ends(TAKER, "completed"), ("staff answer", "reporter answers")),
    "he has waited": Said(
        lambda town: back(town).reporter_is_out_of_the_queue("leave"), ("reporter answers", "staff press nothing")
    ),
    "reporter is over": Said(lambda town: back(town).reporter_leg_ends("completed"), ("he has waited",)),
}
STORIES = {"talked": TALKED, "busy": BUSY, "mailbox": MAILBOX}


def end_of(world: World, order: list[str], story: Story) -> tuple[object, ...]:
    """What the call back and the reporter's phone came to, how often his wish was kept, and how often he was there."""
    town = back(world.town(FRIDAY_NIGHT, CallingBackTown))
    try:
        town.leaves_a_message()
        town.rings_back()
        for name in order:
            story[name].what(town)
        town.wait(seconds=10)
        reporter = town.reporter_legs()[-1].state
        return town.state(), reporter, len(town.timeline("called_back")), len(town.timeline("callback_there"))
    finally:
        town.close()


@cache
def in_order(world: World, name: str) -> tuple[object, ...]:
    return end_of(world, list(STORIES[name]), STORIES[name])


@pytest.mark.parametrize("name", STORIES)
@given(data=st.data())
@few
def test_what_is_said_again_or_out_of_order_comes_to_the_same_end(
    eksempelby: World, name: str, data: st.DataObject
) -> None:
    story = STORIES[name]
    assert end_of(eksempelby, retold(story, data), story) == in_order(eksempelby, name)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("talked", ("talked", "joined", 1, 1)),
        ("busy", ("vain", "no_answer", 0, 0)),
        ("mailbox", ("vain", "no_answer", 0, 1)),
    ],
)
def test_each_story_ends_as_it_is_called(eksempelby: World, name: str, end: tuple[object, ...]) -> None:
    assert in_order(eksempelby, name) == end
