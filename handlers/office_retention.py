"""What the office forgets, and when: words first, then that there was a case, at last who looked at it."""

from __future__ import annotations

from datetime import datetime

from escalation.store import audit, office_calls, office_hatch, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.office_outbox import OFFICE
from handlers.office_desk import OfficeDesk


def daily(unit: Unit, desk: OfficeDesk, now: datetime) -> bool:
    """Clean up once a day; False when today's was done already."""
    if not office_people.claim_day(unit, "retention", now.date().toordinal()):
        return False
    for slug, line in desk.lines.items():
        keep = line.retention
        office_incidents.erase_bodies(unit, slug, now - keep.messages)
        OFFICE.erase(unit, slug, now - keep.contact)
        office_calls.LEGS.drop(unit, slug, now - keep.contact)
        office_people.forget_absences(unit, slug, now - keep.contact)
        _skeleton(unit, slug, now - keep.skeleton)
        audit.drop(unit, slug, now - keep.audit)
    OFFICE.drop_callbacks(unit, now - min(line.retention.contact for line in desk.lines.values()))
    return True


def _skeleton(unit: Unit, line: str, before: datetime) -> None:
    office_incidents.drop(unit, line, before)
    OFFICE.drop(unit, line, before)
    office_hatch.drop(unit, line, before)
    office_people.drop_invitations(unit, line, before)
