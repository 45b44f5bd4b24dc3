"""Every kind of text from one phone, one after the other: none is swallowed by the question before it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from escalation.store.base import Unit
from escalation.store.office_tables import entries
from tests.town import NEIGHBOUR, Town

TEXTS = [json.loads(line) for line in (Path(__file__).parent / "texts.jsonl").read_text("utf-8").splitlines()]


def test_every_text_from_one_number_is_answered_or_joins_a_case(town: Town) -> None:
    for said in TEXTS[::7]:
        heard, known = len(town.heard(NEIGHBOUR)), _words(town)
        town.clock.at += timedelta(seconds=9)
        town.text(said["text"])
        answers = town.heard(NEIGHBOUR)[heard:]
        if said["danger"]:
            assert "112" in answers[0][:80], said
        if said["intent"] == "report":
            assert answers or _words(town) > known, said


def _words(town: Town) -> int:
    """How many texts the office has on its timelines."""
    return town.office.read_now(_noted)


def _noted(unit: Unit) -> int:
    return unit.conn.scalar(select(func.count()).select_from(entries)) or 0
