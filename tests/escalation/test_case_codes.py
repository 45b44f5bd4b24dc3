"""A case code must be read as one wherever it is written: by staff in a command, by a reporter in a sentence."""

from __future__ import annotations

import pytest

from escalation.case_codes import case_codes
from escalation.clock import new_case_code
from escalation.understanding import understand
from handlers.commands import parse

CODES = [new_case_code() for _ in range(4000)]


@pytest.mark.parametrize("words", ["{} JA", "tager {}", "{} nej", "luk {} talt med dem"])
def test_any_code_is_understood_from_staff_who_hold_no_case(words: str) -> None:
    assert [c for c in CODES if parse(words.format(c), ()).code != c] == []


@pytest.mark.parametrize("words", ["sag {}", "{}", "nyt om {}: de larmer igen"])
def test_any_code_is_found_in_a_reporters_words(words: str) -> None:
    assert [c for c in CODES if case_codes(words.format(c)) != (c,)] == []


def test_a_code_has_a_letter_first_another_one_and_a_digit() -> None:
    assert all(len(c) == 4 and c[0].isalpha() and not c[1:].isalpha() and not c[1:].isdigit() for c in CODES)


@pytest.mark.parametrize("words", ["kvittering {}", "status {}", "{} nu er den gal igen", "afvis {}"])
def test_no_code_is_read_as_a_place(words: str) -> None:
    assert [c for c in CODES[:400] if understand(words.format(c), country="DK", languages=("da",)).addresses] == []
