"""The example municipality, imported once a run, for tests that play conversations in it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.settings import load
from escalation.lines import LineConfig
from tests.privacy.worlds import Change, World

MEMORY = Path("/dev/shm")
KEYS = {
    name: base64.b64encode(bytes([n]) * 32).decode()
    for n, name in enumerate(("NABOLINJE_KEYS", "NABOLINJE_INDEX_KEY"))
}  # fmt: skip
MakeWorld = Callable[[str, Change], World]


@pytest.fixture(scope="session")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, LineConfig]:
    folder = tmp_path_factory.mktemp("lines")
    (folder / "nabolinje.toml").write_bytes(files("bot.sandbox").joinpath("nabolinje.toml").read_bytes())
    return load(KEYS, folder).lines


@pytest.fixture(scope="session")
def make_world(lines: Mapping[str, LineConfig]) -> Iterator[MakeWorld]:
    """Makes the example municipality with a change to its directory; the same name gives the same world again.

    Worlds lie in memory where there is room for files: nothing here is about the disk.
    """
    made: dict[str, World] = {}
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:

        def make(name: str, change: Change) -> World:
            if name not in made:
                (Path(folder) / name).mkdir()
                made[name] = World(Path(folder) / name, lines, change)
            return made[name]

        yield make


@pytest.fixture(scope="session")
def eksempelby(make_world: MakeWorld) -> World:
    """The example municipality as it is."""
    return make_world("eksempelby", lambda name, rows: rows)
