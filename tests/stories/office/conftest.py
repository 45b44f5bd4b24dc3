"""The town that the office's stories happen in, at a moment of the story's choosing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from tests.privacy.worlds import World
from tests.stories.office.staffed import StaffedTown
from tests.town import FRIDAY_NIGHT

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # 11:00 in Copenhagen
At = Callable[[datetime], StaffedTown]


@pytest.fixture
def at(eksempelby: World) -> Iterator[At]:
    """A town at a moment of the story's choosing."""
    made: list[StaffedTown] = []

    def begin(moment: datetime) -> StaffedTown:
        town = eksempelby.town(moment, StaffedTown)
        assert isinstance(town, StaffedTown)
        made.append(town)
        return town

    yield begin
    for town in made:
        town.close()


@pytest.fixture
def town(at: At) -> StaffedTown:
    """The Friday night."""
    return at(FRIDAY_NIGHT)


@pytest.fixture
def monday(at: At) -> StaffedTown:
    """Monday at eleven: Pia Thuesen and Rasmus Holt answer for the front team, Lone Krogh and Emil Juhl for CTI."""
    return at(MONDAY)
