"""Calls at the office: a caller who waits under a token, and one row for each phone that is rung.

A leg rings for a "caller", and `token` is his; or for an "alert", and `token` is that.

States of a call: "waiting", then once "joined" or "left". Of a leg: "queued", "dialling", "ringing", "answered",
"ending" (to be hung up), and in the end one of "joined", "passed", "no_answer", "failed", "cancelled".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from escalation.clock import new_id
from escalation.store.base import Unit
from escalation.store.office_tables import calls, legs
from escalation.store.outbox import insert_ignoring

LEASE_SECONDS = 20.0


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


@dataclass(frozen=True, slots=True)
class Leg:
    """One phone that is rung, for a "caller" or an "alert". `provider_ref` is the provider's name for that call."""

    id: str
    token: str
    line: str
    staff: str
    address: str
    purpose: str
    state: str
    provider_ref: str | None
    created_at: datetime
    ended_at: datetime | None


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


def join(unit: Unit, token: str, leg: str) -> bool:
    """The one update that decides who has the caller; False when somebody else has him, or he is gone."""
    waiting_ = update(calls).where(calls.c.token == token, calls.c.state == "waiting")
    return unit.conn.execute(waiting_.values(state="joined", leg=leg, next_at=None)).rowcount == 1


def left(unit: Unit, token: str) -> None:
    """The caller has hung up, or leaves a message."""
    gone = update(calls).where(calls.c.token == token, calls.c.state == "waiting")
    unit.conn.execute(gone.values(state="left", next_at=None))


def add_leg(unit: Unit, token: str, line: str, staff: str, address: str, now: datetime, purpose: str = "caller") -> str:
    """A phone that is to be rung as soon as somebody looks."""
    uid = new_id()
    unit.conn.execute(
        legs.insert().values(
            id=uid,
            token=token,
            line=line,
            staff=staff,
            address=unit.keys.seal("legs.address", uid, address),
            purpose=purpose,
            state="queued",
            created_at=now,
        )
    )
    return uid


def leg(unit: Unit, uid: str) -> Leg | None:
    row = unit.conn.execute(select(legs).where(legs.c.id == uid).with_for_update()).first()
    return _leg(unit, row) if row else None


def legs_of(unit: Unit, token: str) -> list[Leg]:
    """All legs rung for a caller, in the order in which they were."""
    return [_leg(unit, row) for row in unit.conn.execute(select(legs).where(legs.c.token == token).order_by(legs.c.n))]


def rung(unit: Unit, token: str) -> Counter[str]:
    """How often each was rung for this caller."""
    return Counter(unit.conn.scalars(select(legs.c.staff).where(legs.c.token == token)))


def _leg(unit: Unit, row: Row[Any]) -> Leg:
    address = unit.keys.open("legs.address", row.id, row.address)
    own = {k: v for k, v in row._mapping.items() if k in Leg.__slots__ and k != "address"}
    return Leg(address=address, **own)


def unheard_of(unit: Unit, before: datetime) -> list[str]:
    """Legs rung before then of whose end no word has come."""
    silent = (legs.c.created_at < before, legs.c.state.in_(("ringing", "answered")), legs.c.ended_at.is_(None))
    return list(unit.conn.scalars(select(legs.c.id).where(*silent)))


def anything_to_do(unit: Unit) -> bool:
    """Whether there is a phone to ring or to hang up."""
    open_ = select(legs.c.n).where(legs.c.state.in_(("queued", "ending")), legs.c.ended_at.is_(None)).limit(1)
    return unit.conn.execute(open_).first() is not None


def claim(unit: Unit, state: str, limit: int) -> list[Leg]:
    """Legs to dial ("queued") or to hang up ("ending"), nobody else's for the length of a lease."""
    now = unit.db_seconds()
    free = (legs.c.state == state, legs.c.ended_at.is_(None), (legs.c.fence.is_(None)) | (legs.c.fence < now))
    first = select(legs).where(*free).order_by(legs.c.n).limit(limit)
    rows = list(unit.conn.execute(first.with_for_update(skip_locked=True)))
    if rows:
        claimed = update(legs).where(legs.c.id.in_([row.id for row in rows]))
        unit.conn.execute(claimed.values(fence=now + LEASE_SECONDS))
    return [_leg(unit, row) for row in rows]


def dialled(unit: Unit, uid: str, ref: str) -> None:
    """The provider has the call. A callback may have been quicker, or the caller gone meanwhile."""
    unit.conn.execute(update(legs).where(legs.c.id == uid).values(provider_ref=ref, fence=None))
    moved(unit, uid, "ringing", ("queued",))


def moved(unit: Unit, uid: str, state: str, only: tuple[str, ...]) -> bool:
    """Move a leg to a later state, out of one of `only`; False when it is past that."""
    found = update(legs).where(legs.c.id == uid, legs.c.state.in_(only))
    return unit.conn.execute(found.values(state=state)).rowcount == 1


def ended(unit: Unit, uid: str, state: str, now: datetime) -> bool:
    """A leg is over, for this reason; the first one said stays."""
    found = update(legs).where(legs.c.id == uid, legs.c.ended_at.is_(None))
    return unit.conn.execute(found.values(state=state, ended_at=now, fence=None)).rowcount == 1


def end_others(unit: Unit, token: str, but: str | None, now: datetime) -> None:
    """Every other phone that rings for this caller is to stop; those not yet dialled never ring."""
    others = (legs.c.token == token, legs.c.ended_at.is_(None), legs.c.id != (but or ""))
    undialled = (legs.c.state == "queued", legs.c.fence.is_(None))
    unit.conn.execute(update(legs).where(*others, *undialled).values(state="cancelled", ended_at=now))
    ringing = legs.c.state.in_(("queued", "ringing"))
    unit.conn.execute(update(legs).where(*others, ringing).values(state="ending"))
