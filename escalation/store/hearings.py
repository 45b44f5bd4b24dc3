"""What somebody hears of a case by telephone: one row for each leg on which a PIN is asked for.

`wrong` counts the wrong PINs on it and `heard` how often it was read out, so that a step which is reported twice counts
once. It is open from the right PIN until the call is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from escalation.store.base import Unit
from escalation.store.office_tables import hearings
from escalation.store.outbox import insert_ignoring

# Longer than anybody listens: should the word that a call is over never come, what it opened is shut nevertheless.
LASTS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Hearing:
    """The hearing of one leg."""

    leg: str
    incident: str
    wrong: int
    heard: int
    opened_at: datetime | None
    closed_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether the right PIN was given on a call that goes on."""
        return self.opened_at is not None and self.closed_at is None and now < self.opened_at + LASTS


def begin(unit: Unit, leg: str, incident: str) -> None:
    """A PIN will be asked for on this leg; a repetition changes nothing."""
    unit.conn.execute(insert_ignoring(unit, hearings), {"leg": leg, "incident": incident, "wrong": 0, "heard": 0})


def of(unit: Unit, leg: str, *, lock: bool = True) -> Hearing | None:
    query = select(hearings).where(hearings.c.leg == leg)
    row = unit.conn.execute(query.with_for_update() if lock else query).first()
    return Hearing(**row._mapping) if row else None


def wronged(unit: Unit, leg: str, wrong: int) -> None:
    unit.conn.execute(update(hearings).where(hearings.c.leg == leg).values(wrong=wrong))


def opened(unit: Unit, leg: str, now: datetime) -> None:
    """The PIN was right; the first time counts."""
    unopened = update(hearings).where(hearings.c.leg == leg, hearings.c.opened_at.is_(None))
    unit.conn.execute(unopened.values(opened_at=now))


def heard(unit: Unit, leg: str, times: int) -> None:
    unit.conn.execute(update(hearings).where(hearings.c.leg == leg).values(heard=times))


_CLOSE = update(hearings).where(hearings.c.leg == bindparam("of"), hearings.c.closed_at.is_(None))


def close(unit: Unit, leg: str, now: datetime) -> None:
    """The call is over, whatever it was about."""
    unit.conn.execute(_CLOSE, {"of": leg, "closed_at": now})
