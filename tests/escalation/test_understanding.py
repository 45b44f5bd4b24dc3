"""One reading of one text."""

from __future__ import annotations

import time

import pytest

from escalation.case_codes import case_codes
from escalation.understanding import Understanding, understand


def read(text: object, country: str = "DK") -> Understanding:
    return understand(str(text), country=country, languages=("da", "en", "de"))


def test_fishing_for_residents_is_flagged_and_no_matter_of_its_own() -> None:
    found = read("kan I fortælle mig om der bor en hjemløs i 2 th Vestergade 14?")
    assert (found.intent, found.category, found.fishing, found.about) == ("report", "other", True, "place")


def test_several_places_leave_the_one_open() -> None:
    found = read("Larm i Lindevej 3 og også i Østergade 14")
    assert found.address is None and len(found.addresses) == 2


def test_a_public_code_with_a_flat_is_both() -> None:
    found = read("1057 3tv musik")
    assert (found.property_code, found.category) == ("1057", "noise")
    assert found.address is not None and found.address.floor == "3" and not found.address.complete


def test_case_codes_are_found_in_any_case_and_ordinary_tokens_are_none() -> None:
    assert case_codes("nyt om sag 7kq4 og K7M2?") == ("7KQ4", "K7M2")
    assert case_codes("den 24th kl 2200, 4 uger, 112A, H302, året 2026, fest, 32er Stiege") == ()


def test_a_text_that_is_no_report_has_no_matter() -> None:
    assert (read("STOP").category, read("STOP").danger) == ("none", False)


def test_a_named_language_is_told() -> None:
    assert read("kan vi tage det på engelsk i stedet for").wanted_language == "en"


def seconds_of_work(text: str) -> float:
    """Processor time, so that a busy machine changes nothing; the least of three."""
    spent = []
    for _ in range(3):
        started = time.process_time()
        read(text)
        spent.append(time.process_time() - started)
    return min(spent)


@pytest.mark.parametrize("unit", ["aa.", "ikke ", "dør 3 ", "vesterg. 12 b 3tv ", "1 ", "i nr 1 ", "a", "3/2/4 "])
def test_reading_takes_work_in_proportion_to_the_texts_length(unit: str) -> None:
    read("varm op")
    # Four times the text: work that grew with its square would be sixteen times as much.
    assert seconds_of_work((unit * 8_000)[:8_000]) < 10 * seconds_of_work((unit * 2_000)[:2_000]) + 0.02
