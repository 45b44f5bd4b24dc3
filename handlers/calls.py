"""A call at the front desk: what the caller hears at each step, and what of it becomes a case.

A step's document follows from the step, what was pressed and the call's own token alone; only the waiting document
looks at the clock. So a repeated or late step is answered as it was the first time, by any process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from escalation.calls import CODE_LENGTH, LANGUAGE_KEYS, MOST_STAIRWELLS, Meaning, meaning, waiting
from escalation.lines import LineConfig
from escalation.store import front_calls, front_people, published
from escalation.store.base import Unit
from escalation.store.front_calls import Call
from escalation.store.published import PublicContact
from handlers import calls_reporting as reporting
from handlers.call_verbs import Document, HangUp, Hold, Keys, Leave, Park, Record, Say, Silence
from handlers.front_desk import FrontDesk
from handlers.placing import stairwell
from handlers.texts.catalogue import text
from handlers.times import spoken

MESSAGE_SECONDS = 120
EMPTY_SECONDS = 1  # a recording no longer than this holds no words
_CODE_SECONDS, _KEY_SECONDS = 4, 6
_HIDDEN = frozenset({"", "anonymous", "restricted", "unavailable", "unknown", "+266696687"})


@dataclass(frozen=True, slots=True)
class Step:
    """One request of the provider for a call: which call, which step, in which language, and what came with it."""

    sid: str
    line: str
    caller: str
    step: str = ""
    language: str = ""
    digits: str = ""
    result: str = ""
    recording: str = ""
    seconds: int = 0


def answer(unit: Unit, desk: FrontDesk, step: Step, now: datetime) -> Document:
    """What the caller hears next."""
    visit = _Caller(unit, desk, step, now)
    return STEPS[step.step](visit)


def ended(unit: Unit, desk: FrontDesk, step: Step, now: datetime) -> None:
    """The provider says that the call is over."""
    visit = _Caller(unit, desk, step, now)
    if visit.call.ended_at is None:
        visit.keep(ended_at=now)
    visit.leave()


class _Caller:
    """One step of one call being worked on."""

    def __init__(self, unit: Unit, desk: FrontDesk, step: Step, now: datetime) -> None:
        self.unit, self.desk, self.step, self.now = unit, desk, step, now
        self.line: LineConfig = desk.lines[step.line]
        known = front_calls.call_of(unit, step.sid)
        address = step.caller if step.caller.lower() not in _HIDDEN else f"hidden:{step.sid}"
        if known is None:
            sender = front_people.sender_of(unit, step.line, "sms", address, now)
            language = sender.language if sender.language in self.line.languages else self.line.language
            known = front_calls.begin(unit, step.sid, step.line, sender.id, language, now)
        self.call: Call = known
        self.language = step.language if step.language in self.line.languages else known.language

    def keep(self, **changes: object) -> None:
        self.call = replace(self.call, **changes)  # type: ignore[arg-type]  # the names are fields of Call
        front_calls.save(self.unit, self.call)

    # Words.

    def say(self, name: str, language: str | None = None, **values: object) -> Say:
        spoken = language or self.language
        facts = {"line": self.line.name, "em": " ".join(self.line.emergency), **values}
        return Say(text(f"call.{name}", spoken, **facts), spoken, f"call.{name}")

    def to(self, step: str) -> str:
        return f"{step}/{self.language}"

    # Steps.

    def greet(self) -> Document:
        """Danger first, then everything that can be pressed. A call that is known goes on where it stands."""
        if self.call.stage == "queue":
            return self.park()
        if self.call.stage == "message":
            return self.offer_message()
        others = [x for x in LANGUAGE_KEYS.values() if x in self.line.languages and x != self.language]
        keys = (self.say("language_key", language, digit=_key(language)) for language in others)
        return self._menu((self.say("greeting"), Silence(1), *keys, self.say("menu")))

    def _menu(self, said: tuple[Say | Silence, ...]) -> Document:
        said = (*said, *self._stairwells())
        return (Keys(said, CODE_LENGTH, _CODE_SECONDS, self.to("menu")),)

    def _stairwells(self) -> tuple[Say, ...]:
        return tuple(
            self.say("stairwell", place=place["display"], digit=n)
            for n, place in enumerate(self._own_places(), start=1)
        )

    def _own_places(self) -> list[dict[str, str]]:
        """A registered caller's stairwells, where they are few enough to be read out."""
        contact = self._contact()
        codes = contact.properties if contact else ()
        if not 0 < len(codes) <= MOST_STAIRWELLS:
            return []
        stock = self.desk.stock(self.unit, self.line.slug)
        return [place for place in (stairwell(stock, code) for code in codes) if place is not None]

    def _contact(self) -> PublicContact | None:
        sender = front_people.sender_by_id(self.unit, self.call.sender)
        today = self.now.astimezone(self.line.zone).date()
        return published.contact(self.unit, self.line.slug, sender.phone or sender.index, today)

    def menu(self) -> Document:
        """What was pressed first: another language, himself, a stairwell, or nothing, which leads to a person."""
        meant = meaning(self.step.digits, self.line.languages, len(self._own_places()))
        if self.step.digits and not self.call.keyed:
            self.keep(keyed=True)
        if meant.kind == "language":
            self.language = meant.value
            if self.call.stage == "menu":
                self.keep(language=meant.value)
            return self._menu((self.say("menu"),))
        if meant.kind in ("code", "stairwell"):
            return self._place(meant)
        if self.call.stage == "menu" and meant.kind == "self":
            self.keep(own=True)
        return self.queue()

    def _place(self, meant: Meaning) -> Document:
        """The words are the same whether anybody knows the code or not."""
        stock = self.desk.stock(self.unit, self.line.slug)
        own = self._own_places()
        place = stairwell(stock, meant.value) if meant.kind == "code" else own[int(meant.value) - 1]
        if self.call.stage == "menu":
            self.keep(place=place)
        return (Keys((self.say("choice"),), 1, _KEY_SECONDS, self.to("choice")),)

    def choice(self) -> Document:
        """To talk, or to leave a message; who says nothing is led to a person."""
        if self.step.digits and not self.call.keyed:
            self.keep(keyed=True)
        if self.step.digits != "2":
            return self.queue()
        if self.call.stage == "menu":
            self.keep(stage="message")
        return (self.say("speak"), Record(MESSAGE_SECONDS, self.to("recorded")))

    def queue(self) -> Document:
        """He waits, and from now on there is a case."""
        if self.call.stage == "menu":
            self.keep(stage="queue", queued_at=self.now)
            self.call = reporting.waits(self.unit, self.line, self.call, self.now)
            if self.call.ended_at is not None:
                self.leave()
        return self.park()

    def park(self) -> Document:
        seconds = int(self.line.calls.total.total_seconds())
        return (self.say("finding", seconds=seconds), Park(self.call.token, self.to("wait"), self.to("queued")))

    def wait(self) -> Document:
        """The hold sound, the same for every address, until his time is up."""
        since = self.call.queued_at or self.call.started_at
        next_ = waiting(self.now - since, self.line.calls.total)
        if next_.leaves:
            return (Leave(),)
        if next_.silent:
            return (Silence(next_.silent),)
        return (self.say("still"), Hold()) if next_.speaks else (Hold(),)

    def queued(self) -> Document:
        """The waiting is over: he talked, he hung up, or nobody came."""
        if self.step.result == "bridged":
            return (HangUp(),)
        self.leave()
        if self.step.result == "hangup":
            return (HangUp(),)
        return self.offer_message()

    def leave(self) -> None:
        """The office is told, once, that nobody waits any more."""
        if self.call.queued_at is not None and self.call.left_at is None:
            front_calls.LEGS.end_others(self.unit, self.call.token, None, self.now)
            if self.call.leg is None:
                reporting.leaves(self.unit, self.call, self.now)
            self.keep(left_at=self.now, stage="message")

    def offer_message(self) -> Document:
        """A machine that listens records only who has shown by a key that he is there."""
        if self.call.keyed:
            return (self.say("nobody"), Record(MESSAGE_SECONDS, self.to("recorded")))
        return (Keys((self.say("nobody_key"),), 1, _KEY_SECONDS, self.to("message")),)

    def message(self) -> Document:
        if not self.step.digits:
            return (self._farewell(), HangUp())
        return (self.say("speak"), Record(MESSAGE_SECONDS, self.to("recorded")))

    def recorded(self) -> Document:
        """His words are kept like any other report; of an empty recording only the log knows."""
        self.keep_recording()
        if self.step.digits == "hangup":
            return (HangUp(),)
        return (Keys((self.say("call_back"),), 1, _KEY_SECONDS, self.to("callback")),)

    def keep_recording(self) -> None:
        if not self.step.recording or self.call.recording is not None:
            return
        self.keep(recording=self.step.recording.rpartition("/")[2][:64])
        if self.step.seconds > EMPTY_SECONDS:
            self.call = reporting.speaks(self.unit, self.line, self.call, self.step.recording, self.now)
        else:
            reporting.says_nothing(self.unit, self.line, self.step.recording, self.now)

    def callback(self) -> Document:
        if self.step.digits == "1" and self.call.thread is not None and not self.call.wants_call:
            self.keep(wants_call=True)
            reporting.wants_call(self.unit, self.call, self.now)
        return (self._farewell(), HangUp())

    def _farewell(self) -> Say:
        """By when he is answered, where there is anything to answer."""
        if self.call.thread is None:
            return self.say("bye")
        promised = reporting.promised(self.unit, self.line, self.call, self.now)
        return self.say("noted", t=spoken(promised, self.line.zone, self.language))


def _key(language: str) -> str:
    return next(key for key, named in LANGUAGE_KEYS.items() if named == language)


STEPS = {
    "": _Caller.greet,
    "menu": _Caller.menu,
    "choice": _Caller.choice,
    "wait": _Caller.wait,
    "queued": _Caller.queued,
    "message": _Caller.message,
    "recorded": _Caller.recorded,
    "callback": _Caller.callback,
}
