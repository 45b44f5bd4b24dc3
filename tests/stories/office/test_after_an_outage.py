"""The office stood still: what fell due meanwhile is made up for, and each person hears of it once."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.office.staffed import DUTY, StaffedTown

THREATS = "han truer os med en kniv, vestergade 12 b 3 tv"


def test_missed_rounds_reach_a_person_once_and_everybody_whom_they_name(town: StaffedTown) -> None:
    town.text(THREATS)
    first = len(town.told(DUTY))
    town.clock.at += timedelta(minutes=45)
    town.settle()
    assert len(town.told(DUTY)) == first + 1
    assert len(town.told("anne-lund")) == 1


def test_after_the_made_up_rounds_the_policy_keeps_its_times(town: StaffedTown) -> None:
    town.text(THREATS)
    town.clock.at += timedelta(minutes=45)
    town.settle()
    heard = len(town.told(DUTY))
    town.wait(minutes=14)
    assert len(town.told(DUTY)) > heard
    town.wait(hours=2)
    assert town.code() in town.heard("+4552500091")[0]
