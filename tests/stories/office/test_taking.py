"""Who may take a case, who learns of it, and what he can do with it then."""

from __future__ import annotations

from bot.channels.base import DeliveryError
from handlers.messages import Attachment
from tests.stories.office.staffed import CONTACT, DUTY, PARTY, StaffedTown
from tests.town import NEIGHBOUR


def test_an_alert_shows_code_category_urgency_and_time_and_nothing_else(town: StaffedTown) -> None:
    town.text(PARTY)
    (alert,) = town.told(DUTY)
    assert alert == f"Sag {town.code()} · larm · almindelig · senest fre. 23.53"


def test_after_taking_vis_shows_place_and_words_protected_and_every_look_is_audited(town: StaffedTown) -> None:
    town.text(PARTY)
    town.presses(DUTY, "Jeg tager den")
    town.presses(DUTY, "Vis")
    shown = town.phones.sent[town.chat(DUTY)][-1]
    assert "Vestergade 12B, 3. tv" in str(shown.text)
    assert PARTY in str(shown.text)
    assert shown.protect
    assert town.audited("show") == [f"staff:{DUTY}"]


def test_nobody_sees_a_place_before_he_has_the_case(town: StaffedTown) -> None:
    town.text(PARTY)
    town.writes(DUTY, "CODE HVOR")
    assert "Vestergade" not in "".join(town.told(DUTY))
    assert town.told(DUTY)[-1] == f"Tag sagen først: svar {town.code()} JA. Så kan du se og svare."
    assert town.audited("show") == []


def test_the_reporter_hears_that_it_is_taken_and_once_only(town: StaffedTown) -> None:
    town.text(PARTY)
    town.texts(DUTY, "CODE JA")
    town.writes(DUTY, "CODE NEJ")
    town.writes(DUTY, "CODE JA")
    taken = [text for text in town.reporter() if "har taget sagen" in text]
    assert len(taken) == 1


def test_the_other_one_alerted_is_told_where_his_alert_stood(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.wait(minutes=16)
    monday.texts("emil-juhl", "CODE JA")
    edited = monday.phones.sent[monday.chat(CONTACT)][-1]
    assert edited.action == "edit"
    assert f"{monday.code()} er taget" in str(edited.text)


def test_whoever_comes_second_is_told_in_words(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.wait(minutes=16)
    monday.texts("emil-juhl", "CODE JA")
    monday.writes(CONTACT, "CODE JA")
    assert [f"{monday.code()} er taget" in text for text in monday.told(CONTACT)][-2:] == [False, True]
    assert monday.case()["taken_by"] == "emil-juhl"


def test_whoever_loses_a_race_by_sms_is_told_once(monday: StaffedTown) -> None:
    monday.only_sms(CONTACT)
    monday.text(PARTY)
    monday.wait(minutes=16)
    monday.texts("emil-juhl", "CODE JA")
    monday.texts(CONTACT, "CODE JA")
    assert [text for text in monday.told(CONTACT) if "taget" in text] == monday.told(CONTACT)[-1:]


def test_a_yes_too_late_is_answered_when_nothing_else_told_him(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.wait(minutes=16)
    monday.writes(CONTACT, "CODE NEJ")
    monday.texts("emil-juhl", "CODE JA")
    monday.writes(CONTACT, "CODE JA")
    assert "allerede taget" in monday.told(CONTACT)[-1]


def test_a_yes_long_after_the_race_is_answered(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.wait(minutes=16)
    monday.texts("emil-juhl", "CODE JA")
    monday.wait(minutes=5)
    monday.writes(CONTACT, "CODE JA")
    assert "allerede taget" in monday.told(CONTACT)[-1]


def test_whoever_said_no_may_still_say_yes(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.writes(CONTACT, "CODE NEJ")
    monday.writes(CONTACT, "CODE JA")
    assert monday.case()["taken_by"] == CONTACT


def test_a_no_rings_the_next_one_at_once(monday: StaffedTown) -> None:
    monday.text(PARTY)
    assert monday.told("emil-juhl") == []
    monday.writes(CONTACT, "CODE NEJ")
    assert monday.code() in monday.told("emil-juhl")[0]


def test_a_colleague_on_another_shift_may_help_out(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.writes("pia-thuesen", "CODE JA")
    assert monday.case()["taken_by"] == "pia-thuesen"


def test_somebody_off_duty_who_was_never_told_may_not(monday: StaffedTown) -> None:
    monday.text(PARTY)
    monday.writes("sanne-bruun", "CODE JA")
    monday.writes("kirsten-aagaard", "CODE JA")
    assert monday.case()["state"] == "new"
    assert "kan du ikke tage" in monday.told("sanne-bruun")[-1]
    assert "findes ikke, eller den er ikke din" in monday.told("kirsten-aagaard")[-1]


def test_a_bare_yes_is_enough_while_one_case_is_open(town: StaffedTown) -> None:
    town.text(PARTY)
    town.texts(DUTY, "1")
    assert town.case()["taken_by"] == DUTY


def test_a_bare_yes_takes_nothing_while_two_are_open(town: StaffedTown) -> None:
    town.text(PARTY)
    town.text("høj musik Nørregade 7, 4 th", "+4530111777")
    town.texts(DUTY, "ja")
    assert [case["state"] for case in town.cases()] == ["new", "new"]
    first, second = (str(case["code"]) for case in town.cases())
    assert town.told(DUTY)[-1] == f"Hvilken sag? Svar {first} JA eller {second} JA."


def test_a_taker_hears_at_once_that_nothing_reaches_the_reporter(town: StaffedTown) -> None:
    town.phones.refuse[NEIGHBOUR] = DeliveryError("permanent", "30006")
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    assert any("kan ikke længere nås" in text for text in town.told(DUTY))


def test_a_reporter_lost_later_is_told_to_the_taker(town: StaffedTown) -> None:
    town.text(PARTY)
    town.writes(DUTY, "CODE JA")
    town.phones.refuse[NEIGHBOUR] = DeliveryError("permanent", "30006")
    town.writes(DUTY, "CODE SVAR Vi arbejder på det nu.")
    assert "kan ikke længere nås" in town.told(DUTY)[-1]


def test_a_child_has_an_alert_of_its_own_and_the_taker_is_asked(town: StaffedTown) -> None:
    town.text("barnet græder hele natten og er alene hjemme, vestergade 12 b 3 tv")
    assert "barn" in town.told(DUTY)[0]
    town.writes(DUTY, "CODE JA")
    assert any("Underretning?" in text for text in town.told(DUTY))
    town.writes(DUTY, "CODE NOTE underretning sendt kl. 23.50")
    assert town.told(DUTY)[-1] == f"Noteret på sag {town.code()}."


def test_pictures_are_shown_by_vis(town: StaffedTown) -> None:
    town.text("det ser sådan ud, vestergade 12 b 3 tv", attachments=(Attachment("photo", "f1", "image/jpeg", 900),))
    town.writes(DUTY, "CODE JA")
    town.writes(DUTY, "CODE VIS")
    (picture,) = (out for out in town.phones.sent[town.chat(DUTY)] if out.action == "photo")
    assert picture.protect
