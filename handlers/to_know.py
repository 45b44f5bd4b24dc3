"""What a new taker is told or asked at once, however he took the case: by a text, a button, or a key of a telephone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers import joining
from handlers.call_wishes import unkept
from handlers.case_wishes import not_reached

Told = tuple[str, dict[str, Any]]


def to_know(unit: Unit, incident: Incident, taker: str, code: str, now: datetime) -> list[Told]:
    """A child, a reporter nothing reaches, one who wants to be called, other cases at the house: kind and facts."""
    found = ["child_question"] if "child" in incident.tags else []
    found += [kind for kind in (not_reached(unit, incident), unkept(unit, incident)) if kind is not None]
    told: list[Told] = [(kind, {"code": code}) for kind in found]
    alike = joining.to_ask(unit, incident, taker, now)
    return told + [("same_matter", {"code": code, "other": other}) for other in alike]
