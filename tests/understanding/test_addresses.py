"""How well addresses are read, alone and inside messages, on the labelled texts and by the report's own code."""

from __future__ import annotations

import pytest

from tests.understanding.figures import Figures
from tests.understanding.labelled import TEXTS, example_line, measure, rows

# What texts are held to on which nothing was tuned is what was measured, so that it never gets worse. The bar of
# addresses is 0.95; a street with a letter too few that might be another one is asked about instead.
PARTS = [part for part in ("tuned", "unseen") if (TEXTS / f"addresses_{part}.jsonl").exists()]
INSIDE = [part for part in ("tuned", "unseen") if (TEXTS / f"inside_{part}.jsonl").exists()]


def figures(kind: str, part: str) -> Figures:
    return measure(kind, rows(kind, part), example_line())


def share(found: Figures, name: str) -> float:
    return found.shares[name].value


@pytest.mark.parametrize("part", PARTS)
def test_a_spelled_address_is_read_with_every_part_right(part: str) -> None:
    assert share(figures("addresses", part), "right") >= {"tuned": 0.98, "unseen": 0.94}[part]


@pytest.mark.parametrize("part", PARTS)
def test_a_register_is_never_certain_of_another_house_than_the_one_meant(part: str) -> None:
    assert share(figures("addresses", part), "listed_rightly") == 1


@pytest.mark.parametrize("part", INSIDE)
def test_a_place_inside_a_message_is_found(part: str) -> None:
    assert share(figures("inside", part), "address.inside") >= {"tuned": 0.95, "unseen": 0.97}[part]


@pytest.mark.parametrize("part", INSIDE)
def test_a_message_without_a_place_is_given_none(part: str) -> None:
    assert share(figures("inside", part), "address.none_found") >= {"tuned": 0.99, "unseen": 1}[part]


def test_there_are_texts_to_measure_by() -> None:
    assert "tuned" in PARTS
    assert "tuned" in INSIDE
