"""Staff write to a reporter: templates first; own words only past the disclosure guard."""

from __future__ import annotations

from escalation.disclosure import Secrets
from escalation.notices import TEMPLATE_KEYS, Receipt
from escalation.store import office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from handlers import holding, render
from handlers.clearance import Held, clear
from handlers.office_desk import staff_language, tell_reporter
from handlers.staff_visit import PROMPT_LASTS, StaffVisit
from handlers.staff_working import has_it


def reply(unit: Unit, visit: StaffVisit, incident: Incident, code: str, body: str | None) -> None:
    """Send own words, or offer what can be sent. What the guard holds stays here."""
    if not _may_write(unit, visit, incident, code):
        return
    if not body:
        visit.say(unit, "reply_menu", code=code)
        if visit.endpoint.channel == "sms":
            visit.ask(unit, {"action": "reply", "code": code}, visit.now + PROMPT_LASTS)
        return
    language = staff_language(unit, visit.desk, visit.line, visit.person.staff, visit.now)
    cleared = clear(body, secrets_of(unit, visit, incident), language)
    if isinstance(cleared, Held):
        _hold(unit, visit, incident, code, cleared)
        return
    _send(unit, visit, incident, code, "reply", Receipt(text=cleared))


def _may_write(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> bool:
    if not has_it(unit, visit, incident, code):
        return False
    if not any(t.reachable for t in office_incidents.threads_of(unit, incident.id)):
        visit.say(unit, "no_reporter", code=code)
        return False
    return True


def own_words(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    """The next text of this endpoint is the reply."""
    if _may_write(unit, visit, incident, code):
        visit.ask(unit, {"action": "reply", "code": code}, visit.now + PROMPT_LASTS)
        visit.say(unit, "reply_ask", code=code)


def template(unit: Unit, visit: StaffVisit, incident: Incident, code: str, key: str | None) -> None:
    """A ready reply, cleared once and for all."""
    if key in TEMPLATE_KEYS and _may_write(unit, visit, incident, code):
        _send(unit, visit, incident, code, key, Receipt())


def _hold(unit: Unit, visit: StaffVisit, incident: Incident, code: str, held: Held) -> None:
    visit.note(unit, incident, "reply_held", kinds=list(held.kinds))
    visit.audit(unit, "reply held", code)
    key = held.suggestion_key if held.suggestion_key in TEMPLATE_KEYS else "working"
    language = staff_language(unit, visit.desk, visit.line, visit.person.staff, visit.now)
    suggestion = render.template(key, language, visit.line, code)
    visit.ask(unit, {"action": "held", "code": code, "use": key}, visit.now + PROMPT_LASTS)
    visit.say(unit, "reply_held", code=code, kinds=held.kinds, suggestion=suggestion, use=key)


def use_suggestion(unit: Unit, visit: StaffVisit, incident: Incident, code: str) -> None:
    prompt = visit.endpoint.prompt or {}
    key = prompt.get("use") if prompt.get("code") == code else None
    template(unit, visit, incident, code, key or "working")


def _send(unit: Unit, visit: StaffVisit, incident: Incident, code: str, kind: str, receipt: Receipt) -> None:
    for thread in office_incidents.threads_of(unit, incident.id):
        if thread.reachable and (thread.code == code or code == office_incidents.first_code(unit, incident.id)):
            tell_reporter(unit, incident, thread, kind, receipt, visit.now)
    visit.note(unit, incident, "reply", text=receipt.text or kind)
    holding.acted(unit, visit.desk, incident, visit.now)
    visit.say(unit, "reply_sent", code=code)


def secrets_of(unit: Unit, visit: StaffVisit, incident: Incident) -> Secrets:
    """What must not leave in words about this case, gathered only for the moment of judging."""
    register, line = visit.desk.register(unit), visit.line
    housed = register.housed_at(line, incident.property, visit.now)
    housed = [*housed, *register.periods_of(line.slug, incident.placement)]
    staff = register.staff_of(line.slug)
    place = (incident.place["display"],) if incident.place else ()
    return Secrets(
        resident_names=tuple(p.citizen_name for p in housed),
        phones=tuple(p.citizen_phone for p in housed if p.citizen_phone) + tuple(s.phone for s in staff),
        cprs=(),
        team_names=tuple(t.name for t in register.teams_of(line.slug)),
        staff_names=tuple(s.name for s in staff),
        addresses_given=place,
        citizen_names=tuple(p.citizen_name for p in register.directory.placements if p.line == line.slug),
        other=tuple(p.placement for p in housed),
        neutral=tuple(n for n in (line.name, line.sms_number, line.voice_number, line.emergency) if n),
    )
