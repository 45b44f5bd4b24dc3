"""The worlds that conversations are played in, each imported once a session."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib.resources import files

import pytest

from bot.settings import load
from escalation.lines import LineConfig
from tests.privacy.worlds import World

KEYS = {name: base64.b64encode(bytes([n]) * 32).decode() for n, name in enumerate(("NABOLINJE_KEYS", "NABOLINJE_INDEX_KEY"))}


@pytest.fixture(scope="session")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, LineConfig]:
    folder = tmp_path_factory.mktemp("lines")
    (folder / "nabolinje.toml").write_bytes(files("bot.sandbox").joinpath("nabolinje.toml").read_bytes())
    return load(KEYS, folder).lines


@pytest.fixture(scope="session")
def eksempelby(tmp_path_factory: pytest.TempPathFactory, lines: Mapping[str, LineConfig]) -> World:
    """The example municipality as it is."""
    return World(tmp_path_factory.mktemp("eksempelby"), lines)
