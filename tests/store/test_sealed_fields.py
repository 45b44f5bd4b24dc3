"""Times keep their zone, sealed fields open only in their own row, blind indexes tell nothing across purposes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError

from escalation.errors import NotConfigured, UnknownKey
from escalation.store import front_people, office_people
from escalation.store.base import Database, Unit
from escalation.store.crypto import Keyring, decode_key
from escalation.store.front_tables import senders
from escalation.store.office_tables import absences
from tests.store.homes import KEYS, NOW, SECOND, Home

NEW_FIRST = Keyring((b"b" * 32, b"a" * 32), b"i" * 32)
NEW_ALONE = Keyring((b"b" * 32,), b"i" * 32)


def test_a_time_comes_back_as_the_same_moment_in_utc(office_db: Database) -> None:
    summer = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    office_db.write_now(office_people.add_absence, "by", "s1", "off", summer, NOW)
    start = office_db.read_now(lambda unit: unit.conn.scalar(select(absences.c.from_at)))
    assert (start, start and start.utcoffset()) == (summer, timedelta())


def test_a_time_without_a_zone_is_refused(office_db: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        office_db.write_now(office_people.add_absence, "by", "s1", "off", NOW.replace(tzinfo=None), NOW)


def test_a_field_moved_to_another_row_does_not_open(front_db: Database) -> None:
    def swap(unit: Unit) -> None:
        one = front_people.sender_of(unit, "by", "sms", "+4520000001", NOW)
        other = front_people.sender_of(unit, "by", "sms", "+4520000002", NOW)
        stolen = select(senders.c.address).where(senders.c.id == one.id).scalar_subquery()
        unit.conn.execute(update(senders).where(senders.c.id == other.id).values(address=stolen))

    front_db.write_now(swap)
    with pytest.raises(UnknownKey, match="does not open in its row"):
        front_db.write_now(front_people.sender_of, "by", "sms", "+4520000002", NOW)


@pytest.mark.parametrize("place", [("threads.body", "1"), ("senders.body", "2")])
def test_a_field_is_bound_to_its_column_and_its_row(place: tuple[str, str]) -> None:
    with pytest.raises(UnknownKey):
        KEYS.open(*place, KEYS.seal("senders.body", "1", "words"))


def test_a_changed_byte_does_not_open() -> None:
    sealed = bytearray(KEYS.seal("t.c", "1", "words"))
    sealed[-1] ^= 1
    with pytest.raises(UnknownKey):
        KEYS.open("t.c", "1", bytes(sealed))


def test_an_old_key_opens_and_the_first_seals(home: Home) -> None:
    home.open("front").write_now(front_people.sender_of, "by", "sms", "+4520000001", NOW)
    turned = home.open("front", NEW_FIRST)
    assert turned.write_now(front_people.sender_of, "by", "sms", "+4520000001", NOW).address == "+4520000001"
    turned.write_now(front_people.sender_of, "by", "sms", "+4520000002", NOW)
    after = home.open("front", NEW_ALONE)
    assert after.write_now(front_people.sender_of, "by", "sms", "+4520000002", NOW).address == "+4520000002"
    with pytest.raises(UnknownKey, match="NABOLINJE_KEYS"):
        after.write_now(front_people.sender_of, "by", "sms", "+4520000001", NOW)


def test_the_same_words_are_sealed_differently_each_time() -> None:
    assert KEYS.seal("t.c", "1", "words") != KEYS.seal("t.c", "1", "words")


def test_odd_texts_come_back_as_they_were() -> None:
    odd = "Æ\x00\ud800👵🏿\u202e"
    assert KEYS.open("t.c", "1", KEYS.seal("t.c", "1", odd)) == odd


def test_a_blind_index_differs_by_purpose_and_by_key() -> None:
    other = Keyring((b"a" * 32,), b"j" * 32)
    made = {
        KEYS.index("place", "+4520000001"),
        KEYS.endpoint_index("sms", "+4520000001"),
        KEYS.endpoint_index("telegram", "+4520000001"),
        other.endpoint_index("sms", "+4520000001"),
    }
    assert len(made) == 4
    assert KEYS.endpoint_index("sms", "+4520000001") in made


def test_a_wrong_key_is_named_by_its_setting_and_never_shown() -> None:
    with pytest.raises(NotConfigured, match="SOME_KEY") as refused:
        decode_key("c2hvcnQ=", "SOME_KEY")
    assert "c2hvcnQ" not in str(refused.value)
    assert "aaaa" not in repr(KEYS)


def test_a_sender_is_made_once_by_two_replicas(home: Home) -> None:
    one, other = home.open("front"), home.open("front")
    first = one.write_now(front_people.sender_of, "by", "sms", "+4520000001", NOW)
    again = other.write_now(front_people.sender_of, "by", "sms", "+4520000001", NOW + SECOND)
    assert (first.id, first.created_at) == (again.id, again.created_at)
