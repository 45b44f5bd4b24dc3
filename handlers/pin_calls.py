"""Place and words by telephone: asked for by PIN on a phone that the office rang, then read out, and again by a key.

Nothing of the case is told before the right PIN, and nothing to somebody who may not see it now. A step that is
reported twice is answered as it was the first time: each carries its own number.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from escalation import pins
from escalation.store import audit, hearings, office_calls, office_incidents, office_pins
from escalation.store.base import Unit
from escalation.store.hearings import Hearing
from escalation.store.legs import Leg
from escalation.store.office_incidents import Incident
from handlers import leg_documents, reading_aloud
from handlers.call_verbs import Document, HangUp, Keys, Say
from handlers.office_desk import OfficeDesk, staff_language
from handlers.permissions import may_see

PURPOSE = "hear"
MOST_TIMES = 9  # a call that is never hung up would read for ever
_PIN_SECONDS, _KEY_SECONDS = 10, 8
# One key more than a PIN has, or the hash behind it would be taken for an answer to what is asked next.
_PIN_KEYS = pins.LENGTH + 1


def ring(unit: Unit, incident: Incident, staff: str, phone: str, now: datetime) -> None:
    """Ring somebody who asked to hear a case, unless his phone rings for that already."""
    legs = office_calls.legs_of(unit, incident.id)
    if not any(leg.staff == staff and leg.purpose == PURPOSE and leg.ended_at is None for leg in legs):
        office_calls.LEGS.add(unit, incident.id, incident.line, staff, phone, now, PURPOSE)
        office_incidents.note(unit, incident.id, "rung", now, actor=staff)


def offer(unit: Unit, desk: OfficeDesk, leg: Leg, incident: Incident, code: str, now: datetime) -> Document:
    """What somebody hears who has just taken a case by a key: with a PIN he may hear it, else it comes in writing."""
    pin = office_pins.pin_of(unit, leg.line, leg.staff)
    if pin is None or not _may_hear(unit, desk, leg, incident, now):
        return (_say(unit, desk, leg, "case_yours", now, code=code), HangUp())
    if pin.locked:
        yours = _say(unit, desk, leg, "case_yours", now, code=code)
        return (_say(unit, desk, leg, "pin_locked", now), yours, HangUp())
    hearings.begin(unit, leg.id, incident.id)
    return _asks(leg, _say(unit, desk, leg, "case_yours_pin", now, code=code), 1)


# What a phone is rung for: somebody asked to hear a case.


def whisper(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> Document:
    """He picked up, or something that picks up by itself did: neither hears more than that a PIN is wanted."""
    office_calls.moved(unit, leg.id, "answered", ("queued", "ringing"))
    hearings.begin(unit, leg.id, leg.token)
    return _asks(leg, _say(unit, desk, leg, "pin", now), 1)


def pressed(unit: Unit, desk: OfficeDesk, leg: Leg, digits: str, now: datetime) -> Document:
    """A key is asked for in another step."""
    return (HangUp(),)


def joined(unit: Unit, desk: OfficeDesk, leg: Leg, talked: bool, now: datetime) -> Document:
    """It joins nobody."""
    return (HangUp(),)


def leg_ended(unit: Unit, desk: OfficeDesk, leg: Leg, status: str, now: datetime) -> None:
    """The call is over; without a right PIN it counts as not answered."""
    hearings.close(unit, leg.id, now)
    state = leg_documents.outcome(status)
    if office_calls.ended(unit, leg.id, state, now):
        office_incidents.note(unit, _case(unit, leg.token).id, "leg_ended", now, actor=leg.staff, outcome=state)


def not_dialled(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> None:
    """The provider did not take the call."""
    leg_ended(unit, desk, leg, "failed", now)


def hung_up(unit: Unit, desk: OfficeDesk, leg: Leg, now: datetime) -> None:
    """The office itself ended it."""
    leg_ended(unit, desk, leg, "canceled", now)


# What is pressed, on such a leg and on one of an alert.


def pin_given(
    unit: Unit, desk: OfficeDesk, leg: Leg, attempt: int, digits: str, playable: Collection[str], now: datetime
) -> Document:
    """The PIN, for the `attempt`-th time on this call; silence is no attempt."""
    hearing = hearings.of(unit, leg.id)
    most = min(hearing.wrong + 1, pins.WRONG_IN_A_CALL) if hearing else 0
    if hearing is None or hearing.closed_at is not None or not 1 <= attempt <= most:
        return (HangUp(),)
    if not digits:
        return (_say(unit, desk, leg, "goodbye", now), HangUp())
    if attempt <= hearing.wrong:
        return _wrong(unit, desk, leg, attempt, now)
    if not office_pins.fits(unit, leg.line, leg.staff, digits):
        hearings.wronged(unit, leg.id, attempt)
        return _wrong(unit, desk, leg, attempt, now)
    office_calls.ended(unit, leg.id, "joined", now)
    hearings.opened(unit, leg.id, now)
    return _tells(unit, desk, leg, hearing, 1, playable, now)


def again(
    unit: Unit, desk: OfficeDesk, leg: Leg, times: int, digits: str, playable: Collection[str], now: datetime
) -> Document:
    """1 reads it out once more; anything else, and silence, is the end."""
    hearing = hearings.of(unit, leg.id)
    if hearing is None or not hearing.is_open(now) or not 2 <= times <= hearing.heard + 1:
        return (HangUp(),)
    if digits != "1" or times > MOST_TIMES:
        return (_say(unit, desk, leg, "goodbye", now), HangUp())
    return _tells(unit, desk, leg, hearing, times, playable, now)


def recordings(unit: Unit, leg: str) -> Mapping[str, str]:
    """The media of the case that a leg is about, each with the name it has in this leg's addresses and no other's.

    The name is made with a key: whoever knows the leg, or heard another one, cannot tell it.
    """
    hearing = hearings.of(unit, leg, lock=False)
    if hearing is None or hearing.closed_at is not None:
        return {}
    incident = office_incidents.get(unit, hearing.incident, lock=False)
    media = [entry.body for entry in office_incidents.timeline(unit, incident.id, ("media",)) if entry.body]
    return {str(body["media"]): unit.keys.index("hearing", f"{leg}|{body['media']}") for body in media}


def recording(unit: Unit, leg: str, name: str, now: datetime) -> str | None:
    """The medium that a name stands for on a leg that is open; None for every other name and leg."""
    hearing = hearings.of(unit, leg, lock=False)
    if hearing is None or not hearing.is_open(now):
        return None
    return next((uid for uid, known in recordings(unit, leg).items() if known == name), None)


def _tells(
    unit: Unit, desk: OfficeDesk, leg: Leg, hearing: Hearing, times: int, playable: Collection[str], now: datetime
) -> Document:
    incident = _case(unit, hearing.incident)
    if not _may_hear(unit, desk, leg, incident, now):
        return (_say(unit, desk, leg, "not_yours", now), HangUp())
    if times > hearing.heard:
        hearings.heard(unit, leg.id, times)
        code = office_incidents.first_code(unit, incident.id)
        audit.record(unit, leg.line, f"staff:{leg.staff}", "show", code, now)
    line = desk.lines[leg.line]
    language = staff_language(unit, desk, line, leg.staff, now)
    names = {uid: f"media/{leg.id}/{name}" for uid, name in recordings(unit, leg.id).items()}
    said = reading_aloud.aloud(unit, incident, language, line.name, names, playable)
    once_more = _say(unit, desk, leg, "hear_again", now)
    return (Keys((*said, once_more), 1, _KEY_SECONDS, f"again/{leg.id}/{times + 1}"), HangUp())


def _wrong(unit: Unit, desk: OfficeDesk, leg: Leg, attempt: int, now: datetime) -> Document:
    pin = office_pins.pin_of(unit, leg.line, leg.staff)
    if pin is None or pin.locked:
        return (_say(unit, desk, leg, "pin_locked", now), HangUp())
    if attempt >= pins.WRONG_IN_A_CALL:
        return (_say(unit, desk, leg, "pin_wrong_last", now), HangUp())
    return _asks(leg, _say(unit, desk, leg, "pin_wrong", now), attempt + 1)


def _asks(leg: Leg, said: Say, attempt: int) -> Document:
    return (Keys((said,), _PIN_KEYS, _PIN_SECONDS, f"pin/{leg.id}/{attempt}"), HangUp())


def _may_hear(unit: Unit, desk: OfficeDesk, leg: Leg, incident: Incident, now: datetime) -> bool:
    person = desk.register(unit).staff(desk.lines[leg.line], leg.staff, now)
    return person is not None and may_see(unit, desk, incident, person, now)


def _case(unit: Unit, incident: str) -> Incident:
    return office_incidents.get(unit, incident)


def _say(unit: Unit, desk: OfficeDesk, leg: Leg, key: str, now: datetime, **values: object) -> Say:
    line = desk.lines[leg.line]
    return leg_documents.say(key, staff_language(unit, desk, line, leg.staff, now), line.name, **values)
