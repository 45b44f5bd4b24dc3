"""The backup and the restore that docs/operating.md tells operators to do, done here with the statements it gives.

Two files are never copied at the same instant. What is shown: which order loses nothing, and what the other one costs.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from escalation.store import front_tables, hatch, office_hatch, published, schema
from escalation.store.base import Database, Unit, open_database
from escalation.store.crypto import Keyring
from tests.postgres import fresh_database
from tests.postgres_guard import binaries

GUIDE = (Path(__file__).parents[1] / "docs" / "operating.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, 22, 38, tzinfo=UTC)
KEYS = Keyring((b"k" * 32,), b"i" * 32)


def statement(beginning: str) -> str:
    """The SQL of the guide that begins so, from between its double quotes."""
    found = re.search(rf'"({re.escape(beginning)}[^"]*)"', GUIDE)
    assert found, f"docs/operating.md no longer tells operators to run {beginning} ..."
    return found[1]


@dataclass
class Desks:
    """Both desks on files in one folder, and the little of their work that crosses between them."""

    folder: Path
    opened: list[Database] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("front", "office"):
            schema.upgrade(f"sqlite:///{self.folder / name}.db", name)
        self.front, self.office = self.open("front"), self.open("office")

    def open(self, name: str) -> Database:
        database = open_database(f"sqlite:///{self.folder / name}.db", name, KEYS)
        self.opened.append(database)
        return database

    def report(self, words: str) -> None:
        self.front.write_now(
            hatch.put_out,
            line="eksempelby",
            thread=words,
            seq=1,
            kind="report",
            sender="s",
            code="K7M2",
            body={"text": words},
            now=NOW,
        )

    def office_takes_everything(self) -> list[str]:
        """What takes effect, and is then marked at the front as the office does it."""
        rows = self.front.read_now(hatch.left_out)
        effects = [row.body["text"] for row in rows if self.office.write_now(office_hatch.consume, row.n, NOW)]
        self.front.write_now(hatch.mark_taken, [row.n for row in rows], NOW)
        return effects

    def tell(self, words: str) -> None:
        self.office.write_now(office_hatch.relay, "eksempelby", "thread", "reply", {"text": words}, NOW, NOW)

    def carry(self, finish: bool = True) -> None:
        rows = self.office.read_now(office_hatch.unmoved)
        for row in rows:
            self.front.write_now(
                hatch.put_in,
                notice=row.notice,
                line=row.line,
                thread=row.thread,
                kind=row.kind,
                body=row.body,
                not_before=row.not_before,
                now=NOW,
            )
        if finish:
            self.office.write_now(office_hatch.moved, [row.n for row in rows], NOW)

    def told(self) -> int:
        return self.front.read_now(
            lambda unit: unit.conn.scalar(select(func.count()).select_from(front_tables.hatch_in)) or 0
        )

    def close(self) -> None:
        while self.opened:
            self.opened.pop().close()


@pytest.fixture
def desks(tmp_path: Path):
    folder = tmp_path / "var"
    folder.mkdir()
    desks = Desks(folder)
    yield desks
    desks.close()


def run(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(sql)


def copy(desks: Desks, name: str) -> None:
    """Copy one desk's file while the service has it open, with the guide's own statement."""
    target = desks.folder.parent / f"{name}.db"
    run(desks.folder / f"{name}.db", re.sub(r"INTO '[^']*'", f"INTO '{target}'", statement("VACUUM INTO")))


def lose_everything_and_restore(desks: Desks, *mends: str) -> Desks:
    """The machine is gone; the copies are put in place and mended with the guide's statements."""
    desks.close()
    shutil.rmtree(desks.folder)
    desks.folder.mkdir()
    for name in ("front", "office"):
        shutil.copy(desks.folder.parent / f"{name}.db", desks.folder)
    attach = f"ATTACH '{desks.folder / 'office.db'}' AS office;"
    for mend in mends:
        run(desks.folder / "front.db", re.sub(r"ATTACH 'office.db' AS office;", attach, statement(mend)))
    restored = Desks(desks.folder)
    desks.opened = restored.opened
    return restored


OFFER_AGAIN = "ATTACH 'office.db' AS office; UPDATE hatch_out"
SKIP_NUMBERS = "ATTACH 'office.db' AS office; UPDATE sqlite_sequence"


def test_a_copy_made_while_the_service_runs_holds_every_commit(desks: Desks) -> None:
    desks.report("noise")
    copy(desks, "front")
    with closing(sqlite3.connect(desks.folder.parent / "front.db")) as found:
        assert found.execute("SELECT count(*) FROM hatch_out").fetchone() == (1,)
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_office_first_then_front_desk_loses_no_report(desks: Desks) -> None:
    desks.report("before both copies")
    desks.office_takes_everything()
    copy(desks, "office")
    desks.report("between the copies")
    assert desks.office_takes_everything() == ["between the copies"]
    copy(desks, "front")
    restored = lose_everything_and_restore(desks, OFFER_AGAIN)
    assert restored.office_takes_everything() == ["between the copies"]
    assert restored.office_takes_everything() == []


def test_without_the_mending_statement_a_report_between_the_copies_would_be_gone(desks: Desks) -> None:
    copy(desks, "office")
    desks.report("between the copies")
    desks.office_takes_everything()
    copy(desks, "front")
    assert lose_everything_and_restore(desks).office_takes_everything() == []


def test_office_first_then_front_desk_tells_a_reporter_nothing_twice(desks: Desks) -> None:
    desks.tell("we follow up tomorrow")
    copy(desks, "office")
    desks.carry()
    copy(desks, "front")
    restored = lose_everything_and_restore(desks, OFFER_AGAIN)
    restored.carry()
    assert restored.told() == 1


def test_office_first_then_front_desk_loses_nothing_that_was_half_carried(desks: Desks) -> None:
    desks.tell("we follow up tomorrow")
    desks.carry(finish=False)
    copy(desks, "office")
    copy(desks, "front")
    restored = lose_everything_and_restore(desks, OFFER_AGAIN)
    restored.carry()
    assert restored.told() == 1


def test_an_older_front_desk_hands_out_numbers_that_the_office_ignores(desks: Desks) -> None:
    copy(desks, "front")
    desks.report("between the copies")
    desks.office_takes_everything()
    copy(desks, "office")
    restored = lose_everything_and_restore(desks)
    restored.report("a new report after the restore")
    assert restored.office_takes_everything() == [], "then the order would not matter, and the guide may say so"


def test_an_older_front_desk_is_mended_by_skipping_the_numbers_in_use(desks: Desks) -> None:
    desks.report("before both copies")
    copy(desks, "front")
    desks.report("between the copies")
    desks.office_takes_everything()
    copy(desks, "office")
    restored = lose_everything_and_restore(desks, OFFER_AGAIN, SKIP_NUMBERS)
    restored.report("a new report after the restore")
    assert restored.office_takes_everything() == ["a new report after the restore"]


def test_a_copy_without_its_keys_says_so_in_one_plain_line(desks: Desks) -> None:
    desks.report("noise")
    stranger = open_database(f"sqlite:///{desks.folder / 'front.db'}", "front", Keyring((b"x" * 32,), b"i" * 32))
    desks.opened.append(stranger)
    read: Callable[[Unit], object] = hatch.left_out
    with pytest.raises(Exception, match="NABOLINJE_KEYS does not hold"):
        stranger.read_now(read)


def options(command: str) -> list[str]:
    """The options without a value's place that the guide gives this command."""
    line = next(line for line in GUIDE.splitlines() if line.strip().startswith(f"{command} "))
    return [word for word in line.split() if word.startswith("--") and "=" not in word]


def test_a_dump_of_postgresql_comes_back_whole_in_another_database(postgres_url: str, tmp_path: Path) -> None:
    url, dump = fresh_database(postgres_url), tmp_path / "nabolinje.dump"
    put_in_order(url)
    front = open_database(url, "front", KEYS, role=schema.front_role(url))
    front.write_now(published.bump, "published")
    front.close()
    programs = binaries()
    fresh = fresh_database(postgres_url)
    run_program(programs / "pg_dump", *options("pg_dump"), "--format=custom", f"--file={dump}", url)
    run_program(programs / "pg_restore", *options("pg_restore"), f"--dbname={fresh}", str(dump))
    put_in_order(fresh)
    restored = open_database(fresh, "front", KEYS, role=schema.front_role(fresh))
    assert restored.read_now(published.mark, "published") == 1
    restored.close()


def put_in_order(url: str) -> None:
    """What `nabolinje migrate` does."""
    schema.upgrade(url, "front")
    schema.upgrade(url, "office")
    schema.ensure_front_role(url)


def run_program(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
