"""Where and what: asked at most once each, never about what was said, and never between a report and a person."""

from __future__ import annotations

import pytest

from tests.town import NEIGHBOUR, Town

PLACED = "der er fest igen vestergade 12 b 3 tv, vi skal op kl 5"


def alerted(town: Town) -> bool:
    staff = (phone for phone in town.phones.sent if phone != NEIGHBOUR)
    return any(town.code() in text for phone in staff for text in town.heard(phone))


def test_a_whole_report_gets_no_question_but_a_code_and_a_time(town: Town) -> None:
    town.text(PLACED)
    confirmed, notice = town.heard(NEIGHBOUR)
    assert f"Sag {town.code()}" in confirmed
    assert "senest fre. 23.53" in confirmed
    assert "112" in confirmed
    assert notice.startswith("Nabolinjen: Vi hjælper.")
    assert town.cases()[0]["place"] == "Vestergade 12B, 3. tv"


def test_the_first_notice_comes_once(town: Town) -> None:
    for words in (PLACED, "hunden gør hele dagen på nørregade 7", "skrald i opgangen søndergade 48"):
        town.text(words)
    assert sum("Vi hjælper" in text for text in town.heard(NEIGHBOUR)) == 1


def test_a_case_stands_at_the_first_text_though_a_question_is_open(town: Town) -> None:
    town.text("larm igen")
    assert "Hvor er det?" in town.last(NEIGHBOUR)
    assert town.cases()[0]["category"] == "noise"


def test_a_question_nobody_answers_holds_the_alert_three_minutes_at_most(town: Town) -> None:
    town.text("larm igen")
    town.wait(minutes=2, seconds=50)
    assert not alerted(town)
    town.wait(seconds=15)
    assert alerted(town)
    assert f"Sag {town.code()}" in town.heard(NEIGHBOUR)[1]


def test_the_answer_to_where_sends_the_case_on_its_way(town: Town) -> None:
    town.text("larm igen")
    town.text("vestergade 12b 3 tv")
    assert town.cases()[0]["place"] == "Vestergade 12B, 3. tv"
    assert f"Sag {town.code()}" in town.heard(NEIGHBOUR)[1]


def test_street_and_number_may_come_one_after_the_other(town: Town) -> None:
    town.text("larm i vestergade")
    town.text("12b 3 tv")
    assert town.cases()[0]["place"] == "Vestergade 12B, 3. tv"
    assert f"Sag {town.code()}" in town.heard(NEIGHBOUR)[1]


def test_a_length_of_time_is_no_house_number(town: Town) -> None:
    town.text("larm i vestergade")
    town.text("3 uger nu")
    assert town.cases()[0]["place"] is None


def test_where_is_never_asked_twice(town: Town) -> None:
    town.text("der larmer de, over Netto, rød dør")
    town.text("ved ikke hvad det hedder")
    assert "Stedet kender vi ikke" in town.heard(NEIGHBOUR)[1]
    town.wait(minutes=5)
    assert sum("Hvor er det" in text for text in town.heard(NEIGHBOUR)) == 1
    assert "place_unclear" in str(town.cases()[0]["tags"])


def test_a_bare_address_is_asked_what_and_a_digit_answers(town: Town) -> None:
    town.text("vestergade 12b 3 tv")
    assert "Hvad sker der?" in town.last(NEIGHBOUR)
    town.text("1")
    assert town.cases()[0]["category"] == "noise"
    assert "Tak for din besked" in town.heard(NEIGHBOUR)[1]
    assert len(town.cases()) == 1


def test_two_questions_are_the_most(town: Town) -> None:
    town.text("vestergade 12")
    assert "1: Vestergade 12A" in town.last(NEIGHBOUR)
    town.text("2")
    assert "Hvad sker der?" in town.last(NEIGHBOUR)
    town.text("det ved jeg ikke rigtig")
    assert f"Sag {town.code()}" in town.heard(NEIGHBOUR)[2]
    assert town.cases()[0]["place"] == "Vestergade 12B"


def test_an_answer_after_its_time_still_fills_in_the_place(town: Town) -> None:
    town.text("larm igen")
    town.wait(minutes=4)
    town.text("vestergade 12b 3 tv")
    assert "nu har vi stedet" in town.last(NEIGHBOUR)
    assert town.cases()[0]["place"] == "Vestergade 12B, 3. tv"
    assert len(town.cases()) == 1


def test_the_code_of_a_stairwell_is_its_place(town: Town) -> None:
    town.text("larm hele natten 1057 3 tv")
    assert "Tak for din besked" in town.heard(NEIGHBOUR)[0]
    assert town.cases()[0]["place"] == "Vestergade 12B, 3. tv"


def test_an_address_nobody_lists_is_confirmed_in_the_same_words(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv", "+4530111301")
    town.text("høj musik fjordgangen 93 3 tv", "+4530111302")
    listed, unlisted = town.heard("+4530111301"), town.heard("+4530111302")
    codes = [str(case["code"]) for case in town.cases()]
    assert [t.replace(codes[0], "?") for t in listed] == [t.replace(codes[1], "?") for t in unlisted]


@pytest.mark.parametrize("press", ["Bekymring", "Larm"])
def test_a_scanned_stairwell_is_the_place_and_the_flat_is_asked_once(town: Town, press: str) -> None:
    town.telegram("1057", "811001", kind="start")
    assert "Vestergade 12B" in town.last("811001")
    town.press(press, "811001")
    assert "Hvilken lejlighed" in town.last("811001")
    town.telegram("3 tv. posten har ligget siden søndag", "811001")
    assert town.cases()[0]["place"] == "Vestergade 12B, 3. tv"
    assert len(town.cases()) == 1


def test_a_second_press_of_the_same_button_opens_no_second_case(town: Town) -> None:
    town.telegram("1057", "811001", kind="start")
    town.press("Larm", "811001")
    town.press("Larm", "811001")
    assert len(town.cases()) == 1


def test_the_promised_time_is_taken_back_before_anybody_asks(town: Town) -> None:
    town.text(PLACED)
    town.wait(minutes=16)
    assert "Det tager længere, end vi lovede" in town.last(NEIGHBOUR)
    assert "Nyt senest" in town.last(NEIGHBOUR)


@pytest.mark.parametrize(
    ("words", "asked"),
    [("there is a party again, very loud", "Where is it?"), ("hier ist schon wieder so ein Lärm", "Wo ist es?")],
)
def test_the_answer_comes_in_the_language_of_the_text(town: Town, words: str, asked: str) -> None:
    town.text(words)
    assert asked in town.last(NEIGHBOUR)


def test_a_language_chosen_by_button_stays_whatever_is_written(town: Town) -> None:
    town.telegram("", "811002", kind="start")
    town.press("English", "811002")
    town.press("Noise", "811002")
    assert "Where is it?" in town.last("811002")
    town.telegram("det er vestergade 12b på tredje sal til venstre", "811002")
    assert "Thank you" in town.heard("811002")[-2]
