"""The town that the office's stories happen in: imported once, copied for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.settings import load
from escalation.lines import LineConfig
from tests.municipality import KEYS, MEMORY
from tests.privacy.worlds import World
from tests.stories.office.staffed import StaffedTown
from tests.town import FRIDAY_NIGHT

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # 11:00 in Copenhagen
At = Callable[[datetime], StaffedTown]


@pytest.fixture(scope="session")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, LineConfig]:
    folder = tmp_path_factory.mktemp("lines")
    (folder / "nabolinje.toml").write_bytes(files("bot.sandbox").joinpath("nabolinje.toml").read_bytes())
    return load(KEYS, folder).lines


@pytest.fixture(scope="session")
def world(lines: Mapping[str, LineConfig]) -> Iterator[World]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield World(Path(folder), lines)


@pytest.fixture
def at(world: World) -> Iterator[At]:
    """A town at a moment of the story's choosing."""
    made: list[StaffedTown] = []

    def begin(moment: datetime) -> StaffedTown:
        town = world.town(moment, StaffedTown)
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
