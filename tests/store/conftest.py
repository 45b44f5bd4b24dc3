"""The same bodies on SQLite and PostgreSQL: each test gets copies of databases that were migrated once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.store import schema
from escalation.store.base import Database
from tests.postgres import fresh_database
from tests.store.homes import Home


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    schema.upgrade(f"sqlite:///{folder}/front.db", "front")
    schema.upgrade(f"sqlite:///{folder}/office.db", "office")
    return folder


@pytest.fixture(scope="session")
def postgres_model(postgres_url: str) -> str:
    url = fresh_database(postgres_url)
    schema.upgrade(url, "front")
    schema.upgrade(url, "office")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    if request.param == "sqlite":
        model = request.getfixturevalue("sqlite_model")
        shutil.copytree(model, tmp_path / "desks")
        made = Home({
            "front": f"sqlite:///{tmp_path}/desks/front.db",
            "office": f"sqlite:///{tmp_path}/desks/office.db",
        })  # fmt: skip
    else:
        url = fresh_database(request.getfixturevalue("postgres_url"), like=request.getfixturevalue("postgres_model"))
        made = Home({"front": url, "office": url})
    yield made
    made.close()


@pytest.fixture
def front_db(home: Home) -> Database:
    return home.open("front")


@pytest.fixture
def office_db(home: Home) -> Database:
    return home.open("office")
