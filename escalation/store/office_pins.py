"""The PINs of staff, as hashes: made once, shown once, counted when they are wrong.

Six digits are guessed in no time from any hash, slow or not, by whoever can compute it. So it is made with the index
key, which is not in the database, over a random name of the row, and never the same twice.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from escalation.clock import new_id
from escalation.pins import locked
from escalation.store.base import Unit
from escalation.store.office_tables import pins


@dataclass(frozen=True, slots=True)
class Pin:
    """That somebody has one, and how often in a row it was wrong."""

    line: str
    staff: str
    wrong: int

    @property
    def locked(self) -> bool:
        return locked(self.wrong)


def put(unit: Unit, line: str, staff: str, pin: str, now: datetime) -> None:
    """From now on this is his, and no other."""
    remove(unit, line, staff)
    uid = new_id()
    row = {"id": uid, "line": line, "staff": staff, "hash": _hash(unit, uid, pin), "wrong": 0, "made_at": now}
    unit.conn.execute(pins.insert(), row)


def remove(unit: Unit, line: str, staff: str) -> bool:
    """He has none any more; False when he had none."""
    gone = unit.conn.execute(delete(pins).where(pins.c.line == line, pins.c.staff == staff))
    return gone.rowcount > 0


def pin_of(unit: Unit, line: str, staff: str) -> Pin | None:
    found = select(pins.c.line, pins.c.staff, pins.c.wrong).where(pins.c.line == line, pins.c.staff == staff)
    row = unit.conn.execute(found).first()
    return Pin(*row) if row else None


def all_pins(unit: Unit) -> list[Pin]:
    found = select(pins.c.line, pins.c.staff, pins.c.wrong).order_by(pins.c.line, pins.c.staff)
    return [Pin(*row) for row in unit.conn.execute(found)]


def fits(unit: Unit, line: str, staff: str, given: str) -> bool:
    """Whether this is his PIN. A wrong one is counted, a right one forgets those before; a locked one fits nothing."""
    row = unit.conn.execute(select(pins).where(pins.c.line == line, pins.c.staff == staff).with_for_update()).first()
    if row is None or locked(row.wrong):
        return False
    right = hmac.compare_digest(row.hash, _hash(unit, row.id, given))
    unit.conn.execute(update(pins).where(pins.c.id == row.id).values(wrong=0 if right else row.wrong + 1))
    return right


def _hash(unit: Unit, uid: str, pin: str) -> str:
    return unit.keys.mac("pin", f"{uid}|{pin}".encode())
