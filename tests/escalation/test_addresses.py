"""Addresses as people write them, read into one form and written back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.addresses import Address, parse, property_code

TEXTS = Path(__file__).parent / "texts"
VARIANTS = [json.loads(line) for line in (TEXTS / "addresses.jsonl").read_text("utf-8").splitlines()]
NUMBERS = st.integers(1, 299).map(str)
LETTERS = st.none() | st.sampled_from("ABCDEFGHJKLM")


def _bare_letters(text: str) -> str:
    """As on a keyboard without Danish or German letters."""
    for letter, pair in (("æ", "ae"), ("ø", "oe"), ("å", "aa"), ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, pair)
    return text


@pytest.mark.parametrize("row", VARIANTS, ids=lambda row: row["text"])
def test_a_spelled_variant_is_read_as_its_official_form(row: dict[str, str]) -> None:
    assert [address.display() for address in parse(row["text"], row["country"])] == [row["display"]]


DANISH = [
    "Lindevej", "Østergade", "Gammel Landevej", "Sankt Jørgens Gade", "H.P. Hansens Vej", "Kajen", "Åboulevarden",
    "Birkevænget", "Rosenørns Allé", "Ved Gadekæret", "10. Februar Vej", "Store Kongensgade", "Karlslunde Parkvej",
]  # fmt: skip
AUSTRIAN = [
    "Favoritenstraße",
    "Davidgasse",
    "Laxenburger Straße",
    "Maria-Theresien-Straße",
    "Am Heumarkt",
    "Rennbahnweg",
]
NORWEGIAN = ["Storgata", "Kirkeveien", "Karl Johans gate", "Øvre Slottsgate", "St. Olavs gate", "Bygdøy allé"]
DANISH_TOWNS = [("6999", "Eksempelby"), ("8000", "Aarhus C"), ("5240", "Odense NØ")]
DOORS = st.integers(1, 99).map(str)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(DANISH), NUMBERS, LETTERS, st.none() | st.sampled_from(["st", "kl", *map(str, range(1, 25))]),
    st.none() | st.sampled_from(["tv", "th", "mf", "5b"]) | DOORS, st.none() | st.sampled_from(DANISH_TOWNS),
)  # fmt: skip
def test_a_danish_address_written_out_is_read_back_unchanged(
    street: str, number: str, letter: str | None, floor: str | None, door: str | None, town: tuple[str, str] | None
) -> None:
    postcode, city = town or (None, None)
    door = door if floor or (door or "").isdigit() else None
    address = Address(street, number, letter, floor, door, None, postcode, city, "DK")
    assert parse(address.display(), "DK") == (address,)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(AUSTRIAN), NUMBERS | st.sampled_from(["82-92", "203-207"]), LETTERS,
    st.none() | st.integers(1, 40).map(str), st.none() | DOORS | st.just("3a"),
    st.none() | st.sampled_from(["EG", "HP", "KG", "DG", "MZ", *map(str, range(1, 20))]),
    st.none() | st.sampled_from([("1100", "Wien"), ("8010", "Graz")]), st.sampled_from(["AT", "DK"]),
)  # fmt: skip
def test_an_austrian_address_written_out_is_read_back_unchanged(
    street: str, number: str, letter: str | None, staircase: str | None, door: str | None, floor: str | None,
    town: tuple[str, str] | None, line: str,
) -> None:  # fmt: skip
    postcode, city = town or (None, None)
    letter = None if "-" in number else letter
    # On a Danish line only what is written as in Austria is Austrian.
    street = street if line == "AT" else "Favoritenstraße"
    address = Address(street, number, letter, floor, door, staircase, postcode, city, "AT")
    assert parse(address.display(), line) == (address,)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(NORWEGIAN), NUMBERS, LETTERS,
    st.none() | st.tuples(st.sampled_from("HUKL"), st.integers(1, 12), st.integers(1, 9)),
    st.none() | st.sampled_from(["K1", "U1", "L1", *map(str, range(1, 13))]), st.none() | st.sampled_from(["tv", "th"]),
    st.none() | st.just(("0162", "Oslo")),
)  # fmt: skip
def test_a_norwegian_address_written_out_is_read_back_unchanged(
    street: str, number: str, letter: str | None, code: tuple[str, int, int] | None, floor: str | None,
    side: str | None, town: tuple[str, str] | None,
) -> None:  # fmt: skip
    postcode, city = town or (None, None)
    door = side if floor else None
    if code is not None:
        sign, level, flat = code
        floor, door = str(level) if sign == "H" else f"{sign}{level}", f"{sign}{level:02}{flat:02}"
    address = Address(street, number, letter, floor, door, None, postcode, city, "NO")
    assert parse(address.display(), "NO") == (address,)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(VARIANTS), st.sampled_from([str.upper, str.lower, _bare_letters]))
def test_capitals_and_missing_letters_never_change_a_flat(row: dict[str, str], written: Callable[[str], str]) -> None:
    read, again = (parse(text, row["country"]) for text in (row["text"], written(row["text"])))
    assert [address.key for address in read] == [address.key for address in again]


def test_the_writers_own_flat_is_not_the_place_of_the_trouble() -> None:
    place, own = parse("Jeg bor i Lindevej 12B 2. th. Der er fest hos 3. tv hver nat", "DK")
    assert (place.role, place.display()) == ("place", "Lindevej 12B, 3. tv")
    assert (own.role, own.display()) == ("own", "Lindevej 12B, 2. th")


def test_trouble_above_the_writers_own_flat_names_the_house_only() -> None:
    place = parse("Vandet løber ned fra lejligheden ovenover, jeg bor Lindevej 9 1 tv", "DK")[0]
    assert place.display() == "Lindevej 9"


def test_a_house_known_by_its_number_alone_gets_the_street_named_before() -> None:
    place = parse("vicevært i Bøgeparken 11-19. Var i nr. 13, 2. tv., der er fyldt op", "DK")[0]
    assert place.display() == "Bøgeparken 13, 2. tv"


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("ham på 4 har tabt en altankasse, Østre Boulevard 60", "Østre Boulevard 60, 4."),
        ("der auf 17 bohrt schon wieder, bitte kommt, Breitenseer Straße 30", "Breitenseer Straße 30/17"),
        ("Schon wieder die Trompete aus dem Dritten, Kirchengasse 14. Es ist 23:10.", "Kirchengasse 14, 3. Stock"),
        ("noise from 3rd at Ternevej 2 every night", "Ternevej 2, 3."),
        ("den kommer fra 4 tv eller 4 th, Gyldenløvesgade 5", "Gyldenløvesgade 5, 4."),
        ("det er ikke 2 th men 2 tv i Stadionvej 16b der spiller", "Stadionvej 16B, 2. tv"),
        ("woman bleeding on the stairs between 1 and 2 floor. Nygade 28", "Nygade 28"),
        ("4 guys kicking at door of Falkevej 86 second floor right now", "Falkevej 86, 2."),
        ("vi har 12 klager over Vindrosen 100, 12. sal, dør 4", "Vindrosen 100, 12. 4"),
        ("someone sleeps in the lift at vindrosen 102 every night", "Vindrosen 102"),
        ("der hostes hele natten i nr 5 stejlepladsen", "Stejlepladsen 5"),
    ],
)
def test_a_place_is_put_together_from_what_a_sentence_says(text: str, display: str) -> None:
    assert [address.display() for address in parse(text, "DK")] == [display]


@pytest.mark.parametrize(
    "text",
    [
        "lokale 2 er optaget", "channel 3 has been on full volume", "de sagde ring 114", "kl 22 slukker alle andre",
        "vi har 6 klager over støj", "hun spiser 2 kg brot", "er tritt die tür ein", "Can I pay the rest on the 15th?",
        "Zahle 612,30 warm", "ringte 400 00 017", "søn 9", "my son, 29",
    ],
)  # fmt: skip
def test_numbers_beside_ordinary_words_name_no_place(text: str) -> None:
    assert parse(text, "DK") == ()


def test_two_houses_are_two_places() -> None:
    found = parse("Larm i Lindevej 3 og også i Østergade 14", "DK")
    assert [address.display() for address in found] == ["Lindevej 3", "Østergade 14"]


@pytest.mark.parametrize("text", ["min husleje er 5500 kr", "8000 tak", "for 2 år siden", "kl 19 i går", "ring 112 nu"])
def test_a_text_without_a_place_has_no_address(text: str) -> None:
    assert parse(text, "DK") == ()


def test_capitals_and_missing_letters_make_the_same_key() -> None:
    keys = {parse(text, "DK")[0].key for text in ("Nørregade 7, 4. th", "NOERREGADE 7 4TH", "norregade 7 4.th")}
    assert len(keys) == 1


def test_a_public_code_is_found_alone_or_before_a_flat() -> None:
    assert [property_code(t) for t in ("1057", "1057 3tv musik", "Lejemål 5021-3-2", "Larm i 1057")] == [
        "1057", "1057", "5021", None,
    ]  # fmt: skip


def test_a_postcode_or_a_sum_is_no_public_code() -> None:
    assert [property_code(t) for t in ("5000 Odense C, Nørregade 63", "2300 kr", "8000 tak")] == [None, None, None]
