"""Towns with telephones, at a moment of the story's choosing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.calling import CallingTown
from tests.privacy.worlds import World
from tests.stories.office.conftest import MONDAY
from tests.town import FRIDAY_NIGHT


@pytest.fixture
def town(eksempelby: World) -> Iterator[CallingTown]:
    """The Friday night, when Mads Ravn from outside is on duty alone."""
    town = eksempelby.town(FRIDAY_NIGHT, CallingTown)
    assert isinstance(town, CallingTown)
    yield town
    town.close()


@pytest.fixture
def monday(eksempelby: World) -> Iterator[CallingTown]:
    """Monday at eleven: two answer for each team."""
    town = eksempelby.town(MONDAY, CallingTown)
    assert isinstance(town, CallingTown)
    yield town
    town.close()
