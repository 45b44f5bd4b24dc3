"""A case has one owner who is at work, or it is making noise: idle, breaks, shifts, mornings, last days."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.base import DeliveryError
from tests.stories.office.conftest import At
from tests.stories.office.staffed import CONTACT, DUTY, PARTY, StaffedTown

STAIRS = "han råber og truer med at slå naboen, vestergade 12 b 3 tv"


@pytest.mark.parametrize(("words", "minutes"), [(PARTY, 60), (STAIRS, 15)])
def test_a_case_that_lies_still_is_reminded_of_and_goes_back(town: StaffedTown, words: str, minutes: int) -> None:
    town.text(words)
    town.writes(DUTY, "CODE JA")
    town.wait(minutes=minutes, seconds=5)
    assert f"har stået stille i {minutes} min" in "".join(town.told(DUTY))
    town.wait(minutes=minutes - 1)
    assert town.case()["state"] == "taken"
    town.wait(minutes=2)
    assert town.case()["state"] == "new"
    assert town.code() in town.told(DUTY)[-1]


def test_a_note_starts_the_clock_anew(town: StaffedTown) -> None:
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    town.wait(minutes=61)
    town.writes(DUTY, "CODE NOTE de har skruet ned")
    town.wait(minutes=59)
    assert town.case()["state"] == "taken"


def test_the_end_of_a_shift_hands_the_case_to_those_who_come(monday: StaffedTown) -> None:
    monday.clock.at = datetime(2026, 11, 23, 14, 40, tzinfo=UTC)  # twenty minutes before it
    monday.text("høj musik vestergade 12 b 2 tv")
    monday.writes("pia-thuesen", "CODE JA")
    monday.wait(minutes=21)
    assert monday.case()["state"] == "new"
    assert monday.told("kirsten-aagaard")
    assert f"Du har ikke længere {monday.code()}" in "".join(monday.told("pia-thuesen"))


def test_the_contact_person_gets_the_nights_case_when_his_day_begins(at: At) -> None:
    town = at(datetime(2026, 11, 23, 5, 30, tzinfo=UTC))  # Monday 06:30; Lone Krogh begins at eight
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    town.wait(minutes=50)
    town.writes(DUTY, "CODE NOTE roligt nu")
    assert not town.told(CONTACT)
    town.wait(minutes=41)
    assert town.case()["taken_by"] == CONTACT
    assert "Du har den nu" in town.told(CONTACT)[-1]
    town.writes(CONTACT, "CODE VIS")
    assert "roligt nu" in town.told(CONTACT)[-1]


def test_a_contact_person_who_comes_while_nobody_has_it_is_alerted(at: At) -> None:
    town = at(datetime(2026, 11, 23, 6, 40, tzinfo=UTC))
    town.text(PARTY)
    assert not town.told(CONTACT)
    town.wait(minutes=21)
    assert town.code() in "".join(town.told(CONTACT))
    town.writes(CONTACT, "CODE JA")
    assert town.case()["taken_by"] == CONTACT


def test_put_off_until_tomorrow_it_is_back_in_the_morning(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.writes("emil-juhl", "CODE JA")
    monday.writes("emil-juhl", "CODE I MORGEN")
    monday.writes("emil-juhl", "han er hjemme igen i morgen")
    assert monday.case()["state"] == "snoozed"
    assert monday.timeline("note")
    monday.clock.at = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    monday.settle()
    assert monday.case()["state"] == "new"  # on Tuesdays Emil Juhl is off
    assert monday.told("sanne-bruun")


def test_a_break_is_refused_to_the_last_one_on_duty_and_the_coordinator_hears(town: StaffedTown) -> None:
    town.texts(DUTY, "PAUSE 30")
    assert "pausen kan ikke begynde" in town.told(DUTY)[-1]
    assert "den sidste på vagt" in town.told("anne-lund")[-1]
    assert "Mads" not in "".join(town.heard(town.phone("anne-lund")))


def test_on_a_break_the_next_one_is_rung(monday: StaffedTown) -> None:
    monday.texts(CONTACT, "PAUSE 30")
    monday.text(PARTY)
    assert monday.code() in monday.told("emil-juhl")[0]
    assert monday.code() not in "".join(monday.told(CONTACT))


def test_who_is_taken_ill_loses_what_he_has_to_the_others(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.writes(CONTACT, "CODE JA")
    monday.texts(CONTACT, "SYG")
    assert monday.case()["state"] == "new"
    assert monday.code() in monday.told("emil-juhl")[-1]
    assert "ikke på vagt" in monday.told("anne-lund")[-1]


def test_who_closes_his_only_channel_has_nothing_any_more(monday: StaffedTown) -> None:
    monday.only_sms(CONTACT)
    monday.text(PARTY)
    monday.texts(CONTACT, "CODE JA")
    monday.texts(CONTACT, "STOP")
    assert monday.case()["state"] == "new"
    assert monday.code() in monday.told("emil-juhl")[-1]


def test_a_holder_nothing_reaches_any_more_has_nothing_any_more(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.writes(CONTACT, "CODE JA")
    for address in (monday.chat(CONTACT), monday.phone(CONTACT)):
        monday.phones.refuse[address] = DeliveryError("permanent", "403")
    monday.text("de synger stadig")
    assert monday.case()["state"] == "new"


def test_after_his_last_day_somebody_has_no_access_and_no_case(monday: StaffedTown) -> None:
    monday.text("høj musik vestergade 12a 4 tv")
    monday.writes("rasmus-holt", "CODE JA")  # its contact person, who would keep it overnight
    last_day = "rasmus.holt@eksempelby.example;en"
    monday.directory(
        "staff.csv",
        ("phone;email;language", "phone;email;language;to"),
        *((f";{language}\n", f";{language};\n") for language in ("da", "en", "de")),
        (f"{last_day};", f"{last_day};2026-11-23"),
    )
    monday.writes("rasmus-holt", "CODE I MORGEN")
    assert monday.case()["state"] == "snoozed"
    monday.wait(hours=12, minutes=59)
    assert monday.case()["state"] == "snoozed"
    monday.wait(minutes=2)
    assert monday.case()["state"] == "new"
    heard = monday.told("rasmus-holt")
    monday.writes("rasmus-holt", "CODE HVOR")
    assert monday.told("rasmus-holt") == heard


def test_a_contact_person_from_outside_sees_his_citizens_while_the_placement_lasts(monday: StaffedTown) -> None:
    monday.directory("placements.csv", ("cti;lone-krogh;2026-08-29;", "cti;bettina-skov;2026-08-29;2026-11-23"))
    monday.text(PARTY)
    monday.writes(CONTACT, "CODE JA")
    monday.writes(CONTACT, "CODE NOTE talt med hende")
    monday.writes("bettina-skov", "CODE VIS")
    assert "talt med hende" in monday.told("bettina-skov")[-1]
    monday.clock.at = datetime(2026, 11, 23, 23, 5, tzinfo=UTC)
    monday.writes("bettina-skov", "CODE VIS")
    assert "talt med hende" not in monday.told("bettina-skov")[-1]


def test_a_duty_from_outside_sees_a_case_no_longer_than_the_shift_lasts(monday: StaffedTown) -> None:
    monday.clock.at = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # half an hour before the evening shift ends
    monday.text("høj musik vestergade 12 b 2 tv")
    monday.writes("kirsten-aagaard", "CODE JA")
    monday.wait(minutes=31)
    monday.writes("kirsten-aagaard", "CODE VIS")
    assert "høj musik" not in "".join(monday.told("kirsten-aagaard"))
