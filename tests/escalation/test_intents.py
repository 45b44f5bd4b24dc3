"""What a text wants, and that no report is ever taken for a farewell."""

from __future__ import annotations

import pytest

from escalation.understanding import understand


def intent(text: str) -> str:
    return understand(text, country="DK", languages=("da", "en", "de")).intent


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop.", " Stopp! ", "AFMELD", "abmelden", "Unsubscribe", "STOPALL", "cancel", "END", "quit", "OptOut",
        "revoke", "please don't text me anymore", "bitte keine sms mehr schicken", "jeg vil ikke have flere beskeder",
    ],
)  # fmt: skip
def test_a_clear_wish_to_end_is_a_stop(text: str) -> None:
    assert intent(text) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "stop larmen", "stop ham nu, han slår hende", "Tak for sidst, men nu larmer de igen i Lindevej 3",
        "musikken er stoppet men i morgen er der fest igen", "fest hos overboen, tak for lort",
        "thanks for nothing, they are still shouting", "danke, aber es ist schon wieder laut in der Gasse",
        "Huslejen er betalt, så den sag kan I lukke. Men hoveddøren er smadret", "ikke løst endnu",
    ],
)  # fmt: skip
def test_a_report_is_never_taken_for_a_farewell(text: str) -> None:
    assert intent(text) == "report"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hjælp", "help"), ("HELP", "help"), ("hvordan virker det her nummer?", "help"), ("START", "start"),
        ("er der nyt om min sag?", "status"), ("tusind tak for hjælpen", "thanks"), ("hej", "greeting"),
        ("Det har løst sig", "resolved"), ("do you speak english?", "language"), ("forkert nummer", "wrong_number"),
        ("Husk mælk på vej hjem skat", "wrong_number"), ("DATA", "data"), ("ny sag", "new_case"),
        ("kvittering", "receipt"), ("slet alle mine data", "forget"), ("får han at vide, at det er mig?", "who_sees"),
        ("Du har vundet et gavekort, klik her: gave.example", "spam"), ("må gerne skrive til mig igen", "unquiet"),
    ],
)  # fmt: skip
def test_each_wish_is_heard(text: str, name: str) -> None:
    assert intent(text) == name


def test_a_danger_is_a_report_whatever_else_is_said() -> None:
    assert intent("tak for sidst, det brænder i opgangen") == "report"


def test_in_doubt_it_is_a_report() -> None:
    assert [intent(text) for text in ("", "over Netto, rød dør", "3. tv", "🙃")] == ["report"] * 4


@pytest.mark.parametrize(
    "words",
    [
        "tak, det er startet igen nu",
        "tak, nu er de i gang igen",
        "super tak, det hjalp ikke",
        "thanks, it started again",
        "thanks it did not help",
        "danke, es geht wieder los",
        "danke, hat nichts geholfen",
    ],
)
def test_thanks_that_tell_it_goes_on_are_a_report(words: str) -> None:
    assert intent(words) == "report"
