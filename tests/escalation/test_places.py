"""Which property an address means, and above all which it never means."""

from __future__ import annotations

import time

from escalation.addresses import Address, parse
from escalation.places import Property, Stock, match

STOCK = Stock(
    [
        Property("1042", "Vestergade", "12A", None, "6999", "Eksempelby"),
        Property("1057", "Vestergade", "12B", None, "6999", "Eksempelby"),
        Property("1063", "Østergade", "14", None, "6999", "Eksempelby"),
        Property("2039", "Teglværksvej", "29", None, "6999", "Eksempelby"),
        Property("2041", "Rosevej", "3", None, "6999", "Eksempelby"),
        Property("2050", "Bækkevej", "5", None, "6999", "Eksempelby"),
        Property("2051", "Bøgevej", "8", None, "6999", "Eksempelby"),
        Property("2052", "Bogevej", "9", None, "6999", "Eksempelby"),
    ]
)


def verdict(text: str) -> tuple[str, list[str]]:
    found = match(parse(text, "DK")[0], STOCK)
    return found.verdict, [place.property for place in found.candidates]


def test_an_exact_house_is_one_and_keeps_the_flat_that_was_named() -> None:
    found = match(parse("vesterg. 12 b 3tv", "DK")[0], STOCK)
    assert (found.verdict, found.candidates[0].address.display()) == ("one", "Vestergade 12B, 3. tv, 6999 Eksempelby")


def test_a_house_number_without_its_letter_is_asked_about() -> None:
    assert verdict("Vestergade 12") == ("ask", ["1042", "1057"])


def test_a_letter_or_number_the_stock_lacks_is_never_another_house() -> None:
    assert verdict("Vestergade 12C") == ("none", [])
    assert verdict("Østergade 15") == ("none", [])


def test_one_slip_in_a_long_unrivalled_name_is_mended() -> None:
    assert verdict("teglverksvej 29 4 th") == ("one", ["2039"])


def test_a_slip_that_could_be_two_streets_is_asked_about() -> None:
    assert verdict("Vstergade 12b") == ("ask", ["1057"])


def test_a_name_that_sounds_alike_or_has_two_letters_swapped_is_mended() -> None:
    stock = Stock([Property("3001", "Griffenfeldsgade", "19"), Property("3002", "Schlachthausgasse", "4")])
    for street, code in (("Griffenfeldtsgade", "3001"), ("Grifenfeldsgade", "3001"), ("Griffenfelsdgade", "3001")):
        found = match(Address(street, "19"), stock)
        assert (found.verdict, found.candidates[0].property) == ("one", code)


def test_one_letter_for_another_is_asked_about_because_it_may_be_another_street() -> None:
    stock = Stock([Property("3003", "Rosenborgvej", "7"), Property("3004", "Griffenfeldsgade", "19")])
    assert match(Address("Rosenbergvej", "7"), stock).verdict == "ask"
    assert match(Address("Griffenfeldegade", "19"), stock).verdict == "ask"


def test_an_abbreviated_name_in_the_register_is_the_one_written_in_full() -> None:
    stock = Stock([Property("3005", "Sct. Jørgens G.", "3"), Property("3006", "Sdr. Boulevard", "8")])
    found = [match(parse(text, "DK")[0], stock) for text in ("Sankt Jørgens Gade 3", "søndre boulevard 8, 2. tv")]
    assert [(each.verdict, each.candidates[0].property) for each in found] == [("one", "3005"), ("one", "3006")]


def test_another_real_street_is_never_silently_taken_for_a_listed_one() -> None:
    assert verdict("Rosenvej 3")[0] != "one"
    assert verdict("Bakkevej 5")[0] != "one"


def test_a_street_spelt_exactly_as_listed_is_that_street_only() -> None:
    assert verdict("Bogevej 8") == ("none", [])
    assert verdict("bøgevej 8") == ("one", ["2051"])


def test_a_public_code_is_its_property_and_an_unknown_one_is_none() -> None:
    assert match("1057", STOCK).candidates[0].address.display() == "Vestergade 12B, 6999 Eksempelby"
    assert match("9999", STOCK).verdict == "none"


def work_per_match(houses: int) -> float:
    """Processor time of one misspelt match in a stock of 800 streets with this many houses."""
    ends = ("gade", "vej", "vænget", "parken")
    stock = Stock([Property(str(n), f"Navn{n % 800}{ends[n % 4]}", str(n // 800 + 1)) for n in range(houses)])
    started = time.process_time()
    for _ in range(50):
        match(Address("Nvn412gade", "1"), stock)
    return (time.process_time() - started) / 50


def test_a_match_costs_by_the_streets_and_not_by_the_houses() -> None:
    assert work_per_match(100_000) < 5 * work_per_match(4_000)


def test_an_abbreviated_first_word_is_the_one_listed_name_it_can_stand_for() -> None:
    stock = Stock([Property("3007", "Peder Skrams Gade", "14"), Property("3008", "Kong Georgs Vej", "36")])
    found = [match(parse(text, "DK")[0], stock) for text in ("P. Skrams Gade 14, 4.", "kg. georgs vej 36")]
    assert [(each.verdict, each.candidates[0].property) for each in found] == [("one", "3007"), ("one", "3008")]


def test_an_initial_before_a_name_that_many_bear_is_asked_about() -> None:
    several = Stock([Property("3009", "Peder Skrams Gade", "14"), Property("3010", "Poul Skrams Gade", "14")])
    assert match(Address("P. Skrams Gade", "14"), several).verdict == "ask"
    common = Stock([Property("3011", "Peter Hansens Vej", "3")])
    assert match(Address("P. Hansens Vej", "3"), common).verdict == "ask"


def test_a_vowel_lost_in_a_long_name_or_an_ending_that_is_none_is_mended() -> None:
    stock = Stock([Property("3012", "Skippergårdsvænget", "5"), Property("3013", "Nordre Frihavnsgade", "60")])
    for street, code in (("Skipprgårdsvænget", "3012"), ("Skippergårdsvængft", "3012"), ("Nørrefrihavnsgade", "3013")):
        found = match(Address(street, {"3012": "5"}.get(code, "60")), stock)
        assert (found.verdict, found.candidates[0].property) == ("one", code), street


def test_a_vowel_where_two_words_meet_is_asked_about() -> None:
    stock = Stock([Property("3014", "Granatæblevej", "7"), Property("3015", "Skippergårdsvænget", "5")])
    assert match(Address("Granatæblvej", "7"), stock).verdict == "ask"
    assert match(Address("Skippergårdsvænge", "5"), stock).verdict == "ask"
