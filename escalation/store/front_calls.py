"""Calls at the front desk: one row each, which only moves forward, so that any replica may answer any step.

Beside them the phones that this desk rings itself, as long as the office does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update

from escalation.clock import new_id
from escalation.store.base import Unit
from escalation.store.front_people import Sender
from escalation.store.front_tables import calls, hatch_out, legs
from escalation.store.legs import Legs
from escalation.store.outbox import insert_ignoring

LEGS = Legs(legs)


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `token` is the queue its caller waits in, `place` what he said by key, `keyed`: he pressed any key.

    `queued_at`, `left_at` and `ended_at` are set once and never moved; `recording` is the provider's name for it.
    `leg` is the phone of the last resort whose owner took him, set by `join` alone; of a call that this desk makes
    itself, which its `stage` says, the phone that was talked on.
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
    leg: str | None

    @property
    def waits(self) -> bool:
        """Whether somebody is in the queue whom nobody has taken from it."""
        return self.stage == "queue" and self.left_at is None and self.ended_at is None and self.leg is None


def call_of(unit: Unit, sid: str) -> Call | None:
    """The call, locked for this transaction."""
    row = unit.conn.execute(select(calls).where(calls.c.sid == sid).with_for_update()).first()
    return _call(unit, row) if row else None


def waiting(unit: Unit, token: str) -> Call | None:
    """The call whose caller waits, or waited, under this token, locked for this transaction."""
    row = unit.conn.execute(select(calls).where(calls.c.token == token).with_for_update()).first()
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


def begin_outward(
    unit: Unit, token: str, sender: Sender, thread: str, language: str, purpose: str, now: datetime
) -> None:
    """A call that this desk makes itself, under its token: of the provider's name for it the leg knows."""
    unit.conn.execute(
        insert_ignoring(unit, calls),
        {
            "sid": token,
            "uid": new_id(),
            "line": sender.line,
            "sender": sender.id,
            "language": language,
            "stage": purpose,
            "keyed": False,
            "own": False,
            "token": token,
            "thread": thread,
            "started_at": now,
            "wants_call": False,
        },
    )


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


def unheard(unit: Unit, queued_before: datetime, real_seconds: float) -> list[str]:
    """The tokens of callers who still wait, and of whom the office has not heard in time, by either clock.

    Both, so that moving a rehearsal's clock forward does not make a healthy office look silent.
    """
    left_alone = (
        hatch_out.c.kind == "call",
        hatch_out.c.taken_at.is_(None),
        hatch_out.c.created_at <= queued_before,
        hatch_out.c.created_db <= unit.db_seconds() - real_seconds,
    )
    # What a call says of itself to the office it says at the moment it begins to wait.
    same = (calls.c.thread == hatch_out.c.thread) & (calls.c.queued_at == hatch_out.c.created_at)
    found = select(calls.c.token).join(hatch_out, same).where(*left_alone, *_IN_THE_QUEUE)
    return list(unit.conn.scalars(found.order_by(calls.c.queued_at)))


def talked(unit: Unit, token: str, leg: str) -> bool:
    """Somebody who was called has talked; False when that is known."""
    silent = update(calls).where(calls.c.token == token, calls.c.leg.is_(None))
    return unit.conn.execute(silent.values(leg=leg)).rowcount == 1


def join(unit: Unit, token: str, leg: str) -> bool:
    """The one update that decides whose caller he is; False when somebody else has him, or he is gone."""
    alone = update(calls).where(calls.c.token == token, *_IN_THE_QUEUE)
    return unit.conn.execute(alone.values(leg=leg)).rowcount == 1


_IN_THE_QUEUE = (calls.c.stage == "queue", calls.c.left_at.is_(None), calls.c.ended_at.is_(None), calls.c.leg.is_(None))


def drop(unit: Unit, line: str, before: datetime) -> None:
    """Calls begun before then go, and with them the phones that were rung for them."""
    _drop(unit, calls.c.line == line, calls.c.started_at < before)


def drop_of(unit: Unit, sender: str) -> None:
    """Every call of a sender who is forgotten goes."""
    _drop(unit, calls.c.sender == sender)


def _drop(unit: Unit, *which: ColumnElement[bool]) -> None:
    unit.conn.execute(delete(legs).where(legs.c.token.in_(select(calls.c.token).where(*which))))
    unit.conn.execute(delete(calls).where(*which))
