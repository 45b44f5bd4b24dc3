"""Pictures: wanted, fetched, kept; and what the provider still has is deleted there, across a crash too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.store import front_media
from escalation.store.base import Database, Unit
from tests.store.homes import NOW

MINUTES = timedelta(minutes=1)


def want(database: Database, channel: str = "sms") -> str:
    def put(unit: Unit) -> str:
        return front_media.want(
            unit, line="by", channel=channel, thread="t1", kind="photo", mime=None, source="/Media/1", now=NOW
        )

    return database.write_now(put)


def copy(database: Database, minutes: int = 0) -> tuple[str, str] | None:
    return database.write_now(front_media.claim_copy, NOW + minutes * MINUTES)


def test_what_came_by_text_message_is_deleted_at_the_provider_once_it_is_kept(front_db: Database) -> None:
    uid = want(front_db)
    assert copy(front_db) is None
    front_db.write_now(front_media.keep, uid, b"picture", NOW)
    assert copy(front_db) == (uid, "/Media/1")
    front_db.write_now(front_media.forget_source, uid)
    assert copy(front_db, 60) is None
    assert front_db.read_now(front_media.load, uid) == ("photo", b"picture")


def test_a_copy_that_could_not_be_deleted_is_offered_again_in_ten_minutes(front_db: Database) -> None:
    front_db.write_now(front_media.keep, want(front_db), b"picture", NOW)
    assert copy(front_db) is not None
    assert copy(front_db, 9) is None and copy(front_db, 10) is not None


@pytest.mark.parametrize(("channel", "left"), [("sms", True), ("telegram", False)])
def test_what_was_given_up_is_deleted_too_where_the_provider_can_be_asked(
    front_db: Database, channel: str, left: bool
) -> None:
    uid = want(front_db, channel)
    assert front_db.write_now(front_media.failed, uid, NOW, for_good=True)
    assert (copy(front_db) is not None) is left
    front_db.write_now(front_media.forget_source, uid)
    assert front_db.write_now(front_media.claim, NOW + 60 * MINUTES) is None
