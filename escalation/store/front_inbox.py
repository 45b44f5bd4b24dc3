"""What came in: stored once under the provider's own key before anybody is answered, then worked off in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, or_, select, update

from escalation.clock import new_id
from escalation.store.base import AT_A_TIME, Unit
from escalation.store.front_outbox import FRONT
from escalation.store.front_tables import inbox
from escalation.store.outbox import ignoring

MAX_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery from a provider, not yet stored. `body` is `Inbound.to_json()`."""

    provider: str
    key: str
    line: str
    channel: str
    address: str
    kind: str
    body: dict[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One stored delivery whose turn it is."""

    n: int
    line: str
    sender: str
    kind: str
    body: dict[str, Any]
    received_at: datetime


def add(unit: Unit, arrivals: Sequence[Arrival]) -> list[bool]:
    """Store a batch in one commit. Says for each whether it was new; a repeat changes nothing."""
    keys = unit.keys
    rows, first = [], {}
    for place, arrival in enumerate(arrivals):
        identity = (arrival.provider, arrival.key)
        if identity in first:
            continue
        first[identity] = place
        uid = new_id()
        rows.append(
            {
                "uid": uid,
                "provider": arrival.provider,
                "key": arrival.key,
                "line": arrival.line,
                "sender": keys.endpoint_index(arrival.channel, arrival.address),
                "kind": arrival.kind,
                "body": keys.seal_json("inbox.body", uid, arrival.body),
                "received_at": arrival.received_at,
                "state": "new",
            }
        )
    made = unit.conn.execute(_insert(unit.dialect), rows)
    stored = {first[(provider, key)] for provider, key in made}
    if stored:
        FRONT.count(unit, "received", arrivals[0].received_at, len(stored))
    if len(arrivals) > len(stored):
        FRONT.count(unit, "duplicates", arrivals[0].received_at, len(arrivals) - len(stored))
    return [place in stored for place in range(len(arrivals))]


@cache
def _insert(dialect: str) -> Any:
    """Made once: to write it anew costs as much as to carry it out."""
    return ignoring(dialect, inbox).returning(inbox.c.provider, inbox.c.key)


def waiting(unit: Unit, now: datetime) -> list[int]:
    """Numbers of the first rows whose turn it is, the oldest first: of each sender only his first."""
    return list(unit.conn.scalars(_waiting(), {"now": now}))


@cache
def _waiting() -> Select[tuple[int]]:
    earlier = inbox.alias("earlier")
    first_of_sender = ~(
        select(earlier.c.n)
        .where(earlier.c.sender == inbox.c.sender, earlier.c.state == "new", earlier.c.n < inbox.c.n)
        .exists()
    )
    its_turn = or_(inbox.c.retry_at.is_(None), inbox.c.retry_at <= bindparam("now"))
    return (
        select(inbox.c.n).where(inbox.c.state == "new", first_of_sender, its_turn).order_by(inbox.c.n).limit(AT_A_TIME)
    )


def take(unit: Unit, n: int) -> Waiting | None:
    """Lock one row for this transaction; None when it is done or another process has it."""
    row = unit.conn.execute(
        select(inbox).where(inbox.c.n == n, inbox.c.state == "new").with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    return Waiting(row.n, row.line, row.sender, row.kind, open_body(unit, row), row.received_at)


def by_number(unit: Unit, n: int) -> Waiting:
    row = unit.conn.execute(select(inbox).where(inbox.c.n == n)).one()
    return Waiting(row.n, row.line, row.sender, row.kind, open_body(unit, row), row.received_at)


def open_body(unit: Unit, row: Row[Any]) -> dict[str, Any]:
    body: dict[str, Any] = unit.keys.open_json("inbox.body", row.uid, row.body)
    return body


def done(unit: Unit, n: int, thread: str | None) -> None:
    unit.conn.execute(update(inbox).where(inbox.c.n == n), {"state": "done", "thread": thread})


def failed(unit: Unit, n: int, now: datetime) -> bool:
    """Count one failure; True when the row has failed too often and is set aside.

    A row that another process has worked off meanwhile stays so.
    """
    waiting = select(inbox.c.failures).where(inbox.c.n == n, inbox.c.state == "new").with_for_update()
    failures: int | None = unit.conn.scalar(waiting)
    if failures is None:
        return False
    aside = failures + 1 >= MAX_FAILURES
    unit.conn.execute(
        update(inbox)
        .where(inbox.c.n == n)
        .values(failures=failures + 1, retry_at=now + timedelta(seconds=2**failures), state="aside" if aside else "new")
    )
    return aside


def texts_of(unit: Unit, sender: str, line: str) -> list[tuple[datetime, dict[str, Any]]]:
    """Everything a sender wrote that is still kept, oldest first."""
    found = unit.conn.execute(
        select(inbox)
        .where(inbox.c.sender == sender, inbox.c.line == line, inbox.c.body.is_not(None))
        .order_by(inbox.c.n)
    )
    return [(row.received_at, open_body(unit, row)) for row in found]


def count_since(unit: Unit, sender: str, since: datetime) -> int:
    return (
        unit.conn.scalar(
            select(func.count()).select_from(inbox).where(inbox.c.sender == sender, inbox.c.received_at >= since)
        )
        or 0
    )


def erase_sender(unit: Unit, sender: str, line: str, asked_by: str) -> None:
    """Everything of a sender that is worked off, and the text by which he asks for it (its provider's key)."""
    through = or_(inbox.c.state != "new", inbox.c.key == asked_by)
    unit.conn.execute(update(inbox).where(inbox.c.sender == sender, inbox.c.line == line, through).values(body=None))


def erase_address(unit: Unit, sender: str, line: str) -> None:
    """The words stay, whose they were goes: the number or chat, and a contact he shared."""
    kept = (inbox.c.sender == sender, inbox.c.line == line, inbox.c.state != "new", inbox.c.body.is_not(None))
    for row in unit.conn.execute(select(inbox).where(*kept)).all():
        body = open_body(unit, row)
        shared = body["kind"] == "contact"
        sealed = None if shared else unit.keys.seal_json("inbox.body", row.uid, {**body, "address": ""})
        unit.conn.execute(update(inbox).where(inbox.c.n == row.n).values(body=sealed))


def erase_threads(unit: Unit, threads: Sequence[str]) -> None:
    unit.conn.execute(update(inbox).where(inbox.c.thread.in_(threads)).values(body=None))


def erase_loose(unit: Unit, line: str, before: datetime) -> None:
    """Bodies that never belonged to a case go after the same time as the others."""
    unit.conn.execute(
        update(inbox)
        .where(inbox.c.line == line, inbox.c.thread.is_(None), inbox.c.received_at < before, inbox.c.state != "new")
        .values(body=None)
    )


def drop(unit: Unit, line: str, before: datetime) -> None:
    unit.conn.execute(delete(inbox).where(inbox.c.line == line, inbox.c.received_at < before, inbox.c.state != "new"))


def backlog(unit: Unit) -> tuple[int, int]:
    """(waiting, set aside)."""
    rows = unit.conn.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
    found = {state: n for state, n in rows}
    return found.get("new", 0), found.get("aside", 0)
