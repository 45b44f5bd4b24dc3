"""Published hours and promised times. 20 November 2026 is a Friday; 25 and 26 December are public holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.errors import Refused
from escalation.hours import (
    ALWAYS,
    day_start,
    is_open,
    later,
    news_by,
    next_day_shift,
    next_opening,
    parse_hours,
    promise,
)
from escalation.lines import LineConfig, line_for

ZONE = ZoneInfo("Europe/Copenhagen")
ALL_DAY = line_for("byen", "Nabolinjen", "Byen Kommune", "DK", "+4552500001", "boligsocial")
OFFICE = replace(ALL_DAY, hours=parse_hours("mon-fri 08:00-22:00, sat-sun 10:00-20:00"))
WEEKDAYS = replace(ALL_DAY, hours=parse_hours("mon-fri 08:00-16:00"))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE).astimezone(UTC)


def shown(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%a %d.%m. %H:%M}"


@pytest.mark.parametrize(
    ("line", "at", "urgency", "category", "promised"),
    [
        (ALL_DAY, "11-20 23:38", "normal", "noise", "Fri 20.11. 23:53"),
        (ALL_DAY, "11-20 23:38", "urgent", "threat", "Fri 20.11. 23:53"),
        (OFFICE, "11-20 23:38", "urgent", "threat", "Sat 21.11. 11:00"),
        (OFFICE, "11-20 21:50", "normal", "noise", "Fri 20.11. 22:05"),
        (WEEKDAYS, "11-20 16:00", "normal", "noise", "Mon 23.11. 09:00"),
        (WEEKDAYS, "11-23 03:00", "normal", "noise", "Mon 23.11. 09:00"),
        (ALL_DAY, "11-20 13:05", "normal", "rent", "Fri 20.11. 15:05"),
        (ALL_DAY, "11-20 16:00", "normal", "rent", "Mon 23.11. 10:00"),
        (ALL_DAY, "11-20 07:59", "normal", "pets", "Fri 20.11. 10:00"),
        (ALL_DAY, "11-20 23:38", "urgent", "pets", "Fri 20.11. 23:53"),
        (ALL_DAY, "12-24 17:00", "normal", "cleaning", "Mon 28.12. 10:00"),
        (WEEKDAYS, "11-20 15:30", "normal", "rent", "Mon 23.11. 09:00"),
        (WEEKDAYS, "12-25 12:00", "normal", "noise", "Mon 28.12. 09:00"),
        (OFFICE, "12-25 12:00", "normal", "noise", "Fri 25.12. 12:15"),
    ],
)  # fmt: skip
def test_a_promise_comes_from_category_urgency_and_published_hours(
    line: LineConfig, at: str, urgency: str, category: str, promised: str
) -> None:
    assert shown(promise(wall(at), urgency, category, line)) == promised


def test_what_the_text_says_is_the_moment_the_promise_falls_due() -> None:
    due = promise(wall("11-20 23:38:41"), "normal", "noise", ALL_DAY)
    assert due == wall("11-20 23:53")


def test_a_closing_day_of_the_line_counts_as_a_holiday() -> None:
    shut = replace(ALL_DAY, holidays=(date(2026, 11, 23),))
    assert shown(promise(wall("11-20 23:38"), "normal", "rent", shut)) == "Tue 24.11. 10:00"


@pytest.mark.parametrize(
    ("line", "at", "news"),
    [
        (ALL_DAY, "11-20 23:39", "Sat 21.11. 10:00"),
        (ALL_DAY, "11-20 06:00", "Fri 20.11. 10:00"),
        (ALL_DAY, "11-20 06:01", "Fri 20.11. 16:00"),
        (ALL_DAY, "11-20 12:01", "Sat 21.11. 10:00"),
        (WEEKDAYS, "11-20 11:00", "Fri 20.11. 16:00"),
        (WEEKDAYS, "11-20 12:01", "Mon 23.11. 10:00"),
        (replace(ALL_DAY, hours=parse_hours("mon-sun 18:00-20:00")), "11-20 19:00", "Sat 21.11. 19:00"),
    ],
)  # fmt: skip
def test_news_come_at_ten_or_at_four_and_not_sooner_than_in_four_hours(line: LineConfig, at: str, news: str) -> None:
    assert shown(news_by(wall(at), line)) == news


@pytest.mark.parametrize(
    ("nth", "again"),
    [(1, "Sat 21.11. 00:53"), (2, "Sat 21.11. 03:53"), (3, "Sat 21.11. 10:00"), (4, "Sat 21.11. 10:00")],
)
def test_a_broken_promise_is_replaced_by_ever_longer_ones(nth: int, again: str) -> None:
    promised = wall("11-20 23:53")
    assert shown(later(promised, promised, nth, ALL_DAY)) == again


def test_a_promise_broken_long_ago_is_never_replaced_by_one_in_the_past() -> None:
    assert later(wall("11-20 12:00"), wall("11-20 15:00"), 1, ALL_DAY) == wall("11-20 16:00")


def test_a_new_promise_lies_in_published_hours_again() -> None:
    assert shown(later(wall("11-20 15:45"), wall("11-20 15:45"), 1, WEEKDAYS)) == "Mon 23.11. 09:00"


@pytest.mark.parametrize(
    ("at", "shift"),
    [("11-20 07:00", "Fri 20.11. 08:00"), ("11-20 12:34", "Fri 20.11. 12:34"), ("11-20 16:00", "Mon 23.11. 08:00"),
     ("12-24 20:00", "Mon 28.12. 08:00")],
)  # fmt: skip
def test_the_next_day_shift_is_now_or_eight_on_the_next_working_day(at: str, shift: str) -> None:
    assert shown(next_day_shift(wall(at), ALL_DAY)) == shift


@pytest.mark.parametrize(
    ("at", "start"),
    [("11-20 07:59", "Fri 20.11. 08:00"), ("11-20 08:00", "Sat 21.11. 08:00"), ("03-28 23:00", "Sun 29.03. 08:00"),
     ("10-24 23:00", "Sun 25.10. 08:00")],
)  # fmt: skip
def test_the_day_starts_at_eight_whatever_the_clocks_did_at_night(at: str, start: str) -> None:
    assert shown(day_start(wall(at), ALL_DAY)) == start


def test_an_evening_that_runs_past_midnight_belongs_to_the_day_it_begins() -> None:
    line = replace(ALL_DAY, hours=parse_hours("fri 20:00-02:00"))
    assert is_open(wall("11-21 01:59"), line)
    assert not is_open(wall("11-21 02:00"), line)
    assert shown(next_opening(wall("11-21 02:00"), line)) == "Fri 27.11. 20:00"


@pytest.mark.parametrize(("hours", "open_at_noon"), [("mon-sun 08:00-20:00", True), ("mon-sat 08:00-20:00", False),
    ("mon-sun 08:00-20:00, holidays 14:00-16:00", False)])  # fmt: skip
def test_a_public_holiday_has_its_own_hours_or_those_of_a_sunday(hours: str, open_at_noon: bool) -> None:
    line = replace(ALL_DAY, hours=parse_hours(hours))
    assert is_open(wall("12-25 12:00"), line) is open_at_noon


def test_published_hours_are_written_back_as_they_were_read() -> None:
    assert str(parse_hours("Mon-Fri 08:00-22:00,  sat,sun 10:00 - 24:00")) == "mon-fri 08:00-22:00, sat,sun 10:00-24:00"
    assert (parse_hours("always"), str(ALWAYS)) == (ALWAYS, "always")


@pytest.mark.parametrize("text", ["", "never", "mon-fri", "08:00-16:00", "mon-fri 8-16", "mon-fri 08:00-08:00",
    "holidays 08:00-16:00", "mon-fri 08:00-25:00"])  # fmt: skip
def test_hours_that_nobody_could_keep_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_hours(text)


def test_a_promise_through_the_night_of_the_clock_change_is_real_time_away() -> None:
    before = wall("10-25 01:50")
    assert promise(before, "urgent", "threat", ALL_DAY) - before == timedelta(minutes=15)
    assert shown(promise(wall("10-24 23:00"), "normal", "noise", OFFICE)) == "Sun 25.10. 11:00"
