"""The hatch between the desks: two append-only tables on the front desk's side, and who took what.

Outward rows carry what was received; inward rows what a reporter shall be told. The office notes
the outward numbers it consumed in its own database, in the transaction of their effect: the note
here (`taken_at`) is only a courtesy that keeps the list short and the watchdog quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, select, update

from escalation.clock import new_id
from escalation.store.base import AT_A_TIME, Unit
from escalation.store.front_tables import hatch_in, hatch_out, media
from escalation.store.outbox import insert_ignoring

MAX_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Outward:
    """Something received, on its way to the office. `sender` is a blind index; `thread` None for staff."""

    n: int
    line: str
    thread: str | None
    seq: int | None
    kind: str
    sender: str
    code: str | None
    body: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Inward:
    """Something a reporter shall be told, or a state the front desk shall know."""

    n: int
    notice: str
    line: str
    thread: str
    kind: str
    body: dict[str, Any]
    not_before: datetime
    created_at: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """An outward row the office has not taken in time."""

    n: int
    line: str
    kind: str
    code: str | None
    alarmed_at: datetime | None


def put_out(
    unit: Unit,
    *,
    line: str,
    thread: str | None,
    seq: int | None,
    kind: str,
    sender: str,
    code: str | None,
    body: dict[str, Any],
    now: datetime,
) -> None:
    uid = new_id()
    unit.conn.execute(
        hatch_out.insert().values(created_db=unit.db_seconds()),
        {
            "uid": uid,
            "line": line,
            "thread": thread,
            "seq": seq,
            "kind": kind,
            "sender": sender,
            "code": code,
            "body": unit.keys.seal_json("hatch_out.body", uid, body),
            "created_at": now,
        },
    )
    unit.notify("hatch_out")


def left_out(unit: Unit) -> list[Outward]:
    """The first outward rows nobody is known to have taken, oldest first."""
    return [_outward(unit, row) for row in unit.conn.execute(_left_out())]


@cache
def _left_out() -> Select[Any]:
    return select(hatch_out).where(hatch_out.c.taken_at.is_(None)).order_by(hatch_out.c.n).limit(4 * AT_A_TIME)


def _outward(unit: Unit, row: Row[Any]) -> Outward:
    body = unit.keys.open_json("hatch_out.body", row.uid, row.body) if row.body else {}
    return Outward(row.n, row.line, row.thread, row.seq, row.kind, row.sender, row.code, body, row.created_at)


def mark_taken(unit: Unit, numbers: list[int], now: datetime) -> None:
    unit.conn.execute(
        update(hatch_out).where(hatch_out.c.n.in_(numbers), hatch_out.c.taken_at.is_(None)).values(taken_at=now)
    )


def taken_numbers(unit: Unit) -> list[int]:
    """Rows that count as taken and whose contents are still here."""
    return list(
        unit.conn.scalars(select(hatch_out.c.n).where(hatch_out.c.taken_at.is_not(None), hatch_out.c.body.is_not(None)))
    )


def untake(unit: Unit, numbers: list[int]) -> None:
    """Offer rows to the office once more."""
    unit.conn.execute(update(hatch_out).where(hatch_out.c.n.in_(numbers)).values(taken_at=None))


def unheard(unit: Unit, created_before: datetime, alarmed_before: datetime, real_seconds: float) -> list[Unheard]:
    """Rows left alone since `created_before` on the service's clock and for `real_seconds` on the database's.

    Both, so that moving a rehearsal's clock forward does not make a healthy office look silent.
    """
    found = unit.conn.execute(
        select(hatch_out.c.n, hatch_out.c.line, hatch_out.c.kind, hatch_out.c.code, hatch_out.c.alarmed_at)
        .where(
            hatch_out.c.taken_at.is_(None),
            hatch_out.c.created_at <= created_before,
            hatch_out.c.created_db <= unit.db_seconds() - real_seconds,
            (hatch_out.c.alarmed_at.is_(None)) | (hatch_out.c.alarmed_at <= alarmed_before),
        )
        .order_by(hatch_out.c.n)
        .limit(500)
        .with_for_update(skip_locked=True)
    )
    return [Unheard(*row) for row in found]


def callers_gone(unit: Unit) -> list[str]:
    """The threads whose callers wait no more, which the office is not known to have taken."""
    gone = select(hatch_out.c.thread).where(hatch_out.c.taken_at.is_(None), hatch_out.c.kind == "call_left")
    return [thread for thread in unit.conn.scalars(gone) if thread is not None]


def mark_alarmed(unit: Unit, numbers: list[int], now: datetime) -> None:
    unit.conn.execute(update(hatch_out).where(hatch_out.c.n.in_(numbers)).values(alarmed_at=now))


def put_in(
    unit: Unit,
    *,
    notice: str,
    line: str,
    thread: str,
    kind: str,
    body: dict[str, Any],
    not_before: datetime,
    now: datetime,
) -> None:
    """An inward row; the same notice a second time is ignored."""
    unit.conn.execute(
        insert_ignoring(unit, hatch_in),
        {
            "notice": notice,
            "line": line,
            "thread": thread,
            "kind": kind,
            "body": unit.keys.seal_json("hatch_in.body", notice, body),
            "not_before": not_before,
            "created_at": now,
            "state": "new",
        },
    )
    unit.notify("hatch_in")


def due_in(unit: Unit, now: datetime) -> list[int]:
    """Numbers of the first due inward rows, of each thread only the first."""
    return list(unit.conn.scalars(_due_in(), {"now": now}))


@cache
def _due_in() -> Select[tuple[int]]:
    earlier = hatch_in.alias("earlier")
    held = select(earlier.c.n).where(
        earlier.c.thread == hatch_in.c.thread, earlier.c.state == "new", earlier.c.n < hatch_in.c.n
    )
    due = (hatch_in.c.state == "new", hatch_in.c.not_before <= bindparam("now"), ~held.exists())
    return select(hatch_in.c.n).where(*due).order_by(hatch_in.c.n).limit(AT_A_TIME)


def take_in(unit: Unit, n: int) -> Inward | None:
    """Lock one inward row; None when it is done or another process has it."""
    row = unit.conn.execute(
        select(hatch_in).where(hatch_in.c.n == n, hatch_in.c.state == "new").with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    body = unit.keys.open_json("hatch_in.body", row.notice, row.body)
    return Inward(row.n, row.notice, row.line, row.thread, row.kind, body, row.not_before, row.created_at, row.failures)


def inward_done(unit: Unit, n: int) -> None:
    unit.conn.execute(update(hatch_in).where(hatch_in.c.n == n), {"state": "done"})


def inward_failed(unit: Unit, n: int) -> bool:
    """Count a failure; True when the row is set aside. One that another process has done meanwhile stays done."""
    waiting = select(hatch_in.c.failures).where(hatch_in.c.n == n, hatch_in.c.state == "new").with_for_update()
    before: int | None = unit.conn.scalar(waiting)
    if before is None:
        return False
    failures = before + 1
    aside = failures >= MAX_FAILURES
    unit.conn.execute(
        update(hatch_in).where(hatch_in.c.n == n).values(failures=failures, state="aside" if aside else "new")
    )
    return aside


def backlog(unit: Unit) -> tuple[int, int]:
    """(outward rows not taken, inward rows not done)."""
    out = unit.conn.scalar(select(func.count()).select_from(hatch_out).where(hatch_out.c.taken_at.is_(None))) or 0
    into = unit.conn.scalar(select(func.count()).select_from(hatch_in).where(hatch_in.c.state == "new")) or 0
    return out, into


def erase(unit: Unit, threads: list[str]) -> None:
    unit.conn.execute(
        update(hatch_out).where(hatch_out.c.thread.in_(threads), hatch_out.c.taken_at.is_not(None)).values(body=None)
    )
    unit.conn.execute(
        update(hatch_in).where(hatch_in.c.thread.in_(threads), hatch_in.c.state != "new").values(body=None)
    )
    unit.conn.execute(update(media).where(media.c.thread.in_(threads)).values(content=None, source=None, state="gone"))


def erase_staff(unit: Unit, before: datetime) -> None:
    """What staff wrote crosses and is kept on the incident; the crossing itself need not stay."""
    unit.conn.execute(
        update(hatch_out)
        .where(hatch_out.c.thread.is_(None), hatch_out.c.taken_at.is_not(None), hatch_out.c.created_at < before)
        .values(body=None)
    )


def drop(unit: Unit, line: str, before: datetime) -> None:
    """What crossed before then, and the mark that a picture was there, go; what has not crossed stays."""
    crossed = (hatch_out.c.line == line, hatch_out.c.created_at < before, hatch_out.c.taken_at.is_not(None))
    unit.conn.execute(delete(hatch_out).where(*crossed))
    told = (hatch_in.c.line == line, hatch_in.c.created_at < before, hatch_in.c.state != "new")
    unit.conn.execute(delete(hatch_in).where(*told))
    unit.conn.execute(delete(media).where(media.c.line == line, media.c.created_at < before, media.c.content.is_(None)))
