"""`nabolinje explain`: one object in, one object out, and a plain line for what is no object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.installation import EXAMPLE, Installation


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    return Installation(tmp_path, monkeypatch)


def explained(home: Installation, kind: str, *asked: dict[str, Any]) -> list[Any]:
    given = "".join(json.dumps(one) + "\n" for one in asked)
    return [json.loads(line) for line in home.said("explain", kind, given=given).splitlines()]


def test_a_message_is_understood_against_the_imported_houses(home: Installation) -> None:
    home.furnish("import", str(EXAMPLE))
    (one,) = explained(home, "message", {"id": 7, "text": "der er fest igen vestergade 12 b 3 tv, vi skal op kl 5"})
    assert (one["id"], one["category"], one["danger"], one["urgency"]) == (7, "noise", False, "normal")
    assert (one["lang"], one["intent"]) == ("da", "report")
    assert one["address"] == {"street": "Vestergade", "number": "12", "letter": "B", "floor": "3", "door": "tv",
                              "staircase": None, "property": None}  # fmt: skip
    assert one["place"]["verdict"] == "one"
    assert one["place"]["candidates"][0]["property"] == "1057"


def test_a_house_nobody_listed_is_no_place(home: Installation) -> None:
    home.furnish("import", str(EXAMPLE))
    (one,) = explained(home, "message", {"text": "larm i Rosenvænget 117, 2. th"})
    assert one["place"] == {"verdict": "none", "candidates": []}
    assert one["address"]["number"] == "117"


def test_a_public_code_names_its_house(home: Installation) -> None:
    home.furnish("import", str(EXAMPLE))
    (one,) = explained(home, "message", {"text": "1057 3tv musik"})
    assert (one["address"]["property"], one["place"]["verdict"]) == ("1057", "one")


def test_a_lines_own_words_count(home: Installation) -> None:
    home.configure("[lines.eksempelby.escalation.urgent]",
                   '[lines.eksempelby.words]\npets = ["papegoje"]\n[lines.eksempelby.escalation.urgent]')  # fmt: skip
    (one,) = explained(home, "message", {"text": "naboens papegoje!", "line": "eksempelby"})
    assert one["category"] == "pets"


@pytest.mark.parametrize(
    ("text", "open_cases", "action", "case"),
    [("K7M2 JA", ["K7M2"], "take", "K7M2"), ("tager den", ["K7M2", "W9TC"], "take", None)],
)
def test_a_staff_command_is_understood(
    home: Installation, text: str, open_cases: list[str], action: str, case: str | None
) -> None:
    (one,) = explained(home, "staff-command", {"text": text, "open_cases": open_cases})
    assert (one["action"], one["case"]) == (action, case)


def test_a_reply_is_judged_with_what_the_guard_may_know(home: Installation) -> None:
    context = {"resident_name": "Kim Overgaard", "address": "Vestergade 12B, 3. tv", "team_name": None}
    told, fine = explained(home, "reply", {"text": "Kim lover at skrue ned.", "context": context},
                           {"text": "Tak, vi kigger på det."})  # fmt: skip
    assert (told["verdict"], "identity" in told["kinds"]) == ("block", True)
    assert fine == {"verdict": "pass", "kinds": [], "because": []}


def test_empty_lines_are_passed_over_and_the_order_stays(home: Installation) -> None:
    given = '{"id": 1, "text": "ja", "open_cases": []}\n\n{"id": 2, "text": "nej", "open_cases": []}'
    assert [json.loads(line)["id"] for line in home.said("explain", "staff-command", given=given).splitlines()] == [
        1,
        2,
    ]


@pytest.mark.parametrize(
    "bad", ["{", "[1]", '{"text": 5}', '"text"', pytest.param("[" * 100_000, id="many brackets"), b"\xff\xfe"]
)
def test_what_is_no_object_is_one_line_with_its_number(home: Installation, bad: str | bytes) -> None:
    good = b'{"text": "ja", "open_cases": []}\n'
    given = good + (bad if isinstance(bad, bytes) else bad.encode())
    (line,) = home.refused("explain", "staff-command", given=given)
    assert line.startswith("line 2: ")


@pytest.mark.parametrize("asked", [{"text": "a", "open_cases": "K7M2"}, {"text": "a", "open_cases": [7]}])
def test_open_cases_are_a_list_of_codes(home: Installation, asked: dict[str, Any]) -> None:
    (line,) = home.refused("explain", "staff-command", given=json.dumps(asked))
    assert "K7M2" in line


def test_an_unknown_context_is_refused_without_repeating_it(home: Installation) -> None:
    (line,) = home.refused("explain", "reply", given='{"text": "a", "context": {"resident": "Kim Overgaard"}}')
    assert "resident_name" in line
    assert "Kim" not in line


def test_half_a_letter_does_not_end_the_run(home: Installation) -> None:
    assert explained(home, "reply", {"id": "\ud800", "text": "\ud83d hej"})[0]["id"] == "\ud800"


def test_an_answer_to_an_invitation_is_understood(home: Installation) -> None:
    yes, later = explained(home, "meeting-reply", {"id": "a", "text": "1"}, {"text": "ja, men ikke kl. 8"})
    assert yes == {"id": "a", "intent": "yes", "because": ["digit 1"]}
    assert later["intent"] == "other_time"
    assert later["because"]


def test_a_bad_line_does_not_silence_those_after_it(home: Installation) -> None:
    done = home.run("explain", "staff-command", given='{"id": 1, "text": "ja"}\nnot json\n{"id": 3, "text": "nej"}\n')
    assert done.exit_code == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 3]
    assert done.stderr.startswith("line 2: ") and done.stderr.count("\n") == 1
