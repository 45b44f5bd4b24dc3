"""A line's defaults: those of its country, and INTERFACE's example."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from escalation.lines import LineConfig, line_for


def line(country: str) -> LineConfig:
    return line_for("byen", "Nabolinjen", "Byen Kommune", country, "+4552500001", "boligsocial")


@pytest.mark.parametrize(
    ("country", "zone", "language", "complaint"),
    [("DK", "Europe/Copenhagen", "da", "Datatilsynet"), ("AT", "Europe/Vienna", "de", "DSB"),
     ("NO", "Europe/Oslo", "da", "Datatilsynet")],
)  # fmt: skip
def test_a_country_gives_zone_language_and_authority(country: str, zone: str, language: str, complaint: str) -> None:
    it = line(country)
    assert (it.zone.key, it.language, it.complaint) == (zone, language, complaint)


def test_every_country_has_an_emergency_number_that_reaches_somebody() -> None:
    assert {line(country).emergency for country in ("DK", "AT", "NO")} == {"112"}


def test_a_country_without_a_nationwide_child_welfare_number_names_none() -> None:
    assert [line(country).child_tel for country in ("DK", "AT", "NO")] == ["114", None, "116111"]


def test_the_defaults_are_those_of_the_documented_example() -> None:
    it = line("DK")
    assert (it.idle.of("urgent"), it.idle.of("normal")) == (timedelta(minutes=15), timedelta(minutes=60))
    assert (it.retention.messages, it.retention.media) == (timedelta(days=90), timedelta(days=14))
    assert (it.escalation["urgent"].repeat, it.escalation["normal"].repeat) == (3, 2)
    assert (it.calls.total, it.last_resort.every) == (timedelta(seconds=90), timedelta(minutes=10))


@pytest.mark.parametrize(
    ("country", "day", "off"),
    [("DK", date(2026, 4, 2), True), ("AT", date(2026, 4, 2), False), ("AT", date(2026, 10, 26), True),
     ("NO", date(2026, 5, 17), True), ("DK", date(2026, 5, 1), False), ("DK", date(2026, 12, 24), False)],
)  # fmt: skip
def test_public_holidays_are_those_of_the_country(country: str, day: date, off: bool) -> None:
    assert line(country).is_holiday(day) is off


def test_the_numbers_of_last_resort_are_not_in_the_repr_of_a_line() -> None:
    assert "last_resort" in repr(line("DK"))
    assert "notify=('+45" not in repr(line("DK"))
