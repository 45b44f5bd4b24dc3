"""Cries for help in languages nobody here reads: the emergency number may not wait for a translator."""

from __future__ import annotations

import pytest

from escalation.folding import tokens
from escalation.foreign import Foreign, foreign
from escalation.language import guess


def heard(text: str) -> Foreign | None:
    return foreign(text, tokens(text), guess(text, ("da", "en", "de")))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Pożar na klatce, ul. Vestergade 12", "pl"),
        ("on ma nóż i mi grozi", "pl"),
        ("пожар в квартире, помогите", "uk"),
        ("допоможіть, пожежа", "uk"),
        ("في الشقة حريق في الطابق الثالث", "ar"),
        ("yangın var", "tr"),
        ("arde apartamentul, ajutor", "ro"),
    ],
)
def test_a_cry_is_heard_beside_an_address_and_in_few_words(text: str, language: str) -> None:
    assert heard(text) == Foreign(language, danger=True)


@pytest.mark.parametrize("text", ["han bor i nr. 7", "Müll im Stiegenhaus", "the bar downstairs", "Łukasz larmer igen"])
def test_words_of_our_own_are_not_foreign(text: str) -> None:
    assert heard(text) is None
