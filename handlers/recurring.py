"""The third report of the same thing is more serious than the first: its alerts say so, and the coordinator hears.

Nothing a reporter gets depends on it: what he is promised was said before anybody counted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from escalation.hours import day_start
from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers.office_desk import OfficeDesk
from handlers.telling import tell_staff

TAG = "repeated"
SERIOUS = 3
_REPORTS = ("opened", "reopened")
_DECENT = range(8, 20)


def weigh(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> Incident:
    """The incident, marked if it is at least the third report about the same flat and the same kind of trouble.

    Counted as far back as words and places are kept. The coordinator hears of the third, by day.
    """
    if incident.place is None or incident.place_index is None or TAG in incident.tags:
        return incident
    line = desk.lines[incident.line]
    since = now - line.retention.messages
    here = office_incidents.since_at(unit, incident.line, incident.place_index, since)
    alike = [i.id for i in here if i.category == incident.category and _flat(i) == _flat(incident)]
    reports = sum(office_incidents.count_entries(unit, alike, _REPORTS).values())
    if reports < SERIOUS:
        return incident
    if reports == SERIOUS:
        awake = now.astimezone(line.zone).hour in _DECENT
        office_due.set_timer(unit, incident.id, "repeated", now if awake else day_start(now, line))
    office_incidents.note(unit, incident.id, "repeated", now, reports=reports)
    marked = replace(incident, tags=(*incident.tags, TAG))
    office_incidents.save(unit, marked)
    return marked


def _flat(incident: Incident) -> object:
    return incident.place["key"] if incident.place else None


def tell_coordinators(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> None:
    """Somebody besides whoever is on duty must see that this has not ended."""
    line = desk.lines[incident.line]
    facts = {"code": office_incidents.first_code(unit, incident.id), "category": incident.category}
    for coordinator in desk.register(unit).coordinators(line, now):
        tell_staff(unit, desk, line, coordinator, "repeated", facts, now)
