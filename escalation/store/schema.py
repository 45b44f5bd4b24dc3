"""Brings a desk's database up to this program's tables, from inside the program; and the front desk's own role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from escalation.errors import NotConfigured, Refused, SchemaOutOfDate
from escalation.store.base import is_sqlite, psycopg_url, sqlite_engine, sqlite_path

Schema = Literal["front", "office"]
_HOME = Path(__file__).with_name("migrations")
_LOCK = 0x6D696772  # any constant: one replica migrates, the others wait and find it done
_NAME_BYTES = 63
_FORBIDDEN = "42501"


def upgrade(url: str, schema: Schema) -> None:
    """Make or alter the tables of one desk until they are this program's, in one transaction.

    `url` is that desk's file on SQLite and the owner's on PostgreSQL, where the desk gets a schema of its
    own. Any number of processes may do this at once: the first does it, the others wait for it.
    """
    with _alone(url) as conn:
        if conn.dialect.name == "postgresql":
            _enter(conn, schema)
        command.upgrade(configuration(schema, conn), "head")


def current(url: str, schema: Schema) -> bool:
    """Whether the tables of a desk are the ones this program was written for. Makes nothing, not even a file."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return False
    with _engine(url) as engine, engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text(f"SET LOCAL search_path TO {schema}"))
        found = MigrationContext.configure(conn).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(configuration(schema)).get_heads())


def require_current(url: str, schema: Schema) -> None:
    """Raise SchemaOutOfDate, which names the command, unless `current`."""
    if not current(url, schema):
        raise SchemaOutOfDate(
            f"the {schema} database does not have this program's tables; run `nabolinje migrate`", schema=schema
        )


def configuration(schema: Schema, conn: Connection | None = None) -> Config:
    """Alembic's settings for the history of one desk; there is no alembic.ini."""
    config = Config()
    # A line break is the one separator that a folder's name will not hold; a per cent sign would be a variable.
    for option, value in (
        ("path_separator", "newline"), ("script_location", str(_HOME)), ("version_locations", str(_HOME / schema))
    ):  # fmt: skip
        config.set_main_option(option, value.replace("%", "%%"))
    config.attributes["connection"] = conn
    return config


def front_role(url: str) -> str:
    """The PostgreSQL role the front desk works as: no login of its own, no right on anything of the office."""
    parts = make_url(url)
    role = f"{parts.database or parts.username}_front"
    if len(role.encode()) > _NAME_BYTES:
        raise NotConfigured("NABOLINJE_DATABASE_URL: the name of the database may have at most 57 bytes")
    return role


def ensure_front_role(url: str) -> None:
    """Make the front desk's role on PostgreSQL if it is missing, and give it the front desk's tables alone.

    Run as the owner, after both upgrades. Raises Refused, with the statements for an administrator in
    `fields["sql"]`, when this user may not make roles or hand out that one. Does nothing on SQLite, where
    the desks are two files.
    """
    if is_sqlite(url):
        return
    role = front_role(url)
    with _alone(url) as conn:
        quote = conn.dialect.identifier_preparer.quote_identifier
        user = quote(str(conn.scalar(text("SELECT current_user"))))
        statements = _missing(conn, role, quote(role), user)
        try:
            for statement in statements:
                conn.exec_driver_sql(statement)
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != _FORBIDDEN:
                raise
            script = "\n".join(f"{statement};" for statement in statements)
            remedy = "this database user may not make the front desk's role; let an administrator run:\n"
            raise Refused(remedy + script, sql=script) from error
        for statement in _rights(conn, quote(role)):
            conn.exec_driver_sql(statement)


def _missing(conn: Connection, role: str, quoted: str, user: str) -> list[str]:
    """What only somebody who may make roles can do."""
    if not conn.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role}):
        return [f"CREATE ROLE {quoted} NOLOGIN", f"GRANT {quoted} TO {user}"]
    # Since PostgreSQL 16 a member may not always take the role on.
    may = "SET" if int(conn.scalar(text("SHOW server_version_num")) or 0) >= 160000 else "MEMBER"
    member = conn.scalar(text("SELECT pg_has_role(current_user, :role, :may)"), {"role": role, "may": may})
    return [] if member else [f"GRANT {quoted} TO {user}"]


def _rights(conn: Connection, role: str) -> list[str]:
    tables, sequences = "SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE, SELECT ON SEQUENCES"
    given = [
        f"GRANT USAGE ON SCHEMA front TO {role}",
        f"GRANT {tables.replace('TABLES', 'ALL TABLES')} IN SCHEMA front TO {role}",
        f"GRANT {sequences.replace('SEQUENCES', 'ALL SEQUENCES')} IN SCHEMA front TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA front GRANT {tables} TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA front GRANT {sequences} TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON front.alembic_version FROM {role}",
    ]
    if conn.scalar(text("SELECT to_regnamespace('office') IS NULL")):
        return given
    return [
        *given,
        f"REVOKE ALL ON SCHEMA office FROM PUBLIC, {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA office FROM PUBLIC, {role}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA office FROM PUBLIC, {role}",
    ]


@contextmanager
def _engine(url: str, *, alone: bool = False) -> Iterator[Engine]:
    if is_sqlite(url):
        engine = sqlite_engine(url, immediate=alone)
    else:
        engine = create_engine(
            psycopg_url(url), connect_args={"connect_timeout": 10}, poolclass=NullPool, hide_parameters=True
        )
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    """A transaction while no other process migrates: SQLite's write lock, PostgreSQL's advisory lock."""
    with _engine(url, alone=True) as engine, engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield conn


def _enter(conn: Connection, schema: Schema) -> None:
    if conn.scalar(text("SELECT to_regnamespace(:schema) IS NULL"), {"schema": schema}):
        conn.execute(text(f"CREATE SCHEMA {schema}"))
    conn.execute(text(f"SET LOCAL search_path TO {schema}"))
