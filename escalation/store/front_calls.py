"""Calls at the front desk: one row each, which only moves forward, so that any replica may answer any step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from escalation.clock import new_id
from escalation.store.base import Unit
from escalation.store.front_tables import calls
from escalation.store.outbox import insert_ignoring


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `token` is the queue its caller waits in, `place` what he said by key, `keyed`: he pressed any key.

    `queued_at`, `left_at` and `ended_at` are set once and never moved; `recording` is the provider's name for it.
    """

    sid: str
    uid: str
    line: str
    sender: str
    language: str
    stage: str
    keyed: bool
    own: bool
    place: dict[str, Any] | None
    token: str
    thread: str | None
    started_at: datetime
    queued_at: datetime | None
    left_at: datetime | None
    ended_at: datetime | None
    recording: str | None
    wants_call: bool


def call_of(unit: Unit, sid: str) -> Call | None:
    """The call, locked for this transaction."""
    row = unit.conn.execute(select(calls).where(calls.c.sid == sid).with_for_update()).first()
    return _call(unit, row) if row else None


def begin(unit: Unit, sid: str, line: str, sender: str, language: str, now: datetime) -> Call:
    """The call by the provider's name, made when new."""
    unit.conn.execute(
        insert_ignoring(unit, calls),
        {
            "sid": sid,
            "uid": new_id(),
            "line": line,
            "sender": sender,
            "language": language,
            "stage": "menu",
            "keyed": False,
            "own": False,
            "token": new_id(),
            "started_at": now,
            "wants_call": False,
        },
    )
    return _call(unit, unit.conn.execute(select(calls).where(calls.c.sid == sid).with_for_update()).one())


def save(unit: Unit, call: Call) -> None:
    """Write what may change."""
    unit.conn.execute(
        update(calls).where(calls.c.sid == call.sid),
        {
            "language": call.language,
            "stage": call.stage,
            "keyed": call.keyed,
            "own": call.own,
            "place": unit.keys.seal_json("calls.place", call.uid, call.place) if call.place else None,
            "thread": call.thread,
            "queued_at": call.queued_at,
            "left_at": call.left_at,
            "ended_at": call.ended_at,
            "recording": call.recording,
            "wants_call": call.wants_call,
        },
    )


def _call(unit: Unit, row: Row[Any]) -> Call:
    place = unit.keys.open_json("calls.place", row.uid, row.place) if row.place else None
    return Call(place=place, **{k: v for k, v in row._mapping.items() if k != "place"})


def drop(unit: Unit, line: str, before: datetime) -> None:
    """Calls begun before then go."""
    unit.conn.execute(delete(calls).where(calls.c.line == line, calls.c.started_at < before))


def drop_of(unit: Unit, sender: str) -> None:
    """Every call of a sender who is forgotten goes."""
    unit.conn.execute(delete(calls).where(calls.c.sender == sender))
