"""The office's side of the hatch: what it consumed, and what it wants told, in its own transactions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from escalation.clock import new_id
from escalation.store.base import AT_A_TIME, Unit
from escalation.store.office_tables import consumed, relays
from escalation.store.outbox import insert_ignoring

MAX_FAILURES = 5
MOST_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Relay:
    """An inward row on its way to the front desk."""

    n: int
    notice: str
    line: str
    thread: str
    kind: str
    body: dict[str, Any]
    not_before: datetime


def states(unit: Unit, numbers: list[int]) -> dict[int, str]:
    """What became of these outward rows, for those this office has seen."""
    asked = select(consumed.c.outward, consumed.c.state)
    found: dict[int, str] = {}
    for start in range(0, len(numbers), MOST_AT_ONCE):
        some = numbers[start : start + MOST_AT_ONCE]
        found.update({n: state for n, state in unit.conn.execute(asked.where(consumed.c.outward.in_(some)))})
    return found


def consume(unit: Unit, outward: int, now: datetime) -> bool:
    """Note that this row takes effect in this transaction; False if it already did."""
    made = unit.conn.execute(
        insert_ignoring(unit, consumed).returning(consumed.c.outward),
        {"outward": outward, "at": now, "failures": 0, "state": "done"},
    ).first()
    if made is not None:
        return True
    again = unit.conn.execute(
        update(consumed)
        .where(consumed.c.outward == outward, consumed.c.state == "failing")
        .values(state="done", at=now)
    )
    return again.rowcount == 1


def failed(unit: Unit, outward: int, now: datetime) -> bool:
    """Count a failure of this row; True when it is set aside. What took effect elsewhere meanwhile stays done."""
    unit.conn.execute(insert_ignoring(unit, consumed).values(outward=outward, at=now, failures=0, state="failing"))
    failing = select(consumed.c.failures).where(consumed.c.outward == outward, consumed.c.state == "failing")
    before: int | None = unit.conn.scalar(failing.with_for_update())
    if before is None:
        return False
    failures = before + 1
    aside = failures >= MAX_FAILURES
    unit.conn.execute(
        update(consumed)
        .where(consumed.c.outward == outward)
        .values(failures=failures, state="aside" if aside else "failing", at=now)
    )
    return aside


def relay(
    unit: Unit, line: str, thread: str, kind: str, body: dict[str, Any], not_before: datetime, now: datetime
) -> None:
    """Have the front desk tell the reporter of `thread` something, or know something."""
    notice = new_id()
    unit.conn.execute(
        relays.insert().values(
            notice=notice,
            line=line,
            thread=thread,
            kind=kind,
            body=unit.keys.seal_json("relays.body", notice, body),
            not_before=not_before,
            created_at=now,
        )
    )


@cache
def _unmoved() -> Select[Any]:
    return select(relays).where(relays.c.moved_at.is_(None)).order_by(relays.c.n).limit(2 * AT_A_TIME)


def unmoved(unit: Unit) -> list[Relay]:
    found = unit.conn.execute(_unmoved())
    return [
        Relay(
            r.n, r.notice, r.line, r.thread, r.kind, unit.keys.open_json("relays.body", r.notice, r.body), r.not_before
        )
        for r in found
    ]


def moved(unit: Unit, numbers: list[int], now: datetime) -> None:
    """What the front desk now holds needs no second copy here."""
    unit.conn.execute(update(relays).where(relays.c.n.in_(numbers)).values(moved_at=now, body=None))


def waiting(unit: Unit) -> int:
    return unit.conn.scalar(select(func.count()).select_from(relays).where(relays.c.moved_at.is_(None))) or 0


def drop(unit: Unit, line: str, before: datetime) -> None:
    """That something was passed on before then is forgotten."""
    unit.conn.execute(delete(relays).where(relays.c.line == line, relays.c.moved_at < before))
