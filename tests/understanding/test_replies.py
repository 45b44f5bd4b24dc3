"""The guard over staff's replies holds its bars on every labelled reply, and hard secrets in whatever disguise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.cli_explain import secrets_from
from escalation.disclosure import Secrets, judge
from tests.understanding.figures import Row
from tests.understanding.labelled import TEXTS, example_line, measure, rows
from tests.understanding.train_replies import WEIGHTS, figures_left_out, made_from, signs

# One worker reads the texts once.
pytestmark = pytest.mark.xdist_group("replies")

# What texts are held to: what was measured, so that it never gets worse.
PARTS = sorted(path.stem.removeprefix("replies_") for path in TEXTS.glob("replies_*.jsonl"))
TUNED = rows("replies", "tuned")
HARMLESS = [row["text"] for row in TUNED if not row["disclose"]]
CASE = Secrets(
    resident_names=("Torsten Vestermark",),
    phones=("+4520001297",),
    cprs=("170365-1148",),
    team_names=("Opgangsteamet Havnen",),
    staff_names=("Gudrun Skaarup",),
)
NAMES = ("Torsten", "Vestermark", "Torsten Vestermark", "Gudrun", "Skaarup", "Gudrun Skaarup", "Opgangsteamet Havnen")
NUMBERS = ("20001297", "1703651148")
Disguise = Callable[[str, str], str]
FOLDED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def words_in(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def secrets_told(row: Row) -> Iterator[str]:
    """What stands word for word in the text of what the case keeps secret."""
    low = f" {words_in(row['text'])} "
    for kind in ("resident_name", "contact_person", "team_name", "resident_phone", "cpr"):
        told = row["context"][kind]
        for secret in told if isinstance(told, list) else [told or ""]:
            whole = words_in(secret)
            if whole and f" {whole} " in low:
                yield secret


@pytest.mark.parametrize("part", PARTS)
def test_what_discloses_is_held_and_what_does_not_passes(part: str) -> None:
    found = measure("replies", rows("replies", part), example_line())
    assert found.shares["held_when_disclosing"].value >= {"tuned": 0.98, "unseen": 0.97}[part]
    assert found.shares["passed_when_clean"].value >= {"tuned": 0.95, "unseen": 0.88}[part]


@pytest.mark.parametrize("part", PARTS)
def test_no_hard_secret_leaves(part: str) -> None:
    telling = [row for row in rows("replies", part) if row["disclose"] and any(secrets_told(row))]
    let = [row["text"] for row in telling if judge(row["text"], secrets_from(row["context"])).verdict == "pass"]
    assert telling
    assert let == []


def test_writers_the_weights_have_not_read_are_judged_nearly_as_well() -> None:
    found = figures_left_out(signs(TUNED[::2]), 3)
    assert found.shares["held_when_disclosing"].value >= 0.88
    assert found.shares["passed_when_clean"].value >= 0.84


def test_the_weights_are_learned_from_the_labelled_texts_as_they_are() -> None:
    head = WEIGHTS.read_text("utf-8").partition('"heads"')[0]
    assert f'"made_from": "{made_from()}"' in head


def spaced(secret: str, gap: str) -> str:
    return gap.join(secret)


def starred(secret: str, gap: str) -> str:
    """Its middle under stars: the ends are what a reader needs."""
    word = secret.split()[0]
    return f"{word[0]}{'*' * (len(word) - 2)}{word[-1]}"


def cut(secret: str, gap: str) -> str:
    half = len(secret) // 2
    return f"{secret[:half]}{gap}{secret[half:]}"


def leet(secret: str, gap: str) -> str:
    return secret.translate(str.maketrans("oiea", "0134"))


def as_is(secret: str, gap: str) -> str:
    return secret


@given(
    st.sampled_from(HARMLESS),
    st.sampled_from(NAMES),
    st.sampled_from([as_is, spaced, starred, cut, leet]),
    st.sampled_from([" ", ".", "-", "\u200b", " . "]),
    st.sampled_from([str, str.upper, str.lower, str.title]),
    st.booleans(),
)
def test_a_name_in_any_disguise_inside_a_harmless_reply_stays(
    text: str, name: str, disguise: Disguise, gap: str, case: Callable[[str], str], first: bool
) -> None:
    written = case(disguise(name, gap))
    reply = f"{written}: {text}" if first else f"{text} {written}."
    assert judge(reply, CASE).verdict != "pass"


@given(st.sampled_from(HARMLESS), st.sampled_from(NUMBERS), st.sampled_from(["", " ", ".", "-", "/", "\u200b", ", "]))
def test_a_number_in_any_spacing_inside_a_harmless_reply_is_blocked(text: str, number: str, gap: str) -> None:
    assert judge(f"{text} {gap.join(number)}", CASE).verdict == "block"


@given(st.sampled_from(TUNED), st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_capitals_change_no_verdict(row: Row, case: Callable[[str], str]) -> None:
    known = secrets_from(row["context"])
    assume(fold_same(row["text"], case(row["text"])))
    assert judge(case(row["text"]), known).verdict == judge(row["text"], known).verdict


@given(st.sampled_from(TUNED))
def test_letters_written_apart_change_no_verdict(row: Row) -> None:
    known = secrets_from(row["context"])
    assert judge(row["text"].translate(FOLDED), known).verdict == judge(row["text"], known).verdict


def fold_same(text: str, other: str) -> bool:
    """Whether the change of case kept the letters: a few have none, or become two."""
    return text.casefold() == other.casefold()
