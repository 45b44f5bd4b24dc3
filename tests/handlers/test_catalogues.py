"""The catalogues themselves: whole, equal in shape, short enough, and without a word that gives anything away."""

import re

import pytest

from escalation.lines import LineConfig, line_for
from escalation.notices import REPORTER_KINDS, STAFF_KINDS
from handlers.commands import parse
from handlers.gsm7 import septets
from handlers.texts import check
from handlers.texts.catalogue import LANGUAGES, catalogue, placeholders, spoken, text

TELLS = re.compile(
    r"borger|klient|client|citizen|støtte|kontaktperson|bezugs|betreut|kommune\b|hjemløs|herberg|homeless|obdachlos|wohnungslos"
    r"|socialforvaltning|\bteam|på vej|on (the|our|its) way|unterwegs|problembeboer|housing first|bostøtte",
    re.IGNORECASE,
)
EATEN = re.compile(r"\b(STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|START|HELP|INFO|YES|UNSTOP)\b")


def reporter_texts() -> list[tuple[str, str, str]]:
    return [
        (language, key, catalogue(language).pattern(key))
        for language in LANGUAGES
        for key in sorted(catalogue(language).keys)
        if key.startswith("reporter.")
    ]


def test_every_text_is_there_alike_and_short_enough() -> None:
    assert check.findings() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_notice_has_words(language: str) -> None:
    stems = {".".join(key.split(".")[:2]) for key in catalogue(language).keys}
    assert {f"reporter.{kind}" for kind in REPORTER_KINDS - {"spam"}} <= stems
    assert {f"staff.{kind}" for kind in STAFF_KINDS} <= stems


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_has_a_text_for_a_notice_that_does_not_exist(language: str) -> None:
    stems = {tuple(key.split(".")[:2]) for key in catalogue(language).keys}
    assert {kind for desk, kind in stems if desk == "reporter"} <= REPORTER_KINDS | {"danger_numbers"}
    assert {kind for desk, kind in stems if desk == "staff"} <= STAFF_KINDS


def test_no_reporter_text_says_a_word_that_tells_something() -> None:
    assert [(language, key) for language, key, words in reporter_texts() if TELLS.search(words)] == []


def test_no_reporter_text_asks_for_a_word_that_carriers_eat() -> None:
    assert [(language, key) for language, key, words in reporter_texts() if EATEN.search(words)] == []


def test_the_first_words_about_danger_carry_the_emergency_number() -> None:
    needed = "confirm danger danger_where danger_self child self_help worry ask_where ask_what help".split()
    first = [(key, words) for _, key, words in reporter_texts() if key.split(".")[1] in needed]
    assert len(first) > len(needed) * len(LANGUAGES)
    assert [key for key, words in first if "em" not in placeholders(words)] == []


def test_foreign_lines_fit_one_ucs2_segment() -> None:
    for key in catalogue("foreign").keys:
        words = text(key, "foreign", em="112", code="K7M2")
        assert len(words) <= 70 or septets(words) is not None
        assert "112" in words and "K7M2" in words


def test_a_line_with_too_long_an_owner_is_named() -> None:
    line = line_for("e", "Nabolinjen", "Kommunen med det meget lange navn, der ikke hører op", "DK", "+4552500001", "x")
    assert any("reporter.data " in finding for finding in check.findings(line))


@pytest.mark.parametrize("country", ["DK", "AT", "NO"])
def test_an_ordinary_line_of_each_country_has_no_finding(country: str) -> None:
    line: LineConfig = line_for("e", "N" * 21, "Eksempelby Kommune", country, "+4552500001", "x")
    assert check.findings(line) == []


def test_a_missing_key_is_an_error_and_never_shown() -> None:
    with pytest.raises(KeyError):
        text("reporter.nonsense", "da")


def test_a_placeholder_that_reaches_into_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="plain"):
        placeholders("{line.owner}")


def test_norwegian_and_swedish_are_answered_in_danish_and_unknown_ones_in_the_lines_language() -> None:
    assert [spoken(language, "de") for language in ("nb", "sv", "en", "pl")] == ["da", "da", "en", "de"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_the_texts_name_is_understood(language: str) -> None:
    for key in sorted(catalogue(language).keys):
        if key.startswith("command."):
            meant = {"command.snooze": "tomorrow"}.get(key, key.removeprefix("command."))
            command = parse(f"K7M2 {text(key, language)}", ("K7M2", "W9TC"))
            assert (command.action, command.code) == (meant, "K7M2")
