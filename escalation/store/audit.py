"""The audit trail: every look at a case, append-only, each entry chained to the one before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, text

from escalation.store.base import Unit
from escalation.store.office_tables import audit

_LOCK = 0x6E61626F  # any constant; one chain, one writer at a time


def record(unit: Unit, line: str, actor: str, action: str, subject: str, now: datetime) -> None:
    """Append one entry. `subject` is a case code or an id, never a name."""
    if unit.dialect == "postgresql":
        unit.conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    previous = unit.conn.scalar(select(audit.c.mac).order_by(audit.c.n.desc()).limit(1)) or ""
    mac = _mac(unit, previous, now, line, actor, action, subject)
    unit.conn.execute(
        audit.insert().values(
            at=now, line=line, actor=actor, action=action, subject=subject, previous=previous, mac=mac
        )
    )


def first_broken(unit: Unit) -> int | None:
    """The number of the first entry that does not follow from the one before; None when all do."""
    previous: str | None = None
    for row in unit.conn.execute(select(audit).order_by(audit.c.n)):
        follows = previous is None or row.previous == previous
        if not follows or row.mac != _mac(unit, row.previous, row.at, row.line, row.actor, row.action, row.subject):
            return int(row.n)
        previous = row.mac
    return None


def looks(unit: Unit, subject: str) -> list[tuple[datetime, str, str]]:
    """(when, who, what) of every recorded look at one subject."""
    a = audit.c
    return [
        tuple(r) for r in unit.conn.execute(select(a.at, a.actor, a.action).where(a.subject == subject).order_by(a.n))
    ]


def drop(unit: Unit, line: str, before: datetime) -> None:
    """Entries of a line older than its retention go from the old end; what stays is still one chain.

    Only up to the first entry that must stay, whosever it is: a hole would look like a forgery.
    """
    stays = select(audit.c.n).where((audit.c.at >= before) | (audit.c.line != line)).order_by(audit.c.n).limit(1)
    first = unit.conn.scalar(stays)
    old = delete(audit) if first is None else delete(audit).where(audit.c.n < first)
    unit.conn.execute(old)


def _mac(unit: Unit, previous: str, at: datetime, line: str, actor: str, action: str, subject: str) -> str:
    return unit.keys.mac("audit", "\x1f".join([previous, at.isoformat(), line, actor, action, subject]).encode())
