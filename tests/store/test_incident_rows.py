"""Incidents, timers, invitations and the audit trail: one winner, once, and nothing changed unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from escalation.store import audit, front_people, office_due, office_incidents, office_people, published
from escalation.store.base import Database, Unit
from escalation.store.office_incidents import Incident
from escalation.store.office_tables import audit as trail
from escalation.store.office_tables import timers
from tests.store.homes import NOW, SECOND, Home, at_once

INCIDENT = Incident(
    id="", line="by", state="new", category="noise", urgency="urgent", danger=False, tags=("party", "music"),
    place={"street": "Vestergade"}, place_index="x", property="P1", team="night", contact_person=None, placement=None,
    policy="[]", round=1, step=0, round_at=NOW, opened_at=NOW,
)  # fmt: skip
THREAD = front_people.Thread(
    id="", line="by", sender="s1", code="", state="open", opened_at=NOW, last_at=NOW, closed_at=None, taken_at=None,
    category="noise", urgency="normal", danger=False, place=None, pending=None, asked=0, due_at=None,
    promised_at=None, out_seq=0,
)  # fmt: skip


def opened(database: Database) -> str:
    return database.write_now(office_incidents.open_incident, INCIDENT).id


def look(unit: Unit, n: int) -> None:
    audit.record(unit, "by", f"staff:{n}", "show", "A2BC", NOW + n * SECOND)


def test_an_incident_comes_back_as_it_was_stored(office_db: Database) -> None:
    uid = opened(office_db)
    found = office_db.read_now(office_incidents.get, uid)
    assert (found.tags, found.place, found.opened_at) == (("party", "music"), {"street": "Vestergade"}, NOW)


def test_fifty_take_an_incident_and_one_has_it(home: Home) -> None:
    offices = [home.open("office"), home.open("office")]
    uid = opened(offices[0])
    won = at_once(50, lambda n: n if offices[n % 2].write_now(office_incidents.take, uid, f"s{n}", NOW) else None)
    (winner,) = [n for n in won if n is not None]
    assert offices[0].read_now(office_incidents.get, uid).taken_by == f"s{winner}"


def test_a_merged_incident_answers_with_the_one_it_went_into(office_db: Database) -> None:
    source, target = opened(office_db), opened(office_db)
    office_db.write_now(office_incidents.save, Incident(**{**fields(INCIDENT), "id": source, "merged_into": target}))
    assert office_db.read_now(office_incidents.get, source).id == target


def fields(incident: Incident) -> dict[str, Any]:
    return {name: getattr(incident, name) for name in Incident.__slots__}


def test_a_code_in_use_is_drawn_again_and_every_thread_has_its_own(front_db: Database) -> None:
    made = [front_db.write_now(front_people.open_thread, THREAD) for _ in range(20)]
    assert len({thread.code for thread in made}) == 20
    assert front_db.read_now(front_people.thread_by_id, made[0].id) == made[0]


def test_setting_a_timer_again_moves_it(office_db: Database) -> None:
    for minutes in (5, 1, 3):
        office_db.write_now(office_due.set_timer, "i1", "step", NOW + timedelta(minutes=minutes))
    office_db.write_now(office_due.set_timer, "i1", "idle", NOW + timedelta(minutes=9))
    assert office_db.read_now(office_due.pending, NOW + timedelta(hours=1)) == (2, 2)
    assert office_db.read_now(office_due.next_due) == NOW + timedelta(minutes=3)


def test_a_timer_set_by_many_at_once_is_one(home: Home) -> None:
    offices = [home.open("office"), home.open("office")]
    at_once(10, lambda n: offices[n % 2].write_now(office_due.set_timer, "i1", "step", NOW))
    assert offices[0].read_now(office_due.pending, NOW) == (1, 0)


def test_two_workers_never_do_the_same_timer(home: Home) -> None:
    offices = [home.open("office"), home.open("office")]
    for n in range(12):
        offices[0].write_now(office_due.set_timer, f"i{n}", "step", NOW)
    due = offices[0].read_now(office_due.due_timers, NOW)
    took = at_once(4, lambda n: [offices[n % 2].write_now(office_due.take_timer, timer) for timer in due])
    assert sorted(one.n for found in took for one in found if one) == sorted(due)


def test_a_timer_whose_work_crashes_is_due_again(office_db: Database) -> None:
    office_db.write_now(office_due.set_timer, "i1", "step", NOW)
    (n,) = office_db.read_now(office_due.due_timers, NOW)

    def crash(unit: Unit) -> None:
        assert office_due.take_timer(unit, n)
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        office_db.write_now(crash)
    assert office_db.read_now(office_due.due_timers, NOW) == [n]


def test_a_timer_that_fails_five_times_is_given_up_and_one_that_is_done_stays_done(office_db: Database) -> None:
    office_db.write_now(office_due.set_timer, "i1", "step", NOW)
    (n,) = office_db.read_now(office_due.due_timers, NOW)
    assert [office_db.write_now(office_due.put_off, n, NOW) for _ in range(6)] == [False] * 4 + [True, False]
    office_db.write_now(lambda unit: unit.conn.execute(update(timers).values(state="done")))
    assert not office_db.write_now(office_due.put_off, n, NOW)
    assert office_db.read_now(office_due.pending, NOW) == (0, 0)


def test_an_invitation_is_used_once_and_by_one(home: Home) -> None:
    offices = [home.open("office"), home.open("office")]
    offices[0].write_now(office_people.invite, "by", "s1", "secret", NOW + SECOND)
    used = at_once(8, lambda n: offices[n % 2].write_now(office_people.redeem, "by", "secret", NOW))
    assert sorted(used, key=str) == [None] * 7 + ["s1"]


@pytest.mark.parametrize(("line", "code", "seconds"), [("by", "secret", 1), ("land", "secret", 0), ("by", "guess", 0)])
def test_an_invitation_of_another_line_or_too_old_is_none(
    office_db: Database, line: str, code: str, seconds: int
) -> None:
    office_db.write_now(office_people.invite, "by", "s1", "secret", NOW + SECOND)
    assert office_db.write_now(office_people.redeem, line, code, NOW + seconds * SECOND) is None


def test_a_daily_task_falls_to_one(home: Home) -> None:
    offices = [home.open("office"), home.open("office")]
    won = at_once(8, lambda n: [offices[n % 2].write_now(office_people.claim_day, "digest", day) for day in (7, 8, 7)])
    assert [sum(column) for column in zip(*won, strict=True)] == [1, 1, 0]


def test_two_offices_publishing_at_once_do_not_collide(home: Home) -> None:
    fronts = [home.open("front"), home.open("front")]
    staff = [("by", f"{n}") for n in range(20)]
    at_once(8, lambda n: fronts[n % 2].write_now(published.replace_staff, staff))
    assert fronts[0].read_now(published.is_staff, "by", "7")
    assert fronts[0].read_now(published.mark, "staff") == 8


def test_an_audit_trail_written_by_many_is_one_chain(home: Home) -> None:
    offices = [home.open("office"), home.open("office")]
    at_once(12, lambda n: offices[n % 2].write_now(look, n))
    assert offices[0].read_now(audit.first_broken) is None
    assert len(offices[0].read_now(audit.looks, "A2BC")) == 12


def edit(unit: Unit) -> None:
    unit.conn.execute(update(trail).where(trail.c.n == 3).values(actor="staff:9"))


def remove(unit: Unit) -> None:
    unit.conn.execute(delete(trail).where(trail.c.n == 3))


def swap(unit: Unit) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        unit.conn.execute(update(trail).where(trail.c.n == old).values(n=new))


def shift(unit: Unit) -> None:
    unit.conn.execute(update(trail).where(trail.c.n == 3).values(at=NOW - SECOND))


@pytest.mark.parametrize("tamper", [edit, remove, swap, shift])
def test_an_audit_trail_shows_where_it_was_touched(office_db: Database, tamper: Any) -> None:
    for n in range(1, 6):
        office_db.write_now(look, n)
    assert office_db.read_now(lambda unit: unit.conn.scalar(select(func.max(trail.c.n)))) == 5
    office_db.write_now(tamper)
    assert office_db.read_now(audit.first_broken) in (3, 4)


def test_an_audit_trail_may_lose_its_oldest_entries(office_db: Database) -> None:
    for n in range(1, 6):
        office_db.write_now(look, n)
    office_db.write_now(lambda unit: unit.conn.execute(delete(trail).where(trail.c.n < 3)))
    assert office_db.read_now(audit.first_broken) is None
