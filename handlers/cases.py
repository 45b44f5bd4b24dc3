"""The office's side of the hatch: what was received becomes an incident, or joins one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from escalation.store import office_due, office_hatch, office_incidents
from escalation.store.base import Unit
from escalation.store.hatch import Outward
from escalation.store.office_incidents import CaseThread, Incident
from handlers import alerting
from handlers.office_desk import OfficeDesk, tell_staff

MORE_EVERY = timedelta(minutes=1)


def receive(unit: Unit, desk: OfficeDesk, row: Outward, now: datetime) -> bool:
    """Let one outward row about a thread take effect. False when an earlier row of the thread must come first."""
    thread = office_incidents.thread(unit, row.thread or "")
    expected = thread.last_seq + 1 if thread else 1
    if row.seq is not None and row.seq > expected:
        return False
    if not office_hatch.consume(unit, row.n, now):
        return True
    if thread is None:
        _open(unit, desk, row, now)
        return True
    office_incidents.save_thread(unit, replace(thread, last_seq=row.seq or thread.last_seq))
    thread = replace(thread, last_seq=row.seq or thread.last_seq)
    incident = office_incidents.get(unit, thread.incident)
    _KINDS[row.kind](unit, desk, row, thread, incident, now)
    return True


def _tags(body: dict[str, Any]) -> tuple[str, ...]:
    tags = []
    if body.get("interpreter"):
        tags.append("interpreter")
    if body.get("about") == "self" or body["category"] == "self_help":
        tags.append("self")
    elif not body.get("place"):
        tags.append("place_unclear")
    if body.get("about") == "child":
        tags.append("child")
    if body.get("unreadable"):
        tags.append("unreadable")
    if body.get("data_request"):
        tags.append("data_request")
    return tuple(tags)


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _open(unit: Unit, desk: OfficeDesk, row: Outward, now: datetime) -> None:
    body, line = row.body, desk.lines[row.line]
    place = body.get("place")
    route = desk.register(unit).route(line, place, now)
    incident = office_incidents.open_incident(
        unit,
        Incident(
            id="",
            line=line.slug,
            state="new",
            category=body["category"],
            urgency=body["urgency"],
            danger=body["danger"],
            tags=_tags(body),
            place=place,
            place_index=_house(unit, place),
            property=place.get("property") if place else None,
            team=route.team,
            contact_person=route.contact_person,
            placement=route.placement,
            policy=json.dumps(line.escalation[body["urgency"]].to_json()),
            round=0,
            step=0,
            round_at=now,
            opened_at=row.created_at,
        ),
    )
    thread = CaseThread(
        id=row.thread or "",
        line=line.slug,
        code=row.code or "",
        incident=incident.id,
        sender=row.sender,
        last_seq=row.seq or 1,
        reachable=body.get("reachable", True),
        quiet=False,
        promised_at=_at(body.get("promised_at")),
        late=0,
    )
    office_incidents.add_thread(unit, thread)
    office_incidents.note(unit, incident.id, "opened", now, thread=thread.id, **_words(body))
    if thread.promised_at:
        office_due.set_timer(unit, incident.id, "late", thread.promised_at, thread.id)
    alerting.begin(unit, desk, incident, now, _at(body.get("hold_until")))
    ask_same_matter(unit, desk, incident, now)


def _words(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": body.get("text", ""),
        "category": body["category"],
        "danger": body["danger"],
        "channel": body.get("channel"),
        "landlord": body.get("landlord", False),
    }


def _house(unit: Unit, place: dict[str, Any] | None) -> str | None:
    return unit.keys.index("house", place["house"]) if place else None


def ask_same_matter(unit: Unit, desk: OfficeDesk, incident: Incident, now: datetime) -> None:
    """Whoever has another case at the same house is asked whether this is the same matter."""
    if incident.place_index is None:
        return
    code = office_incidents.first_code(unit, incident.id)
    for other in office_incidents.open_at(unit, incident.line, incident.place_index, incident.id):
        if other.taken_by:
            facts = {"code": office_incidents.first_code(unit, other.id), "other": code}
            tell_staff(unit, desk, desk.lines[incident.line], other.taken_by, "same_matter", facts, now)


def _answer(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """The answer to a question, or its time-out: what is known now decides who is responsible."""
    body = row.body
    if body.get("text"):
        office_incidents.note(unit, incident.id, "answer", now, thread=thread.id, **_words(body))
    changed = _learned(unit, desk, body, incident, now)
    if changed.state != "new":
        office_incidents.save(unit, changed)
        _tell_taker(unit, desk, changed, "more", now)
        return
    moved = changed.team != incident.team or changed.contact_person != incident.contact_person
    if incident.alerted_at is None or moved or changed.urgency != incident.urgency:
        alerting.begin(unit, desk, changed, now, _at(body.get("hold_until")))
    else:
        office_incidents.save(unit, changed)
    if incident.place_index != changed.place_index:
        ask_same_matter(unit, desk, changed, now)


def _learned(unit: Unit, desk: OfficeDesk, body: dict[str, Any], incident: Incident, now: datetime) -> Incident:
    """The incident with what a text added: a place where there was none, a category, more urgency. Never less."""
    line = desk.lines[incident.line]
    urgent = "urgent" in (incident.urgency, body["urgency"])
    changed = replace(
        incident,
        category=body["category"] if incident.category == "other" else incident.category,
        urgency="urgent" if urgent else "normal",
        danger=incident.danger or body["danger"],
    )
    if urgent and incident.urgency != "urgent":
        changed = replace(changed, policy=json.dumps(line.escalation["urgent"].to_json()))
    place = body.get("place")
    if incident.place is None and place:
        route = desk.register(unit).route(line, place, now)
        changed = replace(
            changed,
            place=place,
            place_index=_house(unit, place),
            property=place.get("property"),
            team=route.team,
            contact_person=route.contact_person,
            placement=route.placement,
            tags=tuple(t for t in changed.tags if t != "place_unclear"),
        )
    return changed


def _more(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """More words of a reporter, or a new version of old ones."""
    body = row.body
    kind = "edited" if row.kind == "edit" else "words"
    office_incidents.note(unit, incident.id, kind, now, thread=thread.id, **_words(body))
    if incident.state == "closed":
        _reopen(unit, desk, incident, body, thread, now)
        return
    changed = _learned(unit, desk, body, incident, now)
    if changed.state == "new":
        raised = changed.urgency != incident.urgency or body["danger"]
        moved = changed.team != incident.team or changed.contact_person != incident.contact_person
        if raised or moved:
            alerting.begin(unit, desk, changed, now, None)
        else:
            office_incidents.save(unit, changed)
        return
    office_incidents.save(unit, changed)
    _tell_taker(unit, desk, changed, "edited" if row.kind == "edit" else "more", now, danger=body["danger"])


def _reopen(
    unit: Unit, desk: OfficeDesk, incident: Incident, body: dict[str, Any], thread: CaseThread, now: datetime
) -> None:
    line = desk.lines[incident.line]
    learned = _learned(unit, desk, body, replace(incident, danger=False, urgency="normal"), now)
    route = desk.register(unit).route(line, learned.place, now)
    again = replace(
        learned,
        team=route.team,
        contact_person=route.contact_person,
        placement=route.placement,
        closed_at=None,
        policy=json.dumps(line.escalation[learned.urgency].to_json()),
        alerted_at=None,
    )
    office_due.clear_timers(unit, incident.id)
    office_incidents.note(unit, incident.id, "reopened", now, thread=thread.id)
    promised = _at(body.get("promised_at"))
    office_incidents.save_thread(unit, replace(thread, promised_at=promised, late=0))
    if promised:
        office_due.set_timer(unit, incident.id, "late", promised, thread.id)
    alerting.begin(unit, desk, again, now, None)


def _tell_taker(
    unit: Unit, desk: OfficeDesk, incident: Incident, kind: str, now: datetime, *, danger: bool = False, **facts: Any
) -> None:
    """Tell whoever has the case, at most once a minute about mere words; danger is told every time."""
    if incident.taken_by is None:
        return
    last = [e for e in office_incidents.timeline(unit, incident.id) if e.kind == "told_more"]
    if kind == "more" and not danger and last and now - last[-1].at < MORE_EVERY:
        office_due.set_timer(unit, incident.id, "more", last[-1].at + MORE_EVERY)
        return
    office_incidents.note(unit, incident.id, "told_more", now, actor=incident.taken_by)
    line, code = desk.lines[incident.line], office_incidents.first_code(unit, incident.id)
    if not tell_staff(unit, desk, line, incident.taken_by, kind, {"code": code, **facts}, now):
        alerting.back_to_duty(unit, desk, incident, now, "nobody to tell")


def _media(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    office_incidents.note(unit, incident.id, "media", now, thread=thread.id, **row.body)
    if incident.state in ("taken", "snoozed"):
        _tell_taker(unit, desk, incident, "media", now, count=1, media=1)


def _wish(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    what = row.body["what"]
    office_incidents.note(unit, incident.id, f"wish_{what}"[:24], now, thread=thread.id, **row.body)
    _WISHES[what](unit, desk, row, thread, incident, now)


def _noted(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """On the timeline, and nobody is woken for it."""


def _told(kind: str) -> Callable[..., None]:
    def tell(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
        if incident.state != "closed":
            _tell_taker(unit, desk, incident, kind, now)

    return tell


def _unreachable(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    if not thread.reachable:
        return
    office_incidents.save_thread(unit, replace(thread, reachable=False))
    office_due.clear_timer(unit, incident.id, "late", thread.id)
    if incident.state != "closed":
        kind = "reply_undelivered" if row.body.get("kind") == "reply" else "unreachable"
        _tell_taker(unit, desk, incident, kind, now)


def _reachable(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    office_incidents.save_thread(unit, replace(thread, reachable=True))


def _quiet(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    office_incidents.save_thread(unit, replace(thread, quiet=True))
    _tell_taker(unit, desk, incident, "quiet_wanted", now)


def _worse(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """After a check-back: it got worse, so the case begins anew."""
    if incident.state == "closed":
        body = {"category": incident.category, "urgency": incident.urgency, "danger": False, **row.body}
        _reopen(unit, desk, incident, body, thread, now)
    else:
        _tell_taker(unit, desk, incident, "worse", now)


def _no_checkback(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    office_due.clear_timers_like(unit, incident.id, "check_back", thread.id)


def _joins(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """The reporter says this belongs to an earlier case of his."""
    other = office_incidents.thread(unit, row.body["other"])
    if other is not None and other.incident != incident.id:
        target = office_incidents.get(unit, other.incident)
        merge(unit, desk, incident, target, now, actor=None)
        if target.state == "closed":
            body = {"category": incident.category, "urgency": incident.urgency, "danger": incident.danger}
            _reopen(unit, desk, target, body, other, now)
        else:
            _tell_taker(unit, desk, target, "more", now)


def merge(unit: Unit, desk: OfficeDesk, incident: Incident, target: Incident, now: datetime, actor: str | None) -> None:
    """Join an incident into another: threads keep their codes, both now answer to one incident."""
    alerting.withdraw(unit, desk, incident, actor, now)
    promises = [t for t in office_incidents.threads_of(unit, incident.id) if t.promised_at]
    office_due.clear_timers(unit, incident.id)
    office_incidents.move_threads(unit, incident.id, target.id)
    office_incidents.move_entries(unit, incident.id, target.id)
    office_incidents.save(unit, replace(incident, state="closed", closed_at=now, merged_into=target.id))
    office_incidents.note(unit, target.id, "merged", now, actor=actor)
    if target.state == "new":
        for each in promises:
            office_due.set_timer(unit, target.id, "late", each.promised_at or now, each.id)


_WISHES: dict[str, Callable[[Unit, OfficeDesk, Outward, CaseThread, Incident, datetime], None]] = {
    "thanks": _noted,
    "better": _told("better"),
    "same": _noted,
    "checkback_off": _no_checkback,
    "worse": _worse,
    "solved": _told("solved_said"),
    "wrong_number": _told("wrong_number_said"),
    "quiet": _quiet,
    "unreachable": _unreachable,
    "stop": _unreachable,
    "start": _reachable,
    "forget": _unreachable,
    "call": _told("more"),
    "rather_write": _noted,
    "picture_lost": _told("picture_lost"),
    "joins": _joins,
}
_KINDS: dict[str, Callable[[Unit, OfficeDesk, Outward, CaseThread, Incident, datetime], None]] = {
    "report": _more,
    "answer": _answer,
    "words": _more,
    "edit": _more,
    "media": _media,
    "wish": _wish,
}


def set_aside(unit: Unit, desk: OfficeDesk, row: Outward, now: datetime) -> None:
    """A row that failed five times: the thread goes on, and a case says that something is unreadable."""
    thread = office_incidents.thread(unit, row.thread or "")
    if thread is not None:
        office_incidents.save_thread(unit, replace(thread, last_seq=row.seq or thread.last_seq))
        incident = office_incidents.get(unit, thread.incident)
        office_incidents.note(unit, incident.id, "unreadable", now, thread=thread.id, outward=row.n)
        _tell_taker(unit, desk, incident, "unreadable", now)
        return
    if row.thread is None:
        return
    plain = {"category": "other", "urgency": "normal", "danger": False, "unreadable": True, "text": ""}
    _open(unit, desk, replace(row, body=plain), now)
