"""An installation in a folder of its own, for tests of the command line: configuration, keys, a directory to import."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.databases import open_front_for_office, open_office
from bot.settings import Settings, load_here
from escalation.store.base import Database
from tests.source_tree import ROOT

EXAMPLE = ROOT / "bot/sandbox/eksempelby"
BROKEN = ROOT / "tests/escalation/directory_broken"
KEYS = {"NABOLINJE_KEYS": bytes([1]) * 32, "NABOLINJE_INDEX_KEY": bytes([2]) * 32}


class Installation:
    """A folder with nabolinje.toml and .env, and the commands run in it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        patch.chdir(folder)
        for name in [name for name in os.environ if name.startswith("NABOLINJE_")]:
            patch.delenv(name)
        (folder / "nabolinje.toml").write_text((ROOT / "nabolinje.example.toml").read_text("utf-8"), "utf-8")
        self.set({name: base64.b64encode(key).decode() for name, key in KEYS.items()})

    def set(self, variables: Mapping[str, str]) -> None:
        with (self.folder / ".env").open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in variables.items())

    def configure(self, old: str, new: str) -> None:
        """Change a text in nabolinje.toml."""
        path = self.folder / "nabolinje.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def furnish(self, *command: str) -> None:
        """What a command leaves behind in a new installation: it was run once, and that is copied."""
        shutil.rmtree(self.folder / "var", ignore_errors=True)
        shutil.copytree(_left_by(command), self.folder / "var")

    def run(self, *command: str, given: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, command, input=given)

    def said(self, *command: str, given: str | bytes | None = None) -> str:
        """What a command that must succeed writes to standard output."""
        done = self.run(*command, given=given)
        assert done.exit_code == 0, done.output
        return done.stdout

    def refused(self, *command: str, given: str | bytes | None = None) -> list[str]:
        """The plain lines of a command that must end with status 1 and without a traceback."""
        done = self.run(*command, given=given)
        assert isinstance(done.exception, SystemExit), done.exception
        assert (done.exit_code, "Traceback" in done.output) == (1, False)
        return done.stderr.splitlines()

    def json(self, *command: str) -> Any:
        return json.loads(self.said(*command, "--format", "json"))

    @property
    def settings(self) -> Settings:
        return load_here(self.folder)

    @contextmanager
    def office(self) -> Iterator[Database]:
        database = open_office(self.settings)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def front(self) -> Iterator[Database]:
        database = open_front_for_office(self.settings)
        try:
            yield database
        finally:
            database.close()

    def directory(self, name: str, *broken: str) -> Path:
        """A folder with the sound small directory and, laid over it, the faulty files of the named cases."""
        folder = self.folder / name
        folder.mkdir()
        for source in ("sound", *broken):
            for path in (BROKEN / source).glob("*.csv"):
                (folder / path.name).write_bytes(path.read_bytes())
        return folder


@cache
def _left_by(command: tuple[str, ...]) -> Path:
    folder = Path(mkdtemp(dir=_kept().name))
    with pytest.MonkeyPatch.context() as patch:
        Installation(folder, patch).said(*command)
    return folder / "var"


@cache
def _kept() -> TemporaryDirectory[str]:
    """Goes with the process."""
    return TemporaryDirectory(prefix="nabolinje-installation-")


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Change a text in one of a directory's files."""
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
