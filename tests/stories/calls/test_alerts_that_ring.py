"""Alerts by voice: a responder without Telegram is woken by his telephone, and a key is all he needs."""

from __future__ import annotations

import pytest

from handlers import voice_alerts
from handlers.call_verbs import HangUp
from tests.calling import CallingTown, words
from tests.stories.office.staffed import DUTY

STAIRS = "han råber og truer med at slå naboen, vestergade 12 b 3 tv"
LAST_RESORT = "last-resort-1"


class AlertedTown(CallingTown):
    """The second step of an urgent case rings the duty."""

    def alerted(self) -> None:
        self.text(STAIRS)
        self.wait(minutes=5, seconds=1)
        self.rings()

    def answers(self, staff: str) -> str:
        leg, now = self.leg(staff), self.clock.now()
        return words(self.office.write_now(voice_alerts.whisper, self.office_desk, leg, now))

    def key(self, staff: str, digits: str) -> str:
        leg, now = self.leg(staff), self.clock.now()
        document = self.office.write_now(voice_alerts.pressed, self.office_desk, leg, digits, now)
        self.settle()
        return words(document) or ("" if isinstance(document[-1], HangUp) else "?")

    def unanswered(self, staff: str, status: str = "no-answer") -> None:
        leg, now = self.leg(staff), self.clock.now()
        self.office.write_now(voice_alerts.leg_ended, self.office_desk, leg, status, now)
        self.settle()


@pytest.fixture
def alerted(town: CallingTown) -> AlertedTown:
    town.__class__ = AlertedTown
    assert isinstance(town, AlertedTown)
    town.alerted()
    return town


def test_the_step_by_voice_rings_the_duty_and_says_only_that_it_is_urgent(alerted: AlertedTown) -> None:
    assert [leg.staff for leg in alerted.legs()] == [DUTY]
    said = alerted.answers(DUTY)
    assert said.startswith("Nabolinjen vagt. En sag haster. Tryk 1 for at tage den")
    assert not [word for word in ("Vestergade", "Overgaard", alerted.code()) if word in said]


def test_one_takes_the_case(alerted: AlertedTown) -> None:
    alerted.answers(DUTY)
    assert alerted.key(DUTY, "1").startswith(f"Du har sag {' '.join(alerted.code())}.")
    assert (alerted.case()["state"], alerted.case()["taken_by"]) == ("taken", DUTY)


def test_three_says_it_again_and_two_passes_it_on(alerted: AlertedTown) -> None:
    assert alerted.key(DUTY, "3") == alerted.answers(DUTY)
    assert alerted.key(DUTY, "2") == "Tak. Vi ringer til den næste."
    assert alerted.case()["state"] == "new"
    assert alerted.told("anne-lund")


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "canceled"])
def test_who_does_not_answer_is_written_to_and_rung_once_more_within_three_minutes(
    alerted: AlertedTown, status: str
) -> None:
    before = len(alerted.told(DUTY))
    alerted.unanswered(DUTY, status)
    assert len(alerted.told(DUTY)) == before + 1
    alerted.wait(minutes=2, seconds=1)
    alerted.rings()
    assert [leg.staff for leg in alerted.legs()] == [DUTY, DUTY]
    alerted.unanswered(DUTY)
    alerted.wait(minutes=5)
    assert len([leg for leg in alerted.legs() if leg.staff == DUTY]) == 2


def test_a_number_that_is_dead_is_not_rung_again(alerted: AlertedTown) -> None:
    alerted.unanswered(DUTY, "failed")
    alerted.wait(minutes=4)
    assert [leg.staff for leg in alerted.legs()] == [DUTY]
    assert len(alerted.told(DUTY)) == 2


def test_a_case_taken_elsewhere_stops_the_ringing(alerted: AlertedTown) -> None:
    alerted.writes(DUTY, "CODE JA")
    assert alerted.leg(DUTY).state == "ending"
    assert alerted.key(DUTY, "1").startswith("Du har sag")


def test_at_last_the_last_resort_is_rung_too(alerted: AlertedTown) -> None:
    alerted.wait(hours=2)
    assert LAST_RESORT in [leg.staff for leg in alerted.legs()]
    alerted.rings()
    alerted.answers(LAST_RESORT)
    assert alerted.key(LAST_RESORT, "1").startswith("Du har sag")
    assert alerted.case()["taken_by"] == LAST_RESORT
