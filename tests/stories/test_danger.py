"""Danger: the emergency number first, somebody alerted at once, and no question in between."""

from __future__ import annotations

import pytest

from tests.town import NEIGHBOUR, Town


def alerted(town: Town) -> list[str]:
    """What staff were told of the newest case."""
    code = town.code()
    return [text for phone in town.phones.sent if phone != NEIGHBOUR for text in town.heard(phone) if code in text]


def test_danger_gets_the_number_first_and_an_urgent_case_at_once(town: Town) -> None:
    town.text("han ligger på trappen og svarer ikke nørregade 7")
    assert town.heard(NEIGHBOUR)[0].startswith("RING 112 NU")
    assert (town.cases()[0]["danger"], town.cases()[0]["urgency"]) == (True, "urgent")
    assert any("FARE" in text for text in alerted(town))


def test_danger_without_a_place_is_alerted_before_the_place_is_known(town: Town) -> None:
    town.text("han ligger på trappen og svarer ikke")
    assert town.last(NEIGHBOUR).startswith("RING 112 NU")
    assert "Hvor er det?" in town.last(NEIGHBOUR)
    assert alerted(town)
    town.text("nørregade 7")
    assert town.cases()[0]["place"] == "Nørregade 7"
    assert len(town.cases()) == 1


@pytest.mark.parametrize(
    ("words", "opening"),
    [
        ("jeg vil ikke leve mere", "Godt, at du skriver. Er dit liv i fare, så ring 112 nu"),
        ("I have taken all my pills, I want to die", "It is good that you wrote. If your life is in danger, call 112"),
    ],
)
def test_somebody_who_speaks_of_his_own_life_gets_other_words(town: Town, words: str, opening: str) -> None:
    town.text(words)
    assert town.last(NEIGHBOUR).startswith(opening)
    assert town.cases()[0]["danger"]
    assert "self" in str(town.cases()[0]["tags"])


def test_whoever_wants_to_be_called_says_so_with_a_digit(town: Town) -> None:
    town.text("jeg vil ikke leve mere")
    duty = next(phone for phone in town.phones.sent if phone != NEIGHBOUR)
    town.telegram(f"{town.code()} JA", duty)
    town.text("1")
    assert "kode" in town.last(NEIGHBOUR)
    assert "ring" in town.last(duty)
    assert len(town.cases()) == 1


def test_a_child_has_words_of_its_own_and_staff_are_told(town: Town) -> None:
    town.text("der er et lille barn der græder alene i lejligheden nørregade 7 2 th hver nat")
    assert "Den sociale vagt for børn" in town.last(NEIGHBOUR)
    assert "child" in str(town.cases()[0]["tags"])
    assert alerted(town)


def test_danger_while_a_question_is_open_is_no_answer_but_an_alarm(town: Town) -> None:
    town.text("larm igen")
    town.text("nu har han en kniv")
    assert town.last(NEIGHBOUR).startswith("RING 112 NU")
    assert town.cases()[0]["danger"]
    assert alerted(town)


def test_danger_never_waits_for_which_case_is_meant(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    town.text("hunden gør hele dagen nørregade 7")
    town.wait(hours=2)
    town.text("de slås med knive nu")
    assert town.last(NEIGHBOUR).startswith("RING 112 NU")
    assert town.cases()[-1]["danger"]
    assert alerted(town)


@pytest.mark.parametrize(
    "words",
    ["STOP der brænder det i nr 7 nørregade", "tak, men nu brænder det nørregade 7", "status? det brænder nørregade 7"],
)
def test_a_wish_beside_danger_is_an_alarm(town: Town, words: str) -> None:
    town.text(words)
    assert town.last(NEIGHBOUR).startswith("RING 112 NU")
    assert town.cases()[0]["danger"]


def test_every_cry_is_answered_though_other_answers_are_held_back(town: Town) -> None:
    for n in range(30):
        town.text(f"hallo hallo nummer {n} er der nogen")
    town.text("der er ild i opgangen nørregade 7")
    assert town.last(NEIGHBOUR).startswith("RING 112 NU")


@pytest.mark.parametrize("stop", ["STOP", "STOPP"])
def test_danger_is_answered_after_a_stop(town: Town, stop: str) -> None:
    town.text(stop)
    town.text("der er ild i opgangen nørregade 7")
    assert town.last(NEIGHBOUR).startswith("RING 112 NU")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("Pali się w mieszkaniu na Nørregade 7", "Odpowie człowiek"),
        ("Горить квартира, допоможіть, Nørregade 7", "Вам відповість людина"),
        ("حريق في الشقة Nørregade 7", "سيجيبك"),
    ],
)
def test_a_language_nobody_reads_gets_one_line_and_a_person_at_once(town: Town, words: str, line: str) -> None:
    town.text(words)
    (only,) = town.heard(NEIGHBOUR)
    assert only.startswith(line)
    assert "112" in only
    assert len(only) <= 70
    assert town.cases()[0]["danger"]
    assert "interpreter" in str(town.cases()[0]["tags"])
    assert alerted(town)
