"""What further words change about an incident: more is known, it is worse, or it begins again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import CaseThread, Incident
from handlers import recurring, steps
from handlers.office_desk import OfficeDesk


def at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def tags_of(body: dict[str, Any]) -> tuple[str, ...]:
    """What staff must know beside the category, as flags on an alert: never who, only how to go about it."""
    about_self = body.get("about") == "self" or body["category"] == "self_help"
    flags = {
        "interpreter": body.get("interpreter"),
        "self": about_self,
        "place_unclear": not body.get("place") and not about_self,
        "child": body.get("about") == "child",
        "unreadable": body.get("unreadable"),
        "data_request": body.get("data_request"),
    }
    return tuple(tag for tag, applies in flags.items() if applies)


def learned(unit: Unit, desk: OfficeDesk, body: dict[str, Any], incident: Incident, now: datetime) -> Incident:
    """The incident with what a text added: a place where there was none, a category, more urgency. Never less."""
    line = desk.lines[incident.line]
    urgent = "urgent" in (incident.urgency, body["urgency"])
    changed = replace(
        incident,
        category=body["category"] if incident.category == "other" else incident.category,
        urgency="urgent" if urgent else "normal",
        danger=incident.danger or body["danger"],
        tags=_more_tags(incident, body),
    )
    if urgent and incident.urgency != "urgent":
        changed = replace(changed, policy=json.dumps(line.escalation["urgent"].to_json()))
    place = body.get("place")
    if not place or not _tells_more(incident.place, place):
        return changed
    route = desk.register(unit).route(line, place, now)
    return replace(
        changed,
        place=place,
        place_index=unit.keys.index("house", place["house"]),
        property=place.get("property"),
        team=route.team,
        contact_person=route.contact_person,
        placement=route.placement,
        tags=tuple(t for t in changed.tags if t != "place_unclear"),
    )


def _tells_more(known: dict[str, Any] | None, place: dict[str, Any]) -> bool:
    """A first place, or the flat in the house that was known."""
    if known is None:
        return True
    same = known["house"] == place["house"] and not known["floor"] and not known["door"]
    return same and bool(place["floor"] or place["door"])


def _more_tags(incident: Incident, body: dict[str, Any]) -> tuple[str, ...]:
    new = [t for t in tags_of(body) if t != "place_unclear"]
    return tuple(dict.fromkeys([*incident.tags, *new]))


def reopen(
    unit: Unit,
    desk: OfficeDesk,
    incident: Incident,
    body: dict[str, Any],
    thread: CaseThread,
    now: datetime,
    *,
    at_once: bool = False,
) -> None:
    """A closed case begins again with those who answer for the place today, as urgent as the new words are."""
    line = desk.lines[incident.line]
    fresh = learned(unit, desk, body, replace(incident, danger=False, urgency="normal"), now)
    route = desk.register(unit).route(line, fresh.place, now)
    again = replace(
        fresh,
        team=route.team,
        contact_person=route.contact_person,
        placement=route.placement,
        policy=json.dumps(line.escalation[fresh.urgency].to_json()),
        closed_at=None,
        snoozed_until=None,
        alerted_at=None,
    )
    office_due.clear_timers(unit, incident.id)
    office_incidents.note(unit, incident.id, "reopened", now, thread=thread.id)
    again = recurring.weigh(unit, desk, again, now)
    promised = at(body.get("promised_at"))
    office_incidents.save_thread(unit, replace(thread, promised_at=promised, late=0))
    if promised:
        office_due.set_timer(unit, incident.id, "late", promised, thread.id)
    steps.begin(unit, desk, again, now, None, at_once=at_once)
