"""A town on a Friday night for every story that needs no provider: the example municipality, copied, with its clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.privacy.worlds import World
from tests.town import FRIDAY_NIGHT, Town


@pytest.fixture
def town(eksempelby: World) -> Iterator[Town]:
    town = eksempelby.town(FRIDAY_NIGHT)
    yield town
    town.close()
