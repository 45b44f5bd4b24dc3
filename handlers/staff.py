"""What staff write or press, carried out: one message, one transaction, and always an answer in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from escalation.store import office_hatch, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.hatch import Outward
from escalation.store.office_incidents import Incident
from handlers import (
    alerting,
    staff_hearing,
    staff_presence,
    staff_prompts,
    staff_replies,
    staff_ringing,
    staff_showing,
    staff_taking,
    staff_working,
)
from handlers.commands import Command, parse, parse_button
from handlers.messages import Inbound
from handlers.office_desk import OfficeDesk, answer_button
from handlers.staff_visit import StaffVisit

_ANSWERABLE = frozenset({"text", "button", "start"})


def receive(unit: Unit, desk: OfficeDesk, row: Outward, now: datetime) -> None:
    """Work off one staff message. An endpoint whose person no longer works here gets no answer at all."""
    if not office_hatch.consume(unit, row.n, now):
        return
    inbound = Inbound.from_json(row.body)
    endpoints = office_people.endpoint_by_index(unit, row.line, inbound.channel, row.sender)
    line = desk.lines[row.line]
    for endpoint in endpoints:
        person = desk.register(unit).staff(line, endpoint.staff, now)
        if person is not None:
            _visit(unit, StaffVisit(desk, line, person, endpoint, inbound, now))
            return


def _visit(unit: Unit, visit: StaffVisit) -> None:
    inbound, endpoint = visit.inbound, visit.endpoint
    if inbound.kind == "blocked" and inbound.text != "unblocked":
        _close_channel(unit, visit, "blocked")
        return
    office_people.heard(unit, endpoint.id, visit.now)
    answer_button(unit, endpoint, inbound.button_ref, visit.now)
    if inbound.kind not in _ANSWERABLE:
        return
    if inbound.kind == "start":  # who opens his invitation a second time is enrolled already
        visit.say(unit, "enrolled")
        return
    held = office_incidents.open_for(unit, visit.line.slug, visit.person.staff)
    codes = tuple(office_incidents.first_code(unit, i.id) for i in held)
    command = parse_button(inbound.button or "") if inbound.kind == "button" else None
    if command is None:
        command = staff_prompts.answer(unit, visit, codes) or parse(inbound.text, codes)
    _carry_out(unit, visit, command, codes)


def _carry_out(unit: Unit, visit: StaffVisit, command: Command, codes: tuple[str, ...]) -> None:
    general = _GENERAL.get(command.action)
    if general is not None:
        general(unit, visit, command)
        return
    if command.action not in _ON_CASE:
        visit.say(unit, "unclear", codes=codes)
        return
    if command.code is None:
        kind = "which_case" if codes else "nothing_open"
        visit.say(unit, kind, codes=codes, action=command.action)
        return
    code = command.code.upper()
    incident = office_incidents.by_code(unit, visit.line.slug, code)
    if incident is None:
        visit.say(unit, "unknown_case", code=code)
        return
    _ON_CASE[command.action](unit, visit, incident, code, command)


def _stop(unit: Unit, visit: StaffVisit, command: Command) -> None:
    """STOP from staff closes this channel only; the next one is used from now on."""
    visit.say(unit, "stopped_channel")
    _close_channel(unit, visit, "stopped")
    staff_presence.tell_coordinators(unit, visit, "absent_told")


def _close_channel(unit: Unit, visit: StaffVisit, reason: str) -> None:
    line, endpoint = visit.line.slug, visit.endpoint
    office_people.disable(unit, line, endpoint.channel, endpoint.index, reason, visit.now)
    alerting.channel_lost(unit, visit.desk, line, visit.person.staff, endpoint.channel, visit.now)


def _same(unit: Unit, visit: StaffVisit, incident: Incident, code: str, command: Command) -> None:
    other, _, answer = (command.arg or "").partition(":")
    staff_working.same(unit, visit, incident, code, other.upper(), answer)


def _snooze(unit: Unit, visit: StaffVisit, incident: Incident, code: str, command: Command) -> None:
    staff_working.snooze(unit, visit, incident, code, command.body, command.minutes)


def _close(unit: Unit, visit: StaffVisit, incident: Incident, code: str, command: Command) -> None:
    staff_working.close(unit, visit, incident, code, command.body or command.arg)


_General = Callable[[Unit, StaffVisit, Command], None]
_OnCase = Callable[[Unit, StaffVisit, Incident, str, Command], None]

_GENERAL: dict[str, _General] = {
    "pause": lambda unit, visit, command: staff_presence.pause(unit, visit, command.minutes),
    "sick": lambda unit, visit, command: staff_presence.sick(unit, visit),
    "resume": lambda unit, visit, command: staff_presence.resume(unit, visit),
    "help": lambda unit, visit, command: visit.say(unit, "help"),
    "stop": _stop,
}
_ON_CASE: dict[str, _OnCase] = {
    "take": lambda unit, visit, incident, code, command: staff_taking.take(unit, visit, incident, code),
    "pass": lambda unit, visit, incident, code, command: staff_taking.pass_on(unit, visit, incident, code),
    "where": lambda unit, visit, incident, code, command: staff_showing.show(unit, visit, incident, code),
    "show": lambda unit, visit, incident, code, command: staff_showing.show(unit, visit, incident, code),
    "note": lambda unit, visit, incident, code, command: staff_working.note(unit, visit, incident, code, command.body),
    "reply": lambda unit, visit, incident, code, command: staff_replies.reply(
        unit, visit, incident, code, command.body
    ),
    "own": lambda unit, visit, incident, code, command: staff_replies.own_words(unit, visit, incident, code),
    "tpl": lambda unit, visit, incident, code, command: staff_replies.template(
        unit, visit, incident, code, command.arg
    ),
    "use": lambda unit, visit, incident, code, command: staff_replies.use_suggestion(unit, visit, incident, code),
    "tomorrow": _snooze,
    "snooze": _snooze,
    "snooze_reason": lambda unit, visit, incident, code, command: staff_working.snooze_reason(
        unit, visit, incident, code, command.body
    ),
    "close": _close,
    "outcome": _close,
    "ring": lambda unit, visit, incident, code, command: staff_ringing.ring(unit, visit, incident, code),
    "hear": lambda unit, visit, incident, code, command: staff_hearing.listen(unit, visit, incident, code),
    "same": _same,
}
