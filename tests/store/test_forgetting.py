"""What the texts promise to delete is gone on the day, on both desks, and nothing goes before it.

Every sealed field of both databases is opened and read, so that a copy nobody thought of is found too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary, func, select

from escalation.errors import UnknownKey
from escalation.lines import LastResort, LineConfig, Retention, line_for
from escalation.store import audit, front_media, front_people, hearings, office_calls, office_incidents, office_people
from escalation.store.base import Database, Unit
from escalation.store.migrations.make import METADATA
from escalation.store.schema import Schema
from handlers import front_retention, office_retention
from tests.store.homes import Home
from tests.town import FRIDAY_NIGHT, LINE, NEIGHBOUR, Town, build

DUTY = "+4520000013"
WORDS, HOUSE, REPLY = "Kanariefuglen larmer", "Fuglevej 7", "Vi ser nærmere på fuglene"
DESKS: tuple[Schema, ...] = ("front", "office")
PICTURE = "et billede af en fugl"
KEEP = {"messages": 90, "contact": 30, "media": 14, "skeleton": 400, "audit": 800}
HELD_ELSEWHERE = ("directory", "endpoints")
SKELETON: dict[Schema, tuple[str, ...]] = {
    "front": ("inbox", "threads", "senders", "hatch_out", "hatch_in", "outbox", "attempts", "media"),
    "office": ("incidents", "entries", "threads", "alerts", "timers", "outbox", "attempts", "relays", "hearings"),
}


def eksempelby() -> LineConfig:
    made = line_for(LINE, "Nabolinjen", "Eksempelby Kommune", "DK", "+4552500001", "boligsocial")
    kept = Retention(**{name: timedelta(days=days) for name, days in KEEP.items()})
    return replace(made, retention=kept, check_back=(), last_resort=LastResort(("+4552500091",), ("sms",)))


@pytest.fixture
def town(home: Home) -> Iterator[Town]:
    """A town in which one case came, with a picture, was taken, answered and closed at once."""
    made = build(home.urls["front"], home.urls["office"], {LINE: eksempelby()})
    made.text(f"{WORDS} {HOUSE}")
    made.front.write_now(_picture)
    made.office.write_now(_call)
    made.office.write_now(_hearing)
    for command in ("JA", f"SVAR {REPLY}", "LUK rolig"):
        made.text(f"{made.code()} {command}", DUTY)
    assert [case["state"] for case in made.cases()] == ["closed"]
    yield made
    made.close()


def _call(unit: Unit) -> None:
    """A phone that rang for a caller, one for an alert, and one for whoever wanted to hear the case."""
    [incident], alerts = office_incidents.opened(unit), METADATA["office"].tables["alerts"]
    office_calls.begin(unit, "token", LINE, incident.id, "thread", FRIDAY_NIGHT, FRIDAY_NIGHT)
    for token in ("token", unit.conn.execute(select(alerts.c.id)).scalars().first(), incident.id):
        uid = office_calls.LEGS.add(unit, str(token), LINE, "mads-ravn", DUTY, FRIDAY_NIGHT)
        office_calls.ended(unit, uid, "no_answer", FRIDAY_NIGHT)


def _picture(unit: Unit) -> None:
    thread = unit.conn.execute(select(METADATA["front"].tables["threads"].c.id)).scalar_one()
    uid = front_media.want(
        unit, line=LINE, channel="sms", thread=thread, kind="photo", mime=None, source="x", now=FRIDAY_NIGHT
    )
    front_media.keep(unit, uid, PICTURE.encode(), FRIDAY_NIGHT)


def _hearing(unit: Unit) -> None:
    hearings.begin(unit, "a leg", unit.conn.execute(select(METADATA["office"].tables["incidents"].c.id)).scalar_one())


def readable(town: Town, desk: Schema) -> str:
    """Everything that the keys open in one desk's database, but for the directory."""
    database: Database = getattr(town, desk)
    return "\n".join(database.read_now(_opened, desk))


def _count(unit: Unit, desk: Schema, name: str) -> int:
    return unit.conn.scalar(select(func.count()).select_from(METADATA[desk].tables[name])) or 0


def _opened(unit: Unit, desk: Schema) -> list[str]:
    found = []
    for name, table in METADATA[desk].tables.items():
        sealed = [c.name for c in table.columns if isinstance(c.type, LargeBinary) and name not in HELD_ELSEWHERE]
        for row in unit.conn.execute(select(table)).mappings() if sealed else ():
            found += [_open(unit, f"{name}.{column}", row, row[column]) for column in sealed if row[column]]
    return found


def _open(unit: Unit, where: str, row: Any, sealed: bytes) -> str:
    for key in (value for value in row.values() if isinstance(value, str)):
        try:
            return unit.keys.open(where, key, sealed)
        except UnknownKey:
            continue
    raise AssertionError(f"no row's key opens {where}")


def days_later(town: Town, days: float) -> None:
    """The daily clean-up of both desks, this long after the case was closed."""
    now = FRIDAY_NIGHT + timedelta(days=days)
    assert town.front.write_now(front_retention.daily, town.front_desk, now)
    assert town.office.write_now(office_retention.daily, town.office_desk, now)


def rows(town: Town, desk: Schema) -> dict[str, int]:
    database: Database = getattr(town, desk)
    return {name: database.read_now(_count, desk, name) for name in SKELETON[desk]}


def test_each_thing_goes_on_its_day_and_not_before(town: Town) -> None:
    words = {WORDS, HOUSE, REPLY}
    left: dict[int, tuple[set[str], set[str]]] = {
        13: ({*words, NEIGHBOUR, DUTY, PICTURE}, {*words, DUTY}),
        15: ({*words, NEIGHBOUR, DUTY}, {*words, DUTY}),
        31: ({*words, DUTY}, words),
        91: (set(), set()),
    }
    for days, expected in left.items():
        days_later(town, days)
        for desk, kept in zip(DESKS, expected, strict=True):
            found = readable(town, desk)
            assert {said for said in (*words, NEIGHBOUR, DUTY, PICTURE) if said in found} == kept
    assert rows(town, "office")["incidents"] == 1


def test_an_open_case_keeps_its_words_however_old_it_is(town: Town) -> None:
    town.text("Nu larmer Søpapegøjen på Fuglevej 9", "+4530111299")
    days_later(town, 200)
    for desk in DESKS:
        assert "Søpapegøjen" in readable(town, desk)
        assert WORDS not in readable(town, desk)
    assert "+4530111299" in readable(town, "front")


def test_at_last_even_that_there_was_a_case_is_forgotten(town: Town) -> None:
    assert all(rows(town, "front").values()) and all(rows(town, "office").values())
    for days in (31, 401):
        days_later(town, days)
    assert not any(rows(town, "front").values())
    assert not any(rows(town, "office").values())


def test_the_audit_trail_loses_its_old_end_and_still_holds_together(town: Town) -> None:
    town.office.write_now(audit.record, LINE, "staff:x", "show", "K7M2", FRIDAY_NIGHT + timedelta(days=700))
    days_later(town, 801)
    assert town.office.read_now(audit.first_broken) is None
    actions = METADATA["office"].tables["audit"].c.action
    assert town.office.read_now(lambda unit: list(unit.conn.scalars(select(actions)))) == ["show"]


def test_who_stopped_the_line_is_remembered_without_a_number(town: Town) -> None:
    town.text("STOP")
    for days in (31, 401):
        days_later(town, days)
    index = town.front.read_now(lambda unit: unit.keys.endpoint_index("sms", NEIGHBOUR))
    sender = town.front.read_now(front_people.sender_by_index, LINE, "sms", index)
    assert sender is not None and sender.address is None and sender.stopped_at is not None


def test_who_asks_to_be_forgotten_leaves_no_number_but_in_the_confirmation(town: Town) -> None:
    town.text("DATA")
    town.text("2")
    town.text("1")
    left = [line for line in readable(town, "front").splitlines() if NEIGHBOUR in line or WORDS in line]
    assert len(left) == 1 and WORDS not in left[0]


def test_an_illness_is_nobodys_business_a_month_later(town: Town) -> None:
    began = FRIDAY_NIGHT
    town.office.write_now(office_people.add_absence, LINE, "kirsten-aagaard", "sick", began, began + timedelta(hours=8))
    days_later(town, 31)
    assert not town.office.write_now(office_retention.daily, town.office_desk, FRIDAY_NIGHT + timedelta(days=31))
    absences = METADATA["office"].tables["absences"]
    assert town.office.read_now(lambda unit: unit.conn.execute(select(absences)).all()) == []
