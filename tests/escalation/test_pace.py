"""When things leave: answers on a grid of whole seconds, failed sends again after a wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.pace import retry_after, slot

RECEIVED = datetime(2026, 11, 20, 22, 38, 7, 250_000, tzinfo=UTC)


def test_an_answer_leaves_on_the_first_whole_second_at_least_one_second_after_receipt() -> None:
    assert slot(RECEIVED, RECEIVED) == datetime(2026, 11, 20, 22, 38, 9, tzinfo=UTC)
    on_the_second = RECEIVED.replace(microsecond=0)
    assert slot(on_the_second, on_the_second) == on_the_second + timedelta(seconds=1)


def test_work_that_took_longer_moves_an_answer_to_a_later_whole_second() -> None:
    late = RECEIVED + timedelta(seconds=4.9)
    assert slot(RECEIVED, late) == datetime(2026, 11, 20, 22, 38, 13, tzinfo=UTC)


@given(work=st.floats(0, 0.99))
def test_how_long_the_work_took_cannot_be_read_from_when_the_answer_leaves(work: float) -> None:
    assert slot(RECEIVED, RECEIVED + timedelta(seconds=work)) == slot(RECEIVED, RECEIVED)


def test_the_grid_is_the_same_whatever_time_zone_a_moment_is_told_in() -> None:
    elsewhere = RECEIVED.astimezone(timezone(timedelta(hours=1)))
    assert slot(elsewhere, elsewhere) == slot(RECEIVED, RECEIVED)


def test_an_alert_is_tried_four_times_quickly_and_then_goes_out_another_way() -> None:
    waits = [retry_after(tries, alert=True) for tries in range(1, 5)]
    assert waits == [timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4), None]


def test_an_alert_does_not_wait_long_for_a_provider_that_asks_it_to() -> None:
    assert retry_after(1, alert=True, asked=8) == timedelta(seconds=8)
    assert retry_after(1, alert=True, asked=11) is None


def test_on_its_last_channel_an_alert_waits_up_to_a_minute_altogether() -> None:
    waits = [retry_after(tries, alert=True, last=True) for tries in range(1, 8)]
    assert [w and w.total_seconds() for w in waits] == [1, 2, 4, 8, 15, 30, None]
    assert retry_after(1, alert=True, last=True, asked=40) == timedelta(seconds=40)
    assert retry_after(1, alert=True, last=True, asked=46) is None
    assert retry_after(2, alert=True, last=True, asked=30, age=31) == timedelta(seconds=19)
    assert retry_after(3, alert=True, last=True, asked=30, age=51) == timedelta(seconds=30)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 1), (5, 15), (7, 60), (40, 60)])
def test_any_other_message_is_tried_again_ever_more_slowly(tries: int, seconds: int) -> None:
    assert retry_after(tries, alert=False) == timedelta(seconds=seconds)


def test_a_provider_that_asks_for_patience_gets_five_minutes_at_most() -> None:
    assert retry_after(1, alert=False, asked=3600) == timedelta(minutes=5)
