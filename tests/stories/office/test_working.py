"""What whoever has a case does with it, and what leaves the house."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.office.staffed import DUTY, PARTY, StaffedTown
from tests.town import NEIGHBOUR

OTHER = "+4530111777"


@pytest.fixture
def taken(town: StaffedTown) -> StaffedTown:
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    return town


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("tager CODE", "taken"),
        ("CODE yes", "taken"),
        ("code ich übernehme", "taken"),
        ("videre CODE", "new"),
        ("CODE nein", "new"),
    ],
)
def test_taking_and_passing_by_sms_in_any_language_and_order(town: StaffedTown, words: str, state: str) -> None:
    town.text(PARTY)
    town.texts(DUTY, words.replace("code", town.code().lower()))
    assert town.case()["state"] == state


@pytest.mark.parametrize("words", ["CODE SVAR {}", "svar CODE {}", "CODE REPLY {}", "antwort CODE: {}"])
def test_a_reply_arrives_as_it_was_written(taken: StaffedTown, words: str) -> None:
    taken.texts(DUTY, words.format("Vi arbejder på det nu.  Tak!"))
    assert taken.reporter()[-1].endswith("Vi arbejder på det nu.  Tak!")
    assert "Mads" not in "".join(taken.reporter())


@pytest.mark.parametrize(
    "words",
    [
        "Ring til mig på 20 00 00 13",
        "Kim Overgaard bor der ikke mere",
        "Jeg hedder Mads Ravn",
        "cpr 010190-1234",
        "CTI-korpset kommer",
        "hans kontaktperson kommer i morgen",
    ],
)
def test_a_reply_that_tells_something_stays_and_a_better_one_is_offered(taken: StaffedTown, words: str) -> None:
    before = taken.reporter()
    taken.writes(DUTY, f"CODE SVAR {words}")
    assert taken.reporter() == before
    assert "Holdt tilbage" in taken.told(DUTY)[-1]
    taken.presses(DUTY, "Brug forslaget")
    assert len(taken.reporter()) == len(before) + 1


def test_a_phone_is_offered_words_that_may_leave(taken: StaffedTown) -> None:
    taken.texts(DUTY, "CODE SVAR hans kontaktperson kommer i morgen")
    offered = taken.heard(taken.phone(DUTY))[-1].partition("Prøv fx: ")[2]
    assert offered == f"{taken.code()} SVAR Vi følger op i morgen."
    taken.texts(DUTY, offered)
    assert taken.reporter()[-1].endswith("Vi følger op i morgen.")


def test_a_bare_yes_is_never_sent_as_the_reply_that_was_asked_for(taken: StaffedTown) -> None:
    before = taken.reporter()
    taken.presses(DUTY, "Svar anmelder")
    taken.presses(DUTY, "Skriv selv")
    taken.writes(DUTY, "ja")
    assert taken.reporter() == before
    taken.writes(DUTY, "Vi arbejder på det nu.")
    assert taken.reporter()[-1].endswith("Vi arbejder på det nu.")


def test_further_words_reach_a_phone_without_them(taken: StaffedTown) -> None:
    taken.only_sms(DUTY)
    taken.text("de synger stadig")
    assert "Nyt fra anmelder" in taken.told(DUTY)[-1]
    assert "synger" not in "".join(taken.told(DUTY))


def test_where_by_sms_tells_the_place_only_where_the_line_allows_it(taken: StaffedTown) -> None:
    taken.texts(DUTY, "CODE HVOR")
    assert "sendes ikke på sms" in taken.heard(taken.phone(DUTY))[-1]
    taken.with_line(sms_detail="address")
    taken.texts(DUTY, "CODE HVOR")
    assert "Vestergade 12B, 3. tv" in taken.heard(taken.phone(DUTY))[-1]
    assert "fest" not in "".join(taken.heard(taken.phone(DUTY)))


def test_closing_tells_the_reporter_that_it_ended_and_not_how(taken: StaffedTown) -> None:
    taken.texts(DUTY, "luk CODE talte med Kim i opgangen")
    assert taken.case()["state"] == "closed"
    assert "lukker sagen" in taken.reporter()[-1]
    assert "Kim" not in "".join(taken.reporter())


def test_whoever_closed_a_case_writes_to_its_reporter_no_more(taken: StaffedTown) -> None:
    taken.texts(DUTY, "luk CODE talt")
    before = taken.reporter()
    taken.texts(DUTY, "CODE SVAR hej igen")
    assert taken.reporter() == before
    assert "allerede lukket" in taken.told(DUTY)[-1]


def test_closing_by_button_asks_what_came_of_it(taken: StaffedTown) -> None:
    taken.presses(DUTY, "Luk")
    assert taken.case()["state"] == "taken"
    taken.presses(DUTY, "Talt sammen")
    assert taken.case()["state"] == "closed"


def test_after_two_weeks_worse_opens_it_again_even_if_it_could_wait(town: StaffedTown) -> None:
    town.text("der ligger affald i hele opgangen, vestergade 12 b 3 tv")
    town.wait(days=2, hours=10)
    town.writes("lone-krogh", "CODE JA")
    town.writes("lone-krogh", "CODE LUK ryddet")
    town.clock.at += timedelta(days=12)
    town.wait(days=2, hours=1)
    assert "Hvordan går det nu?" in town.reporter()[-1]
    town.clock.at += timedelta(hours=9)  # in the evening, when the day's work is over
    heard = len(town.told("kirsten-aagaard"))
    town.text("3")
    assert town.case()["state"] == "new"
    assert len(town.told("kirsten-aagaard")) == heard + 1


def test_a_line_without_a_number_of_its_own_cannot_ring_and_says_so(taken: StaffedTown) -> None:
    taken.with_line(voice_number=None)
    taken.writes(DUTY, "CODE RING")
    assert "intet nummer at ringe fra" in taken.told(DUTY)[-1]


def test_the_taker_is_asked_whether_it_is_the_same_matter_and_joins_cases_not_threads(taken: StaffedTown) -> None:
    first = taken.code()
    taken.text("så meget larm vestergade 12 b 3 tv", OTHER)
    second = taken.code()
    assert f"Sag {first} ligner {second}" in "".join(taken.told(DUTY))
    taken.presses(DUTY, "Ja")
    assert [case["code"] for case in taken.cases()] == [first]
    assert [text for text in taken.heard(OTHER) if "har taget sagen" in text]
    taken.texts(DUTY, f"{second} SVAR Vi følger op i morgen.")
    assert taken.heard(OTHER)[-1].endswith("Vi følger op i morgen.")
    assert "i morgen" not in "".join(taken.reporter())


def test_who_was_told_that_it_ended_does_not_learn_that_somebody_else_wrote(taken: StaffedTown) -> None:
    taken.text("så meget larm vestergade 12 b 3 tv", OTHER)
    taken.presses(DUTY, "Ja")
    taken.writes(DUTY, f"{taken.case()['code']} LUK roligt")
    quiet = taken.reporter()
    taken.text("nu larmer de igen", OTHER)
    taken.writes(DUTY, f"{taken.case()['code']} JA")
    taken.writes(DUTY, f"{taken.case()['code']} LUK roligt")
    assert taken.heard(NEIGHBOUR) == quiet


def test_colleagues_see_notes_and_history_and_helpers_from_outside_do_not(monday: StaffedTown) -> None:
    monday.text("høj musik vestergade 12 b 3 tv", OTHER)
    monday.writes("lone-krogh", "CODE JA")
    monday.writes("lone-krogh", "CODE LUK talt med")
    earlier = monday.code()
    monday.text(PARTY)
    monday.writes("lone-krogh", "CODE JA")
    monday.writes("lone-krogh", "CODE NOTE han åbner kun for Lone")
    monday.writes("lone-krogh", "CODE VIS")
    assert f"Tidligere her: {earlier} larm" in monday.told("lone-krogh")[-1]
    assert "han åbner kun for Lone" in monday.told("lone-krogh")[-1]
    monday.wait(hours=5)  # the shift is over; the evening service of another firm is on
    monday.writes("lone-krogh", "CODE NEJ")
    monday.writes("kirsten-aagaard", "CODE JA")
    monday.writes("kirsten-aagaard", "CODE VIS")
    shown = monday.told("kirsten-aagaard")[-1]
    assert PARTY in shown
    assert "Særligt for boligen: ingen" in shown
    assert earlier not in shown
    assert "åbner kun" not in shown


def test_who_opens_his_invitation_again_hears_that_he_is_enrolled(taken: StaffedTown) -> None:
    taken.telegram("another-code", taken.chat(DUTY), kind="start")
    assert taken.told(DUTY)[-1].startswith("Du er tilmeldt vagten")
    assert taken.case()["state"] == "taken"
