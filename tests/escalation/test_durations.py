"""Lengths of time as the configuration writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from escalation.durations import parse_duration
from escalation.errors import Refused


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0s", timedelta()),
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("2h", timedelta(hours=2)),
        ("14d", timedelta(days=14)),
        ("2w", timedelta(days=14)),
        ("1h30m", timedelta(minutes=90)),
        (" 90D ", timedelta(days=90)),
    ],
)
def test_a_number_and_a_unit_is_a_length_of_time(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


def test_thirteen_months_end_on_the_same_day_thirteen_months_on() -> None:
    closed = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert abs(closed + parse_duration("13mo") - datetime(2027, 12, 20, 12, tzinfo=UTC)) < timedelta(days=1)


def test_five_years_are_not_a_leap_day_short() -> None:
    closed = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert abs(closed + parse_duration("5y") - datetime(2031, 11, 20, 12, tzinfo=UTC)) < timedelta(days=1)


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 m", "1.5h", "5min", "٣d", "9999999d", "101y"])
def test_anything_else_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(Refused, match="write a number and a unit"):
        parse_duration(text)
