"""Cells and parts of cells: phones, days, numbers, dates, and who holds what on which day."""

from __future__ import annotations

from datetime import date

import pytest

from escalation import directory_cells as cells
from escalation.directory import PlacementPeriod, split_number
from escalation.directory_faults import BadCell
from escalation.errors import Refused
from escalation.wall_clock import parse_days


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+4520000005", None, "+4520000005"),
        ("20 00 00 05", "DK", "+4520000005"),
        ("0045 2000-0005", "DK", "+4520000005"),
        ("0660/123 45 67", "AT", "+436601234567"),
        ("400 00 005", "NO", "+4740000005"),
    ],
)
def test_a_phone_is_read_as_people_write_it(text: str, country: str | None, number: str) -> None:
    assert cells.phone(text, country) == number


@pytest.mark.parametrize("text", ["20000005", "112", "+45", "2000-05 lok. 12", "+45 20 00 00 05 06 07", "٢٠٠٠٠٠٠٥"])
def test_what_no_phone_would_dial_is_no_phone(text: str) -> None:
    with pytest.raises(BadCell):
        cells.phone(text, None)


def test_an_emergency_number_may_be_short() -> None:
    assert cells.emergency_phone("133", "AT") == "133"


@pytest.mark.parametrize(
    ("text", "days", "holidays"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}, False),
        ("sat,sun", {5, 6}, False),
        ("fri-mon", {4, 5, 6, 0}, False),
        ("holidays", set(), True),
        ("sun,holidays", {6}, True),
    ],
)
def test_days_are_ranges_lists_and_holidays(text: str, days: set[int], holidays: bool) -> None:
    assert parse_days(text) == (frozenset(days), holidays)


@pytest.mark.parametrize("text", ["", "monday", "mon-", "-fri", "mon-fri-sun", "holidays-mon", "mon;tue"])
def test_anything_else_names_no_days(text: str) -> None:
    with pytest.raises(Refused):
        parse_days(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12", ("12", None, None)),
        ("12B", ("12", "B", None)),
        ("12 b", ("12", "B", None)),
        ("112/2", ("112", None, "2")),
        ("203-207", ("203-207", None, None)),
        ("7 st.hus", ("7 st.hus", None, None)),
    ],
)
def test_a_house_number_falls_into_its_parts(text: str, parts: tuple[str, str | None, str | None]) -> None:
    assert split_number(text) == parts


@pytest.mark.parametrize("text", ["2026-02-30", "20260801", "2026-W10-1", "1/8-2026", "9999-12-31", "1026-08-01"])
def test_a_day_that_is_not_in_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(BadCell):
        cells.day(text, "DK")


@pytest.mark.parametrize("text", ["8:00", "24:00", "08.00", "08:60", "08:00:00"])
def test_a_time_is_hours_and_minutes(text: str) -> None:
    with pytest.raises(BadCell):
        cells.hour(text, "DK")


@pytest.mark.parametrize("text", ["dk", "DA", "danish", "xx"])
def test_a_language_is_an_iso_code(text: str) -> None:
    with pytest.raises(BadCell):
        cells.language(text, "DK")


@pytest.mark.parametrize("text", ["anna", "a@b", "a b@c.example", "a@b.example, c@d.example", "a@b.example>x"])
def test_an_address_that_could_reach_somebody_else_is_no_address(text: str) -> None:
    with pytest.raises(BadCell):
        cells.email(text, "DK")


def test_a_citizens_consent_and_clause_stand_only_on_their_days() -> None:
    period = PlacementPeriod(
        "eksempelby",
        "P1",
        "1057",
        "3",
        "tv",
        "Kim",
        None,
        "da",
        "CTI",
        "cti",
        "lone",
        date(2026, 1, 1),
        None,
        date(2026, 2, 1),
        date(2026, 3, 1),
        ("rent",),
        date(2026, 4, 1),
        None,
    )
    days = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    assert [period.consented_on(day) for day in days] == [False, True, True, False]
    assert [period.clause_on(day) for day in days] == [(), (), (), ("rent",)]
    assert [period.holds_on(day) for day in (date(2025, 12, 31), *days)] == [False, True, True, True, True]
