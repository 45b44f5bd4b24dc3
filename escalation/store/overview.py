"""Figures over everything at once, for an operator: a fixed number of queries, however many cases there are.

Reads the tables of both desks, so neither desk may import it; each function is handed its own desk's unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, func, select

from escalation.store import front_tables, office_tables
from escalation.store.base import Unit

ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Figures:
    """By incident: the code people know it by, how many reports it joins, how many messages it holds."""

    codes: dict[str, str]
    reports: dict[str, int]
    messages: dict[str, int]


def figures(unit: Unit, message_kinds: Sequence[str]) -> Figures:
    """The figures of all incidents of the office. `message_kinds` are the timeline's kinds that count as messages."""
    threads, entries = office_tables.threads, office_tables.entries
    first = (
        select(threads.c.incident, func.min(entries.c.n).label("n"))
        .join(entries, entries.c.thread == threads.c.id)
        .group_by(threads.c.incident)
        .subquery()
    )
    earliest = (
        select(first.c.incident, threads.c.code)
        .join(entries, entries.c.n == first.c.n)
        .join(threads, threads.c.id == entries.c.thread)
    )
    reports = select(threads.c.incident, func.count()).group_by(threads.c.incident)
    messages = (
        select(entries.c.incident, func.count()).where(entries.c.kind.in_(message_kinds)).group_by(entries.c.incident)
    )
    return Figures(
        codes={incident: code for incident, code in unit.conn.execute(earliest)},
        reports={incident: n for incident, n in unit.conn.execute(reports)},
        messages={incident: n for incident, n in unit.conn.execute(messages)},
    )


def front_set_aside(unit: Unit) -> int:
    """Received messages and things to be told that failed too often, on the front desk."""
    return _aside(unit, front_tables.inbox) + _aside(unit, front_tables.hatch_in)


def office_set_aside(unit: Unit) -> int:
    """What crossed the hatch and timers that failed too often, in the office."""
    return _aside(unit, office_tables.consumed) + _aside(unit, office_tables.timers)


def _aside(unit: Unit, table: Table) -> int:
    return unit.conn.scalar(select(func.count()).select_from(table).where(table.c.state == ASIDE)) or 0
