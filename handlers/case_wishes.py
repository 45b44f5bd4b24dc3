"""What a reporter wants or says that is no report, and what the front desk learned of him, on the office's side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from escalation.store import office_due, office_incidents
from escalation.store.base import Unit
from escalation.store.hatch import Outward
from escalation.store.office_incidents import CaseThread, Incident
from handlers import call_wishes, holding, joining
from handlers.office_desk import GONE, LANDLINE, OfficeDesk
from handlers.reopening import reopen

_Wish = Callable[[Unit, OfficeDesk, Outward, CaseThread, Incident, datetime], None]
AGAIN = "again"  # in the place of a check-back's number: the second call of the one before
_ANSWERS = ("better", "same", "worse", "checkback_off")
_WANTED_NO_MORE = ("wish_stop", "wish_forget")


def grant(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """Note it on the timeline and do what follows from it. Of a closed case nobody is told any more."""
    what = row.body["what"]
    if what in _ANSWERS:
        office_due.clear_timers_like(unit, incident.id, "check_back", f"{thread.id}|{AGAIN}")
    office_incidents.note(unit, incident.id, f"wish_{what}"[:24], now, thread=thread.id, **row.body)
    _WISHES[what](unit, desk, row, thread, incident, now)


def heard_again(unit: Unit, thread: CaseThread, incident: Incident, now: datetime) -> CaseThread:
    """Whoever writes can be reached, unless he wrote that he wants no more."""
    if thread.reachable:
        return thread
    return thread if wants_no_more(unit, incident, thread) else _reach(unit, thread, incident, now)


def wants_no_more(unit: Unit, incident: Incident, thread: CaseThread) -> bool:
    """Whether he wrote STOP, or was forgotten, and has not come back since."""
    last = office_incidents.latest(unit, incident.id, (*_WANTED_NO_MORE, "wish_start"), thread.id)
    return not thread.reachable and last is not None and last[0] in _WANTED_NO_MORE


def _reach(unit: Unit, thread: CaseThread, incident: Incident, now: datetime) -> CaseThread:
    again = replace(thread, reachable=True)
    office_incidents.save_thread(unit, again)
    if incident.state != "closed" and thread.promised_at is not None:
        office_due.set_timer(unit, incident.id, "late", max(thread.promised_at, now), thread.id)
    return again


def _noted(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """On the timeline, and nobody is woken for it."""


def _told(kind: str) -> _Wish:
    def tell(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
        holding.tell_holder(unit, desk, incident, kind, now)

    return tell


def _call_wanted(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    """He wants to be called: whoever has the case hears of it, else whoever takes it."""
    office_incidents.note(unit, incident.id, "call_wanted", now, thread=thread.id)
    holding.tell_holder(unit, desk, incident, "call_wanted", now)


def takes_no_texts(unit: Unit, incident: Incident, thread: CaseThread) -> bool:
    """Whether nothing written reaches him because his telephone takes no texts, while he wants to hear from us."""
    if thread.reachable:
        return False
    said = office_incidents.timeline(unit, incident.id, ("wish_unreachable", *_WANTED_NO_MORE, "wish_start"))
    own = [entry for entry in said if entry.thread == thread.id]
    return bool(own) and own[-1].kind == "wish_unreachable" and own[-1].body.get("code") in LANDLINE


def _may_be_called(unit: Unit, incident: Incident, thread: CaseThread) -> bool:
    return thread.id in {wish.thread for wish in call_wishes.wishes(unit, incident)}


def _unreachable(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    """Nothing reaches him, for good or for now: whoever has the case hears of it at once."""
    code = row.body.get("code")
    for_good = "code" not in row.body or code in GONE
    if for_good and not thread.reachable:
        return
    if for_good:
        office_incidents.save_thread(unit, replace(thread, reachable=False))
        office_due.clear_timer(unit, incident.id, "late", thread.id)
        kind = "landline" if code in LANDLINE and _may_be_called(unit, incident, thread) else "unreachable"
    else:
        kind = "reply_undelivered" if row.body.get("kind") == "reply" else "undelivered"
    holding.tell_holder(unit, desk, incident, kind, now)


def not_reached(unit: Unit, incident: Incident) -> str | None:
    """What a new taker must know of the reporters: "unreachable", "landline", "undelivered", or nothing."""
    threads = holding.waiting_threads(unit, incident)
    lost = [t for t in threads if not t.reachable]
    if lost:
        by_phone = all(takes_no_texts(unit, incident, t) and _may_be_called(unit, incident, t) for t in lost)
        return "landline" if by_phone else "unreachable"
    kinds = ("opened", "answer", "words", "edited", "wish_unreachable", "wish_start")
    last = [office_incidents.latest(unit, incident.id, kinds, t.id) for t in threads]
    return "undelivered" if any(found and found[0] == "wish_unreachable" for found in last) else None


def _reachable(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    _reach(unit, thread, incident, now)


def _quiet(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    office_incidents.save_thread(unit, replace(thread, quiet=True))
    holding.tell_holder(unit, desk, incident, "quiet_wanted", now)


def _worse(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """After a check-back: it got worse, so the case begins anew, and does not wait for the day."""
    if incident.state != "closed":
        holding.tell_holder(unit, desk, incident, "worse", now)
        return
    body = {"category": incident.category, "urgency": incident.urgency, "danger": False, "place": incident.place}
    reopen(unit, desk, incident, {**body, **row.body}, thread, now, at_once=True)


def _no_checkback(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    office_due.clear_timers_like(unit, incident.id, "check_back", thread.id)


def _unanswered(
    unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime
) -> None:
    """He did not answer the telephone: it rings once more, on the next day, and then no more."""
    called = office_incidents.timeline(unit, incident.id, ("check_call",))
    own = [entry for entry in called if entry.thread == thread.id]
    if incident.state == "closed" and own and not own[-1].body.get("again"):
        again = own[-1].at + timedelta(days=1)
        office_due.set_timer(unit, incident.id, "check_back", again, f"{thread.id}|{AGAIN}")


def _joins(unit: Unit, desk: OfficeDesk, row: Outward, thread: CaseThread, incident: Incident, now: datetime) -> None:
    """The reporter says this belongs to an earlier case of his, so nothing more is said under the new code."""
    other = office_incidents.thread(unit, row.body["other"])
    if other is None or other.incident == incident.id:
        return
    target, promised = office_incidents.get(unit, other.incident), thread.promised_at
    office_incidents.save_thread(unit, replace(thread, promised_at=None))
    joining.merge(unit, desk, incident, target, now, actor=None)
    if target.state != "closed":
        holding.tell_holder(unit, desk, target, "more", now)
        return
    body = {
        "category": incident.category,
        "urgency": incident.urgency,
        "danger": incident.danger,
        "place": incident.place,
        "promised_at": promised.isoformat() if promised else None,
    }
    reopen(unit, desk, office_incidents.get(unit, target.id), body, other, now)


_WISHES: dict[str, _Wish] = {
    "thanks": _noted,
    "better": _told("better"),
    "same": _noted,
    "checkback_off": _no_checkback,
    "check_unanswered": _unanswered,
    "worse": _worse,
    "solved": _told("solved_said"),
    "wrong_number": _told("wrong_number_said"),
    "quiet": _quiet,
    "unreachable": _unreachable,
    "stop": _unreachable,
    "start": _reachable,
    "forget": _unreachable,
    "call": _call_wanted,
    "rather_write": _noted,
    "picture_lost": _told("picture_lost"),
    "joins": _joins,
}
