"""Times in the line's own zone and the reader's own spelling."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers import times
from handlers.gsm7 import septets

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
FRIDAY = datetime(2026, 11, 20, 22, 53, tzinfo=UTC)


@pytest.mark.parametrize(("language", "shown"), [("da", "fre. 23.53"), ("en", "Fri 23:53"), ("de", "Fr. 23:53")])
def test_a_moment_is_a_weekday_and_the_local_clock(language: str, shown: str) -> None:
    assert times.moment(FRIDAY, COPENHAGEN, language) == shown


@pytest.mark.parametrize(("language", "shown"), [("da", "23.53"), ("en", "23:53"), ("de", "23:53")])
def test_the_clock_is_written_the_countrys_way(language: str, shown: str) -> None:
    assert times.clock(FRIDAY, COPENHAGEN, language) == shown


@pytest.mark.parametrize(("language", "shown"), [("da", "3. marts"), ("en", "3 March"), ("de", "3. März")])
def test_a_day_is_written_out_without_the_year(language: str, shown: str) -> None:
    assert times.day(date(2026, 3, 3), language) == shown


def test_a_morning_hour_keeps_its_leading_zero() -> None:
    assert times.moment(datetime(2026, 11, 23, 8, 0, tzinfo=UTC), COPENHAGEN, "da") == "man. 09.00"


def test_a_moment_a_week_away_names_the_date() -> None:
    asked = FRIDAY - timedelta(days=6)
    assert times.moment(FRIDAY, COPENHAGEN, "da", since=asked) == "20/11 23.53"
    assert times.moment(FRIDAY, COPENHAGEN, "da", since=asked + timedelta(seconds=1)) == "fre. 23.53"


def test_the_same_hour_shows_differently_on_either_side_of_the_clock_change() -> None:
    before = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    assert times.moment(before, COPENHAGEN, "da") == "søn. 00.30"
    assert times.moment(before + timedelta(days=1), COPENHAGEN, "da") == "søn. 23.30"


def test_a_stamp_has_day_and_clock() -> None:
    assert times.stamp(FRIDAY, COPENHAGEN, "da") == "20. november kl. 23.53"


def test_no_time_word_leaves_the_sms_alphabet() -> None:
    for language in ("da", "en", "de"):
        for month in range(1, 13):
            assert septets(times.day(date(2026, month, 28), language)) is not None
        for day in range(7):
            assert septets(times.moment(FRIDAY + timedelta(days=day), COPENHAGEN, language)) is not None
