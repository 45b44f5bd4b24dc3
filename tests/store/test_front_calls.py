"""Callers who wait at the front desk: of whom the office has not heard, who has one, when he is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from escalation.store import front_calls, hatch
from escalation.store.base import Database, Unit
from escalation.store.front_calls import LEGS
from escalation.store.front_tables import calls, legs
from tests.store.homes import NOW, SECOND, Home, at_once


def begin(unit: Unit) -> str:
    """A caller waits since `NOW`, and the office is told; his token."""
    call = front_calls.begin(unit, "CA1", "by", "s1", "da", NOW)
    front_calls.save(unit, replace(call, stage="queue", thread="t1", queued_at=NOW))
    hatch.put_out(unit, line="by", thread="t1", seq=1, kind="call", sender="s1", code="K7M2", body={}, now=NOW)
    return call.token


def test_the_office_is_silent_only_by_both_clocks(front_db: Database) -> None:
    token = front_db.write_now(begin)
    assert front_db.read_now(front_calls.unheard, NOW + timedelta(hours=1), 5.0) == []
    assert front_db.read_now(front_calls.unheard, NOW - SECOND, 0.0) == []
    assert front_db.read_now(front_calls.unheard, NOW, 0.0) == [token]


def test_an_office_that_took_the_row_is_not_silent(front_db: Database) -> None:
    front_db.write_now(begin)
    front_db.write_now(hatch.mark_taken, [row.n for row in front_db.read_now(hatch.left_out)], NOW)
    assert front_db.read_now(front_calls.unheard, NOW, 0.0) == []


def test_of_many_who_press_at_once_one_has_the_caller(home: Home) -> None:
    desks = [home.open("front") for _ in range(4)]
    token = desks[0].write_now(begin)
    won = at_once(4, lambda n: desks[n].write_now(front_calls.join, token, f"leg-{n}"))
    assert sorted(won) == [False, False, False, True]
    call = desks[0].write_now(front_calls.waiting, token)
    assert call is not None and call.leg == f"leg-{won.index(True)}"


def test_who_is_taken_or_has_left_is_taken_by_nobody(front_db: Database) -> None:
    token = front_db.write_now(begin)
    call = front_db.write_now(front_calls.call_of, "CA1")
    assert call is not None
    front_db.write_now(front_calls.save, replace(call, left_at=NOW))
    assert not front_db.write_now(front_calls.join, token, "leg")
    assert front_db.read_now(front_calls.unheard, NOW, 0.0) == []


def test_the_phones_that_were_rung_go_with_the_call(front_db: Database) -> None:
    token = front_db.write_now(begin)
    front_db.write_now(LEGS.add, token, "by", "1", "+4552500091", NOW)
    front_db.write_now(front_calls.drop, "by", NOW)
    assert front_db.read_now(rows) == (1, 1)
    front_db.write_now(front_calls.drop, "by", NOW + SECOND)
    assert front_db.read_now(rows) == (0, 0)


def test_the_phones_that_were_rung_go_with_the_caller(front_db: Database) -> None:
    token = front_db.write_now(begin)
    front_db.write_now(LEGS.add, token, "by", "1", "+4552500091", NOW)
    front_db.write_now(front_calls.drop_of, "s1")
    assert front_db.read_now(rows) == (0, 0)


def rows(unit: Unit) -> tuple[int, ...]:
    return tuple(unit.conn.scalar(select(func.count()).select_from(table)) or 0 for table in (calls, legs))
