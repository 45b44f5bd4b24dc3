"""Migrations make exactly the tables of the source, on both engines, however many processes start them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from escalation.errors import SchemaOutOfDate
from escalation.store import schema
from escalation.store.migrations.make import METADATA
from tests.postgres import fresh_database
from tests.store.homes import Home

DESKS: tuple[schema.Schema, ...] = ("front", "office")
MIGRATE = (
    "import sys; from escalation.store import schema\n"
    "print('ready', flush=True); input(); schema.upgrade(sys.argv[1], sys.argv[2])"
)


def migrate_at_once(url: str, processes: int) -> list[tuple[int, str]]:
    """(exit status, error output) of processes that all wait at the door before they migrate."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, url, "front"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) for _ in range(processes)
    ]  # fmt: skip
    for process in started:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1] for process in started]
    return [(process.returncode, error) for process, error in zip(started, errors, strict=True)]


@pytest.mark.parametrize("desk", DESKS)
def test_the_steps_make_exactly_the_tables_of_the_source(home: Home, desk: schema.Schema) -> None:
    with home.open(desk).engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_server_default": True})
        assert compare_metadata(context, METADATA[desk]) == []


@pytest.mark.parametrize("desk", DESKS)
def test_the_steps_leave_no_index_and_no_uniqueness_out(home: Home, desk: schema.Schema) -> None:
    made = inspect(home.open(desk).engine)
    for table in METADATA[desk].tables.values():
        conditions = {
            index["name"]: any(key.endswith("_where") for key in index["dialect_options"])
            for index in made.get_indexes(table.name) if not index.get("duplicates_constraint")
        }  # fmt: skip
        assert conditions == {i.name: i.dialect_options["sqlite"]["where"] is not None for i in table.indexes}


def test_migrating_again_changes_nothing(home: Home) -> None:
    for desk in DESKS:
        schema.upgrade(home.urls[desk], desk)
        schema.require_current(home.urls[desk], desk)


def test_a_database_without_tables_names_the_command_and_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(SchemaOutOfDate, match="nabolinje migrate"):
        schema.require_current(f"sqlite:///{tmp_path}/front.db", "front")
    assert not list(tmp_path.iterdir())


def test_an_empty_postgresql_is_not_current_for_either_desk(postgres_url: str) -> None:
    url = fresh_database(postgres_url)
    schema.upgrade(url, "front")
    assert (schema.current(url, "front"), schema.current(url, "office")) == (True, False)


def test_four_replicas_may_migrate_a_fresh_postgresql_at_once(postgres_url: str) -> None:
    url = fresh_database(postgres_url)
    assert migrate_at_once(url, 4) == [(0, "")] * 4
    assert schema.current(url, "front")


def test_two_processes_may_migrate_a_fresh_file_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/with space & 100%.db"
    assert migrate_at_once(url, 2) == [(0, "")] * 2
    assert schema.current(url, "front")
