"""Rows of the outbox: put, claimed under a lease, finished under a fence, settled by late callbacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from escalation.clock import new_id
from escalation.store import statements
from escalation.store.base import Unit, db_seconds

Final = Literal["sent", "delivered", "failed", "unknown", "withdrawn"]
URGENT, SOON, NORMAL, LATER = 0, 1, 2, 3
_OPEN = ("queued", "sending")
# A picture of ten megabytes takes longer than a text.
MEDIA_KIND, MEDIA_LEASE = "media_here", 120.0


@dataclass(frozen=True, slots=True)
class Post:
    """One message to go out. `owner` names what it belongs to (a thread, an alert) for its desk."""

    line: str
    channel: str
    address: str
    kind: str
    body: dict[str, Any]
    not_before: datetime
    priority: int = NORMAL
    ordered: bool = False
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row this process may send until its lease ends.

    `ask_first`: an earlier try, begun at `tried_at` on the database's own clock, may have arrived.
    """

    uid: str
    line: str
    channel: str
    address: str
    kind: str
    body: dict[str, Any]
    owner: str | None
    attempts: int
    unknowns: int
    ask_first: bool
    created_at: datetime
    tried_at: datetime
    fence: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What a row turned into, for the desk that must react to it."""

    uid: str
    line: str
    kind: str
    owner: str | None
    state: str
    code: str | None
    recipient: str
    channel: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """The three tables of one desk."""

    rows: Table
    attempts: Table
    callbacks: Table
    counters: Table

    def put(self, unit: Unit, post: Post, now: datetime) -> str:
        uid = new_id()
        body = {**post.body, "address": post.address}
        unit.conn.execute(
            self.rows.insert(),
            {
                "uid": uid,
                "line": post.line,
                "channel": post.channel,
                "recipient": unit.keys.endpoint_index(post.channel, post.address),
                "kind": post.kind,
                "owner": post.owner,
                "body": unit.keys.seal_json("outbox.body", uid, body),
                "priority": post.priority,
                "ordered": post.ordered,
                "not_before": post.not_before,
                "created_at": now,
                "state": "queued",
            },
        )
        return uid

    def claim(self, unit: Unit, channel: str, now: datetime, limit: int, lease: float) -> list[Claimed]:
        """Take up to `limit` due rows of a channel for `lease` seconds, the most urgent first.

        A row whose lease ran out was being sent by a process that died: its fate is unknown. Rows
        to reporters are `ordered`: one waits until the earlier ones to the same phone are through.
        """
        rows, db_now = self.rows, unit.db_seconds()
        asked = {"channel": channel, "now": now, "limit": limit}
        numbers = list(unit.conn.scalars(_due(rows, unit.dialect), asked))
        if not numbers:
            return []
        before = {r.n: r for r in unit.conn.execute(select(rows).where(rows.c.n.in_(numbers)))}
        fence = new_id()
        unit.conn.execute(
            update(rows)
            .where(rows.c.n.in_(numbers))
            .values(
                state="sending",
                fence=fence,
                lease_until=db_now + case((rows.c.kind == MEDIA_KIND, MEDIA_LEASE), else_=lease),
                attempts=rows.c.attempts + 1,
                tried_db=case(
                    (rows.c.unknowns + cast(rows.c.state == "sending", Integer) > 0, rows.c.tried_db), else_=db_now
                ),
            )
        )
        tried = {n: at for n, at in unit.conn.execute(select(rows.c.n, rows.c.tried_db).where(rows.c.n.in_(numbers)))}
        return [self._claimed(unit, before[n], fence, tried[n]) for n in numbers]

    def _claimed(self, unit: Unit, row: Any, fence: str, tried: float) -> Claimed:
        body = unit.keys.open_json("outbox.body", row.uid, row.body)
        died = row.state == "sending"
        return Claimed(
            row.uid,
            row.line,
            row.channel,
            body.pop("address"),
            row.kind,
            body,
            row.owner,
            row.attempts + 1,
            row.unknowns + died,
            bool(row.unknowns or died),
            row.created_at,
            datetime.fromtimestamp(tried, UTC),
            fence,
        )

    def release(self, unit: Unit) -> None:
        """End every lease now. Only for a desk that knows it is the only one on this database, as it starts."""
        unit.conn.execute(update(self.rows).where(self.rows.c.state == "sending").values(lease_until=0.0))

    def next_due(self, unit: Unit, channel: str) -> datetime | None:
        due: datetime | None = unit.conn.scalar(_next_due(self.rows), {"channel": channel})
        return due

    def log_attempt(self, unit: Unit, claimed: Claimed, now: datetime, outcome: str, code: str) -> None:
        unit.conn.execute(
            self.attempts.insert(),
            {"outbox_uid": claimed.uid, "number": claimed.attempts, "at": now, "outcome": outcome, "code": code[:32]},
        )

    def retry(
        self, unit: Unit, claimed: Claimed, at: datetime, code: str, *, unknown: bool, resent: bool = False
    ) -> None:
        """Back into the queue until `at`. `unknown` marks that an earlier try may have arrived."""
        rows = self.rows
        unit.conn.execute(
            update(rows)
            .where(rows.c.uid == claimed.uid, rows.c.fence == claimed.fence)
            .values(
                state="queued",
                not_before=at,
                fence=None,
                lease_until=None,
                last_code=code[:32],
                unknowns=claimed.unknowns + unknown,
                resent=rows.c.resent + int(resent),
            )
        )

    def finish(
        self,
        unit: Unit,
        claimed: Claimed,
        now: datetime,
        state: Final,
        *,
        ref: str | None = None,
        code: str = "",
        check_after: timedelta | None = None,
        resent: bool = False,
    ) -> Settled | None:
        """Record the outcome, if this process still holds the row, and apply callbacks that came early."""
        row = unit.conn.execute(
            _finish(self.rows),
            {
                "held": claimed.uid,
                "under": claimed.fence,
                "again": int(resent),
                "state": state,
                "fence": None,
                "lease_until": None,
                "provider_ref": ref,
                "sent_at": now if state == "sent" else None,
                "check_at": now + check_after if check_after and state == "sent" else None,
                "last_code": code[:32] or None,
                "unknowns": claimed.unknowns,
            },
        ).first()
        return _settled(row) if row else None

    def settle(self, unit: Unit, ref: str, uid: str | None, rank: int, state: str, code: str | None) -> Settled | None:
        """Move a row forward by a provider's word; a late or repeated word moves nothing.

        `rank` orders the provider's words (final ones highest). Returns the row when its state changed.
        """
        rows = self.rows
        ours = rows.c.provider_ref == ref
        if uid is not None:
            ours = or_(ours, and_(rows.c.uid == uid, rows.c.provider_ref.is_(None)))
        row = unit.conn.execute(select(rows).where(ours).with_for_update()).first()
        if row is None or rank <= row.provider_rank or row.state in ("withdrawn", "delivered"):
            return None
        final = state in ("delivered", "failed")
        if row.state == "failed" and not final:
            return None
        changed = row.state != state
        unit.conn.execute(
            update(rows).where(rows.c.n == row.n),
            {
                "provider_ref": ref,
                "provider_rank": rank,
                "state": state,
                "last_code": code,
                # A word that overtakes the provider's answer ends the lease, so `finish` will set no check.
                "check_at": None if final else row.check_at or row.not_before + timedelta(minutes=2),
                "fence": None,
                "lease_until": None,
            },
        )
        if not changed:
            return None
        return Settled(row.uid, row.line, row.kind, row.owner, state, code, row.recipient, row.channel)

    def add_callback(self, unit: Unit, ref: str, status: str, code: str | None, now: datetime) -> None:
        """Keep what a provider said, once per message and status."""
        said = {"provider_ref": ref, "status": status[:32], "code": code, "at": now}
        unit.conn.execute(insert_ignoring(unit, self.callbacks), said)

    def callbacks_of(self, unit: Unit, ref: str) -> list[tuple[str, str | None]]:
        found = unit.conn.execute(statements.rows(self.callbacks, "provider_ref", "n"), {"value": ref})
        return [(row.status, row.code) for row in found]

    def unchecked(self, unit: Unit, now: datetime, limit: int = 20) -> list[tuple[str, str, str]]:
        """(uid, line, provider_ref) of sent rows no status was heard of in time; each is pushed back by two minutes."""
        rows = self.rows
        found = unit.conn.execute(
            select(rows.c.uid, rows.c.line, rows.c.provider_ref, rows.c.created_at)
            .where(rows.c.check_at <= now)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for uid, _line, _ref, created in found:
            given_up = now - created > timedelta(hours=12)
            unit.conn.execute(
                update(rows).where(rows.c.uid == uid).values(check_at=None if given_up else now + timedelta(minutes=2))
            )
        return [(uid, line, ref) for uid, line, ref, _created in found if ref]

    def withdraw(self, unit: Unit, owners: list[str]) -> None:
        """What has not left yet and belongs to one of `owners` will not leave."""
        if owners:
            rows = self.rows
            unit.conn.execute(
                update(rows).where(rows.c.owner.in_(owners), rows.c.state == "queued").values(state="withdrawn")
            )

    def erase(self, unit: Unit, line: str, before: datetime) -> None:
        """Texts and addresses of what left, or will not leave, before then go; that something was sent stays."""
        self._empty(unit, self.rows.c.line == line, self.rows.c.created_at < before)

    def erase_owned(self, unit: Unit, owners: Sequence[str]) -> None:
        """Texts that belong to something that was erased go with it."""
        self._empty(unit, self.rows.c.owner.in_(owners))

    def erase_sent_to(self, unit: Unit, line: str, recipient: str) -> None:
        """Every text that went to an address, and so the address itself, goes; `recipient` is its blind index."""
        self._empty(unit, self.rows.c.line == line, self.rows.c.recipient == recipient)

    def _empty(self, unit: Unit, *which: ColumnElement[bool]) -> None:
        through = self.rows.c.state.not_in(_OPEN)
        unit.conn.execute(update(self.rows).where(through, *which).values(body=None, provider_ref=None))

    def drop(self, unit: Unit, line: str, before: datetime) -> None:
        """That something was sent is forgotten too: rows made before then, and their attempts."""
        rows = self.rows
        old = (rows.c.line == line, rows.c.created_at < before, rows.c.state.not_in(_OPEN))
        tried = select(rows.c.uid).where(*old)
        unit.conn.execute(delete(self.attempts).where(self.attempts.c.outbox_uid.in_(tried)))
        unit.conn.execute(delete(rows).where(*old))

    def drop_callbacks(self, unit: Unit, before: datetime) -> None:
        """What providers said about texts that are no longer kept: their numbers lead to copies elsewhere."""
        kept = select(self.rows.c.provider_ref).where(self.rows.c.provider_ref.is_not(None))
        gone = self.callbacks.c.provider_ref.not_in(kept)
        unit.conn.execute(delete(self.callbacks).where(self.callbacks.c.at < before, gone))

    def of_owner(self, unit: Unit, owner: str) -> list[Any]:
        return list(unit.conn.execute(select(self.rows).where(self.rows.c.owner == owner).order_by(self.rows.c.n)))

    def content(self, unit: Unit, uid: str) -> dict[str, Any] | None:
        """What a row says, its address included; None once it was erased."""
        sealed = unit.conn.scalar(select(self.rows.c.body).where(self.rows.c.uid == uid))
        return unit.keys.open_json("outbox.body", uid, sealed) if sealed else None

    def by_state(self, unit: Unit) -> dict[str, int]:
        rows = self.rows
        found = unit.conn.execute(select(rows.c.state, func.count()).group_by(rows.c.state)).all()
        return {state: n for state, n in found}

    def resent(self, unit: Unit) -> int:
        """How many messages may have arrived twice: sent again after an answer that never came."""
        # PostgreSQL sums whole numbers to a Decimal.
        return int(unit.conn.scalar(select(func.coalesce(func.sum(self.rows.c.resent), 0))) or 0)

    def count(self, unit: Unit, name: str, now: datetime, n: int = 1) -> None:
        """Add to a daily counter (UTC days): how much, never who."""
        unit.conn.execute(_adding(unit.dialect, self.counters), {"day": now.date().isoformat(), "name": name, "n": n})

    def total(self, unit: Unit, name: str) -> int:
        table = self.counters
        return int(unit.conn.scalar(select(func.coalesce(func.sum(table.c.n), 0)).where(table.c.name == name)) or 0)


def _settled_columns(rows: Table) -> list[Any]:
    return [
        rows.c.uid,
        rows.c.line,
        rows.c.kind,
        rows.c.owner,
        rows.c.state,
        rows.c.last_code,
        rows.c.recipient,
        rows.c.channel,
    ]


def _settled(row: Any) -> Settled:
    return Settled(row.uid, row.line, row.kind, row.owner, row.state, row.last_code, row.recipient, row.channel)


def insert_ignoring(unit: Unit, table: Table) -> Any:
    """An INSERT that a unique constraint turns into nothing instead of an error, on either database."""
    return ignoring(unit.dialect, table)


@cache
def _due(rows: Table, dialect: str) -> Select[tuple[int]]:
    """The rows of a `channel` that may be sent `now`, up to `limit`."""
    earlier = rows.alias("earlier")
    blocked = exists().where(
        earlier.c.recipient == rows.c.recipient,
        earlier.c.channel == rows.c.channel,
        earlier.c.n < rows.c.n,
        earlier.c.ordered,
        earlier.c.state.in_(["queued", "sending"]),
    )
    free = or_(
        and_(rows.c.state == "queued", rows.c.not_before <= bindparam("now")),
        and_(rows.c.state == "sending", rows.c.lease_until < db_seconds(dialect)),
    )
    return (
        select(rows.c.n)
        .where(rows.c.channel == bindparam("channel"), free, or_(~rows.c.ordered, ~blocked))
        .order_by(rows.c.priority, rows.c.not_before, rows.c.n)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
    )


@cache
def _finish(rows: Table) -> Any:
    """The row that is still held under this fence gets its outcome."""
    held = update(rows).where(rows.c.uid == bindparam("held"), rows.c.fence == bindparam("under"))
    return held.values(resent=rows.c.resent + bindparam("again")).returning(*_settled_columns(rows))


@cache
def _next_due(rows: Table) -> Select[Any]:
    return select(func.min(rows.c.not_before)).where(rows.c.channel == bindparam("channel"), rows.c.state == "queued")


@cache
def ignoring(dialect: str, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _adding(dialect: str, counters: Table) -> Any:
    made = _insert(dialect, counters)
    return made.on_conflict_do_update(index_elements=["day", "name"], set_={"n": counters.c.n + made.excluded.n})


def _insert(dialect: str, table: Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def count_rows(unit: Unit, statement: Select[Any]) -> int:
    return unit.conn.scalar(select(func.count()).select_from(statement.subquery())) or 0
