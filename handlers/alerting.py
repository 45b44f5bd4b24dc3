"""What becomes of alerts: they arrive or do not, are answered, passed on, or no longer needed."""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation.policy import Position
from escalation.register import is_last_resort, last_resort_id
from escalation.store import office_calls, office_due, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.office_due import Alert
from escalation.store.office_incidents import Incident
from escalation.store.office_outbox import OFFICE
from escalation.store.outbox import Settled
from handlers.office_desk import GONE, OfficeDesk, reachable, say_to, tell_phone
from handlers.steps import alert, back_to_duty, hurry, resort_owner
from handlers.telling import TOLD, tell_again

RACE = timedelta(minutes=2)
_ARRIVED = ("sent", "delivered")


def settled(unit: Unit, desk: OfficeDesk, row: Settled, now: datetime) -> None:
    """A staff message ended. One that did not arrive goes out on the next channel at once."""
    if row.state == "failed" and row.code in GONE:
        office_people.disable(unit, row.line, row.channel, row.recipient, row.code, now)
    kind, _, owner = (row.owner or "").partition(":")
    if kind == "alert":
        _alert_ended(unit, desk, row, owner, now)
    elif kind == TOLD and row.state == "failed":
        unheard = tell_again(unit, desk, row, now)
        if unheard is not None:
            _holder_is_gone(unit, desk, unheard[1], unheard[0], now)


def _alert_ended(unit: Unit, desk: OfficeDesk, row: Settled, alert_id: str, now: datetime) -> None:
    found = office_due.alert(unit, alert_id)
    if found is None or found.state == "failed":
        return
    incident = office_incidents.get(unit, found.incident)
    if row.state in ("failed", "unknown"):
        if row.state == "failed" and found.state == "open":
            office_due.fail_alert(unit, found.id)
        _next_channel(unit, desk, incident, found, now)
    elif row.state in _ARRIVED and found.state == "withdrawn":
        # It was in the air when the case was taken, so it came after the news of that, or without.
        office_due.told_alert(unit, found.id)
        tell_taken(unit, desk, incident, found, now)


def _next_channel(unit: Unit, desk: OfficeDesk, incident: Incident, found: Alert, now: datetime) -> None:
    if found.state != "open" or incident.state != "new":
        return
    office_incidents.note(unit, incident.id, "alert_failed", now, actor=found.staff, channel=found.channel)
    position = Position(found.round, found.step)
    if found.rest and alert(unit, desk, incident, found.staff, found.rest, position, now):
        return
    if not anybody_alerted(unit, incident):
        hurry(unit, desk, incident, now)


def anybody_alerted(unit: Unit, incident: Incident) -> bool:
    return any(a.state == "open" for a in office_due.alerts_of(unit, incident.id))


def _holder_is_gone(unit: Unit, desk: OfficeDesk, incident_id: str, staff: str, now: datetime) -> None:
    """Whoever has a case and can be told nothing about it has it no more."""
    incident = office_incidents.get(unit, incident_id)
    if incident.state == "taken" and incident.taken_by == staff:
        back_to_duty(unit, desk, incident, now, "unreachable")


def channel_lost(unit: Unit, desk: OfficeDesk, line: str, staff: str, channel: str, now: datetime) -> None:
    """Somebody closed one of his channels: alerts on it go to the next one, and who has none left holds nothing."""
    for incident in office_incidents.open_for(unit, line, staff):
        for each in office_due.alerts_of(unit, incident.id):
            if each.state == "open" and each.staff == staff and each.channel == channel:
                office_due.fail_alert(unit, each.id)
                _next_channel(unit, desk, incident, each, now)
        if not reachable(unit, line, staff):
            _holder_is_gone(unit, desk, incident.id, staff, now)


def tell_taken(unit: Unit, desk: OfficeDesk, incident: Incident, found: Alert, now: datetime) -> None:
    """Tell somebody who was alerted that nothing more is needed from him; in Telegram the alert itself changes."""
    endpoint = next((e for e in reachable(unit, found.line, found.staff) if e.channel == found.channel), None)
    if endpoint is None:
        return
    facts = {"code": office_incidents.first_code(unit, incident.id), "at": incident.taken_at or now}
    refs = [r.provider_ref for r in OFFICE.of_owner(unit, f"alert:{found.id}") if r.provider_ref]
    edit = refs[-1] if refs and found.channel == "telegram" else None
    say_to(unit, desk, endpoint, "taken_by_other", facts, now, edit=edit)


def withdraw(unit: Unit, desk: OfficeDesk, incident: Incident, taker: str | None, now: datetime) -> None:
    """End all open alerts: what has not left does not leave, who was alerted is told.

    Every alert in Telegram changes where it stands, and is not heard; a text is sent only to who has no such.
    """
    ended = office_due.end_alerts(unit, incident.id, "withdrawn")
    for each in ended:
        office_calls.LEGS.end_others(unit, each.id, None, now)
    OFFICE.withdraw(unit, [f"alert:{a.id}" for a in ended] + [resort_owner(incident.id)])
    told: set[str] = {taker} if taker else set()
    for each in sorted(ended, key=lambda a: a.channel != "telegram"):
        arrived = any(r.state in _ARRIVED for r in OFFICE.of_owner(unit, f"alert:{each.id}"))
        if arrived or each.staff == taker:
            office_due.told_alert(unit, each.id)
        if arrived and each.staff != taker and (each.channel == "telegram" or each.staff not in told):
            told.add(each.staff)
            tell_taken(unit, desk, incident, each, now)
    _release_last_resort(unit, desk, incident, taker, now)
    office_due.clear_timer(unit, incident.id, "step")


def heard_of_taking(unit: Unit, incident: Incident, staff: str, now: datetime) -> bool:
    """Whether somebody whose yes came too late has been told that another has it: once is enough.

    If his alert is still on its way, the answer to his yes is that news, and none follows. A yes that comes
    long afterwards is no race, and is answered.
    """
    own = [a for a in office_due.alerts_of(unit, incident.id) if a.staff == staff]
    for each in own:
        if each.state == "withdrawn":
            office_due.told_alert(unit, each.id)
    if incident.taken_at is None or now - incident.taken_at > RACE:
        return False
    if is_last_resort(staff):
        over = office_incidents.latest(unit, incident.id, ("resort_over",))
        return over is not None and over[1] >= incident.taken_at
    began = office_incidents.latest(unit, incident.id, ("opened", "reopened", "returned"))
    return any(a.state == "told" and (began is None or a.at >= began[1]) for a in own)


def _release_last_resort(unit: Unit, desk: OfficeDesk, incident: Incident, taker: str | None, now: datetime) -> None:
    last = office_incidents.latest(unit, incident.id, ("last_resort", "resort_over"))
    if last is None or last[0] != "last_resort":
        return
    line = desk.lines[incident.line]
    office_incidents.note(unit, incident.id, "resort_over", now)
    facts = {"code": office_incidents.first_code(unit, incident.id), "at": incident.taken_at or now}
    for place, phone in enumerate(line.last_resort.notify, start=1):
        if last_resort_id(place) != taker:
            tell_phone(unit, line, phone, "taken_by_other", facts, now)


def skip_person(unit: Unit, desk: OfficeDesk, incident: Incident, staff: str, now: datetime) -> None:
    """One person's alerts no longer count; if nobody else is alerted, the next step comes at once."""
    office_due.end_alerts(unit, incident.id, "skipped", staff=staff)
    if not anybody_alerted(unit, incident):
        hurry(unit, desk, incident, now)
