"""The command line as a whole: help, exit statuses, and plain lines instead of tracebacks."""

from __future__ import annotations

import base64
import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from tests.installation import EXAMPLE, Installation
from tests.postgres import fresh_database
from tests.source_tree import ROOT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    return Installation(tmp_path, monkeypatch)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(home: Installation, command: str) -> None:
    assert "Usage: " in home.said(command, "--help")


def test_help_lists_every_command(home: Installation) -> None:
    shown = home.said("--help")
    assert all(f"\n  {command} " in shown for command in COMMANDS)


@pytest.mark.parametrize("command", [["nonsense"], ["import"], ["cases", "--state", "lost"], ["explain", "dreams"]])
def test_wrong_usage_has_its_own_exit_status(home: Installation, command: list[str]) -> None:
    assert home.run(*command).exit_code == 2


def test_without_a_configuration_each_missing_thing_is_one_line(home: Installation) -> None:
    (home.folder / "nabolinje.toml").unlink()
    (home.folder / ".env").unlink()
    lines = home.refused("status")
    assert [line.partition(":")[0] for line in lines] == [
        "NABOLINJE_CONFIG", "NABOLINJE_KEYS", "NABOLINJE_INDEX_KEY"]  # fmt: skip


def test_keys_can_be_made_before_there_is_anything_else(home: Installation) -> None:
    (home.folder / ".env").unlink()
    key = home.said("keys", "generate").strip()
    assert len(base64.b64decode(key, validate=True)) == 32
    assert key != home.said("keys", "generate").strip()


def test_a_new_data_directory_needs_no_migration_by_hand(home: Installation) -> None:
    assert home.json("status")["cases"] == {"new": 0, "taken": 0, "snoozed": 0, "closed": 0}


def test_commands_work_as_programs_of_their_own(home: Installation) -> None:
    def program(*words: str) -> str:
        command, env = [sys.executable, "-m", "bot", *words], {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=home.folder, env=env, capture_output=True, text=True, check=True).stdout

    assert program("migrate") == "the schema is up to date\n"
    assert "staff" in program("import", str(EXAMPLE))
    assert json.loads(program("status", "--format", "json"))["cases"]["new"] == 0


def test_migrating_twice_is_harmless(home: Installation) -> None:
    assert home.said("migrate") == home.said("migrate") == "the schema is up to date\n"


def test_tables_of_another_version_name_the_command(home: Installation) -> None:
    (home.folder / "var").mkdir()
    sqlite3.connect(home.folder / "var/office.db").close()
    (home.folder / "var/office.db").touch()
    (line,) = home.refused("status")
    assert "nabolinje migrate" in line


def test_a_file_that_is_no_database_is_said_plainly(home: Installation) -> None:
    (home.folder / "var").mkdir()
    (home.folder / "var/office.db").write_bytes(b"this is not a database" * 100)
    (line,) = home.refused("status")
    assert "not a SQLite database" in line


def test_a_database_that_does_not_answer_is_said_plainly(home: Installation) -> None:
    home.set({"NABOLINJE_DATABASE_URL": "postgresql://someone:hunter2@127.0.0.1:1/nabolinje"})
    (line,) = home.refused("status")
    assert "does not answer" in line
    assert "hunter2" not in line


def test_keys_that_do_not_fit_are_said_plainly(home: Installation) -> None:
    home.said("import", str(EXAMPLE))
    home.set({"NABOLINJE_KEYS": base64.b64encode(bytes([9]) * 32).decode()})
    (line,) = home.refused("rota")
    assert "NABOLINJE_KEYS" in line


def test_on_postgresql_commands_ask_for_the_migration_and_work_after_it(home: Installation, postgres_url: str) -> None:
    home.set({"NABOLINJE_DATABASE_URL": fresh_database(postgres_url)})
    (line,) = home.refused("status")
    assert "nabolinje migrate" in line
    home.said("migrate")
    assert "teams.csv: 4 added" in home.said("import", str(EXAMPLE))
    assert home.said("import", str(EXAMPLE)) == "nothing changes\n"
    assert home.json("status")["tick_age_s"] is None


def test_a_database_that_is_not_there_is_said_plainly(home: Installation, postgres_url: str) -> None:
    home.set({"NABOLINJE_DATABASE_URL": fresh_database(postgres_url) + "_missing"})
    (line,) = home.refused("migrate")
    assert "there is no such database" in line


def test_a_rehearsal_is_refused_where_it_could_reach_people(home: Installation) -> None:
    home.set({"NABOLINJE_TWILIO_ACCOUNT_SID": "AC1", "NABOLINJE_TWILIO_AUTH_TOKEN": "t"})
    (line,) = home.refused("serve", "--clock-file", "clock")
    assert "--clock-file is for rehearsals" in line


def test_a_port_in_use_is_named_instead_of_tried_for_ever(home: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        home.set({"NABOLINJE_PORT": str(port)})
        (line,) = home.refused("serve")
    assert line.startswith(f"NABOLINJE_PORT: 127.0.0.1:{port} is already in use; ")


def test_an_address_of_another_machine_is_refused(home: Installation) -> None:
    home.set({"NABOLINJE_HOST": "192.0.2.1"})
    (line,) = home.refused("serve", "--only", "office")
    assert line.startswith("NABOLINJE_HOST: nobody can listen on 192.0.2.1 here")
