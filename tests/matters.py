"""Cases for tests that need some to be there, put into the office's tables without a conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from escalation.clock import new_id
from escalation.store import office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import CaseThread, Incident

OPENED = datetime(2026, 11, 20, 22, 38, tzinfo=UTC)
PLACE = {"display": "vestergade 12B, 3. tv", "house": "vestergade|12b", "property": "1057", "floor": "3", "door": "tv"}


def open_case(unit: Unit, /, code: str, *words: str, line: str = "eksempelby", **fields: Any) -> Incident:
    """One case with one reporter, who wrote `words`. `fields` are those of the incident."""
    plain = Incident(
        id="", line=line, state="new", category="noise", urgency="normal", danger=False, tags=(), place=PLACE,
        place_index=None, property="1057", team="boligsocial", contact_person=None, placement=None, policy="{}",
        round=0, step=0, round_at=OPENED, opened_at=OPENED,
    )  # fmt: skip
    incident = office_incidents.open_incident(unit, replace(plain, **fields))
    add_report(unit, incident, code, *words)
    return incident


def add_report(unit: Unit, /, incident: Incident, code: str, *words: str) -> None:
    """One more reporter of the same matter."""
    thread = CaseThread(new_id(), incident.line, code, incident.id, "0" * 32, 1, True, False, None, 0)
    office_incidents.add_thread(unit, thread)
    for number, text in enumerate(words or ("larm igen",)):
        kind = "words" if number else "opened"
        office_incidents.note(unit, incident.id, kind, OPENED, thread=thread.id, text=text)
