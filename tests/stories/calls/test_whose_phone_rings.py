"""Whose phone rings for a caller, in which order, and that only a key pressed by a person makes it an answer."""

from __future__ import annotations

import pytest

from handlers.call_verbs import HangUp, Join, Park
from tests.calling import CallingTown, words

DUTY, SECOND = "pia-thuesen", "rasmus-holt"


def test_the_duty_rings_at_once_and_the_next_after_twelve_seconds(monday: CallingTown) -> None:
    monday.waits()
    assert monday.ringing() == [DUTY]
    monday.after(11)
    assert monday.ringing() == [DUTY]
    monday.after(2)
    assert monday.ringing() == [DUTY, SECOND]


def test_the_contact_person_rings_beside_the_duty_and_never_before_it(monday: CallingTown) -> None:
    monday.presses_keys(monday.presses_keys(monday.asks(), "3048"), "1")
    assert monday.ringing() == ["lone-krogh"]
    monday.after(13)
    assert monday.ringing() == ["lone-krogh", "emil-juhl"]


def test_after_the_shift_come_helpers_coordinators_and_the_last_resort(monday: CallingTown) -> None:
    monday.waits()
    monday.after(75)
    staff = [leg.staff for leg in monday.legs()]
    assert staff[:2] == [DUTY, SECOND]
    assert {"anne-lund", "mona-riis", "last-resort-1", "last-resort-2"} <= set(staff)


def test_nothing_tells_who_or_where_before_the_key(monday: CallingTown) -> None:
    monday.presses_keys(monday.presses_keys(monday.asks(), "1057"), "1")
    monday.ringing()
    staff = monday.legs()[0].staff
    whisper = words(monday.picks_up(staff))
    assert "Tryk 1 for at tage det." in whisper
    assert not [word for word in ("Vestergade", "1057", "30111201", "Overgaard", monday.code()) if word in whisper]


def test_one_pressed_takes_the_caller_and_the_case(monday: CallingTown) -> None:
    parked = monday.waits()
    monday.ringing()
    monday.picks_up(DUTY)
    document = monday.staff_presses(DUTY, "1")
    assert [v.token for v in document if isinstance(v, Join)] == [v.token for v in parked if isinstance(v, Park)]
    assert (monday.case()["state"], monday.case()["taken_by"]) == ("taken", DUTY)
    assert monday.leg(DUTY).state == "joined"


def test_the_first_to_press_wins_and_the_others_are_told(monday: CallingTown) -> None:
    monday.waits()
    monday.after(13)
    monday.picks_up(DUTY)
    monday.picks_up(SECOND)
    monday.staff_presses(SECOND, "1")
    assert words(monday.staff_presses(DUTY, "1")) == "Opkaldet er taget. Du behøver ikke gøre mere. Tak."
    assert monday.case()["taken_by"] == SECOND


def test_who_is_quicker_than_the_caller_is_connected_a_moment_later(monday: CallingTown) -> None:
    """The caller is still being told to wait: the queue in which he can be found is not there yet."""
    parked = monday.waits()
    monday.ringing()
    monday.picks_up(DUTY)
    monday.staff_presses(DUTY, "1")
    again = monday.staff_has_talked(DUTY, talked=False)
    assert [v.token for v in again if isinstance(v, Join)] == [v.token for v in parked if isinstance(v, Park)]
    monday.hangs_up()
    assert "er ikke i røret længere" in words(monday.staff_has_talked(DUTY, talked=False))


def test_nobody_is_kept_waiting_for_a_caller_who_never_comes(monday: CallingTown) -> None:
    monday.waits()
    monday.ringing()
    monday.picks_up(DUTY)
    monday.staff_presses(DUTY, "1")
    monday.after(11)
    assert isinstance(monday.staff_has_talked(DUTY, talked=False)[-1], HangUp)


def test_a_key_that_is_reported_twice_is_answered_the_same(monday: CallingTown) -> None:
    monday.waits()
    monday.ringing()
    monday.picks_up(DUTY)
    assert monday.staff_presses(DUTY, "1") == monday.staff_presses(DUTY, "1")
    assert [leg.state for leg in monday.legs()] == ["joined"]


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "canceled", "failed"])
def test_no_word_of_the_provider_ever_counts_as_taking(monday: CallingTown, status: str) -> None:
    monday.waits()
    monday.ringing()
    monday.picks_up(DUTY)
    monday.leg_ends(DUTY, status)
    monday.after(0.1)
    assert monday.case()["state"] == "new"
    assert monday.ringing() == [SECOND]


@pytest.mark.parametrize("digits", ["", "3", "2"])
def test_a_mailbox_or_a_pass_brings_the_next_at_once(monday: CallingTown, digits: str) -> None:
    monday.waits()
    monday.ringing()
    monday.picks_up(DUTY)
    assert isinstance(monday.staff_presses(DUTY, digits)[-1], HangUp)
    monday.after(0.1)
    assert monday.ringing() == [SECOND]


def test_whoever_passed_is_not_rung_again(monday: CallingTown) -> None:
    monday.waits()
    monday.ringing()
    monday.staff_presses(DUTY, "2")
    monday.after(85)
    assert [leg.staff for leg in monday.legs()].count(DUTY) == 1


def test_a_caller_who_hangs_up_silences_every_phone(monday: CallingTown) -> None:
    monday.waits()
    monday.after(13)
    monday.hangs_up()
    monday.after(30)
    assert {leg.state for leg in monday.legs()} == {"ending"}
    monday.picks_up(DUTY)
    assert words(monday.staff_presses(DUTY, "1")).startswith("Den, der ringede, venter ikke længere.")
    assert monday.case()["state"] == "new"


def test_a_caller_who_left_is_alerted_about_like_any_case(monday: CallingTown) -> None:
    monday.waits()
    monday.hangs_up()
    monday.wait(seconds=95)
    assert monday.told(DUTY)


def test_with_nobody_to_ring_the_caller_hears_the_same(monday: CallingTown) -> None:
    heard = [monday.waits()]
    monday.without_phones()
    monday.after(20)
    heard.append(monday.asks("wait/da"))
    monday.after(70)
    assert words(monday.asks("queued/da", result="leave")).startswith("Lige nu kan ingen tage telefonen.")
    assert {leg.staff for leg in monday.legs()} <= {DUTY, SECOND, "last-resort-1", "last-resort-2"}


def test_a_phone_that_rang_although_the_provider_said_nothing_of_it_still_counts(monday: CallingTown) -> None:
    monday.waits()
    monday.ringing()
    monday.leg_ends(DUTY, "failed")
    monday.picks_up(DUTY)
    assert any(isinstance(verb, Join) for verb in monday.staff_presses(DUTY, "1"))
    assert (monday.leg(DUTY).state, monday.case()["taken_by"]) == ("joined", DUTY)


def test_who_pressed_one_and_is_gone_before_they_talk_has_the_others_ring_again(monday: CallingTown) -> None:
    monday.waits()
    monday.ringing()
    monday.picks_up(DUTY)
    monday.staff_presses(DUTY, "1")
    monday.leg_ends(DUTY, "completed")
    monday.after(4)
    assert monday.ringing() == []
    monday.after(2)
    assert monday.ringing() == [SECOND]
    assert any(isinstance(verb, Join) for verb in monday.staff_presses(SECOND, "1"))
    assert (monday.case()["state"], monday.case()["taken_by"]) == ("taken", DUTY)


def test_nobody_rings_for_a_caller_who_has_talked(monday: CallingTown) -> None:
    monday.waits()
    monday.ringing()
    monday.staff_presses(DUTY, "1")
    monday.leg_ends(DUTY, "completed")
    monday.staff_has_talked(DUTY)
    monday.after(30)
    assert len(monday.legs()) == 1


def test_nobody_rings_for_a_caller_who_left_when_the_phone_was_put_down(monday: CallingTown) -> None:
    monday.waits()
    monday.ringing()
    monday.staff_presses(DUTY, "1")
    monday.leg_ends(DUTY, "completed")
    monday.hangs_up()
    monday.after(30)
    assert len(monday.legs()) == 1


def test_who_takes_a_case_by_a_key_learns_what_one_learns_who_takes_it_by_a_text(monday: CallingTown) -> None:
    monday.text("der er et barn der græder hele natten vestergade 12 b 3 tv", monday.caller)
    monday.waits()
    monday.ringing()
    staff = monday.legs()[-1].staff
    monday.staff_presses(staff, "1")
    assert [told for told in monday.told(staff) if "nderretning" in told]
