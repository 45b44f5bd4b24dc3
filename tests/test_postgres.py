"""The tests' own server: that it is one, that databases are apart, and that nothing is left of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.postgres import GUARD, fresh_database


def test_two_databases_know_nothing_of_each_other(postgres_url: str) -> None:
    first, second = fresh_database(postgres_url), fresh_database(postgres_url)
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE note (text text)")
    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT to_regclass('note')").fetchone()
    assert found == (None,)


def test_a_database_can_be_a_copy_of_another(postgres_url: str) -> None:
    model = fresh_database(postgres_url)
    with psycopg.connect(model) as connection:
        connection.execute("CREATE TABLE note AS SELECT 7 AS number")
    with psycopg.connect(fresh_database(postgres_url, like=model)) as connection:
        assert connection.execute("SELECT number FROM note").fetchone() == (7,)


def test_the_tests_own_the_server(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT usesuper FROM pg_user WHERE usename = current_user").fetchone() == (True,)


def test_no_server_is_left_when_the_session_is_killed() -> None:
    session = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    guard = subprocess.Popen([sys.executable, GUARD, str(session.pid)], stdout=subprocess.PIPE, text=True)
    assert guard.stdout
    with guard.stdout as answer:
        url = answer.readline().strip()
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row and Path(row[0]).exists()
    session.send_signal(signal.SIGKILL)
    session.communicate()
    assert guard.wait(30) == 0
    assert not Path(row[0]).parent.exists()
