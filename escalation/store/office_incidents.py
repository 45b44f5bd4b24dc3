"""Incidents, the threads that belong to them, and their append-only timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update

from escalation.clock import new_id
from escalation.store import statements
from escalation.store.base import Unit
from escalation.store.office_tables import alerts, calls, entries, hearings, incidents, threads, timers


@dataclass(frozen=True, slots=True)
class Incident:
    """One matter at one place. `place` is what the reporter wrote, mended by the public stock, or None."""

    id: str
    line: str
    state: str
    category: str
    urgency: str
    danger: bool
    tags: tuple[str, ...]
    place: dict[str, Any] | None
    place_index: str | None
    property: str | None
    team: str
    contact_person: str | None
    placement: str | None
    policy: str
    round: int
    step: int
    round_at: datetime
    opened_at: datetime
    alerted_at: datetime | None = None
    taken_at: datetime | None = None
    taken_by: str | None = None
    acted_at: datetime | None = None
    idle_since: datetime | None = None
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class CaseThread:
    """The office's side of a reporter's thread: its code, and whether he can still be reached."""

    id: str
    line: str
    code: str
    incident: str
    sender: str
    last_seq: int
    reachable: bool
    quiet: bool
    promised_at: datetime | None
    late: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an incident's history."""

    at: datetime
    kind: str
    actor: str | None
    thread: str | None
    body: dict[str, Any]


def open_incident(unit: Unit, incident: Incident) -> Incident:
    made = replace(incident, id=new_id())
    unit.conn.execute(incidents.insert(), {"id": made.id, **_columns(unit, made)})
    return made


def save(unit: Unit, incident: Incident) -> None:
    unit.conn.execute(statements.change(incidents), {"row": incident.id, **_columns(unit, incident)})


def _columns(unit: Unit, incident: Incident) -> dict[str, Any]:
    columns = {name: getattr(incident, name) for name in Incident.__slots__ if name not in ("id", "tags", "place")}
    place = unit.keys.seal_json("incidents.place", incident.id, incident.place) if incident.place else None
    return {**columns, "tags": ",".join(incident.tags), "place": place}


def _incident(unit: Unit, row: Row[Any]) -> Incident:
    fields = dict(row._mapping)
    fields["tags"] = tuple(t for t in fields["tags"].split(",") if t)
    fields["place"] = unit.keys.open_json("incidents.place", row.id, row.place) if row.place else None
    return Incident(**fields)


def get(unit: Unit, incident: str, *, lock: bool = True) -> Incident:
    """The incident, or the one it was merged into, locked for this transaction."""
    row = unit.conn.execute(statements.row(incidents, lock=lock), {"id": incident}).one()
    return get(unit, row.merged_into, lock=lock) if row.merged_into else _incident(unit, row)


def take(unit: Unit, incident: str, staff: str, now: datetime) -> bool:
    """Acknowledge: one conditional update, one winner. True for the winner."""
    won = unit.conn.execute(
        update(incidents)
        .where(incidents.c.id == incident, incidents.c.state == "new")
        .values(state="taken", taken_at=now, taken_by=staff, acted_at=now, idle_since=None, snoozed_until=None)
    )
    return won.rowcount == 1


def add_thread(unit: Unit, thread: CaseThread) -> None:
    unit.conn.execute(threads.insert(), {name: getattr(thread, name) for name in CaseThread.__slots__})


def save_thread(unit: Unit, thread: CaseThread) -> None:
    values = {name: getattr(thread, name) for name in CaseThread.__slots__ if name != "id"}
    unit.conn.execute(statements.change(threads), {"row": thread.id, **values})


def thread(unit: Unit, thread_id: str) -> CaseThread | None:
    row = unit.conn.execute(statements.row(threads), {"id": thread_id}).first()
    return CaseThread(**row._mapping) if row else None


def threads_of(unit: Unit, incident: str) -> list[CaseThread]:
    found = unit.conn.execute(statements.rows(threads, "incident", "code"), {"value": incident})
    return [CaseThread(**row._mapping) for row in found]


def by_code(unit: Unit, line: str, code: str, *, lock: bool = True) -> Incident | None:
    """The incident that answers to a code of this line, or None."""
    found = unit.conn.scalar(select(threads.c.incident).where(threads.c.line == line, threads.c.code == code.upper()))
    return get(unit, found, lock=lock) if found else None


def move_threads(unit: Unit, source: str, target: str) -> None:
    unit.conn.execute(update(threads).where(threads.c.incident == source).values(incident=target))


def first_code(unit: Unit, incident: str) -> str:
    """The code people know the incident by: that of its earliest report."""
    code = unit.conn.scalar(
        select(threads.c.code)
        .join(entries, entries.c.thread == threads.c.id)
        .where(threads.c.incident == incident)
        .order_by(entries.c.n)
        .limit(1)
    )
    return code or unit.conn.scalar(select(threads.c.code).where(threads.c.incident == incident).limit(1)) or ""


def note(
    unit: Unit,
    incident: str,
    kind: str,
    now: datetime,
    /,
    actor: str | None = None,
    thread: str | None = None,
    **body: Any,
) -> None:
    """Append to the timeline. `actor` is a staff id, None for the service or the reporter."""
    uid = new_id()
    sealed = unit.keys.seal_json("entries.body", uid, body) if body else None
    unit.conn.execute(
        entries.insert(),
        {"id": uid, "incident": incident, "at": now, "kind": kind, "actor": actor, "thread": thread, "body": sealed},
    )


def move_entries(unit: Unit, source: str, target: str) -> None:
    unit.conn.execute(update(entries).where(entries.c.incident == source).values(incident=target))


def timeline(unit: Unit, incident: str, kinds: Sequence[str] = ()) -> list[Entry]:
    """The history of an incident, oldest first; with `kinds`, only entries of these, so that less is deciphered."""
    query = select(entries).where(entries.c.incident == incident)
    if kinds:
        query = query.where(entries.c.kind.in_(kinds))
    found = unit.conn.execute(query.order_by(entries.c.n))
    return [
        Entry(r.at, r.kind, r.actor, r.thread, unit.keys.open_json("entries.body", r.id, r.body) if r.body else {})
        for r in found
    ]


def latest(unit: Unit, incident: str, kinds: Sequence[str], thread: str | None = None) -> tuple[str, datetime] | None:
    """(kind, when) of the newest entry of these kinds, of one thread if named. Deciphers nothing."""
    query = select(entries.c.kind, entries.c.at).where(entries.c.incident == incident, entries.c.kind.in_(kinds))
    if thread is not None:
        query = query.where(entries.c.thread == thread)
    row = unit.conn.execute(query.order_by(entries.c.n.desc()).limit(1)).first()
    return (row.kind, row.at) if row else None


def actors(unit: Unit, incident: str, kind: str, since: datetime) -> frozenset[str]:
    """Who did something of this kind at or after `since`."""
    found = select(entries.c.actor).where(
        entries.c.incident == incident, entries.c.kind == kind, entries.c.at >= since, entries.c.actor.is_not(None)
    )
    return frozenset(unit.conn.scalars(found))


def count_entries(unit: Unit, ids: Sequence[str], kinds: Sequence[str]) -> dict[str, int]:
    found = unit.conn.execute(
        select(entries.c.incident, func.count())
        .where(entries.c.incident.in_(ids), entries.c.kind.in_(kinds))
        .group_by(entries.c.incident)
    )
    return {incident: n for incident, n in found}


def opened(unit: Unit, line: str | None = None, state: str | None = None) -> list[Incident]:
    """Every incident that was not merged away, the oldest first."""
    query = select(incidents).where(incidents.c.merged_into.is_(None))
    if line:
        query = query.where(incidents.c.line == line)
    if state:
        query = query.where(incidents.c.state == state)
    return [_incident(unit, row) for row in unit.conn.execute(query.order_by(incidents.c.opened_at, incidents.c.id))]


def open_for(unit: Unit, line: str, staff: str) -> list[Incident]:
    """Incidents this person has taken, or was alerted about and nobody has taken yet."""
    alerted = select(alerts.c.incident).where(alerts.c.staff == staff, alerts.c.state == "open", alerts.c.line == line)
    found = unit.conn.execute(
        select(incidents)
        .where(
            incidents.c.line == line,
            incidents.c.merged_into.is_(None),
            or_(
                (incidents.c.state == "new") & incidents.c.id.in_(alerted),
                incidents.c.state.in_(["taken", "snoozed"]) & (incidents.c.taken_by == staff),
            ),
        )
        .order_by(incidents.c.opened_at)
    )
    return [_incident(unit, row) for row in found]


def open_at(unit: Unit, line: str, place_index: str, other_than: str) -> list[Incident]:
    """Other open incidents at the same house."""
    found = unit.conn.execute(
        select(incidents)
        .where(
            incidents.c.line == line,
            incidents.c.place_index == place_index,
            incidents.c.state != "closed",
            incidents.c.id != other_than,
            incidents.c.merged_into.is_(None),
        )
        .order_by(incidents.c.opened_at)
    )
    return [_incident(unit, row) for row in found]


def closed_at(unit: Unit, line: str, place_index: str, other_than: str, limit: int = 20) -> list[Incident]:
    """Closed incidents at the same house, the newest first, as long as their places are kept."""
    found = unit.conn.execute(
        select(incidents)
        .where(
            incidents.c.line == line,
            incidents.c.place_index == place_index,
            incidents.c.state == "closed",
            incidents.c.id != other_than,
            incidents.c.merged_into.is_(None),
        )
        .order_by(incidents.c.opened_at.desc())
        .limit(limit)
    )
    return [_incident(unit, row) for row in found]


def since_at(unit: Unit, line: str, place_index: str, since: datetime) -> list[Incident]:
    """Every incident at the same house, open or closed, that was opened at or after `since`."""
    found = unit.conn.execute(
        select(incidents).where(
            incidents.c.line == line,
            incidents.c.place_index == place_index,
            incidents.c.opened_at >= since,
            incidents.c.merged_into.is_(None),
        )
    )
    return [_incident(unit, row) for row in found]


def held_by(unit: Unit, line: str, staff: str) -> list[Incident]:
    found = unit.conn.execute(
        select(incidents)
        .where(incidents.c.line == line, incidents.c.taken_by == staff, incidents.c.state.in_(["taken", "snoozed"]))
        .with_for_update()
    )
    return [_incident(unit, row) for row in found]


def by_state(unit: Unit) -> dict[str, int]:
    found = unit.conn.execute(
        select(incidents.c.state, func.count()).where(incidents.c.merged_into.is_(None)).group_by(incidents.c.state)
    )
    return {state: n for state, n in found}


def erase_bodies(unit: Unit, line: str, before: datetime) -> None:
    """Words and places of cases closed before then go; the skeleton stays."""
    gone = select(incidents.c.id).where(incidents.c.line == line, incidents.c.closed_at < before)
    unit.conn.execute(update(entries).where(entries.c.incident.in_(gone)).values(body=None))
    unit.conn.execute(update(incidents).where(incidents.c.id.in_(gone)).values(place=None, place_index=None))


def drop(unit: Unit, line: str, before: datetime) -> None:
    """What is left of cases closed before then goes too: the skeleton has served its figures."""
    gone = list(
        unit.conn.scalars(select(incidents.c.id).where(incidents.c.line == line, incidents.c.closed_at < before))
    )
    for table in (entries, alerts, timers, threads, hearings, calls):
        unit.conn.execute(delete(table).where(table.c.incident.in_(gone)))
    unit.conn.execute(delete(incidents).where(incidents.c.id.in_(gone)))
