"""Whoever steals the disk or a backup reads no number, no name, no word; and the front desk opens one file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from escalation.store import (
    front_calls,
    front_inbox,
    front_media,
    front_people,
    hatch,
    office_calls,
    office_hatch,
    office_incidents,
    office_people,
    office_pins,
)  # fmt: skip
from escalation.store.base import Database, Unit, sqlite_path
from escalation.store.front_inbox import Arrival
from escalation.store.front_outbox import FRONT
from escalation.store.migrations.make import METADATA
from escalation.store.office_outbox import OFFICE
from escalation.store.outbox import Post
from escalation.store.schema import Schema
from tests.store.homes import NOW, Home
from tests.store.test_incident_rows import INCIDENT, THREAD

PHONE, WORDS, PLACE, SECRET = "+4520304050", "Kanariefuglen synger", "Fuglevangsvej 7", "invitation-canary"
PIN = "7301946628"  # longer than one is, so that no other number holds it by chance
CANARIES = [word.encode(code) for word in (PHONE[3:], WORDS, PLACE, SECRET, PIN) for code in ("utf-8", "utf-16-le")]
POST = Post("by", "sms", PHONE, "answer", {"text": WORDS}, NOW)


def fill_front(unit: Unit) -> None:
    front_inbox.add(unit, [Arrival("twilio", "SM1", "by", "sms", PHONE, "text", {"text": WORDS}, NOW)])
    sender = front_people.sender_of(unit, "by", "sms", PHONE, NOW)
    sender.context["said"] = WORDS
    front_people.save_sender(unit, sender)
    thread = front_people.open_thread(unit, THREAD)
    thread.body["place"] = PLACE
    front_people.save_thread(unit, thread)
    uid = front_media.want(
        unit, line="by", channel="sms", thread=thread.id, kind="photo", mime=None, source=f"/Media/{PHONE}", now=NOW
    )
    front_media.keep(unit, uid, WORDS.encode(), NOW)
    body = {"text": WORDS}
    hatch.put_out(unit, line="by", thread=thread.id, seq=1, kind="text", sender="x", code=None, body=body, now=NOW)
    hatch.put_in(unit, notice="n1", line="by", thread=thread.id, kind="words", body=body, not_before=NOW, now=NOW)
    FRONT.put(unit, POST, NOW)
    front_calls.LEGS.add(unit, "token", "by", "1", PHONE, NOW)


def fill_office(unit: Unit) -> None:
    office_people.save_directory(unit, {"placements.csv": f"{WORDS};{PLACE};{PHONE}".encode()})
    office_people.add_endpoint(unit, "by", "s1", "sms", PHONE, NOW)
    (endpoint,) = office_people.endpoints_of(unit, "by")
    office_people.set_prompt(unit, endpoint.id, {"text": WORDS}, NOW)
    office_people.invite(unit, "by", "s1", SECRET, NOW)
    office_pins.put(unit, "by", "s1", PIN, NOW)
    incident = office_incidents.open_incident(unit, INCIDENT)
    office_incidents.save(unit, replace(incident, place={"street": PLACE}))
    office_incidents.note(unit, incident.id, "text", NOW, text=WORDS)
    office_hatch.relay(unit, "by", "t1", "words", {"text": WORDS}, NOW, NOW)
    OFFICE.put(unit, POST, NOW)
    office_calls.LEGS.add(unit, "token", "by", "s1", PHONE, NOW)


def cells(database: Database, desk: Schema) -> bytes:
    """Every value of every table, as a dump would hold it."""
    with database.engine.connect() as conn:
        rows = [row for table in METADATA[desk].sorted_tables
                for row in conn.execute(text(f'SELECT * FROM "{table.name}"'))]  # fmt: skip
    return b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for row in rows for v in row)


def test_no_table_holds_a_word_in_the_clear(home: Home) -> None:
    front, office = home.open("front"), home.open("office")
    front.write_now(fill_front)
    office.write_now(fill_office)
    dump = cells(front, "front") + cells(office, "office")
    assert len(dump) > 2000
    assert not [canary for canary in CANARIES if canary in dump]


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_no_file_on_the_disk_holds_a_word_in_the_clear(home: Home) -> None:
    front, office = home.open("front"), home.open("office")
    front.write_now(fill_front)
    office.write_now(fill_office)
    files = list(sqlite_path(home.urls["front"]).parent.iterdir())
    assert {"front.db-wal", "office.db-wal"} <= {file.name for file in files}
    assert not [canary for canary in CANARIES for file in files if canary in file.read_bytes()]


def test_what_was_sealed_can_be_read_with_the_key(home: Home) -> None:
    front, office = home.open("front"), home.open("office")
    front.write_now(fill_front)
    office.write_now(fill_office)
    assert front.read_now(hatch.left_out)[0].body == {"text": WORDS}
    assert office.read_now(office_people.load_directory)["placements.csv"].decode().startswith(WORDS)


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
def test_a_front_desk_on_sqlite_opens_its_own_file_alone(home: Home) -> None:
    front = home.open("front")
    front.write_now(fill_front)
    front.read_now(hatch.left_out)
    folder = sqlite_path(home.urls["front"]).parent
    held = {Path(os.path.realpath(f"/proc/self/fd/{n}")) for n in os.listdir("/proc/self/fd")}
    assert {path.name.partition(".")[0] for path in held if path.parent == folder} == {"front"}
