"""The outbox: who may send what when, and that a delivery's state only moves forward."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from escalation.store.base import Database, Unit
from escalation.store.front_outbox import FRONT
from escalation.store.front_tables import outbox
from escalation.store.outbox import LATER, URGENT, Claimed, Post
from tests.store.homes import NOW, SECOND, Home, at_once

POST = Post("by", "sms", "+4520000001", "answer", {"text": "words"}, NOW)


def put(database: Database, *posts: Post) -> list[str]:
    return [database.write_now(FRONT.put, post, NOW) for post in posts]


def claim(database: Database, limit: int = 10, lease: float = 60.0) -> list[Claimed]:
    return database.write_now(FRONT.claim, "sms", NOW, limit, lease)


def state(database: Database, uid: str) -> Any:
    return database.read_now(lambda unit: unit.conn.scalar(select(outbox.c.state).where(outbox.c.uid == uid)))


def settle(database: Database, ref: str, uid: str | None, rank: int, word: str) -> bool:
    return database.write_now(FRONT.settle, ref, uid, rank, word, None) is not None


def let_leases_run_out(unit: Unit) -> None:
    unit.conn.execute(update(outbox).values(lease_until=outbox.c.lease_until - 3600))


def test_the_most_urgent_leaves_first_and_nothing_before_its_time(front_db: Database) -> None:
    later, normal, urgent, _early = put(
        front_db, replace(POST, priority=LATER), POST, replace(POST, priority=URGENT),
        replace(POST, priority=URGENT, not_before=NOW + SECOND),
    )  # fmt: skip
    assert [c.uid for c in claim(front_db)] == [urgent, normal, later]
    assert front_db.read_now(FRONT.next_due, "sms") == NOW + SECOND


def test_a_claimed_row_carries_its_words_and_address_back(front_db: Database) -> None:
    put(front_db, replace(POST, owner="thread:1"))
    (one,) = claim(front_db)
    assert (one.address, one.body, one.owner, one.attempts, one.ask_first) == (
        "+4520000001", {"text": "words"}, "thread:1", 1, False,
    )  # fmt: skip


def test_a_recipient_gets_ordered_rows_one_after_the_other(front_db: Database) -> None:
    first, second, other = put(
        front_db, replace(POST, ordered=True), replace(POST, ordered=True, priority=URGENT),
        replace(POST, ordered=True, address="+4520000002"),
    )  # fmt: skip
    held = claim(front_db)
    assert [c.uid for c in held] == [first, other]
    assert claim(front_db) == []
    front_db.write_now(FRONT.finish, held[0], NOW, "sent", ref="SM1")
    assert [c.uid for c in claim(front_db)] == [second]


def test_a_row_put_back_still_goes_before_the_later_ones(front_db: Database) -> None:
    put(front_db, replace(POST, ordered=True), replace(POST, ordered=True))
    front_db.write_now(FRONT.retry, claim(front_db)[0], NOW + SECOND, "busy", unknown=False)
    assert claim(front_db) == []


def test_many_workers_never_claim_the_same_row(home: Home) -> None:
    replicas = [home.open("front"), home.open("front")]
    uids = put(replicas[0], *[POST] * 20)
    claimed = at_once(6, lambda n: [c.uid for _ in range(8) for c in claim(replicas[n % 2], limit=2)])
    assert sorted(uid for found in claimed for uid in found) == sorted(uids)


def test_a_row_whose_sender_died_is_asked_about_first(front_db: Database) -> None:
    put(front_db, POST)
    claim(front_db)
    assert claim(front_db) == []
    front_db.write_now(let_leases_run_out)
    (again,) = claim(front_db)
    assert (again.ask_first, again.attempts, again.unknowns) == (True, 2, 1)


def test_an_unknown_fate_is_remembered_and_a_known_one_is_not(front_db: Database) -> None:
    put(front_db, POST)
    front_db.write_now(FRONT.retry, claim(front_db)[0], NOW, "busy", unknown=False)
    (known,) = claim(front_db)
    front_db.write_now(FRONT.retry, known, NOW, "timeout", unknown=True, resent=True)
    (unknown,) = claim(front_db)
    assert (known.ask_first, unknown.ask_first, unknown.attempts) == (False, True, 3)
    assert front_db.read_now(FRONT.resent) == 1


def test_whoever_lost_the_lease_can_neither_finish_nor_put_back(front_db: Database) -> None:
    (uid,) = put(front_db, POST)
    (lost,) = claim(front_db)
    front_db.write_now(let_leases_run_out)
    (holder,) = claim(front_db)
    assert front_db.write_now(FRONT.finish, lost, NOW, "failed") is None
    front_db.write_now(FRONT.retry, lost, NOW, "busy", unknown=False)
    assert state(front_db, uid) == "sending"
    assert front_db.write_now(FRONT.finish, holder, NOW, "sent", ref="SM1") is not None


@pytest.mark.parametrize(
    "words", [[(1, "sent"), (3, "delivered")], [(3, "delivered"), (1, "sent")], [(3, "delivered"), (3, "failed")]]
)
def test_callbacks_late_doubled_or_out_of_order_never_move_a_delivery_backwards(
    front_db: Database, words: list[tuple[int, str]]
) -> None:
    (uid,) = put(front_db, POST)
    front_db.write_now(FRONT.finish, claim(front_db)[0], NOW, "sent", ref="SM1")
    for rank, word in [*words, *words]:
        settle(front_db, "SM1", uid, rank, word)
    assert state(front_db, uid) == "delivered"


def test_each_word_of_a_provider_changes_a_row_once(front_db: Database) -> None:
    (uid,) = put(front_db, POST)
    front_db.write_now(FRONT.finish, claim(front_db)[0], NOW, "sent", ref="SM1")
    assert [settle(front_db, "SM1", uid, 3, "failed") for _ in range(2)] == [True, False]
    for _ in range(2):
        front_db.write_now(FRONT.add_callback, "SM1", "failed", "30003", NOW)
    assert front_db.read_now(FRONT.callbacks_of, "SM1") == [("failed", "30003")]


def test_a_send_that_failed_at_once_is_not_sent_because_of_a_late_word(front_db: Database) -> None:
    (uid,) = put(front_db, POST)
    front_db.write_now(FRONT.finish, claim(front_db)[0], NOW, "failed", ref="SM1")
    assert not settle(front_db, "SM1", uid, 1, "sent")
    assert state(front_db, uid) == "failed"


def test_a_callback_that_comes_before_the_answer_counts(front_db: Database) -> None:
    (uid,) = put(front_db, POST)
    (held,) = claim(front_db)
    assert settle(front_db, "SM1", uid, 3, "delivered")
    assert front_db.write_now(FRONT.finish, held, NOW, "failed", code="timeout") is None
    assert state(front_db, uid) == "delivered"


def test_a_row_settled_before_the_answer_is_still_checked_on(front_db: Database) -> None:
    (uid,) = put(front_db, POST)
    (held,) = claim(front_db)
    settle(front_db, "SM1", uid, 1, "sent")
    front_db.write_now(FRONT.finish, held, NOW, "sent", ref="SM1", check_after=timedelta(minutes=2))
    assert front_db.write_now(FRONT.unchecked, NOW + timedelta(minutes=2)) == [(uid, "by", "SM1")]


def test_a_word_about_an_unknown_message_touches_nothing(front_db: Database) -> None:
    (uid,) = put(front_db, POST)
    front_db.write_now(FRONT.finish, claim(front_db)[0], NOW, "sent", ref="SM1")
    assert not settle(front_db, "SM2", uid, 3, "failed")
    assert state(front_db, uid) == "sent"


def test_only_what_has_not_left_is_withdrawn(front_db: Database) -> None:
    alert = replace(POST, owner="alert:1")
    leaving, queued, other = put(front_db, replace(alert, priority=URGENT), alert, replace(POST, owner="alert:2"))
    claim(front_db, limit=1)
    front_db.write_now(FRONT.withdraw, ["alert:1"])
    assert [state(front_db, uid) for uid in (leaving, queued, other)] == ["sending", "withdrawn", "queued"]


def test_a_silent_status_is_asked_for_every_two_minutes_for_half_a_day(front_db: Database) -> None:
    put(front_db, POST)
    front_db.write_now(FRONT.finish, claim(front_db)[0], NOW, "sent", ref="SM1", check_after=timedelta(minutes=1))
    asked = [len(front_db.write_now(FRONT.unchecked, NOW + timedelta(minutes=m))) for m in (0, 1, 2, 3, 800, 900)]
    assert asked == [0, 1, 0, 1, 1, 0]
