"""The office's side of the hatch: what was received becomes an incident, or joins one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from escalation.store import office_due, office_hatch, office_incidents
from escalation.store.base import Unit
from escalation.store.hatch import Outward
from escalation.store.office_incidents import CaseThread, Incident
from handlers import calling_back, case_wishes, holding, joining, recurring, ringing, steps
from handlers.office_desk import OfficeDesk
from handlers.reopening import at, learned, reopen, tags_of

_SAID = frozenset({"report", "answer", "words", "edit"})


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
    thread = replace(thread, last_seq=row.seq or thread.last_seq)
    office_incidents.save_thread(unit, thread)
    incident = office_incidents.get(unit, thread.incident)
    if row.kind in _SAID and row.body.get("text"):
        thread = case_wishes.heard_again(unit, thread, incident, now)
    _KINDS[row.kind](unit, desk, row, thread, incident, now)
    return True


def _open(unit: Unit, desk: OfficeDesk, row: Outward, now: datetime) -> None:
    """The first row of a thread: an incident of its own, or one whose code it names (docs/adr/0020)."""
    known = joining.named(unit, row.line, row.body.get("codes", ()), now)
    if known is None:
        _open_incident(unit, desk, row, now)
    else:
        _join(unit, desk, row, known, now)


def _join(unit: Unit, desk: OfficeDesk, row: Outward, incident: Incident, now: datetime) -> None:
    """Somebody with the code of a case writes from another phone or chat: one incident, a thread of its own."""
    thread = _first_thread(unit, incident, row)
    office_incidents.note(unit, incident.id, "joined", now, thread=thread.id)
    _more(unit, desk, row, thread, incident, now)
    joined = office_incidents.get(unit, incident.id)
    if joined.state in holding.HELD:
        holding.tell_taken(unit, desk, joined, thread, now)


def _open_incident(unit: Unit, desk: OfficeDesk, row: Outward, now: datetime) -> None:
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
            tags=tags_of(body),
            place=place,
            place_index=unit.keys.index("house", place["house"]) if place else None,
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
    _first_thread(unit, incident, row)
    office_incidents.note(unit, incident.id, "opened", now, thread=row.thread, **_words(body))
    incident = recurring.weigh(unit, desk, incident, now)
    steps.begin(unit, desk, incident, now, at(body.get("hold_until")))
    joining.ask_holders(unit, desk, incident, now)
    _rings(unit, row, incident, now)


def _rings(unit: Unit, row: Outward, incident: Incident, now: datetime) -> None:
    waits = row.body.get("call")
    if waits:
        ringing.begin(unit, waits["token"], incident, row.thread or "", datetime.fromisoformat(waits["until"]), now)


def _call(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """A caller waits about a matter that is known."""
    _said(unit, desk, row, thread, incident, now, kind="words")
    _rings(unit, row, office_incidents.get(unit, thread.incident), now)


def _call_left(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    token, place = row.body["token"], row.body.get("joined")
    if place is None:
        ringing.left(unit, desk, token, now)
    else:
        ringing.met(unit, token, place, now)


def _first_thread(unit: Unit, incident: Incident, row: Outward) -> CaseThread:
    promised = at(row.body.get("promised_at"))
    thread = CaseThread(
        id=row.thread or "",
        line=incident.line,
        code=row.code or "",
        incident=incident.id,
        sender=row.sender,
        last_seq=row.seq or 1,
        reachable=True,
        quiet=False,
        promised_at=promised,
        late=0,
    )
    office_incidents.add_thread(unit, thread)
    if promised:
        office_due.set_timer(unit, incident.id, "late", promised, thread.id)
    return thread


def _words(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": body.get("text", ""),
        "category": body["category"],
        "danger": body["danger"],
        "channel": body.get("channel"),
        "landlord": body.get("landlord", False),
    }


def _answer(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """The answer to a question, or its time-out: what is known now decides who is responsible."""
    if incident.state == "closed" and not row.body.get("text"):
        return
    _said(unit, desk, row, thread, incident, now, kind="answer")


def _more(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """More words of a reporter, or a new version of old ones."""
    _said(unit, desk, row, thread, incident, now, kind="edited" if row.kind == "edit" else "words")


def _said(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime, *, kind: str
) -> None:
    body = row.body
    if body.get("text"):
        office_incidents.note(unit, incident.id, kind, now, thread=thread.id, **_words(body))
    if incident.state == "closed":
        reopen(unit, desk, incident, body, thread, now)
        return
    changed = learned(unit, desk, body, incident, now)
    office_incidents.save(unit, changed)
    if incident.place_index != changed.place_index:
        changed = recurring.weigh(unit, desk, changed, now)
    if changed.state == "new":
        _alert_anew(unit, desk, incident, changed, body, now)
    elif body.get("text"):
        _tell_holder(unit, desk, incident, changed, kind, now)
    if incident.place_index != changed.place_index:
        joining.ask_holders(unit, desk, changed, now)


def _alert_anew(
    unit: Unit, desk: OfficeDesk, before: Incident, changed: Incident, body: dict[str, Any], now: datetime
) -> None:
    """Nobody has it yet: those who answer for it now are alerted, and everybody again if it became worse."""
    worse = changed.urgency != before.urgency or changed.danger != before.danger
    moved = changed.team != before.team or changed.contact_person != before.contact_person
    hold = at(body.get("hold_until"))
    if worse or before.alerted_at is None:
        steps.begin(unit, desk, changed, now, hold)
    elif moved:
        told = {a.staff for a in office_due.alerts_of(unit, changed.id) if a.state == "open"}
        steps.begin(unit, desk, changed, now, hold, frozenset(told))


def _tell_holder(unit: Unit, desk: OfficeDesk, before: Incident, changed: Incident, kind: str, now: datetime) -> None:
    if changed.urgency != before.urgency or changed.danger:
        holding.raised(unit, desk, changed, now)
    else:
        holding.tell_holder(unit, desk, changed, "edited" if kind == "edited" else "more", now)
    if "child" in changed.tags and "child" not in before.tags:
        holding.tell_holder(unit, desk, changed, "child_question", now)


def _media(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    office_incidents.note(unit, incident.id, "media", now, thread=thread.id, **row.body)
    holding.tell_holder(unit, desk, incident, "media", now, **({"called": True} if row.body.get("called") else {}))


_KINDS: dict[str, Callable[[Unit, OfficeDesk, Outward, CaseThread, Incident, datetime], None]] = {
    "report": _more,
    "answer": _answer,
    "words": _more,
    "edit": _more,
    "media": _media,
    "call": _call,
    "call_left": _call_left,
    "call_back": calling_back.heard,
    "wish": case_wishes.grant,
}


def set_aside(unit: Unit, desk: OfficeDesk, row: Outward, now: datetime) -> None:
    """A row that failed five times: the thread goes on, and a case says that something is unreadable."""
    thread = office_incidents.thread(unit, row.thread or "")
    if thread is not None:
        office_incidents.save_thread(unit, replace(thread, last_seq=row.seq or thread.last_seq))
        incident = office_incidents.get(unit, thread.incident)
        office_incidents.note(unit, incident.id, "unreadable", now, thread=thread.id, outward=row.n)
        if incident.state == "closed":
            _nobody_could_read(unit, desk, incident, thread, now)
        holding.tell_holder(unit, desk, incident, "unreadable", now)
        return
    if row.thread is None:
        return
    _open(unit, desk, replace(row, body={**_UNREAD, "promised_at": row.body.get("promised_at")}), now)


_UNREAD = {"category": "other", "urgency": "normal", "danger": False, "unreadable": True, "text": ""}


def _nobody_could_read(unit: Unit, desk: OfficeDesk, incident: Incident, thread: CaseThread, now: datetime) -> None:
    """Something came to a closed case that no machine can read: a person must, so it is open again."""
    reopen(unit, desk, incident, {**_UNREAD, "category": incident.category}, thread, now)
