"""Staff commands: what is plain is done, what is doubtful is asked back, a wrong case is never touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.commands import Command, parse, parse_button

TEXTS = Path(__file__).parents[1] / "escalation" / "texts" / "commands.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in TEXTS.read_text("utf-8").splitlines()]
WORDS = (
    st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cf", "Mn", "Me")), min_size=1)
    .map(str.strip)
    .filter(bool)
)


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:40] for row in ROWS])
def test_a_message_is_understood_as(row: dict[str, Any]) -> None:
    command = parse(row["text"], tuple(row["open"]))
    assert (command.action, command.code, command.body) == (row["action"], row["code"], row["body"])


@pytest.mark.parametrize(
    ("text", "minutes"), [("PAUSE 30", 30), ("pause", None), ("pause 2 timer", 120), ("break 15 min", 15)]
)
def test_a_break_has_its_length_in_minutes(text: str, minutes: int | None) -> None:
    assert parse(text, ("K7M2",)) == Command("pause", minutes=minutes)


@pytest.mark.parametrize("text", ["PAUSE 99999", "pause til kl 14", "pause K7M2", "K7M2 er syg"])
def test_a_break_that_cannot_be_meant_is_asked_about(text: str) -> None:
    assert parse(text, ("K7M2",)).action == "unclear"


@given(st.text(), st.sampled_from([(), ("K7M2",), ("K7M2", "W9TC")]))
def test_no_text_breaks_the_parser(text: str, open_codes: tuple[str, ...]) -> None:
    command = parse(text, open_codes)
    assert command.code is None or command.code in open_codes or command.code in text.upper()


@given(
    WORDS,
    st.sampled_from(["K7M2 SVAR: ", "k7m2 svar:\n", "K7M2 REPLY: ", "antwort K7M2: ", "K7M2 NOTE: ", "notat K7M2: "]),
)
def test_a_body_behind_a_colon_arrives_exactly_as_typed(body: str, head: str) -> None:
    if not body.startswith((":", ",", "-", "–", "—")):
        command = parse(head + body, ("W9TC", "K7M2"))
        assert (command.code, command.body) == ("K7M2", body)


@given(
    st.lists(
        st.sampled_from("hej Vi FØLGER op i Morgen kl. 9 tak\n\n ær du stadig der 🙂 K7M2 1 ikke, luk".split(" ")),
        min_size=1,
    )
)
def test_the_words_of_a_reply_keep_case_and_line_breaks(words: list[str]) -> None:
    body = ("Tak " + " ".join(words)).strip()
    assert parse(f"K7M2 SVAR {body}", ("K7M2", "W9TC")).body == body


@given(st.text(max_size=30))
def test_a_mistyped_code_touches_no_other_case(text: str) -> None:
    assert parse(f"K7MI {text}", ("W9TC",)).code in (None, *[c for c in ("W9TC",) if c in text.upper()])


def test_two_named_cases_are_never_guessed_between() -> None:
    for text in ("tag K7M2 og W9TC", "K7M2 ja, W9TC nej", "luk K7M2 W9TC", "K7M2 svar W9TC hej"):
        assert parse(text, ("K7M2", "W9TC")).action == "unclear"


def test_a_named_case_is_returned_though_it_is_not_open() -> None:
    assert parse("W9TC JA", ("K7M2",)) == Command("take", "W9TC")


def test_codes_of_another_making_count_while_they_are_open() -> None:
    assert parse("b1o8 ja", ("B1O8", "K7M2")) == Command("take", "B1O8")
    assert parse("b1o8 ja", ("K7M2",)).action == "unclear"


@pytest.mark.parametrize(
    ("data", "command"),
    [
        ("take:K7M2", Command("take", "K7M2")),
        ("tpl:K7M2:tomorrow", Command("tpl", "K7M2", arg="tomorrow")),
        ("outcome:K7M2:calm", Command("outcome", "K7M2", arg="calm")),
        ("same:K7M2:W9TC:yes", Command("same", "K7M2", arg="W9TC:yes")),
    ],
)
def test_a_button_is_the_command_it_names(data: str, command: Command) -> None:
    assert parse_button(data) == command


@pytest.mark.parametrize(
    "data", ["", "take", "take:", "take:K7M", "take:K7M2:x", "tpl:K7M2", "same:K7M2:W9TC", "cat:noise", "erase:K7M2"]
)
def test_a_button_of_somebody_else_is_no_command(data: str) -> None:
    assert parse_button(data) is None


@given(st.text(max_size=64))
def test_no_button_data_breaks_the_parser(data: str) -> None:
    command = parse_button(data)
    assert command is None or data.startswith(f"{command.action}:{command.code}")
