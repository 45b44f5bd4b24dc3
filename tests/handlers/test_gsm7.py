"""Counting and mending SMS texts, against figures from the standard."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.gsm7 import fold, segments, septets, transliterate


def test_nordic_and_german_letters_cost_one_septet_each() -> None:
    assert septets("æøåÆØÅäöüÄÖÜß") == 13


def test_extension_characters_cost_two() -> None:
    assert septets("€[]{}~\\^|") == 18


def test_an_emoji_or_a_long_dash_does_not_fit_the_alphabet() -> None:
    assert septets("stille nu 🙂") is None
    assert septets("3 – 4") is None


def test_a_full_message_is_one_segment_and_one_more_character_makes_two() -> None:
    assert segments("a" * 160) == 1
    assert segments("a" * 161) == 2
    assert segments("a" * 306) == 2
    assert segments("a" * 307) == 3


def test_an_escaped_pair_is_never_split_between_parts() -> None:
    assert segments("a" * 152 + "€" + "a" * 152) == 3


def test_one_foreign_letter_cuts_the_message_to_seventy() -> None:
    assert segments("ż" * 70) == 1
    assert segments("ż" * 71) == 2
    assert segments("🙂" * 36) == 2


def test_typographic_characters_become_what_the_alphabet_has() -> None:
    assert transliterate("„Ja“ – sagde hun … ‘nu’\u00a0✓") == "\"Ja\" - sagde hun ... 'nu' ✓"


def test_control_and_invisible_characters_are_removed() -> None:
    assert transliterate("a\u202eb\u200bc\x00d\ufeff\te\r\nf") == "abcd e\nf"


def test_a_decomposed_letter_is_composed() -> None:
    assert transliterate("A\u030aboulevarden") == "Åboulevarden"


def test_words_in_another_script_stay_as_they_were_written() -> None:
    assert transliterate("Żółw 👨\u200d👩\u200d👧") == "Żółw 👨\u200d👩\u200d👧"


def test_a_place_is_folded_into_the_alphabet_for_certain() -> None:
    assert fold("Łódzka\n7 – ž 漢") == "Lodzka 7 - z ?"


@given(st.text())
def test_whatever_is_folded_fits_the_alphabet(text: str) -> None:
    assert septets(fold(text)) is not None


@given(st.text())
def test_mending_a_mended_text_changes_nothing(text: str) -> None:
    assert transliterate(transliterate(text)) == transliterate(text)
