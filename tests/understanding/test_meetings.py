"""Answers to an invitation on labelled texts: how many are understood, and that no refusal is ever an acceptance."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.meeting_replies import meeting_reply
from tests.understanding.labelled import TEXTS, example_line, measure, rows
from tests.understanding.train_meetings import examples, figures_of, made_from

# One worker reads the texts once.
pytestmark = pytest.mark.xdist_group("meetings")

# What texts are held to: what was measured, so that it never gets worse. On the unseen ones nothing was tuned.
PARTS = sorted(path.stem.removeprefix("meetings_") for path in TEXTS.glob("meetings_*.jsonl"))
WRITTEN = [row["text"] for part in PARTS for row in rows("meetings", part)]
PLAIN_YES = [
    "ja", "ja tak", "jo", "jep", "ok", "jeg kommer", "vi deltager", "det passer fint", "fint", "gerne", "jeg vil gerne",
    "yes", "yes please", "sure", "I'll be there", "we will attend", "that works", "sounds good", "count me in",
    "ja bitte", "passt", "ich komme", "wir nehmen teil", "bin dabei", "geht in ordnung", "einverstanden", "1", "👍",
]  # fmt: skip
NEGATIONS = [
    "nej", "ikke", "aldrig", "på ingen måde", "no", "not", "never", "no way", "nein", "nicht", "kein", "niemals",
    "auf keinen Fall",
]  # fmt: skip
LETTERS = {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


@pytest.mark.parametrize("part", PARTS)
def test_answers_are_understood_as_labelled(part: str) -> None:
    found = measure("meetings", rows("meetings", part), example_line())
    assert found.shares["right"].value >= {"tuned": 0.98, "unseen": 0.97}[part], found.misses[:10]
    assert found.shares["no_wrong_yes"].value >= {"tuned": 0.999, "unseen": 1.0}[part], found.misses[:3]


@pytest.mark.parametrize("yes", PLAIN_YES)
def test_a_plain_yes_is_a_yes(yes: str) -> None:
    assert meeting_reply(yes).intent == "yes"


@given(st.sampled_from(NEGATIONS), st.sampled_from(PLAIN_YES), st.sampled_from([" ", ", ", ". ", " - "]))
@settings(deadline=None, max_examples=400)
def test_a_denial_before_a_plain_yes_never_accepts(no: str, yes: str, between: str) -> None:
    assert meeting_reply(f"{no}{between}{yes}").intent != "yes"


@given(st.sampled_from(WRITTEN))
@settings(deadline=None, max_examples=300)
def test_capitals_and_folded_letters_change_nothing(text: str) -> None:
    meant = meeting_reply(text).intent
    folded = "".join(LETTERS.get(letter, letter) for letter in text.lower())
    assert {meeting_reply(text.upper()).intent, meeting_reply(text.lower()).intent, meeting_reply(folded).intent} == {
        meant
    }


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_answered_with_a_reason_for_every_yes(text: str) -> None:
    answer = meeting_reply(text)
    assert answer.intent != "yes" or answer.because


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("1", "yes"), ("2", "other_time"), ("3", "no"), ("7", "unclear"), ("1 eller 2?", "unclear"),
        ("3, nej vent 2", "other_time"),
        ("2 personer kommer fra os, vi ses", "yes"), ("1 men jeg skal bruge tolk", "need_help"), ("1?", "unclear"),
        ("1️⃣", "yes"), ("Svar: 3", "no"),
    ],
)  # fmt: skip
def test_a_digit_answers_the_menu(text: str, intent: str) -> None:
    assert meeting_reply(text).intent == intent


def test_writers_whose_texts_the_weights_have_not_seen_are_understood_nearly_as_well() -> None:
    right, wrong_yes, texts = figures_of(examples(rows("meetings", "tuned")[::2]), "p4")
    assert right / texts >= 0.94
    assert wrong_yes == 0


def test_the_weights_are_learned_from_the_texts_as_they_are() -> None:
    """`make weights` after a change to the labelled texts."""
    head = (TEXTS.parents[2] / "escalation" / "lexicons" / "weights" / "meetings.json").read_text("utf-8")[:200]
    assert f'"made_from": "{made_from()}"' in head


def test_what_no_phrase_says_is_told_by_its_words_and_shows_them() -> None:
    answer = meeting_reply("der skal plejehjemmet have tøj til min far, det bliver hen på ugen")
    assert answer.intent == "other_time"
    assert any(reason.startswith("other_time: ") for reason in answer.because)


@pytest.mark.parametrize("day", ["tirsdag", "Donnerstag", "Monday or Tuesday", "d. 14.", "den 3."])
def test_a_day_alone_is_no_answer_whatever_it_weighs(day: str) -> None:
    assert meeting_reply(day).intent == "unclear"


def test_a_long_letter_is_no_acceptance_whatever_it_begins_with() -> None:
    assert meeting_reply("ja tak, vi ses. " + "Der var engang en kat. " * 100).intent == "unclear"


def test_danger_is_seen_at_the_end_of_a_long_letter() -> None:
    assert (
        meeting_reply("Jeg kommer. " + "Vi har boet her i mange år. " * 100 + "Det brænder i køkkenet nu!").intent
        == "danger"
    )


@pytest.mark.timed
@pytest.mark.parametrize("part", ["ja men ikke kl 1 ", "?", "hvis min mor kommer ", "ikke tirsdag ", "a", "1 2 3 "])
def test_ten_thousand_characters_are_read_in_a_moment(part: str) -> None:
    text = (part * 10_000)[:10_000]
    meeting_reply(text)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        meeting_reply(text)
        times.append(time.perf_counter() - start)
    assert min(times) <= 0.05
