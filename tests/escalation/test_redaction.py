"""What reporters volunteer about others is masked; why they wrote stays readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.redaction import redact


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hans cpr er 140283-1137, tjek selv", "hans cpr er […], tjek selv"),
        ("cpr 14 02 83 11 37", "cpr […]"),
        ("Ring til hende på 20 00 02 04 tak", "Ring til hende på […] tak"),
        ("nummer: tyve nul nul nul to nul fire", "nummer: […]"),
        ("skriv til ole@post.example i dag", "skriv til […] i dag"),
        ("konto DK50 0040 0440 1162 43!", "konto […]!"),
        ("SVNR 1237 150569 und 0660 0000007", "SVNR […] und […]"),
        ("han er skizofren og råber", "han er […] og råber"),
    ],
)
def test_what_points_at_a_person_is_masked(text: str, masked: str) -> None:
    assert redact(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "Vestergade 12B, 3. tv, fest siden kl. 23.30",
        "Hund i 5021-3-2 igen",
        "Skylder 11.400 kr. siden 1.10.2026",
        "ring 112 eller 114",
        "Favoritenstraße 112/2/14 seit 20:00-22:30",
        "han har taget piller og er bevidstløs",
        "der er blod på trappen",
        "kode K7M2",
    ],
)
def test_places_times_sums_and_words_of_danger_stay(text: str) -> None:
    assert redact(text).text == text
    assert redact(text).kinds == ()


def test_the_mark_is_chosen_and_the_kinds_are_told() -> None:
    hidden = redact("140283-1137, ring 20000204, skizofren", mark="###")
    assert hidden.text == "###, ring ###, ###"
    assert hidden.kinds == ("cpr", "number", "health")


def test_a_kind_can_stay_visible() -> None:
    assert redact("dement, 20000204", keep={"health"}).text == "dement, […]"


def test_the_lines_own_number_stays() -> None:
    assert redact("skriv til 52 50 00 01", public=("+4552500001",)).kinds == ()


@given(st.text())
def test_a_masked_text_has_nothing_left_to_mask(text: str) -> None:
    assert redact(redact(text).text).text == redact(text).text


@given(
    st.text(alphabet=st.characters(categories=("L", "P", "Z")), max_size=80),
    st.sampled_from(["140283-1137", "+45 20 00 02 04"]),
)
def test_a_number_is_masked_whatever_stands_around_it(text: str, number: str) -> None:
    assert number not in redact(f"{text}\n\n\n\n\n{number}\n\n\n\n\n{text}").text
