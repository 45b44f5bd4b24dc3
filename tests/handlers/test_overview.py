"""What an operator sees: figures of both desks added up, weeks with their gaps, addresses as the directory has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from escalation.directory import Directory, Property, RotaRow, Staff, Team
from escalation.lines import LineConfig, line_for
from escalation.register import Register
from escalation.rota import week_span
from escalation.store import schema
from escalation.store.base import open_database
from escalation.store.crypto import Keyring
from handlers.overview import FrontFigures, OfficeFigures, cases, current_week, status, team_week
from tests.matters import PLACE, open_case

LINE = line_for("eksempelby", "Nabolinjen", "Eksempelby", "DK", "+4552500001", "boligsocial")
VIENNA = line_for("wien", "Nachbarlinie", "Wien", "AT", "+43720000001", "team")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FRONT = FrontFigures({"received": 3, "duplicates": 1, "rejected": 2}, {"sent": 1, "queued": 2}, (1, 0), (4, 5), 1, 2)
OFFICE = OfficeFigures({"new": 2}, {"sent": 10, "sending": 1, "delivered": 7}, (3, 2), 6, 0, 1, 0)


def test_a_notice_being_sent_still_counts_as_queued() -> None:
    assert status(FRONT, OFFICE, NOW)["notices"] == {
        "queued": 3, "sent": 11, "delivered": 7, "failed": 0, "unknown": 0, "withdrawn": 0}  # fmt: skip


def test_both_desks_are_added_up() -> None:
    found = status(FRONT, OFFICE, NOW)
    assert found["timers"] == {"pending": 4, "overdue": 2}
    assert found["hatch"] == {"outward": 4, "inward": 11}
    assert (found["resent"], found["set_aside"], found["tick_age_s"]) == (1, 3, None)


def test_states_without_a_case_are_counted_too() -> None:
    assert status(FRONT, OFFICE, NOW)["cases"] == {"new": 2, "taken": 0, "snoozed": 0, "closed": 0}


def register(valid_to: date | None = None, days: str = "mon-fri") -> Register:
    hours = time(8), time(16)
    return Register(Directory(
        teams=(Team("eksempelby", "cti", "CTI", "internal"),),
        staff=(Staff("eksempelby", "lone", "Lone", "cti", "responder", "+4520000005", "", "da", valid_to=valid_to),),
        rota=(RotaRow("eksempelby", "cti", days, *hours, "lone", 1),),
    ))  # fmt: skip


def week(given: Register) -> Any:
    return team_week(given, LINE, "cti", *week_span("2026-W48", LINE.zone))


def test_hours_without_a_shift_are_gaps() -> None:
    found = week(register())
    assert len(found.shifts) == 5
    assert found.gaps[0].end - found.gaps[0].start == timedelta(hours=8)
    assert found.gaps[-1].end - found.gaps[-1].start == timedelta(hours=56)


def test_somebodys_last_day_shows_the_hole_it_leaves() -> None:
    found = week(register(valid_to=date(2026, 11, 25)))
    assert found.left == {("lone", date(2026, 11, 26)), ("lone", date(2026, 11, 27))}
    assert found.gaps[-1].start == datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_the_week_is_the_one_on_the_lines_own_wall() -> None:
    assert current_week(LINE, datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == "2026-W48"
    assert current_week(LINE, datetime(2026, 11, 22, 22, 30, tzinfo=UTC)) == "2026-W47"


AUSTRIAN = {"display": "lange gasse 112/2/14", "house": "x", "staircase": "2", "door": "14", "floor": None}


@pytest.mark.parametrize(
    ("line", "number", "place", "shown"),
    [
        (LINE, "12B", PLACE, "Lange Gasse 12B, 3. tv"), (LINE, "12B", None, "Lange Gasse 12B"),
        (VIENNA, "112/2", AUSTRIAN, "Lange Gasse 112/2/14"), (VIENNA, "112", AUSTRIAN, "Lange Gasse 112/2/14"),
    ],
)  # fmt: skip
def test_an_address_begins_as_the_directory_has_it(
    tmp_path: Path, line: LineConfig, number: str, place: dict[str, Any] | None, shown: str
) -> None:
    url = f"sqlite:///{tmp_path / 'office.db'}"
    schema.upgrade(url, "office")
    office = open_database(url, "office", Keyring((bytes(32),), bytes([1]) * 32))
    office.write_now(open_case, "K7M2", line=line.slug, place=place)
    house = Property(line.slug, "1057", "Lange Gasse", number, "1080", "Wien", "o", "a")
    (row,) = office.read_now(cases, Register(Directory(properties=(house,))), {line.slug: line}, None, None)
    office.close()
    assert row.address == shown
