"""Somebody waits and the office is silent: the front desk rings the last resort itself, and the office hears of it."""

from __future__ import annotations

import pytest

from handlers import front_ringing
from handlers.call_verbs import HangUp, Join, Park
from tests.calling import CallingTown, records, words

NOTIFY = ["+4552500091", "+4552500092"]


@pytest.fixture
def alone(monday: CallingTown) -> CallingTown:
    """Monday at eleven, when nobody takes what crosses the hatch."""
    monday.office_stopped = True
    return monday


def back(town: CallingTown) -> None:
    """The office takes what was left for it, and goes on."""
    town.office_stopped = False
    town.settle()


def test_the_last_resort_rings_after_ten_seconds_and_each_of_them_once(alone: CallingTown) -> None:
    alone.waits()
    alone.after(9)
    assert alone.last_resort() == []
    alone.after(2)
    assert [leg.address for leg in alone.last_resort()] == NOTIFY[:1]
    alone.after(10)
    assert [leg.address for leg in alone.last_resort()] == NOTIFY[:1]
    alone.after(2)
    assert [leg.address for leg in alone.last_resort()] == NOTIFY
    alone.after(60)
    assert [leg.address for leg in alone.last_resort()] == NOTIFY


def test_an_office_that_works_rings_its_own_people_alone(monday: CallingTown) -> None:
    monday.waits()
    monday.after(80)
    assert monday.last_resort() == []


def test_nothing_tells_who_or_where_before_the_last_resort_presses(alone: CallingTown) -> None:
    alone.presses_keys(alone.presses_keys(alone.asks(), "1057"), "1")
    alone.after(11)
    whisper = words(alone.last_resort_picks_up(1))
    assert "Tryk 1 for at tage det." in whisper
    assert not [word for word in ("Vestergade", "1057", "30111201") if word in whisper]


def test_one_pressed_joins_the_last_resort_and_the_caller(alone: CallingTown) -> None:
    parked = alone.waits()
    alone.after(11)
    alone.last_resort_picks_up(1)
    document = alone.last_resort_presses(1, "1")
    assert [v.token for v in document if isinstance(v, Join)] == [v.token for v in parked if isinstance(v, Park)]
    assert alone.last_resort_presses(1, "1") == document


def test_the_first_of_the_last_resort_wins_and_the_other_one_stops_ringing(alone: CallingTown) -> None:
    alone.waits()
    alone.after(24)
    alone.last_resort_presses(2, "1")
    assert [leg.state for leg in alone.last_resort()] == ["ending", "joined"]
    assert words(alone.last_resort_presses(1, "1")) == "Opkaldet er taget. Du behøver ikke gøre mere. Tak."


@pytest.mark.parametrize("digits", ["", "2", "7"])
def test_whoever_does_not_take_him_brings_the_next_at_once(alone: CallingTown, digits: str) -> None:
    alone.waits()
    alone.after(11)
    assert isinstance(alone.last_resort_presses(1, digits)[-1], HangUp)
    alone.after(1)
    assert [leg.address for leg in alone.last_resort()] == NOTIFY


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "canceled", "failed"])
def test_no_word_of_the_provider_counts_as_taking_him(alone: CallingTown, status: str) -> None:
    alone.waits()
    alone.after(11)
    alone.last_resort_picks_up(1)
    [leg] = alone.last_resort()
    alone.front.write_now(front_ringing.leg_ended, alone.front_desk, leg, status, alone.clock.now())
    assert alone.call().waits
    alone.after(1)
    assert len(alone.last_resort()) == 2


def test_a_caller_who_hangs_up_silences_the_last_resort(alone: CallingTown) -> None:
    alone.waits()
    alone.after(24)
    alone.hangs_up()
    assert {leg.state for leg in alone.last_resort()} == {"ending"}
    assert words(alone.last_resort_presses(1, "1")).startswith("Den, der ringede, venter ikke længere.")


def test_the_caller_hears_the_same_whether_the_office_is_there_or_not(monday: CallingTown) -> None:
    def heard(sid: str) -> list[object]:
        menu = monday.asks(sid=sid)
        parked = monday.asks("menu/da", "0", sid=sid)
        waited = []
        for _ in range(10):
            waited.append(monday.asks("wait/da", sid=sid))
            monday.after(9)
        offer = monday.asks("queued/da", result="leave", sid=sid)
        assert records(offer)
        return [menu, parked[0], *waited, offer]

    with_office = heard("CA1")
    monday.office_stopped = True
    assert heard("CA2") == with_office


def test_an_office_that_comes_back_rings_its_people_for_who_still_waits(alone: CallingTown) -> None:
    alone.waits()
    alone.after(15)
    back(alone)
    assert alone.ringing() == ["pia-thuesen"]
    alone.after(60)
    assert [leg.address for leg in alone.last_resort()] == NOTIFY[:1]


def test_an_office_that_comes_back_rings_nobody_for_whom_the_last_resort_has(alone: CallingTown) -> None:
    alone.waits()
    alone.after(11)
    alone.last_resort_presses(1, "1")
    back(alone)
    alone.after(60)
    assert alone.legs() == []
    assert (alone.case()["state"], alone.case()["taken_by"]) == ("new", None)
    assert alone.timeline("call_joined")
    alone.wait(minutes=2)
    assert alone.told("pia-thuesen")


def test_nobody_is_rung_between_the_news_that_he_waits_and_the_news_that_he_does_not(alone: CallingTown) -> None:
    alone.waits()
    alone.after(11)
    alone.last_resort_presses(1, "1")
    waits, _ = alone.outward()
    alone.office_takes(waits)
    alone.office_stopped = False
    assert alone.ringing() == []
    alone.settle()
    assert alone.ringing() == []


def test_the_call_of_the_last_resort_ends_without_more_news(alone: CallingTown) -> None:
    alone.waits()
    alone.after(11)
    alone.last_resort_presses(1, "1")
    assert isinstance(alone.asks("queued/da", result="bridged")[-1], HangUp)
    alone.hangs_up()
    assert [row.kind for row in alone.outward()] == ["call", "call_left"]
