"""The hatch: nothing is lost, nothing takes effect twice, whatever either side crashes at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from escalation.store import front_media, hatch, office_hatch
from escalation.store.base import Database, Unit
from escalation.store.front_tables import hatch_out
from tests.store.homes import NOW, SECOND, Home, at_once

MINUTE = timedelta(minutes=1)


def put_out(unit: Unit, seq: int = 1) -> None:
    hatch.put_out(
        unit, line="by", thread="t1", seq=seq, kind="text", sender="s1", code="A2BC", body={"text": f"{seq}"}, now=NOW
    )


def put_in(unit: Unit, notice: str, thread: str = "t1", words: str = "") -> None:
    body = {"words": words}
    hatch.put_in(unit, notice=notice, line="by", thread=thread, kind="taken", body=body, not_before=NOW, now=NOW)


def outward(database: Database) -> list[int]:
    return [row.n for row in database.read_now(hatch.left_out)]


def taken_in(database: Database) -> list[str]:
    found = [database.write_now(hatch.take_in, n) for n in database.read_now(hatch.due_in, NOW)]
    return [one.notice for one in found if one]


def test_outward_rows_are_given_until_they_are_taken(front_db: Database) -> None:
    for seq in (1, 2, 3):
        front_db.write_now(put_out, seq)
    front_db.write_now(hatch.mark_taken, outward(front_db)[1:2], NOW)
    assert [row.body["text"] for row in front_db.read_now(hatch.left_out)] == ["1", "3"]


def test_a_number_is_never_handed_out_twice(front_db: Database) -> None:
    front_db.write_now(put_out)
    (before,) = outward(front_db)
    front_db.write_now(lambda unit: unit.conn.execute(delete(hatch_out)))
    front_db.write_now(put_out)
    assert outward(front_db) > [before]


def test_an_office_is_silent_only_by_both_clocks(front_db: Database) -> None:
    front_db.write_now(put_out)

    def unheard(service_time: Any) -> int:
        return len(front_db.write_now(hatch.unheard, service_time - MINUTE, NOW, 60.0))

    assert unheard(NOW + 24 * 60 * MINUTE) == 0  # only the rehearsal's clock ran ahead
    front_db.write_now(lambda unit: unit.conn.execute(update(hatch_out).values(created_db=hatch_out.c.created_db - 61)))
    assert (unheard(NOW + MINUTE - SECOND), unheard(NOW + MINUTE)) == (0, 1)


def test_an_alarm_is_repeated_only_after_a_while_and_ends_when_the_row_is_taken(front_db: Database) -> None:
    front_db.write_now(put_out)
    numbers = outward(front_db)
    front_db.write_now(hatch.mark_alarmed, numbers, NOW)
    assert front_db.write_now(hatch.unheard, NOW, NOW - SECOND, 0.0) == []
    assert len(front_db.write_now(hatch.unheard, NOW, NOW, 0.0)) == 1
    front_db.write_now(hatch.mark_taken, numbers, NOW)
    assert front_db.write_now(hatch.unheard, NOW, NOW, 0.0) == []


def test_the_same_notice_put_in_twice_is_one_row(front_db: Database) -> None:
    front_db.write_now(put_in, "n1", "t1", "first")
    front_db.write_now(put_in, "n1", "t1", "second")
    (n,) = front_db.read_now(hatch.due_in, NOW)
    one = front_db.write_now(hatch.take_in, n)
    assert one and one.body == {"words": "first"}


def test_a_thread_hears_one_thing_after_the_other(front_db: Database) -> None:
    for notice, thread in (("n1", "t1"), ("n2", "t1"), ("n3", "t2")):
        front_db.write_now(put_in, notice, thread)
    assert taken_in(front_db) == ["n1", "n3"]
    front_db.write_now(hatch.inward_done, front_db.read_now(hatch.due_in, NOW)[0])
    assert taken_in(front_db) == ["n2", "n3"]


def test_an_inward_row_that_fails_five_times_lets_the_thread_go_on(front_db: Database) -> None:
    front_db.write_now(put_in, "n1")
    front_db.write_now(put_in, "n2")
    (n,) = front_db.read_now(hatch.due_in, NOW)
    assert [front_db.write_now(hatch.inward_failed, n) for _ in range(6)] == [False] * 4 + [True, False]
    assert taken_in(front_db) == ["n2"]


def test_a_failure_told_late_does_not_tell_a_reporter_twice(front_db: Database) -> None:
    front_db.write_now(put_in, "n1")
    (n,) = front_db.read_now(hatch.due_in, NOW)
    front_db.write_now(hatch.inward_done, n)
    assert not front_db.write_now(hatch.inward_failed, n)
    assert taken_in(front_db) == []


def test_an_outward_row_takes_effect_once_whoever_consumes_it(home: Home) -> None:
    offices = [home.open("office"), home.open("office")]
    won = at_once(12, lambda n: [offices[n % 2].write_now(office_hatch.consume, row, NOW) for row in (1, 2, 3)])
    assert [sum(column) for column in zip(*won, strict=True)] == [1, 1, 1]


def test_an_effect_that_fails_leaves_its_row_to_be_consumed_again(office_db: Database) -> None:
    def stumble(unit: Unit) -> None:
        office_hatch.consume(unit, 1, NOW)
        raise ArithmeticError

    for _ in range(4):
        with pytest.raises(ArithmeticError):
            office_db.write_now(stumble)
        assert not office_db.write_now(office_hatch.failed, 1, NOW)
    assert office_db.write_now(office_hatch.consume, 1, NOW)
    assert not office_db.write_now(office_hatch.consume, 1, NOW)


def test_a_failure_told_late_does_not_make_a_row_take_effect_twice(office_db: Database) -> None:
    office_db.write_now(office_hatch.consume, 1, NOW)
    assert not office_db.write_now(office_hatch.failed, 1, NOW)
    assert not office_db.write_now(office_hatch.consume, 1, NOW)


def test_a_row_set_aside_is_not_consumed_any_more(office_db: Database) -> None:
    assert [office_db.write_now(office_hatch.failed, 1, NOW) for _ in range(6)] == [False] * 4 + [True, False]
    assert not office_db.write_now(office_hatch.consume, 1, NOW)


def test_a_relay_is_offered_until_it_was_moved_and_keeps_no_copy(office_db: Database) -> None:
    office_db.write_now(office_hatch.relay, "by", "t1", "taken", {"text": "words"}, NOW, NOW)
    (one,) = office_db.read_now(office_hatch.unmoved)
    assert one.body == {"text": "words"}
    office_db.write_now(office_hatch.moved, [one.n], NOW)
    assert office_db.read_now(office_hatch.unmoved) == []


def test_a_picture_erased_while_it_is_fetched_does_not_come_back(front_db: Database) -> None:
    def want(unit: Unit) -> str:
        return front_media.want(
            unit, line="by", channel="sms", thread="t1", kind="photo", mime=None, source="/Media/1", now=NOW
        )

    uid = front_db.write_now(want)
    front_db.write_now(hatch.erase, ["t1"])
    front_db.write_now(front_media.keep, uid, b"picture", NOW)
    assert not front_db.write_now(front_media.failed, uid, NOW, for_good=True)
    assert front_db.read_now(front_media.load, uid) is None
    assert front_db.write_now(front_media.claim, NOW + MINUTE) is None
