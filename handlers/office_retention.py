"""What the office forgets, and when: words and places of closed cases; the skeleton stays for the figures."""

from __future__ import annotations

from datetime import datetime

from escalation.store import office_incidents, office_outbox, office_people
from escalation.store.base import Unit
from handlers.office_desk import OfficeDesk


def daily(unit: Unit, desk: OfficeDesk, now: datetime) -> bool:
    """Clean up once a day; False when today's was done already."""
    if not office_people.claim_day(unit, "retention", now.date().toordinal()):
        return False
    for slug, line in desk.lines.items():
        office_incidents.erase_bodies(unit, slug, now - line.retention.messages)
        office_outbox.OFFICE.erase(unit, slug, now - line.retention.contact)
    return True
