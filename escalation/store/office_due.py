"""Alerts and timers: who was told, and what falls due. A timer is a row; there is at most one of a kind pending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, func, select, update

from escalation.clock import new_id
from escalation.store import statements
from escalation.store.base import AT_A_TIME, Unit
from escalation.store.office_tables import alerts, timers
from escalation.store.outbox import insert_ignoring

MAX_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Alert:
    """Somebody was alerted of an incident by `channel`; `rest` are the channels still to try."""

    id: str
    incident: str
    line: str
    staff: str
    channel: str
    rest: tuple[str, ...]
    round: int
    step: int
    at: datetime
    state: str
    outbox: str | None


@dataclass(frozen=True, slots=True)
class Timer:
    n: int
    incident: str
    kind: str
    subject: str
    due_at: datetime


def new_alert(
    unit: Unit,
    *,
    incident: str,
    line: str,
    staff: str,
    channel: str,
    rest: tuple[str, ...],
    round_: int,
    step: int,
    now: datetime,
) -> str:
    uid = new_id()
    unit.conn.execute(
        alerts.insert(),
        {
            "id": uid,
            "incident": incident,
            "line": line,
            "staff": staff,
            "channel": channel,
            "rest": ",".join(rest),
            "round": round_,
            "step": step,
            "at": now,
            "state": "open",
        },
    )
    return uid


def alert_sent(unit: Unit, alert: str, outbox: str | None) -> None:
    unit.conn.execute(statements.change(alerts), {"row": alert, "outbox": outbox})


def alert(unit: Unit, alert_id: str) -> Alert | None:
    row = unit.conn.execute(statements.row(alerts), {"id": alert_id}).first()
    return Alert(**{**row._mapping, "rest": tuple(r for r in row.rest.split(",") if r)}) if row else None


def alerts_of(unit: Unit, incident: str) -> list[Alert]:
    found = unit.conn.execute(statements.rows(alerts, "incident", "at", "id"), {"value": incident})
    return [Alert(**{**row._mapping, "rest": tuple(r for r in row.rest.split(",") if r)}) for row in found]


def end_alerts(unit: Unit, incident: str, state: str, *, staff: str | None = None) -> list[Alert]:
    """End the open alerts of an incident (one person's, if named) and give them."""
    ended = [a for a in alerts_of(unit, incident) if a.state == "open" and staff in (None, a.staff)]
    unit.conn.execute(update(alerts).where(alerts.c.id.in_([a.id for a in ended])).values(state=state))
    return ended


def fail_alert(unit: Unit, alert_id: str) -> None:
    unit.conn.execute(statements.change(alerts), {"row": alert_id, "state": "failed"})


def told_alert(unit: Unit, alert_id: str) -> None:
    """Whoever got this alert knows that nothing more is needed from him."""
    unit.conn.execute(statements.change(alerts), {"row": alert_id, "state": "told"})


def was_alerted(unit: Unit, incident: str, staff: str) -> bool:
    found = select(alerts.c.id).where(alerts.c.incident == incident, alerts.c.staff == staff).limit(1)
    return unit.conn.scalar(found) is not None


def set_timer(unit: Unit, incident: str, kind: str, due_at: datetime, subject: str = "") -> None:
    """Have `kind` happen at `due_at`, instead of whenever it was to happen before."""
    clear_timer(unit, incident, kind, subject)
    unit.conn.execute(
        insert_ignoring(unit, timers),
        {"incident": incident, "kind": kind, "subject": subject, "due_at": due_at, "state": "pending"},
    )


def clear_timer(unit: Unit, incident: str, kind: str, subject: str | None = None) -> None:
    whose = {"of": incident, "what": kind} if subject is None else {"of": incident, "what": kind, "whom": subject}
    unit.conn.execute(_clear(subject is not None), whose)


@cache
def _clear(one: bool) -> Update:
    rows = update(timers).values(state="cleared").where(timers.c.state == "pending")
    rows = rows.where(timers.c.incident == bindparam("of"), timers.c.kind == bindparam("what"))
    return rows.where(timers.c.subject == bindparam("whom")) if one else rows


def clear_timers_like(unit: Unit, incident: str, kind: str, subject_start: str) -> None:
    """Clear the timers of a kind whose subject begins so: one thread's."""
    unit.conn.execute(
        update(timers)
        .where(
            timers.c.incident == incident,
            timers.c.kind == kind,
            timers.c.state == "pending",
            timers.c.subject.startswith(subject_start, autoescape=True),
        )
        .values(state="cleared")
    )


def clear_timers(unit: Unit, incident: str) -> None:
    unit.conn.execute(
        update(timers).where(timers.c.incident == incident, timers.c.state == "pending").values(state="cleared")
    )


def due_timers(unit: Unit, now: datetime) -> list[int]:
    """Numbers of the first due timers, the longest overdue first."""
    return list(unit.conn.scalars(_due_timers(), {"now": now}))


@cache
def _due_timers() -> Select[tuple[int]]:
    due = select(timers.c.n).where(timers.c.state == "pending", timers.c.due_at <= bindparam("now"))
    return due.order_by(timers.c.due_at, timers.c.n).limit(2 * AT_A_TIME)


def take_timer(unit: Unit, n: int) -> Timer | None:
    """Claim one timer for this transaction; a crash gives it back. None when another process has it."""
    row = unit.conn.execute(_take_timer(), {"number": n}).first()
    return Timer(*row) if row else None


@cache
def _take_timer() -> Any:
    taken = update(timers).values(state="done").where(timers.c.n == bindparam("number"), timers.c.state == "pending")
    return taken.returning(timers.c.n, timers.c.incident, timers.c.kind, timers.c.subject, timers.c.due_at)


def put_off(unit: Unit, n: int, now: datetime) -> bool:
    """A timer whose work failed comes again, later each time; True when it is given up.

    One that another process has taken meanwhile is left alone.
    """
    waiting = select(timers.c.failures).where(timers.c.n == n, timers.c.state == "pending").with_for_update()
    before: int | None = unit.conn.scalar(waiting)
    if before is None:
        return False
    failures = before + 1
    given_up = failures >= MAX_FAILURES
    unit.conn.execute(
        update(timers)
        .where(timers.c.n == n)
        .values(
            failures=failures, due_at=now + timedelta(seconds=2**failures), state="aside" if given_up else "pending"
        )
    )
    return given_up


def next_due(unit: Unit) -> datetime | None:
    due: datetime | None = unit.conn.scalar(_next_due())
    return due


@cache
def _next_due() -> Select[Any]:
    return select(func.min(timers.c.due_at)).where(timers.c.state == "pending")


def pending(unit: Unit, now: datetime) -> tuple[int, int]:
    """(pending, overdue)."""
    waiting = select(func.count()).select_from(timers).where(timers.c.state == "pending")
    return unit.conn.scalar(waiting) or 0, unit.conn.scalar(waiting.where(timers.c.due_at < now)) or 0


def clear_timers_of_taker(unit: Unit, incident: str) -> None:
    """What only concerned whoever had taken it."""
    for kind in ("idle", "idle_back", "shift_end", "left", "snooze"):
        clear_timer(unit, incident, kind)
