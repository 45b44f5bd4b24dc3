"""Wall clock and instants on the days the clocks change (02:00 to 03:00 on 29 March, back on 25 October 2026)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.errors import Refused
from escalation.wall_clock import at, instant, parse_clock_time, parse_days, span

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def test_a_time_that_spring_skips_is_the_moment_of_the_change() -> None:
    assert at(date(2026, 3, 29), time(2, 30), COPENHAGEN) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_happens_twice_in_autumn_is_the_first_one() -> None:
    assert at(date(2026, 10, 25), time(2, 30), COPENHAGEN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 9), (date(2026, 10, 24), 11), (date(2026, 6, 1), 10)])
def test_a_night_shift_is_as_long_as_its_night(day: date, hours: int) -> None:
    start, end = span(day, time(22), time(8), COPENHAGEN)
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize("zone", ["Europe/Copenhagen", "Europe/Vienna", "Europe/Oslo"])
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_later_time_on_the_wall_is_never_an_earlier_instant(zone: str, day: str) -> None:
    walls = [datetime.fromisoformat(day) + timedelta(minutes=n) for n in range(6 * 60)]
    instants = [instant(wall, ZoneInfo(zone)) for wall in walls]
    assert instants == sorted(instants)


@pytest.mark.parametrize(
    ("text", "weekdays", "holidays"),
    [("mon-fri", {0, 1, 2, 3, 4}, False), ("sat,sun", {5, 6}, False), ("fri-mon", {4, 5, 6, 0}, False),
     ("holidays", set(), True), ("mon, wed,holidays", {0, 2}, True)],
)  # fmt: skip
def test_days_are_written_as_ranges_lists_and_holidays(text: str, weekdays: set[int], holidays: bool) -> None:
    assert parse_days(text) == (frozenset(weekdays), holidays)


@pytest.mark.parametrize("text", ["", "monday", "mon-", "mon-holidays", "holidays-sun", "mon;tue"])
def test_days_nobody_knows_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="is not a day"):
        parse_days(text)


@pytest.mark.parametrize("text", ["8:00", "24:00", "12:60", "0800", "٠٨:00"])
def test_a_clock_time_is_two_digits_and_two_digits(text: str) -> None:
    with pytest.raises(Refused, match="write HH:MM"):
        parse_clock_time(text)
