"""Staff who have no Telegram: nothing sends them there, and what they are asked can be answered by SMS."""

from __future__ import annotations

import pytest

from tests.stories.office.staffed import DUTY, PARTY, StaffedTown

OTHER = "+4530111777"


@pytest.fixture
def taken(town: StaffedTown) -> StaffedTown:
    """The taker has a phone and nothing else."""
    town.only_sms(DUTY)
    town.text(PARTY)
    town.texts(DUTY, "CODE JA")
    return town


def asked(town: StaffedTown) -> int:
    return sum("ligner" in text for text in town.told(DUTY))


@pytest.mark.parametrize(
    ("answer", "told"), [("{} SAMME {}", "lagt sammen"), ("samme {} {}", "lagt sammen"), ("{} anden {}", "hver sin")]
)
def test_same_matter_is_answered_by_sms(taken: StaffedTown, answer: str, told: str) -> None:
    first = taken.code()
    taken.text("så meget larm vestergade 12 b 3 tv", OTHER)
    second = taken.code()
    assert f"{first} SAMME {second}" in taken.told(DUTY)[-1]
    taken.texts(DUTY, answer.format(first, second))
    assert told in taken.told(DUTY)[-1]


def test_another_flat_that_is_named_is_another_matter(taken: StaffedTown) -> None:
    taken.text("så meget larm vestergade 12 b 1 th", OTHER)
    assert asked(taken) == 0


def test_a_pair_is_asked_about_once(taken: StaffedTown) -> None:
    taken.text("så meget larm vestergade 12 b", OTHER)
    assert asked(taken) == 1
    taken.texts(DUTY, "CODE JA")
    assert asked(taken) == 1


def test_a_last_resort_phone_is_asked_nothing(town: StaffedTown) -> None:
    town.text(PARTY)
    town.text("han truer med en kniv, vestergade 12 b 3 tv", OTHER)
    town.wait(hours=3)
    town.text(town.code() + " JA", "+4552500091")
    assert town.case()["taken_by"] == "last-resort-1"
    assert not any("ligner" in text for text in town.heard("+4552500091"))


def test_nothing_names_telegram_to_who_has_none(taken: StaffedTown) -> None:
    taken.texts(DUTY, "CODE HVOR")
    assert "koordinator" in taken.told(DUTY)[-1]
    taken.text("og nu spiller de også trommer")
    assert "Nyt fra anmelder" in taken.told(DUTY)[-1]
    assert not any("Telegram" in text for text in taken.told(DUTY))


def test_who_has_telegram_is_told_that_it_stands_there(town: StaffedTown) -> None:
    town.text(PARTY)
    town.texts(DUTY, "CODE JA")
    town.texts(DUTY, "CODE HVOR")
    assert "Du ser det i Telegram" in town.told(DUTY)[-1]
