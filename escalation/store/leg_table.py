"""The phones that are rung for somebody who waits: the same table on each desk."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, LargeBinary, MetaData, String, Table, text

from escalation.store.base import Utc
from escalation.store.outbox_table import BigId


def leg_table(metadata: MetaData) -> Table:
    """Define `legs` in one desk's metadata."""
    legs = Table(
        "legs",
        metadata,
        Column("n", BigId, primary_key=True, autoincrement=True),
        Column("id", String(32), nullable=False, unique=True),
        Column("token", String(32), nullable=False, index=True),
        Column("line", String(64), nullable=False),
        Column("staff", String(64), nullable=False),
        Column("address", LargeBinary, nullable=False),
        Column("purpose", String(8), nullable=False, server_default="caller"),
        Column("state", String(12), nullable=False),
        Column("provider_ref", String(64)),
        Column("fence", Float),
        Column("created_at", Utc, nullable=False),
        Column("ended_at", Utc),
    )
    unended = text("ended_at IS NULL")
    Index("ix_legs_open", legs.c.state, sqlite_where=unended, postgresql_where=unended)
    return legs
