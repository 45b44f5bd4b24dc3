"""Calls back at the office: rows beside those of callers, with states of their own.

"asked" while both phones ring and the two are brought together, "gone" when the reporter is known not to be there, and
in the end "talked" or "vain". What is said last may know better: whoever talked has talked.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from escalation.clock import new_id
from escalation.store.base import Unit
from escalation.store.office_calls import LEGS
from escalation.store.office_tables import calls

PURPOSE = "callback"
OPEN = ("asked", "gone")
_HUNG_UP = 1  # in the place where a caller's rounds are counted: whoever pressed 1 has hung up


def begin(
    unit: Unit, line: str, incident: str, thread: str, staff: str, phone: str, now: datetime, until: datetime
) -> str:
    """Ring the phone of whoever calls back; the random token under which the two shall meet."""
    token = new_id()
    leg = LEGS.add(unit, token, line, staff, phone, now, PURPOSE)
    unit.conn.execute(
        calls.insert().values(
            token=token,
            line=line,
            incident=incident,
            thread=thread,
            state="asked",
            wave=0,
            next_at=until,
            until=until,
            leg=leg,
        )
    )
    return token


def is_ringing(unit: Unit, threads: list[str], now: datetime) -> bool:
    """Whether one of these reporters is being called back just now."""
    open_ = (calls.c.thread.in_(threads), calls.c.state.in_(OPEN), calls.c.until > now)
    return unit.conn.execute(select(calls.c.token).where(*open_).limit(1)).first() is not None


def moved(unit: Unit, token: str, state: str, only: tuple[str, ...]) -> bool:
    """Move a call back to a later state, out of one of `only`; False when it is past that."""
    found = update(calls).where(calls.c.token == token, calls.c.state.in_(only))
    ended = {} if state in OPEN else {"next_at": None}
    return unit.conn.execute(found.values(state=state, **ended)).rowcount == 1


def hung_up(unit: Unit, token: str) -> None:
    """Whoever pressed 1 is no longer on the phone."""
    unit.conn.execute(update(calls).where(calls.c.token == token).values(wave=_HUNG_UP))


def look_again(unit: Unit, token: str, at: datetime) -> None:
    """They may be talking; until then nothing is concluded from silence."""
    unit.conn.execute(update(calls).where(calls.c.token == token, calls.c.state.in_(OPEN)).values(next_at=at))
