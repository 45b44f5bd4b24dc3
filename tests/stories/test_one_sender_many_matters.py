"""Landlords, caretakers and shared phones: which of several matters a text belongs to."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from escalation.store import front_people, front_tables
from escalation.store.base import Unit
from tests.municipality import MakeWorld
from tests.town import FRIDAY_NIGHT, NEIGHBOUR, Town

LANDLORD, CARETAKER = "+4520000101", "+4520000102"
CHAT = "811004"


def test_rent_is_on_the_menu_of_registered_landlords_only(town: Town) -> None:
    for phone in (LANDLORD, CARETAKER, NEIGHBOUR):
        town.text("vestergade 12b 3 tv", phone)
    assert "9 husleje" in town.last(LANDLORD)
    assert "9 mig selv" in town.last(CARETAKER)
    assert "9 mig selv" in town.last(NEIGHBOUR)


def test_a_landlords_arrears_are_asked_for_stage_and_date(town: Town) -> None:
    words = "lejer har ikke betalt husleje i to måneder, vestergade 12b 3 tv"
    town.text(words, LANDLORD)
    assert "Ingen navne, CPR eller beløb" in town.heard(LANDLORD)[0]
    town.text(words, NEIGHBOUR)
    assert "Tak for din besked" in town.heard(NEIGHBOUR)[0]
    assert [case["category"] for case in town.cases()] == ["rent", "rent"]


def few(name: str, rows: list[str]) -> list[str]:
    return [row.replace("1042,1057,1063,1096,1104", "1057,1096") for row in rows]


def one(name: str, rows: list[str]) -> list[str]:
    return [row.replace("1042,1057,1063,1096,1104", "1057") for row in rows]


def test_few_stairwells_of_ones_own_are_offered(make_world: MakeWorld) -> None:
    town = make_world("few", few).town(FRIDAY_NIGHT)
    town.text("der er skrald på trappen igen", CARETAKER)
    assert "1: Vestergade 12B  2: Søndergade 48" in town.last(CARETAKER)
    town.text("2", CARETAKER)
    assert town.cases()[0]["place"] == "Søndergade 48"
    town.close()


def test_the_only_stairwell_of_ones_own_is_meant(make_world: MakeWorld) -> None:
    town = make_world("one", one).town(FRIDAY_NIGHT)
    town.text("der er skrald på trappen igen", CARETAKER)
    town.text("også på 2 tv", CARETAKER)
    assert [case["place"] for case in town.cases()] == ["Vestergade 12B, 2. tv"]
    town.close()


def test_with_many_stairwells_street_or_code_is_asked_for(town: Town) -> None:
    town.text("der er skrald på trappen igen", LANDLORD)
    assert "Hvor er det?" in town.last(LANDLORD)
    town.text("1057", LANDLORD)
    assert town.cases()[0]["place"] == "Vestergade 12B"


def test_a_street_is_enough_where_only_one_of_his_own_is_on_it(town: Town) -> None:
    town.text("der er skrald på trappen igen, søndergade", CARETAKER)
    assert "Søndergade 48" in town.last(CARETAKER)
    assert "Søndergade 50" in town.last(CARETAKER)


def test_another_place_is_another_case(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    town.text("hunden gør hele dagen nørregade 7")
    town.text("nu er der også skrald på trappen vestergade 12b 3 tv")
    assert [case["place"] for case in town.cases()] == ["Vestergade 12B, 3. tv", "Nørregade 7"]


def test_a_code_decides_whatever_else_is_said(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    first = town.code()
    town.text("hunden gør hele dagen nørregade 7")
    town.wait(hours=1)
    town.text(f"sag {first} nu er det værre")
    assert first in town.last(NEIGHBOUR)
    assert len(town.cases()) == 2


def test_which_of_two_cases_is_asked_and_a_digit_answers(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    first = town.code()
    town.text("hunden gør hele dagen nørregade 7")
    town.wait(hours=1)
    town.text("nu er det begyndt igen")
    asked = town.last(NEIGHBOUR)
    assert "3: noget nyt" in asked
    town.text("2" if asked.index(first) > asked.index("2:") else "1")
    assert first in town.last(NEIGHBOUR)
    assert len([case for case in town.cases() if case["state"] != "closed"]) == 2


def test_something_new_is_then_asked_where_it_is(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    town.text("hunden gør hele dagen nørregade 7")
    town.wait(hours=1)
    town.text("nu er det begyndt igen")
    town.text("noget nyt")
    assert "Hvor er det?" in town.last(NEIGHBOUR)
    town.text("algade 3")
    assert town.cases()[-1]["place"] == "Algade 3"


def test_which_case_never_holds_the_alert_for_more_than_three_minutes(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    town.text("hunden gør hele dagen nørregade 7")
    town.wait(hours=1)
    town.text("nu er det begyndt igen")
    town.wait(minutes=3, seconds=5)
    staff = [phone for phone in town.phones.sent if phone != NEIGHBOUR]
    assert any(town.code() in text for phone in staff for text in town.heard(phone))


def test_on_a_shared_phone_new_case_starts_clean(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    town.text("ny sag")
    town.text("der lugter af hash i opgangen")
    assert "Hvor er det?" in town.last(NEIGHBOUR)
    assert len(town.cases()) == 2


def test_choices_never_show_where_an_earlier_matter_was(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    town.text("hunden gør hele dagen nørregade 7")
    town.wait(hours=1)
    before = len(town.heard(NEIGHBOUR))
    for words in ("nu er det begyndt igen", "status", "kvittering", "DATA", "1"):
        town.text(words)
    assert not [t for t in town.heard(NEIGHBOUR)[before:] if "Vestergade" in t or "Nørregade" in t]


def test_somebody_who_writes_about_himself_never_joins_a_case_about_others(town: Town) -> None:
    town.text("høj musik vestergade 12b 3 tv")
    town.text("jeg kan ikke betale min egen husleje, hvad gør jeg")
    assert "Godt, at du skriver" in town.last(NEIGHBOUR)
    assert len(town.cases()) == 2


def test_a_shared_number_makes_chat_and_phone_one_person(town: Town) -> None:
    town.telegram("/contact", CHAT)
    assert town.phones.sent[CHAT][-1].ask_contact
    town.telegram(LANDLORD, CHAT, kind="contact", own=True)
    assert "dit nummer" in town.last(CHAT)
    town.telegram("vestergade 12b 3 tv", CHAT)
    assert "Husleje" in town.buttons(CHAT)


def test_anothers_number_is_not_believed(town: Town) -> None:
    town.telegram(LANDLORD, CHAT, kind="contact", own=False)
    town.telegram("vestergade 12b 3 tv", CHAT)
    assert "Husleje" not in town.buttons(CHAT)


def on_duty(town: Town) -> str:
    """The phone of somebody who was alerted of the newest case."""
    return next(p for p in list(town.phones.sent) if p != NEIGHBOUR and town.code() in town.last(p))


def test_a_chat_that_names_a_phones_code_joins_its_case(town: Town) -> None:
    town.text("der er fest vestergade 12b 3 tv")
    town.telegram(f"{town.code()} det er mig, der skrev. nu er musikken endnu højere", CHAT)
    (case,) = town.cases()
    assert "så del dit nummer med knappen" in town.heard(CHAT)[0]
    assert town.phones.sent[CHAT][0].ask_contact
    assert case["place"] == "Vestergade 12B, 3. tv"


def test_who_has_the_case_hears_of_it_and_both_hear_that_it_is_taken(town: Town) -> None:
    town.text("der er fest vestergade 12b 3 tv")
    code, taker = town.code(), on_duty(town)
    town.telegram(f"{code} ja", taker)
    town.telegram(f"det er igen, sag {code}", CHAT)
    assert code in town.last(taker)
    assert "En medarbejder har taget sagen" in town.last(CHAT)
    assert code not in " ".join(town.heard(CHAT))


def test_the_same_words_whether_there_is_such_a_case(town: Town) -> None:
    town.text("der er fest vestergade 12b 3 tv")
    own: list[list[str]] = []
    for chat, code in (("811005", town.code()), ("811006", "K7M2")):
        town.telegram(f"{code} nu er det galt igen", chat)
        town.telegram(f"status {code}", chat)
        own.append([re.sub(r"Sag \w{4}", "Sag …", said) for said in town.heard(chat)])
    assert own[0] == own[1]
    assert len(town.cases()) == 2


def test_a_code_nobody_bears_still_makes_a_case_and_its_place_is_taken_later(town: Town) -> None:
    town.telegram("K7M2 nu er den gal igen", CHAT)
    town.telegram("nørregade 7", CHAT)
    assert [case["place"] for case in town.cases()] == ["Nørregade 7"]


def test_danger_under_anothers_code_makes_that_case_urgent(town: Town) -> None:
    town.text("skrald på trappen vestergade 12b")
    town.telegram(f"{town.code()} han står med en kniv", CHAT)
    (case,) = town.cases()
    assert "112" in town.heard(CHAT)[0]
    assert case["urgency"] == "urgent"


def test_a_closed_case_begins_again_by_its_code_and_after_two_weeks_no_more(town: Town) -> None:
    town.text("der er fest vestergade 12b 3 tv")
    code, taker = town.code(), on_duty(town)
    town.telegram(f"{code} ja", taker)
    town.telegram(f"{code} luk talt med dem", taker)
    town.telegram(f"{code} så er de i gang igen", CHAT)
    assert [case["state"] for case in town.cases()] == ["new"]
    town.telegram(f"{code} ja", taker)
    town.telegram(f"{code} luk talt med dem", taker)
    town.wait(days=15)
    town.telegram(f"{code} så er de i gang igen", "811007")
    assert len(town.cases()) == 2


def test_a_slip_in_ones_own_code_is_no_other_matter(town: Town) -> None:
    town.telegram("der er fest vestergade 12b 3 tv", CHAT)
    code = town.code()
    slip = code[:3] + ("7" if code[3] != "7" else "9")
    town.telegram(f"{slip} nu er det værre", CHAT)
    assert len(town.cases()) == 1
    assert "Koden er ikke" not in town.last(CHAT)


def test_a_code_of_ones_own_is_known_when_its_words_are_long_gone(town: Town) -> None:
    town.telegram("der er fest vestergade 12b 3 tv", CHAT)
    code = town.code()
    town.front.write_now(lambda unit: front_people.erase_thread_bodies(unit, [_thread(unit, code)]))
    town.telegram(f"{code} nu er den gal igen", CHAT)
    assert "Koden er ikke" not in town.last(CHAT)


def _thread(unit: Unit, code: str) -> str:
    return str(unit.conn.scalar(select(front_tables.threads.c.id).where(front_tables.threads.c.code == code)))


def test_a_code_of_another_phone_tells_nothing_of_its_case(town: Town) -> None:
    town.text("der er fest vestergade 12b 3 tv")
    for words in ("status {}", "kvittering {}", "sag {} er løst"):
        town.telegram(words.format(town.code()), CHAT)
        assert "Koden er ikke fra denne chat" in town.last(CHAT)
        assert town.phones.sent[CHAT][-1].ask_contact
    assert len(town.cases()) == 1


def test_once_the_number_is_shared_the_code_is_ones_own(town: Town) -> None:
    town.text("der er fest vestergade 12b 3 tv")
    town.telegram(NEIGHBOUR, CHAT, kind="contact", own=True)
    town.telegram(f"status {town.code()}", CHAT)
    assert town.code() in town.last(CHAT)


@pytest.mark.parametrize(
    "words",
    [
        "ingen varme på nørregade 7",
        "vandet løber ned gennem loftet nørregade 7 2 th",
        "elevatoren sidder fast nørregade 7",
    ],
)
def test_water_heating_and_lift_name_the_houses_own_number(town: Town, words: str) -> None:
    town.text(words)
    assert any("+4520000133" in text for text in town.heard(NEIGHBOUR)[:1])
    assert town.code() in town.heard(NEIGHBOUR)[0]
