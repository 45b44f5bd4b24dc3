"""A real PostgreSQL for the tests: one server a session (also under xdist), a fresh database a test.

Which server: TEST_DATABASE_URL (a superuser's), else Debian's binaries, else the wheel's. Never skipped.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

CONTROLLER = "PYTEST_CONTROLLER_PID"
GUARD = Path(__file__).with_name("postgres_guard.py")
_made: list[tuple[str, str]] = []
_guards: list[subprocess.Popen[str]] = []


def pytest_configure(config: pytest.Config) -> None:
    """Workers inherit the environment, so they learn whose end is the session's end."""
    if not hasattr(config, "workerinput"):
        os.environ[CONTROLLER] = str(os.getpid())


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A superuser's URL, `postgresql://user@127.0.0.1:port/postgres`; see `fresh_database`."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        _drop_what_was_made()
        return
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = shared / "postgres.url"
        if not note.exists():
            note.write_text(_start_guard())
    answer = note.read_text()
    if not answer.startswith("postgresql://"):
        pytest.fail(answer.removeprefix("error "), pytrace=False)
    yield answer


def fresh_database(postgres_url: str, like: str = "template1") -> str:
    """The URL of a new database, empty or a copy of the database `like` (a name or one of these URLs).

    Nobody may be connected to the one that is copied. No clean-up is needed.
    """
    template = like if "://" not in like else str(conninfo_to_dict(like)["dbname"])
    name = f"test_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    _made.append((postgres_url, name))
    head, _, options = postgres_url.partition("?")
    return head.rpartition("/")[0] + f"/{name}" + (f"?{options}" if options else "")


def _start_guard() -> str:
    guard = subprocess.Popen(
        [sys.executable, GUARD, os.environ[CONTROLLER]],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True, text=True,
    )  # fmt: skip
    assert guard.stdout
    _guards.append(guard)  # kept, or the collector would warn that it still runs
    with guard.stdout as answer:
        return answer.readline().strip() or "error the PostgreSQL guard ended without a word"


def _drop_what_was_made() -> None:
    """A server of somebody else's is left as it was: databases and the front desk's roles go."""
    for server, name in _made:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"{name}_front")))
