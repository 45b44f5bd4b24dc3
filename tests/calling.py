"""A town with telephones: a caller at the line, the staff's phones, and nothing of the provider but its questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from escalation.store import front_calls, hatch, office_calls, office_people
from escalation.store.base import Unit
from escalation.store.front_calls import Call
from escalation.store.legs import Leg
from handlers import calling_back, calls, cases, front_ringing, ringing
from handlers.call_verbs import Document, Keys, Leave, Park, Record, Say, Silence
from handlers.calls import Step
from tests.stories.office.staffed import StaffedTown
from tests.town import LINE, NEIGHBOUR

SID = "CA1"


class CallingTown(StaffedTown):
    """One caller. The provider asks what comes next; what it would have done in between is up to the story."""

    caller = NEIGHBOUR

    def asks(self, step: str = "", digits: str = "", *, sid: str = SID, **more: object) -> Document:
        """The provider asks for a call's next document, as `step/language` of the last one says."""
        name, _, language = step.partition("/")
        asked = Step(sid, LINE, self.caller, name, language, digits)
        asked = replace(asked, **more)  # type: ignore[arg-type]  # the names are fields of Step
        document = self.front.write_now(calls.answer, self.front_desk, asked, self.clock.now())
        self.settle()
        return document

    def presses_keys(self, document: Document, digits: str = "") -> Document:
        """What follows when these keys are pressed where a document asks for some."""
        return self.asks(next(verb.step for verb in document if isinstance(verb, Keys)), digits)

    def waits(self, *, about: str = "0") -> Document:
        """A caller who presses his way to the queue."""
        return self.presses_keys(self.asks(), about)

    def after(self, seconds: float) -> None:
        """Time passes, and phones begin to ring when they are due."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < until:
            due = self.office.read_now(office_calls.next_due)
            if self.office_stopped:
                due = self.clock.now() + timedelta(seconds=1)
            self.clock.at = min(until, max(due or until, self.clock.now() + timedelta(milliseconds=50)))
            self.rings()
            self.settle()

    def rings(self) -> None:
        """Both desks look which phones are to ring now, and ring them."""
        self._front_rings()
        if self.office_stopped:
            return
        now, gone = self.clock.now(), self.front.read_now(hatch.callers_gone)
        for token in self.office.read_now(office_calls.due, now):
            self.office.write_now(ringing.ring, self.office_desk, token, now, gone)
            self.office.write_now(calling_back.expire, self.office_desk, token, now)
        self.settle()

    def ring(self, leg: Leg) -> None:
        """It rings until the story says what becomes of it."""

    def _front_rings(self) -> None:
        """The database's own clock, which no story can move, is left out of account."""
        now = self.clock.now()
        for token in self.front.read_now(front_calls.unheard, now - front_ringing.SILENCE, 0.0):
            self.front.write_now(front_ringing.ring, self.front_desk, token, now)
        for leg in self.front.write_now(front_calls.LEGS.claim, "queued", 50):
            self.front.write_now(front_calls.LEGS.dialled, leg.id, f"CA{leg.id[:8]}")

    def last_resort(self) -> list[Leg]:
        """The phones that the front desk itself rang for the caller, in the order in which it did."""
        return self.front.read_now(front_calls.LEGS.legs_of, self.call().token)

    def last_resort_picks_up(self, place: int) -> Document:
        leg = self.last_resort()[place - 1]
        return self.front.write_now(front_ringing.whisper, self.front_desk, leg, self.clock.now())

    def last_resort_presses(self, place: int, digits: str) -> Document:
        leg, now = self.last_resort()[place - 1], self.clock.now()
        document = self.front.write_now(front_ringing.pressed, self.front_desk, leg, digits, now)
        self.settle()
        return document

    def outward(self) -> list[hatch.Outward]:
        """What waits at the hatch for the office."""
        return self.front.read_now(hatch.left_out)

    def office_takes(self, row: hatch.Outward) -> None:
        """The office takes this one thing alone."""
        self.office.write_now(cases.receive, self.office_desk, row, self.clock.now())
        self.front.write_now(hatch.mark_taken, [row.n], self.clock.now())

    def legs(self) -> list[Leg]:
        return self.office.read_now(_legs)

    def ringing(self) -> list[str]:
        """Whose phones ring now, in the order in which they began to."""
        self.rings()
        return [leg.staff for leg in self.legs() if leg.state in ("ringing", "answered")]

    def leg(self, staff: str) -> Leg:
        return [leg for leg in self.legs() if leg.staff == staff][-1]

    def picks_up(self, staff: str) -> Document:
        return self._of_leg(staff, "whisper")

    def staff_presses(self, staff: str, digits: str) -> Document:
        return self._of_leg(staff, "pressed", digits)

    def leg_ends(self, staff: str, status: str) -> None:
        self._of_leg(staff, "leg_ended", status)

    def staff_has_talked(self, staff: str, *, talked: bool = True) -> Document:
        return self._of_leg(staff, "joined", talked)

    def _of_leg(self, staff: str, step: str, *said: object) -> Any:
        leg = self.leg(staff)
        work: Any = getattr(calling_back if leg.purpose == "callback" else ringing, step)
        now = self.clock.now()
        answer = self.office.write_now(lambda unit: work(unit, self.office_desk, leg, *said, now))
        self.settle()
        return answer

    def hangs_up(self, sid: str = SID) -> None:
        self.front.write_now(calls.ended, self.front_desk, Step(sid, LINE, self.caller), self.clock.now())
        self.settle()

    def call(self, sid: str = SID) -> Call:
        found = self.front.write_now(front_calls.call_of, sid)
        assert found is not None
        return found

    def rows(self, sid: str = SID) -> dict[str, object]:
        """What the rows say of a call, without what is random or a moment in time."""
        call = self.call(sid)
        own = {name: getattr(call, name) for name in ("stage", "keyed", "own", "place", "language", "wants_call")}
        moments = {name: getattr(call, name) is not None for name in ("queued_at", "left_at", "ended_at", "thread")}
        waiting = self.office.write_now(office_calls.waiting, call.token)
        return {
            **own,
            **moments,
            "recording": call.recording,
            "office": waiting.state if waiting else None,
            "legs": {leg.staff: leg.state for leg in self.legs()},
            "cases": [case["state"] for case in self.cases()],
        }

    def without_phones(self) -> None:
        """Nobody on staff can be rung."""
        for endpoint in self.office.read_now(office_people.endpoints_of, LINE):
            if endpoint.channel == "sms":
                self.office.write_now(office_people.remove_endpoint, endpoint.id)


def _legs(unit: Unit) -> list[Leg]:
    from sqlalchemy import select

    from escalation.store.office_tables import legs

    found = [unit_leg.id for unit_leg in unit.conn.execute(select(legs.c.id).order_by(legs.c.n))]
    return [leg for leg in (office_calls.LEGS.leg(unit, uid) for uid in found) if leg is not None]


def words(document: Document) -> str:
    """All that a document says."""
    said = [verb for verb in document if isinstance(verb, Say)]
    said += [v for verb in document if isinstance(verb, Keys) for v in verb.said if isinstance(v, Say)]
    return " ".join(each.text for each in said)


def records(document: Document) -> bool:
    return any(isinstance(verb, Record) for verb in document)


def parks(document: Document) -> bool:
    return any(isinstance(verb, Park) for verb in document)


def leaves(document: Document) -> bool:
    return any(isinstance(verb, Leave) for verb in document)


def silent_for(document: Document) -> int:
    return sum(verb.seconds for verb in document if isinstance(verb, Silence))
