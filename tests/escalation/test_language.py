"""The language of short texts."""

from __future__ import annotations

import pytest

from escalation.language import guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("der er fest hos naboen igen", "da"), ("the neighbours are loud again", "en"),
        ("die Nachbarn sind schon wieder laut", "de"), ("det er bråk i leiligheten, noen roper", "nb"),
        ("jag är orolig för grannen i lägenheten", "sv"), ("proszę o pomoc, sąsiad nie żyje", "pl"),
    ],
)  # fmt: skip
def test_a_plain_sentence_tells_its_language(text: str, language: str) -> None:
    assert guess(text, ("da", "en", "de")).language == language


def test_a_text_without_words_tells_no_language() -> None:
    assert guess("🎉 1057", ("da",)).language is None


def test_capitals_and_folded_letters_change_no_language() -> None:
    text = "jeg kan høre at nogen græder på trappen"
    assert {guess(t).language for t in (text, text.upper(), text.replace("æ", "ae").replace("ø", "oe"))} == {"da"}
