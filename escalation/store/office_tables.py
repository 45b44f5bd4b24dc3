"""What the back office knows: the register, the incidents and their whole history, who was alerted, what is due."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
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

office = MetaData(naming_convention=NAMING)
outbox, attempts, callbacks, counters = outbox_tables(office)

directory = Table(
    "directory", office, Column("file", String(24), primary_key=True), Column("body", LargeBinary, nullable=False)
)
endpoints = Table(
    "endpoints",
    office,
    Column("id", String(32), primary_key=True),
    Column("line", String(64), nullable=False),
    Column("staff", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("index", String(32), nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("verified_at", Utc, nullable=False),
    Column("disabled_at", Utc),
    Column("reason", String(32)),
    Column("heard_at", Utc),
    Column("prompt", LargeBinary),
    Column("prompt_until", Utc),
    UniqueConstraint("line", "channel", "index", "staff"),
)
invitations = Table(
    "invitations",
    office,
    Column("hash", String(64), primary_key=True),
    Column("line", String(64), nullable=False),
    Column("staff", String(64), nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
)
pins = Table(
    "pins",
    office,
    Column("id", String(32), primary_key=True),
    Column("line", String(64), nullable=False),
    Column("staff", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("made_at", Utc, nullable=False),
    UniqueConstraint("line", "staff"),
)
absences = Table(
    "absences",
    office,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("line", String(64), nullable=False),
    Column("staff", String(64), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("from_at", Utc, nullable=False),
    Column("to_at", Utc, nullable=False),
)
consumed = Table(
    "consumed",
    office,
    Column("outward", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("state", String(8), nullable=False),
)
threads = Table(
    "threads",
    office,
    Column("id", String(32), primary_key=True),
    Column("line", String(64), nullable=False),
    Column("code", String(4), nullable=False, unique=True),
    Column("incident", String(32), nullable=False, index=True),
    Column("sender", String(32), nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("reachable", Boolean, nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("promised_at", Utc),
    Column("late", Integer, nullable=False),
)
incidents = Table(
    "incidents",
    office,
    Column("id", String(32), primary_key=True),
    Column("line", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("category", String(16), nullable=False),
    Column("urgency", String(8), nullable=False),
    Column("danger", Boolean, nullable=False),
    Column("tags", String(200), nullable=False),
    Column("place", LargeBinary),
    Column("place_index", String(32), index=True),
    Column("property", String(8)),
    Column("team", String(64), nullable=False),
    Column("contact_person", String(64)),
    Column("placement", String(64)),
    Column("policy", String(4000), nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round_at", Utc, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("alerted_at", Utc),
    Column("taken_at", Utc),
    Column("taken_by", String(64)),
    Column("acted_at", Utc),
    Column("idle_since", Utc),
    Column("snoozed_until", Utc),
    Column("closed_at", Utc),
    Column("merged_into", String(32)),
)
_open = text("state <> 'closed'")
Index("ix_incidents_open", incidents.c.line, incidents.c.opened_at, sqlite_where=_open, postgresql_where=_open)
Index("ix_incidents_line_opened", incidents.c.line, incidents.c.opened_at)

entries = Table(
    "entries",
    office,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False),
    Column("incident", String(32), nullable=False),
    Column("at", Utc, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("actor", String(64)),
    Column("thread", String(32)),
    Column("body", LargeBinary),
)
Index("ix_entries_incident_n", entries.c.incident, entries.c.n)

alerts = Table(
    "alerts",
    office,
    Column("id", String(32), primary_key=True),
    Column("incident", String(32), nullable=False, index=True),
    Column("line", String(64), nullable=False),
    Column("staff", String(64), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("rest", String(64), nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("state", String(12), nullable=False),
    Column("outbox", String(32)),
)
calls = Table(
    "calls",
    office,
    Column("token", String(32), primary_key=True),
    Column("line", String(64), nullable=False),
    Column("incident", String(32), nullable=False, index=True),
    Column("thread", String(32), nullable=False),
    Column("state", String(8), nullable=False),
    Column("wave", Integer, nullable=False),
    Column("next_at", Utc),
    Column("until", Utc, nullable=False),
    Column("leg", String(32)),
)
_ringing = text("next_at IS NOT NULL")
Index("ix_calls_due", calls.c.next_at, sqlite_where=_ringing, postgresql_where=_ringing)
legs = leg_table(office)
hearings = Table(
    "hearings",
    office,
    Column("leg", String(32), primary_key=True),
    Column("incident", String(32), nullable=False, index=True),
    Column("wrong", Integer, nullable=False),
    Column("heard", Integer, nullable=False),
    Column("opened_at", Utc),
    Column("closed_at", Utc),
)
timers = Table(
    "timers",
    office,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("incident", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("state", String(8), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
)
_pending = text("state = 'pending'")
Index("ix_timers_due", timers.c.due_at, sqlite_where=_pending, postgresql_where=_pending)
Index(
    "ix_timers_one",
    timers.c.incident,
    timers.c.kind,
    timers.c.subject,
    unique=True,
    sqlite_where=_pending,
    postgresql_where=_pending,
)

relays = Table(
    "relays",
    office,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("notice", String(32), nullable=False, unique=True),
    Column("line", String(64), nullable=False),
    Column("thread", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("body", LargeBinary),
    Column("not_before", Utc, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("moved_at", Utc),
)
_unmoved = text("moved_at IS NULL")
Index("ix_relays_left", relays.c.n, sqlite_where=_unmoved, postgresql_where=_unmoved)

audit = Table(
    "audit",
    office,
    Column("n", BigId, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    Column("line", String(64), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("mac", String(64), nullable=False, unique=True),
)
marks = Table(
    "marks", office, Column("name", String(32), primary_key=True), Column("value", BigInteger, nullable=False)
)
