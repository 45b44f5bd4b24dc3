"""The line has asked for a word: only that word answers it, and nothing is closed or swallowed by mistake."""

from __future__ import annotations

import pytest

from tests.stories.office.staffed import DUTY, PARTY, StaffedTown

OTHER = "+4530111777"


@pytest.fixture
def asked(town: StaffedTown) -> StaffedTown:
    """The taker has written "luk" and is asked what came of it."""
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    town.texts(DUTY, "luk")
    return town


@pytest.mark.parametrize(
    "words",
    ["7KQ4?", "vent lidt", "nej luk ikke", "nej", "ja", "1", "2", "hvor", "hjælp", "wait", "talt?", "han er der ikke"],
)
def test_what_is_no_outcome_closes_nothing_and_passes_nothing_on(asked: StaffedTown, words: str) -> None:
    before = len(asked.told(DUTY))
    asked.texts(DUTY, words)
    assert (asked.case()["state"], asked.case()["taken_by"]) == ("taken", DUTY)
    assert len(asked.told(DUTY)) > before


@pytest.mark.parametrize("words", ["Talt", "talked", "gesprochen", "besøgt og talt", "videre", "fejlalarm.", "nichts"])
def test_an_offered_word_closes_in_any_language(asked: StaffedTown, words: str) -> None:
    asked.texts(DUTY, words)
    assert asked.case()["state"] == "closed"


@pytest.mark.parametrize("words", ["CODE LUK de er gået i seng", "luk de er gået i seng"])
def test_own_words_close_with_the_verb_again(asked: StaffedTown, words: str) -> None:
    asked.texts(DUTY, words)
    assert asked.case()["state"] == "closed"


@pytest.mark.parametrize("words", ["CODE I MORGEN", "CODE NOTE"])
def test_a_yes_after_a_new_alert_takes_the_new_case(town: StaffedTown, words: str) -> None:
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    first = town.code()
    town.texts(DUTY, words)
    town.text("høj musik Nørregade 7, 4 th", OTHER)
    town.texts(DUTY, "jeg ser på det om lidt")
    town.texts(DUTY, "ja")
    assert "Hvilken sag?" in town.told(DUTY)[-1]
    town.texts(DUTY, "CODE JA")
    assert town.case()["taken_by"] == DUTY
    assert town.notes(first) == []


@pytest.mark.parametrize("words", ["ja", "nej", "2", "hjælp", "7KQ4", "hvor"])
def test_a_command_is_no_note(town: StaffedTown, words: str) -> None:
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    town.texts(DUTY, "CODE NOTE")
    town.texts(DUTY, words)
    assert town.notes() == []
    assert town.case()["taken_by"] == DUTY


def test_words_after_a_wish_for_a_note_are_the_note(town: StaffedTown) -> None:
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    town.texts(DUTY, "CODE NOTE")
    town.texts(DUTY, "musikken er skruet ned")
    assert town.notes() == ["musikken er skruet ned"]
