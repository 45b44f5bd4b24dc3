"""Somebody took a case by telephone, or passed it on: all that follows when he does it by a text or a button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from escalation.store import audit, office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers import alerting, holding, steps
from handlers.office_desk import OfficeDesk
from handlers.telling import tell_staff
from handlers.to_know import to_know


def take(
    unit: Unit,
    desk: OfficeDesk,
    incident: Incident,
    staff: str,
    now: datetime,
    *,
    code: str = "",
    told: Callable[[], None] | None = None,
) -> bool:
    """Give the case to whoever wants it, unless somebody has it. What he can do with it, and must know, goes to his
    phone.

    `code` is the one he named, where he named one; `told` tells him instead.
    """
    line = desk.lines[incident.line]
    if not office_incidents.take(unit, incident.id, staff, now):
        return False
    incident = office_incidents.get(unit, incident.id)
    code = code or office_incidents.first_code(unit, incident.id)
    office_incidents.note(unit, incident.id, "taken", now, actor=staff)
    audit.record(unit, line.slug, f"staff:{staff}", "take", code, now)
    alerting.withdraw(unit, desk, incident, staff, now)
    incident = holding.hold(unit, desk, incident, now)
    if told is None:
        tell_staff(unit, desk, line, staff, "taken_you", {"code": code, "at": now}, now)
        for kind, facts in to_know(unit, incident, staff, code, now):
            tell_staff(unit, desk, line, staff, kind, facts, now, about=incident.id)
    else:
        told()
    for thread in holding.waiting_threads(unit, incident):
        holding.tell_taken(unit, desk, incident, thread, now)
    return True


def pass_on(unit: Unit, desk: OfficeDesk, incident: Incident, staff: str, now: datetime) -> None:
    """Not me: the next ones at once, if nobody else is alerted."""
    if incident.state != "new":
        return
    office_incidents.note(unit, incident.id, "passed", now, actor=staff)
    office_due.end_alerts(unit, incident.id, "passed", staff=staff)
    if not alerting.anybody_alerted(unit, incident):
        steps.hurry(unit, desk, incident, now)
