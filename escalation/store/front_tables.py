"""What the front desk knows: what came in, who wrote it, what is to be told. Nothing of residents or rotas."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
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
from escalation.store.leg_table import leg_table
from escalation.store.outbox_table import NAMING, BigId, outbox_tables

front = MetaData(naming_convention=NAMING)
outbox, attempts, callbacks, counters = outbox_tables(front)

inbox = Table(
    "inbox",
    front,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("uid", String(32), nullable=False),
    Column("provider", String(16), nullable=False),
    Column("key", String(128), nullable=False),
    Column("line", String(64), nullable=False),
    Column("sender", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", LargeBinary),
    Column("received_at", Utc, nullable=False),
    Column("state", String(8), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("retry_at", Utc),
    Column("thread", String(32), index=True),
    UniqueConstraint("provider", "key"),
    sqlite_autoincrement=True,
)
_new = text("state = 'new'")
Index("ix_inbox_new", inbox.c.sender, inbox.c.n, sqlite_where=_new, postgresql_where=_new)

senders = Table(
    "senders",
    front,
    Column("id", String(32), primary_key=True),
    Column("line", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("index", String(32), nullable=False),
    Column("address", LargeBinary),
    Column("language", String(8)),
    Column("language_chosen", Boolean, nullable=False),
    Column("stopped_at", Utc),
    Column("blocked_at", Utc),
    Column("quiet", Boolean, nullable=False),
    Column("noticed_at", Utc),
    Column("phone", String(32)),
    Column("context", LargeBinary),
    Column("created_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    UniqueConstraint("line", "channel", "index"),
)

threads = Table(
    "threads",
    front,
    Column("id", String(32), primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("line", String(64), nullable=False),
    Column("sender", String(32), nullable=False, index=True),
    Column("code", String(4), nullable=False, unique=True),
    Column("state", String(8), nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("taken_at", Utc),
    Column("category", String(16), nullable=False),
    Column("urgency", String(8), nullable=False),
    Column("danger", Boolean, nullable=False),
    Column("place", String(32)),
    Column("pending", String(8)),
    Column("asked", Integer, nullable=False),
    Column("due_at", Utc),
    Column("promised_at", Utc),
    Column("out_seq", Integer, nullable=False),
    Column("body", LargeBinary),
)
_waiting = text("due_at IS NOT NULL")
Index("ix_threads_due", threads.c.due_at, sqlite_where=_waiting, postgresql_where=_waiting)

hatch_out = Table(
    "hatch_out",
    front,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("uid", String(32), nullable=False, unique=True),
    Column("line", String(64), nullable=False),
    Column("thread", String(32)),
    Column("seq", Integer),
    Column("kind", String(16), nullable=False),
    Column("sender", String(32), nullable=False),
    Column("code", String(4)),
    Column("body", LargeBinary),
    Column("created_at", Utc, nullable=False),
    Column("created_db", Float, nullable=False),
    Column("taken_at", Utc),
    Column("alarmed_at", Utc),
    UniqueConstraint("thread", "seq"),
    # The office remembers these numbers for ever: one must never be handed out twice.
    sqlite_autoincrement=True,
)
_left = text("taken_at IS NULL")
Index("ix_hatch_out_left", hatch_out.c.n, sqlite_where=_left, postgresql_where=_left)

hatch_in = Table(
    "hatch_in",
    front,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("notice", String(32), nullable=False, unique=True),
    Column("line", String(64), nullable=False),
    Column("thread", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("body", LargeBinary),
    Column("not_before", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("state", String(8), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
)
Index("ix_hatch_in_new", hatch_in.c.n, sqlite_where=_new, postgresql_where=_new)

media = Table(
    "media",
    front,
    Column("uid", String(32), primary_key=True),
    Column("line", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("thread", String(32), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("mime", String(64)),
    Column("source", LargeBinary),
    Column("content", LargeBinary),
    Column("state", String(8), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("not_before", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    # Looked at every second, over rows of up to ten megabytes.
    Index("ix_media_due", "state", "not_before"),
)

calls = Table(
    "calls",
    front,
    Column("sid", String(64), primary_key=True),
    Column("uid", String(32), nullable=False, unique=True),
    Column("line", String(64), nullable=False),
    Column("sender", String(32), nullable=False, index=True),
    Column("language", String(8), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("keyed", Boolean, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("place", LargeBinary),
    Column("token", String(32), nullable=False, unique=True),
    Column("thread", String(32), index=True),
    Column("started_at", Utc, nullable=False),
    Column("queued_at", Utc),
    Column("left_at", Utc),
    Column("ended_at", Utc),
    Column("recording", String(64)),
    Column("wants_call", Boolean, nullable=False),
    Column("leg", String(32)),
)
legs = leg_table(front)

pub_properties = Table(
    "pub_properties",
    front,
    Column("line", String(64), primary_key=True),
    Column("code", String(8), primary_key=True),
    Column("street", String(128), nullable=False),
    Column("number", String(16), nullable=False),
    Column("postcode", String(16), nullable=False),
    Column("city", String(64), nullable=False),
    Column("organisation", String(64), nullable=False),
)
pub_dwellings = Table(
    "pub_dwellings",
    front,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("line", String(64), nullable=False),
    Column("property", String(8), nullable=False),
    Column("floor", String(8), nullable=False),
    Column("door", String(16), nullable=False),
)
pub_organisations = Table(
    "pub_organisations",
    front,
    Column("line", String(64), primary_key=True),
    Column("organisation", String(64), primary_key=True),
    Column("emergency", String(32)),
)
pub_contacts = Table(
    "pub_contacts",
    front,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("line", String(64), nullable=False),
    Column("phone", String(32), nullable=False, index=True),
    Column("organisation", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("language", String(8)),
    Column("properties", String(4000)),
    Column("from_day", Date),
    Column("to_day", Date),
)
pub_staff = Table(
    "pub_staff", front, Column("line", String(64), primary_key=True), Column("index", String(32), primary_key=True)
)
marks = Table("marks", front, Column("name", String(32), primary_key=True), Column("value", BigInteger, nullable=False))
