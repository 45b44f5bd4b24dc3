"""Who hears of a case: by place, by date, by the hour; step after step, until somebody has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.base import DeliveryError
from escalation.lines import DEFAULT_ESCALATION
from escalation.policy import Policy, Step
from tests.stories.office.conftest import At
from tests.stories.office.staffed import CONTACT, DUTY, PARTY, StaffedTown

LAST_RESORT = "+4552500091"
STAIRS = "han råber og truer med at slå naboen, vestergade 12 b 3 tv"


@pytest.mark.parametrize(
    ("words", "team", "contact"),
    [
        ("høj musik vestergade 12 b 3 tv", "cti", "lone-krogh"),
        ("høj musik vestergade 12 b 2 tv", "boligsocial", None),
        ("høj musik Nørregade 94, 4 th", "boligsocial", None),
    ],
)
def test_the_place_says_who_answers_for_it(town: StaffedTown, words: str, team: str, contact: str | None) -> None:
    town.text(words)
    assert (town.case()["team"], town.case()["contact"]) == (team, contact)
    assert town.told(DUTY)


def test_responsibility_passes_at_midnight_while_nobody_has_the_case(at: At) -> None:
    town = at(datetime(2026, 11, 28, 22, 50, tzinfo=UTC))  # ten to midnight; Vestergade 14 goes from Pia to Fatma
    town.text("høj musik vestergade 14 1 mf")
    assert (town.case()["team"], town.case()["contact"]) == ("boligsocial", "pia-thuesen")
    town.wait(minutes=20)
    assert (town.case()["team"], town.case()["contact"]) == ("cti", "fatma-demir")


def test_a_contact_person_off_duty_is_not_woken_and_the_duty_is_rung_at_once(town: StaffedTown) -> None:
    town.text(PARTY)
    assert town.told(CONTACT) == []
    assert len(town.told(DUTY)) == 1


def test_a_contact_person_on_any_rota_is_rung_beside_the_duty(monday: StaffedTown) -> None:
    monday.text("høj musik vestergade 12a 4 tv")  # Rasmus Holt is its contact person and second on duty
    assert len(monday.told("rasmus-holt")) == len(monday.told("pia-thuesen")) == 1


def test_on_a_public_holiday_only_its_own_rows_count(at: At) -> None:
    town = at(datetime(2026, 12, 25, 10, 0, tzinfo=UTC))  # a Friday
    town.text(PARTY)
    assert town.told("kirsten-aagaard")
    assert not town.told("lone-krogh")


def test_an_override_replaces_the_rota_for_its_span(at: At) -> None:
    town = at(datetime(2026, 11, 30, 10, 0, tzinfo=UTC))  # Fatma Demir instead of Lone Krogh and Emil Juhl
    town.text("høj musik vestergade 14 1 mf")
    assert town.told("fatma-demir")
    town.wait(minutes=16)
    assert not town.told("emil-juhl")


def test_in_the_night_the_clocks_go_back_the_shift_holds(at: At) -> None:
    town = at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))  # 02:30 for the second time
    town.text(PARTY)
    assert town.told(DUTY)


def test_the_whole_shift_hears_the_second_step_and_the_coordinator_the_third(monday: StaffedTown) -> None:
    monday.text(PARTY)
    assert not monday.told("emil-juhl")
    monday.wait(minutes=15, seconds=5)
    assert monday.told("emil-juhl")
    assert not monday.told("anne-lund")
    monday.wait(minutes=45)
    assert monday.told("anne-lund")


def test_a_step_by_voice_alone_reaches_the_duty_and_does_not_hasten_the_coordinator(town: StaffedTown) -> None:
    town.text(STAIRS)
    town.wait(minutes=5, seconds=5)
    assert len(town.told(DUTY)) == 2
    assert not town.told("anne-lund")
    town.wait(minutes=10)
    assert town.told("anne-lund")


def test_a_step_that_reaches_nobody_is_skipped_at_once(town: StaffedTown) -> None:
    town.nowhere(DUTY)
    town.text(STAIRS)
    assert town.told("anne-lund")


def test_when_nobody_at_all_can_be_reached_the_last_resort_is_told_at_once_and_again(town: StaffedTown) -> None:
    town.nowhere(DUTY, "anne-lund", "mona-riis")
    town.text(STAIRS)
    assert len(town.heard(LAST_RESORT)) == 1
    town.wait(minutes=10, seconds=5)
    assert len(town.heard(LAST_RESORT)) == 2
    town.text(f"{town.code()} JA", LAST_RESORT)
    town.wait(minutes=14)
    assert [text for text in town.heard(LAST_RESORT) if "Ingen har taget" in text] == town.heard(LAST_RESORT)[:2]


def test_a_no_from_the_last_resort_does_not_ring_it_again_at_once(town: StaffedTown) -> None:
    town.nowhere(DUTY, "anne-lund", "mona-riis")
    town.text(STAIRS)
    town.text(f"{town.code()} NEJ", LAST_RESORT)
    assert len([text for text in town.heard("+4552500092") if "Ingen har taget" in text]) == 1


def test_phones_that_fail_in_the_last_resort_do_not_make_it_repeat_without_end(town: StaffedTown) -> None:
    for channel in (town.chat(DUTY), town.phone(DUTY)):
        town.phones.refuse[channel] = DeliveryError("permanent", "30003")
    town.nowhere("anne-lund", "mona-riis")
    town.text(STAIRS)
    town.wait(minutes=9)
    assert len(town.heard(LAST_RESORT)) == 1


def test_an_alert_that_does_not_arrive_goes_out_on_the_next_channel_at_once(town: StaffedTown) -> None:
    town.phones.refuse[town.chat(DUTY)] = DeliveryError("permanent", "403")
    town.text(PARTY)
    assert town.code() in town.heard(town.phone(DUTY))[0]


def test_the_policy_is_kept_as_it_was_when_the_case_began_and_people_are_looked_up_anew(monday: StaffedTown) -> None:
    monday.text(PARTY)
    slow = Policy((Step(timedelta(), ("on_duty",), ("sms",)), Step(timedelta(hours=9), ("on_duty",), ("sms",))), 0)
    monday.with_line(escalation={**DEFAULT_ESCALATION, "normal": slow})
    row = "eksempelby;cti;mon,wed,fri;08:00;16:00;{};2"
    monday.directory("rota.csv", (row.format("emil-juhl"), row.format("jonas-brix")))
    monday.wait(minutes=16)
    assert monday.told("jonas-brix")
    assert not monday.told("emil-juhl")


def test_what_can_wait_for_the_day_does_and_the_reporter_reads_the_same(town: StaffedTown) -> None:
    town.text("der ligger affald i hele opgangen, vestergade 12 b 3 tv")
    assert town.case()["category"] == "cleaning"
    assert not town.told(DUTY)
    assert "man. 10.00" in town.reporter()[0]
    town.wait(days=2, hours=9)
    assert not town.told(DUTY)
    town.clock.at = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    town.settle()
    assert town.told(CONTACT)


def test_a_third_report_of_one_thing_is_marked_and_the_coordinator_hears_by_day(town: StaffedTown) -> None:
    for n in range(3):
        town.text(PARTY, f"+453011130{n}")
    assert ["gentaget" in text for text in town.told(DUTY)] == [False, False, True]
    assert not town.told("anne-lund")
    town.writes(DUTY, "CODE JA")
    town.clock.at = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    town.settle()
    assert f"Sag {town.code()} er mindst tredje henvendelse" in "".join(town.told("anne-lund"))
    assert {case["urgency"] for case in town.cases()} == {"normal"}
