"""Staff look at a case: place, words, pictures, and what was there before. Every look is on the audit trail."""

from __future__ import annotations

from escalation.store import office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Entry, Incident
from handlers.permissions import may_see, may_see_history
from handlers.staff_hearing import can_listen
from handlers.staff_visit import StaffVisit

_WORDS = frozenset({"opened", "answer", "words", "edited"})
_KINDS = (*sorted(_WORDS), "media", "note", "snoozed")
_EARLIER_SHOWN = 5


def show(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """Place and words, after taking; by SMS the place alone, where the line allows it."""
    if not may_see(unit, visit.desk, incident, visit.person, visit.now):
        visit.refuse(unit, incident, code)
        return
    visit.audit(unit, "show", code)
    place = incident.place["display"] if incident.place else None
    if visit.endpoint.channel != "telegram":
        withheld = "where_by_call" if can_listen(unit, visit) else "where_withheld"
        shown = visit.line.sms_detail == "address"
        visit.say(unit, "where_address" if shown else withheld, code=code, place=place, caution=True)
        return
    fully = may_see_history(unit, visit.desk, incident, visit.person, visit.now)
    timeline = office_incidents.timeline(unit, incident.id, _KINDS)
    media = [e.body for e in timeline if e.kind == "media" and e.body]
    visit.say(
        unit,
        "where",
        code=code,
        place=place,
        words=tuple(e.body["text"] for e in timeline if e.kind in _WORDS and e.body.get("text")),
        notes=tuple(e.body["text"] for e in timeline if _is_note(e, visit, fully)),
        history=_earlier(unit, visit, incident) if fully else (),
        # The directory has no column for it yet; who goes there is told that nothing is known (docs/adr/0012).
        instruction=None,
        caution=True,
        media=len(media),
    )
    for item in media:
        visit.show_media(unit, item["media"], item["kind"])


def _is_note(entry: Entry, visit: StaffVisit, fully: bool) -> bool:
    """Whoever is on duty from outside sees what he wrote himself; colleagues see what colleagues wrote."""
    return bool(entry.kind in ("note", "snoozed") and entry.body.get("text")) and (
        fully or entry.actor == visit.person.staff
    )


def _earlier(unit: Unit, visit: StaffVisit, incident: Incident) -> tuple[tuple[str, str, object], ...]:
    """(code, category, day) of earlier cases at the house; for a contact person from outside, of his citizen's."""
    if incident.place_index is None:
        return ()
    found = office_incidents.closed_at(unit, incident.line, incident.place_index, incident.id)
    if visit.desk.register(unit).is_external(visit.line.slug, visit.person.team):
        found = [i for i in found if i.placement is not None and i.placement == incident.placement]
    return tuple(
        (office_incidents.first_code(unit, i.id), i.category, i.opened_at.astimezone(visit.line.zone).date())
        for i in found[:_EARLIER_SHOWN]
    )
