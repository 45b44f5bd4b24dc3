"""PostgreSQL: the front desk's role has its own tables and nothing else, whoever set the database up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors, sql

from escalation.errors import NotConfigured, Refused
from escalation.store import hatch, schema
from escalation.store.base import Database, open_database
from escalation.store.front_outbox import FRONT
from escalation.store.migrations.make import METADATA
from escalation.store.outbox import Post
from tests.postgres import fresh_database
from tests.store.homes import KEYS, NOW


@pytest.fixture
def owner_url(postgres_url: str, postgres_model: str) -> str:
    url = fresh_database(postgres_url, like=postgres_model)
    schema.ensure_front_role(url)
    return url


@pytest.fixture
def restricted(owner_url: str) -> Iterator[Database]:
    database = open_database(owner_url, "front", KEYS, role=schema.front_role(owner_url))
    yield database
    database.close()


@pytest.fixture
def plain_owner(postgres_url: str) -> Iterator[tuple[str, str]]:
    """(superuser's URL, URL of an owner who may make no roles) of one new database."""
    url, name = fresh_database(postgres_url), f"owner_{uuid.uuid4().hex[:8]}"
    database = url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(name)))
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(database), sql.Identifier(name)))
        yield url, url.replace("//" + url.partition("//")[2].partition("@")[0], f"//{name}:x")
        admin.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(sql.Identifier(name)))
        admin.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_the_front_desk_works_as_its_own_role(restricted: Database) -> None:
    restricted.write_now(FRONT.put, Post("by", "sms", "+4520000001", "answer", {}, NOW), NOW)
    assert len(restricted.write_now(FRONT.claim, "sms", NOW, 10, 60.0)) == 1
    assert restricted.write_now(hatch.unheard, NOW, NOW, 0.0) == []


def test_the_front_desk_can_neither_read_nor_write_one_table_of_the_office(owner_url: str) -> None:
    asked = [*METADATA["office"].tables, "alembic_version"]
    with psycopg.connect(owner_url, autocommit=True, options=f"-c role={schema.front_role(owner_url)}") as front:
        for table in asked:
            name = sql.Identifier("office", table)
            for statement in ("SELECT * FROM {}", "SELECT count(*) FROM {}", "DELETE FROM {}", "TABLE {} LIMIT 0"):
                with pytest.raises(errors.InsufficientPrivilege):
                    front.execute(sql.SQL(statement).format(name))


def test_the_front_desk_does_not_even_see_the_tables_of_the_office(owner_url: str) -> None:
    with psycopg.connect(owner_url, options=f"-c role={schema.front_role(owner_url)}") as front:
        seen = front.execute("SELECT DISTINCT table_schema FROM information_schema.tables").fetchall()
        may = front.execute("SELECT has_schema_privilege('office', 'USAGE')").fetchone()
    assert ("front",) in seen
    assert ("office",) not in seen
    assert may == (False,)


def test_the_front_desk_may_look_at_its_version_and_not_change_it(owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True, options=f"-c role={schema.front_role(owner_url)}") as front:
        assert front.execute("SELECT count(*) FROM front.alembic_version").fetchone() == (1,)
        for statement in (
            "DELETE FROM front.alembic_version",
            "CREATE TABLE front.more (n int)",
            "DROP TABLE front.inbox",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                front.execute(statement.encode())


def test_giving_the_rights_again_and_migrating_again_changes_nothing(owner_url: str) -> None:
    schema.upgrade(owner_url, "front")
    schema.ensure_front_role(owner_url)
    test_the_front_desk_does_not_even_see_the_tables_of_the_office(owner_url)


def test_a_login_of_its_own_needs_no_more_than_that_role(owner_url: str) -> None:
    login = f"login_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x' IN ROLE {}").format(
            sql.Identifier(login), sql.Identifier(schema.front_role(owner_url))))  # fmt: skip
        url = owner_url.replace("//" + owner_url.partition("//")[2].partition("@")[0], f"//{login}:x")
        assert schema.current(url, "front")
        database = open_database(url, "front", KEYS)
        assert database.read_now(hatch.backlog) == (0, 0)
        database.close()
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))


def test_an_owner_who_may_make_no_roles_gets_the_statements_for_somebody_who_may(plain_owner: tuple[str, str]) -> None:
    admin_url, url = plain_owner
    schema.upgrade(url, "front")
    schema.upgrade(url, "office")
    with pytest.raises(Refused) as refused:
        schema.ensure_front_role(url)
    with psycopg.connect(admin_url) as admin:
        admin.execute(str(refused.value.fields["sql"]).encode())
    schema.ensure_front_role(url)
    test_the_front_desk_can_neither_read_nor_write_one_table_of_the_office(url)


def test_the_name_of_the_role_says_the_database(owner_url: str) -> None:
    assert schema.front_role("postgresql://me:secret@host:5432/nabo") == "nabo_front"
    assert schema.front_role("postgres://me@host") == "me_front"
    with pytest.raises(NotConfigured, match="57 bytes"):
        schema.front_role("postgresql://me@host/" + "x" * 58)
