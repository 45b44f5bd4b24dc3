"""Phones that are rung for somebody who waits, one row each: claimed under a lease, moved forward, ended once.

States: "queued", "dialling", "ringing", "answered", "ending" (to be hung up), and in the end one of "joined",
"passed", "no_answer", "failed", "cancelled".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, Table, Update, and_, bindparam, delete, or_, select, update

from escalation.clock import new_id
from escalation.store import statements
from escalation.store.base import Unit

LEASE_SECONDS = 20.0
# A phone may be hung up before it is known that nobody answered, or that its owner passed the call on.
_TELLS_LESS = {
    "no_answer": ("cancelled",),
    "failed": ("cancelled",),
    "passed": ("cancelled", "no_answer"),
    "joined": ("failed", "cancelled", "no_answer"),
}


@dataclass(frozen=True, slots=True)
class Leg:
    """One phone that is rung, for a "caller" whose `token` it is, or for the "alert" that `token` names.

    `staff` names whose it is as its desk knows him, `provider_ref` is the provider's name for that call.
    """

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


@dataclass(frozen=True, slots=True)
class Legs:
    """The table of one desk."""

    rows: Table

    def add(
        self, unit: Unit, token: str, line: str, staff: str, address: str, now: datetime, purpose: str = "caller"
    ) -> str:
        """A phone that is to be rung as soon as somebody looks."""
        uid = new_id()
        unit.conn.execute(
            self.rows.insert().values(
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

    def leg(self, unit: Unit, uid: str) -> Leg | None:
        """The leg, locked for this transaction."""
        row = unit.conn.execute(statements.row(self.rows), {"id": uid}).first()
        return _leg(unit, row) if row else None

    def legs_of(self, unit: Unit, token: str) -> list[Leg]:
        """All legs rung for a caller, in the order in which they were."""
        found = unit.conn.execute(statements.rows(self.rows, "token", "n"), {"value": token})
        return [_leg(unit, row) for row in found]

    def unheard_of(self, unit: Unit, before: datetime, may_talk: tuple[str, ...] = ()) -> list[str]:
        """Legs rung before then of whose end no word has come; those for a purpose that `may_talk` once answered are
        left alone."""
        return list(unit.conn.scalars(_unheard_of(self.rows, may_talk), {"before": before}))

    def anything_to_do(self, unit: Unit) -> bool:
        """Whether there is a phone to ring or to hang up."""
        return unit.conn.execute(_to_do(self.rows)).first() is not None

    def claim(self, unit: Unit, state: str, limit: int) -> list[Leg]:
        """Legs to dial ("queued") or to hang up ("ending"), nobody else's for the length of a lease."""
        legs, now = self.rows.c, unit.db_seconds()
        free = (legs.state == state, legs.ended_at.is_(None), (legs.fence.is_(None)) | (legs.fence < now))
        first = select(self.rows).where(*free).order_by(legs.n).limit(limit)
        rows = list(unit.conn.execute(first.with_for_update(skip_locked=True)))
        if rows:
            claimed = update(self.rows).where(legs.id.in_([row.id for row in rows]))
            unit.conn.execute(claimed.values(fence=now + LEASE_SECONDS))
        return [_leg(unit, row) for row in rows]

    def dialled(self, unit: Unit, uid: str, ref: str) -> None:
        """The provider has the call. A callback may have been quicker, or the caller gone meanwhile."""
        unit.conn.execute(statements.change(self.rows), {"row": uid, "provider_ref": ref, "fence": None})
        self.moved(unit, uid, "ringing", ("queued",))

    def moved(self, unit: Unit, uid: str, state: str, only: tuple[str, ...]) -> bool:
        """Move a leg to a later state, out of one of `only`; False when it is past that."""
        return unit.conn.execute(_moved(self.rows, only), {"row": uid, "state": state}).rowcount == 1

    def ended(self, unit: Unit, uid: str, state: str, now: datetime) -> bool:
        """A leg is over, for this reason; the first one said stays."""
        ended = {"row": uid, "state": state, "ended_at": now, "fence": None}
        return unit.conn.execute(_ended(self.rows), ended).rowcount == 1

    def knew_better(self, unit: Unit, uid: str, state: str) -> None:
        """A leg that is over is said to have ended in a way that tells more than what is known."""
        unit.conn.execute(_moved(self.rows, _TELLS_LESS.get(state, ())), {"row": uid, "state": state})

    def end_others(self, unit: Unit, token: str, but: str | None, now: datetime) -> None:
        """Every other phone that rings for this caller is to stop; those not yet dialled never ring."""
        legs = self.rows.c
        others = (legs.token == token, legs.ended_at.is_(None), legs.id != (but or ""))
        undialled = (legs.state == "queued", legs.fence.is_(None))
        unit.conn.execute(update(self.rows).where(*others, *undialled).values(state="cancelled", ended_at=now))
        ringing = legs.state.in_(("queued", "ringing"))
        unit.conn.execute(update(self.rows).where(*others, ringing).values(state="ending"))

    def drop(self, unit: Unit, line: str, before: datetime) -> None:
        """Phones rung before then are forgotten, with their numbers; what became of a case stands in its timeline."""
        unit.conn.execute(delete(self.rows).where(self.rows.c.line == line, self.rows.c.created_at < before))


def _leg(unit: Unit, row: Row[Any]) -> Leg:
    address = unit.keys.open("legs.address", row.id, row.address)
    own = {k: v for k, v in row._mapping.items() if k in Leg.__slots__ and k != "address"}
    return Leg(address=address, **own)


@cache
def _moved(rows: Table, only: tuple[str, ...]) -> Update:
    return statements.change(rows).where(rows.c.state.in_(only))


@cache
def _ended(rows: Table) -> Update:
    return statements.change(rows).where(rows.c.ended_at.is_(None))


@cache
def _unheard_of(rows: Table, may_talk: tuple[str, ...]) -> Select[tuple[str]]:
    legs = rows.c
    silent = or_(legs.state == "ringing", and_(legs.state == "answered", legs.purpose.not_in(may_talk)))
    return select(legs.id).where(legs.created_at < bindparam("before"), silent, legs.ended_at.is_(None))


@cache
def _to_do(rows: Table) -> Select[tuple[int]]:
    return select(rows.c.n).where(rows.c.state.in_(("queued", "ending")), rows.c.ended_at.is_(None)).limit(1)
