"""The inbox: a delivery is stored once, and a sender's are worked off one at a time, in order."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from escalation.store import front_inbox
from escalation.store.base import Database, Unit
from escalation.store.front_inbox import Arrival, Waiting
from escalation.store.front_outbox import FRONT
from tests.store.homes import NOW, SECOND, Home, at_once, drain


def arrival(key: str, address: str = "+4520000001") -> Arrival:
    return Arrival("twilio", key, "by", "sms", address, "text", {"text": key}, NOW)


def next_one(unit: Unit) -> Waiting | None:
    found = (front_inbox.take(unit, n) for n in front_inbox.waiting(unit, NOW))
    return next((one for one in found if one), None)


def finish_one(unit: Unit) -> str | None:
    one = next_one(unit)
    if one is None:
        return None
    front_inbox.done(unit, one.n, None)
    return str(one.body["text"])


def test_a_batch_with_repeats_is_stored_once_and_counted_exactly(front_db: Database) -> None:
    batch = [arrival("a"), arrival("b"), arrival("a")]
    assert front_db.write_now(front_inbox.add, batch) == [True, True, False]
    assert front_db.write_now(front_inbox.add, [arrival("b"), arrival("c")]) == [False, True]
    assert front_db.read_now(front_inbox.backlog) == (3, 0)
    assert [front_db.read_now(FRONT.total, name) for name in ("received", "duplicates")] == [3, 2]


def test_the_same_key_of_another_provider_is_another_delivery(front_db: Database) -> None:
    both = [arrival("a"), replace(arrival("a"), provider="telegram", channel="telegram")]
    assert front_db.write_now(front_inbox.add, both) == [True, True]


def test_a_hundred_parallel_repeats_are_one_row(home: Home) -> None:
    replicas = [home.open("front"), home.open("front")]
    stored = at_once(100, lambda n: replicas[n % 2].write_now(front_inbox.add, [arrival("a")])[0])
    assert sum(stored) == 1
    assert replicas[0].read_now(front_inbox.backlog) == (1, 0)
    assert [replicas[0].read_now(FRONT.total, name) for name in ("received", "duplicates")] == [1, 99]


def test_what_one_sender_wrote_comes_in_order(front_db: Database) -> None:
    front_db.write_now(front_inbox.add, [arrival("a"), arrival("other", "+4520000002"), arrival("b"), arrival("c")])
    assert drain(front_db, finish_one) == ["a", "other", "b", "c"]


def test_two_workers_never_hold_two_rows_of_one_sender(home: Home) -> None:
    replicas, held, clashes, lock = [home.open("front"), home.open("front")], set[str](), list[str](), threading.Lock()
    replicas[0].write_now(front_inbox.add, [arrival(f"{n}", f"+452000000{n % 3}") for n in range(18)])

    def careful(unit: Unit) -> str | None:
        one = next_one(unit)
        if one is None:
            return None
        with lock:
            clashes.extend({one.sender} & held)
            held.add(one.sender)
        time.sleep(0.003)
        front_inbox.done(unit, one.n, None)
        with lock:
            held.discard(one.sender)
        return str(one.body["text"])

    done = at_once(4, lambda n: drain(replicas[n % 2], careful))
    done.append(drain(replicas[0], careful))  # what was locked when the others looked
    assert sorted(int(text) for texts in done for text in texts) == list(range(18))
    assert not clashes


def test_a_row_that_fails_waits_longer_each_time_and_is_then_set_aside(front_db: Database) -> None:
    front_db.write_now(front_inbox.add, [arrival("a"), arrival("b")])
    n = front_db.read_now(front_inbox.waiting, NOW)[0]
    assert [front_db.write_now(front_inbox.failed, n, NOW) for _ in range(4)] == [False] * 4
    assert front_db.read_now(front_inbox.waiting, NOW + 7 * SECOND) == []
    assert front_db.read_now(front_inbox.waiting, NOW + 8 * SECOND) == [n]
    assert front_db.write_now(front_inbox.failed, n, NOW)
    assert drain(front_db, finish_one) == ["b"]


def test_a_failure_told_late_does_not_bring_a_finished_row_back(front_db: Database) -> None:
    front_db.write_now(front_inbox.add, [arrival("a")])
    n = front_db.read_now(front_inbox.waiting, NOW)[0]
    front_db.write_now(front_inbox.done, n, None)
    assert not front_db.write_now(front_inbox.failed, n, NOW)
    assert front_db.read_now(front_inbox.backlog) == (0, 0)
