"""Danger, urgency and matter, and what a denial, a past event or an idiom does to them."""

from __future__ import annotations

import pytest

from escalation.folding import tokens
from escalation.language import guess, related
from escalation.triage import Triage, triage

HARMLESS = (
    "Hilsen fra 2. sal.", "Jeg skriver fra min telefon.", "Vi bor her på tolvte år.", "Tak fordi I læser med.",
    "Jeg er på arbejde til fem.", "Solen skinner.", "Min bil holder i garagen.", "Kind regards.", "Best wishes.",
    "I live on the second floor.", "The lift works.", "Mit freundlichen Grüßen.", "Ich wohne im zweiten Stock.",
)  # fmt: skip
DANGERS = (
    "Det brænder i kælderen.", "Han står med en kniv.", "Hun er bevidstløs.", "There is smoke coming from the flat.",
    "He is hitting her.", "Es brennt im Keller.", "Er hat ein Messer.", "Jeg vil ikke leve mere.",
)  # fmt: skip


def read(text: str, words: dict[str, list[str]] | None = None) -> Triage:
    return triage(tokens(text), related(guess(text, ("da", "en", "de"))), words)


@pytest.mark.parametrize("danger", DANGERS)
def test_a_harmless_sentence_never_removes_a_danger(danger: str) -> None:
    assert all(read(f"{danger} {more}").danger and read(f"{more} {danger}").danger for more in HARMLESS)


@pytest.mark.parametrize(
    "text",
    [
        "Det er cigaretrøg på trappen, ikke brand", "Efter branden sidste måned er døren stadig sort",
        "Jeg er ved at dø af kedsomhed", "I går truede han mig med en kniv, men politiet har taget ham",
        "False alarm, just burnt toast", "They were dying of laughter", "Kein Rauch, kein Feuer, nur Essen",
        "Der schreit wie am Spieß beim Fußball", "Røgalarmen hyler men det er bare batteriet",
    ],
)  # fmt: skip
def test_what_is_denied_over_or_a_figure_of_speech_is_no_danger(text: str) -> None:
    assert not read(text).danger


def test_a_denied_sign_of_life_stays_a_danger() -> None:
    assert read("hun ligger på gulvet og reagerer ikke").danger
    assert read("I don't know if he is dead, he is not breathing").danger


def test_since_yesterday_is_not_over() -> None:
    assert read("han har ligget på gulvet siden i går og svarer ikke").danger


def test_a_slip_of_the_finger_hides_no_danger() -> None:
    assert read("manden er bevistløs").danger


def test_ones_own_life_and_a_child_have_their_own_paths() -> None:
    own = read("jeg vil ikke leve mere")
    assert (own.about, own.category) == ("self", "self_help")
    assert read("min nabo siger hun vil ikke leve mere").about == "place"
    assert read("han slår sit barn, barnet skriger").about == "child"


def test_somebody_not_seen_for_days_is_urgent_but_no_danger() -> None:
    found = read("Har ikke set naboen i otte dage og posten vælter ud")
    assert (found.urgency, found.danger, found.category) == ("urgent", False, "welfare")


def test_a_lines_own_words_are_heard() -> None:
    assert read("der er gang i ghettoblasteren", {"noise": ["ghettoblaster*"]}).category == "noise"
    assert read("sirenen lyder", {"danger": ["sirenen"]}).danger


def test_the_reasons_are_told() -> None:
    assert any(reason.startswith("danger.fire") for reason in read("det brænder i opgangen").because)
