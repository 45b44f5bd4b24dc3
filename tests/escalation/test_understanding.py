"""One reading of one text, and the figures on the project's own labelled texts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from escalation.understanding import Understanding, case_codes, understand

TEXTS = Path(__file__).parent / "texts"
FAREWELLS = {"stop", "thanks", "resolved"}


def rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (TEXTS / name).read_text("utf-8").splitlines()]


def read(text: object, country: str = "DK") -> Understanding:
    return understand(str(text), country=country, languages=("da", "en", "de"))


TUNED = rows("messages_tuned.jsonl")


def test_known_texts_keep_their_danger_with_few_false_alarms() -> None:
    heard = [(row["danger"], read(row["text"]).danger) for row in TUNED]
    assert heard.count((True, False)) == 0
    assert heard.count((False, True)) <= 2


def test_known_texts_keep_their_matter_and_urgency() -> None:
    reports = [(row, read(row["text"])) for row in TUNED if row["intent"] == "report"]
    right = sum(row["category"] in (u.category, *u.also) for row, u in reports)
    urgency = sum(row["urgency"] == u.urgency for row, u in reports)
    assert right >= 0.9 * len(reports) and urgency >= 0.95 * len(reports)


@pytest.mark.parametrize("name", ["messages_tuned.jsonl", "messages_unseen.jsonl"])
def test_no_report_is_taken_for_a_farewell(name: str) -> None:
    taken = [row["text"] for row in rows(name) if row["intent"] == "report" and read(row["text"]).intent in FAREWELLS]
    assert taken == []


def _without_letters(text: str) -> str:
    for letter, plain in (("æ", "ae"), ("ø", "oe"), ("å", "aa"), ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, plain)
    return text


@pytest.mark.parametrize("change", [str.upper, str.lower, _without_letters])
def test_capitals_and_folded_letters_change_nothing_that_matters(change: Callable[[str], str]) -> None:
    for row in TUNED:
        plain, changed = read(row["text"]), read(change(str(row["text"])))
        assert (plain.danger, plain.intent, plain.urgency) == (changed.danger, changed.intent, changed.urgency), row
        assert [a.key for a in plain.addresses] == [a.key for a in changed.addresses], row


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
