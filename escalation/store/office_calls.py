"""Calls at the office: a caller who waits under a token, and the phones that are rung for him.

States of a call: "waiting", "joined" when somebody pressed 1, and in the end "left" or, if they are known to have
talked, "talked". Whoever pressed 1 and was gone before the two were connected leaves the caller "waiting" again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from escalation.store.base import Unit
from escalation.store.legs import Legs
from escalation.store.office_tables import calls, legs
from escalation.store.outbox import insert_ignoring

LEGS = Legs(legs)
# What can be done with a leg is said here as with a call, in one word.
leg, legs_of, moved, ended, end_others = LEGS.leg, LEGS.legs_of, LEGS.moved, LEGS.ended, LEGS.end_others


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller as the office knows him: nothing but his token, his case, and until when he waits."""

    token: str
    line: str
    incident: str
    thread: str
    state: str
    wave: int
    next_at: datetime | None
    until: datetime
    leg: str | None


def begin(unit: Unit, token: str, line: str, incident: str, thread: str, now: datetime, until: datetime) -> bool:
    """A caller begins to wait; False when that is known already."""
    made = insert_ignoring(unit, calls).returning(calls.c.token)
    call = Waiting(token, line, incident, thread, "waiting", 0, now, until, None)
    row = {name: getattr(call, name) for name in Waiting.__slots__}
    return unit.conn.execute(made, row).first() is not None


def waiting(unit: Unit, token: str) -> Waiting | None:
    row = unit.conn.execute(select(calls).where(calls.c.token == token).with_for_update()).first()
    return Waiting(**row._mapping) if row else None


def due(unit: Unit, now: datetime) -> list[str]:
    """The tokens of callers for whom the next phone is to ring now."""
    return list(unit.conn.scalars(select(calls.c.token).where(calls.c.next_at <= now).order_by(calls.c.next_at)))


def next_due(unit: Unit) -> datetime | None:
    found: datetime | None = unit.conn.scalar(
        select(calls.c.next_at).where(calls.c.next_at.is_not(None)).order_by(calls.c.next_at).limit(1)
    )
    return found


def rang(unit: Unit, token: str, wave: int, next_at: datetime | None) -> None:
    unit.conn.execute(
        update(calls).where(calls.c.token == token, calls.c.state == "waiting").values(wave=wave, next_at=next_at)
    )


def hurry(unit: Unit, token: str, now: datetime) -> None:
    """The next phone rings now: one that was rung is no use."""
    later = (calls.c.token == token, calls.c.state == "waiting", calls.c.next_at > now)
    unit.conn.execute(update(calls).where(*later).values(next_at=now))


def join(unit: Unit, token: str, leg: str | None) -> bool:
    """The one update that decides who has the caller, without a leg one whom the front desk rang; False when somebody
    else has him, or he is gone."""
    waiting_ = update(calls).where(calls.c.token == token, calls.c.state == "waiting")
    return unit.conn.execute(waiting_.values(state="joined", leg=leg, next_at=None)).rowcount == 1


def left(unit: Unit, token: str) -> None:
    """The caller has hung up, or leaves a message."""
    gone = update(calls).where(calls.c.token == token, calls.c.state.in_(("waiting", "joined")))
    unit.conn.execute(gone.values(state="left", next_at=None))


def talked(unit: Unit, token: str, leg: str) -> None:
    """The caller and the owner of this phone have talked, whoever said so first."""
    both = (calls.c.token == token, calls.c.leg == leg, calls.c.state.in_(("joined", "left")))
    unit.conn.execute(update(calls).where(*both).values(state="talked", next_at=None))


def look_again(unit: Unit, token: str, at: datetime) -> None:
    """Whoever pressed 1 is off the phone: is the caller still there then, the two have not talked."""
    joined = update(calls).where(calls.c.token == token, calls.c.state == "joined")
    unit.conn.execute(joined.values(next_at=at))


def alone(unit: Unit, token: str) -> None:
    """He waits for somebody again."""
    joined = update(calls).where(calls.c.token == token, calls.c.state == "joined")
    unit.conn.execute(joined.values(state="waiting", leg=None))
