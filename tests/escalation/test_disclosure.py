"""The guard between staff's own words and a reporter: what it must stop, what it must let through."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli_explain import secrets_from
from escalation.disclosure import Secrets, judge

TEXTS = Path(__file__).parents[1] / "understanding" / "texts" / "replies_tuned.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in TEXTS.read_text("utf-8").splitlines()]
CASE = Secrets(
    resident_names=("Jørgen Lauritsen",),
    phones=("+4520001234",),
    cprs=("110768-1519",),
    team_names=("Hjørneteamet Vest",),
    staff_names=("Vibeke Thorup",),
    addresses_given=("Kirkegade 9, 2. th",),
    neutral=("Nabolinjen", "+4552500001"),
)


@pytest.mark.parametrize(
    "written",
    [
        "20001234",
        "20 00 12 34",
        "+45 2000 1234",
        "0045-20001234",
        "20.00.12.34",
        "2 0 0 0 1 2 3 4",
        "２０００１２３４",
        "2️⃣0️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣",
        "2O OO 12 34",
        "20\u200b00\u200b12\u200b34",
        "tyve nul nul tolv fireogtredive",
        "two zero zero zero one two three four",
        "zwei null null null eins zwei drei vier",
        "(20)/00/12/34",
        "20, 00, 12, 34",
    ],
)
def test_a_telephone_number_is_blocked_in_every_disguise(written: str) -> None:
    assert judge(f"Prøv selv: {written}", CASE).verdict == "block"


@pytest.mark.parametrize(
    "written",
    [
        "110768-1519",
        "1107681519",
        "110768 1519",
        "11 07 68 15 19",
        "11.07.68.1519",
        "1 1 0 7 6 8 1 5 1 9",
        "110768–1519",
        "710768-1519",
        "4102 110768",
        "11076812345",
        "11. juli 1968",
        "11/7-68",
        "110768",
    ],
)
def test_a_personal_number_is_blocked_in_every_form(written: str) -> None:
    verdict = judge(f"Det er noteret: {written}", CASE)
    assert verdict.verdict == "block"
    assert "identity" in verdict.kinds


@pytest.mark.parametrize(
    "written",
    [
        "Jørgen",
        "jørgens",
        "JØRGEN",
        "Joergen",
        "Jorgen",
        "Jørgn",
        "Lauritsen",
        "Lauridsen",
        "lauritsens",
        "J ø r g e n",
        "J.ø.r.g.e.n",
        "Jo\u0308rgen",
        "Jøгgen",
        "jorgenlauritsen",
    ],
)
def test_the_name_of_the_case_is_blocked_however_it_is_written(written: str) -> None:
    assert judge(f"Det er sagt til {written} i dag", CASE).verdict == "block"


@pytest.mark.parametrize(
    "text",
    [
        "Vibeke kigger forbi",
        "Hilsen V. Thorup",
        "Hilsen Hjørneteamet Vest",
        "hjørneteamet-vest har den",
        "Konto DK50 0040 0440 1162 43",
        "skriv til jo.lau@post.example",
        "skriv til @joergenl68",
        "4571 1234 5678 9010",
    ],
)
def test_staff_teams_accounts_and_addresses_in_the_net_are_blocked(text: str) -> None:
    assert judge(text, CASE).verdict == "block"


@pytest.mark.parametrize(
    "text",
    [
        "Ring 112 nu.",
        "Ring 114 eller 1813.",
        "112, 114, 1813",
        "Rufen Sie 133 oder 144.",
        "Livslinien: 70 201 201",
        "Ring +45 52 50 00 01",
        "Mødet er den 14.12.2026 kl. 17.00-18.30.",
        "Vi kommer mellem 10:00-12:00, 13:00-14:30.",
        "Det er Kirkegade 9, 2. th, ikke?",
        "Det koster 1.200.000 kr. at lave taget.",
        "Svar 1 for ja, 2 for nej.",
        "Sag K7M2 er modtaget 20.11.",
    ],
)
def test_public_numbers_times_and_the_places_given_pass(text: str) -> None:
    assert judge(text, CASE).verdict == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Vi ser på Toftegårdsparken.",
        "Hvis de kimer på, så skriv.",
        "Er du bo her?",
        "Vi ses på Birk Allé.",
        "May we call you?",
        "Will you be home?",
    ],
)
def test_a_name_inside_another_word_is_no_name(text: str) -> None:
    others = Secrets(
        resident_names=("Bjarne Toft", "Kim Bo", "Will May", "Birk Hald"), addresses_given=("Birk Allé 3",)
    )
    assert judge(text, others).verdict == "pass"


def test_a_flat_the_reporter_never_named_is_held() -> None:
    only_house = Secrets(addresses_given=("Kirkegade 9",))
    assert judge("Vi har noteret Kirkegade 9, 2. th.", only_house).verdict == "hold"
    assert judge("Vi har noteret Kirkegade 9, 2. th.", CASE).verdict == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Du skriver, at han er hjemløs. Det kan vi ikke udtale os om.",
        "You ask whether she gets support. We never answer that.",
        "Sie schreiben, er sei krank. Dazu sagen wir nichts.",
    ],
)
def test_repeating_the_reporter_and_refusing_tells_nothing(text: str) -> None:
    assert judge(text, CASE).verdict == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "Du skriver, at han er hjemløs, men det har du ret i.",
        "You ask whether she gets support. We can't say, but yes.",
        "Ich darf nichts sagen, aber gut, dass Sie gerade uns schreiben.",
        "Jeg må ikke svare 😉",
    ],
)
def test_a_refusal_that_says_it_after_all_is_held(text: str) -> None:
    assert judge(text, CASE).verdict == "hold"


def test_an_internal_mark_is_blocked() -> None:
    assert judge("Det er noteret under p101.", Secrets(other=("P101",))).verdict == "block"
    assert judge("Det er noteret under sag K7M2.", Secrets(other=("P101",))).verdict == "pass"


def test_the_ready_reply_offered_follows_the_text() -> None:
    assert judge("Hendes kontaktperson kommer i morgen.", CASE).suggestion_key == "tomorrow"
    assert judge("Er hans støtteperson der nu?", CASE).suggestion_key == "tell_more"
    assert judge("Han er indlagt.", CASE).suggestion_key == "working"
    assert judge("Vi ser på det.", CASE).suggestion_key is None


def test_the_secrets_do_not_show_in_a_log() -> None:
    assert "Lauritsen" not in repr(CASE)


@given(st.text())
def test_any_text_gets_a_verdict(text: str) -> None:
    assert judge(text, CASE).verdict in {"pass", "hold", "block"}


def test_a_secret_number_is_found_amid_any_other_text() -> None:
    for row in ROWS[::3]:
        assert judge(f"{row['text']} 20 00 12 34. {row['text']}", CASE).verdict == "block"


@pytest.mark.timed
def test_judging_takes_five_milliseconds_at_most() -> None:
    took = []
    for row in ROWS * 3:
        secrets, start = secrets_from(row["context"]), time.process_time()
        judge(row["text"], secrets)
        took.append(time.process_time() - start)
    assert sorted(took)[int(len(took) * 0.99)] <= 0.005
