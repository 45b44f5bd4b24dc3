"""The outbox, its attempt log and its status callbacks: the same three tables on each desk."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from escalation.store.base import Utc

BigId = BigInteger().with_variant(Integer, "sqlite")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def outbox_tables(metadata: MetaData) -> tuple[Table, Table, Table, Table]:
    """Define `outbox`, `attempts`, `callbacks` and `counters` in one desk's metadata."""
    outbox = Table(
        "outbox",
        metadata,
        Column("n", BigId, primary_key=True, autoincrement=True),
        Column("uid", String(32), nullable=False, unique=True),
        Column("line", String(64), nullable=False),
        Column("channel", String(16), nullable=False),
        Column("recipient", String(32), nullable=False),
        Column("kind", String(32), nullable=False),
        Column("owner", String(64)),
        Column("body", LargeBinary),
        Column("priority", Integer, nullable=False),
        Column("ordered", Boolean, nullable=False),
        Column("not_before", Utc, nullable=False),
        Column("created_at", Utc, nullable=False),
        Column("state", String(16), nullable=False),
        Column("lease_until", Float),
        Column("fence", String(32)),
        Column("tried_db", Float),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("unknowns", Integer, nullable=False, server_default="0"),
        Column("resent", Integer, nullable=False, server_default="0"),
        Column("provider_ref", String(64)),
        Column("provider_rank", Integer, nullable=False, server_default="0"),
        Column("sent_at", Utc),
        Column("check_at", Utc),
        Column("last_code", String(32)),
    )
    open_rows = text("state IN ('queued', 'sending')")
    Index("ix_outbox_due", outbox.c.channel, outbox.c.not_before, sqlite_where=open_rows, postgresql_where=open_rows)
    Index("ix_outbox_recipient", outbox.c.recipient, outbox.c.n, sqlite_where=open_rows, postgresql_where=open_rows)
    Index("ix_outbox_ref", outbox.c.provider_ref)
    Index("ix_outbox_owner", outbox.c.owner)
    waiting = text("check_at IS NOT NULL")
    Index("ix_outbox_check", outbox.c.check_at, sqlite_where=waiting, postgresql_where=waiting)
    attempts = Table(
        "attempts",
        metadata,
        Column("n", BigId, primary_key=True, autoincrement=True),
        Column("outbox_uid", String(32), nullable=False, index=True),
        Column("number", Integer, nullable=False),
        Column("at", Utc, nullable=False),
        Column("outcome", String(16), nullable=False),
        Column("code", String(32)),
    )
    callbacks = Table(
        "callbacks",
        metadata,
        Column("n", BigId, primary_key=True, autoincrement=True),
        Column("provider_ref", String(64), nullable=False),
        Column("status", String(32), nullable=False),
        Column("code", String(32)),
        Column("at", Utc, nullable=False),
        UniqueConstraint("provider_ref", "status"),
    )
    counters = Table(
        "counters",
        metadata,
        Column("day", String(10), primary_key=True),
        Column("name", String(32), primary_key=True),
        Column("n", BigInteger, nullable=False),
    )
    return outbox, attempts, callbacks, counters
