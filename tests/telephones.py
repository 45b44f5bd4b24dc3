"""A call played to its end as the provider would: each document for as long as it lasts, phones that do as they do.

The office rings through its own loops; only the network behind them is played here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from heapq import heappop, heappush
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from bot.channels.base import DeliveryError
from bot.channels.twiml import Twiml
from bot.channels.voice import VoiceChannel
from bot.office_calls import OfficeCalls
from bot.sandbox.calls import spoken_for
from bot.sandbox.twilio.twiml import faults_of
from bot.settings import Settings, load
from escalation.calls import HOLD_SECONDS
from escalation.store import office_calls
from escalation.store.base import Unit
from handlers import ringing
from handlers.call_verbs import Document, HangUp, Hold, Join, Keys, Leave, Park, Record, Say, Silence
from tests.calling import CallingTown
from tests.municipality import KEYS
from tests.town import LINE

LONGER = 5  # the provider lets a phone ring so many seconds longer than it is asked to


@dataclass(frozen=True)
class Habit:
    """What a phone does: `after` seconds it `ends` in the provider's word, or is picked up and `keys` are pressed.

    `refused` is why the provider does not even take the call.
    """

    after: float = 0.5
    ends: str = ""
    keys: str = ""
    refused: str = ""


ANSWERS, PASSES, MAILBOX, IGNORES = Habit(5, keys="1"), Habit(3, keys="2"), Habit(4), Habit(0, "no-answer")
BUSY, DEAD, NOT_A_NUMBER, OUTAGE = Habit(1, "busy"), Habit(0.5, "failed"), Habit(refused="21211"), Habit(refused="503")


class Network(VoiceChannel):
    """Takes the office's orders to ring and to hang up."""

    def __init__(self, town: RingingTown) -> None:
        self._town = town
        self._numbers = {}

    async def ring(self, line: str, to: str, url: str, status_url: str, seconds: int) -> str:
        return self._town.begins_to_ring(url.rpartition("/")[2], to, seconds)

    async def hang_up(self, sid: str) -> None:
        self._town.stops(sid)


@cache
def settings() -> Settings:
    return load(KEYS, Path(str(files("bot.sandbox"))))


class RingingTown(CallingTown):
    """`habits` are by phone number, `habit` is everybody else's.

    `asked` is for how long each number was asked to ring, `began` when. `callees` is every document that somebody heard
    who had not pressed 1 yet, `heard_at` the caller's: after how many seconds, and the bytes without his token.
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.habit, self.habits = IGNORES, dict[str, Habit]()
        self.asked: list[tuple[str, int]] = []
        self.began: list[tuple[str, datetime]] = []
        self.callees: list[Document] = []
        self.documents: list[Document] = []
        self.heard_at: list[tuple[float, bytes]] = []
        self.silence = self.longest_silence = 0.0
        self.joined_at: float | None = None
        self.left_at = 0.0
        self._queued: datetime | None = None
        self._begins = self.clock.now()
        self._events: list[tuple[datetime, int, str, Callable[[], None]]] = []
        self._n = count(1)
        self._twiml = Twiml("https://line.example/webhooks/twilio/voice", "https://line.example/hold.wav", "DK")

    # The provider's side of staff's phones.

    def _skip_to_slot(self, ahead: Sequence[datetime]) -> bool:
        return False  # here time passes by what the caller hears, and not otherwise

    @property
    def _calls(self) -> OfficeCalls:
        known = replace(settings(), lines=self.lines)
        return OfficeCalls(known, self.office, self.front, self.office_desk, self.clock, Network(self))

    def rings(self) -> None:
        loops, now = self._calls, self.clock.now()
        while self.office.read_now(_anything, now):
            found = self._loop.run(loops.ring_loop.once())
            if not (self._loop.run(loops.dial_loop.once()) or found):
                return

    def begins_to_ring(self, leg: str, number: str, seconds: int) -> str:
        """What the phone does from now on is decided by its habit."""
        self.asked.append((number, seconds))
        self.began.append((number, self.clock.now()))
        habit, sid = self.habits.get(number, self.habit), f"CA{next(self._n)}"
        if habit.refused:
            raise DeliveryError("permanent", habit.refused)
        if habit.ends:
            self._later(habit.after or seconds + LONGER, sid, partial(self._ends, leg, habit.ends))
        elif habit.after < seconds:
            self._later(habit.after, sid, partial(self._picks_up, sid, leg, habit.keys))
        return sid

    def stops(self, sid: str) -> None:
        self._events = [event for event in self._events if event[2] != sid]

    def _later(self, seconds: float, sid: str, what: Callable[[], None]) -> None:
        heappush(self._events, (self.clock.now() + timedelta(seconds=seconds), next(self._n), sid, what))

    def _ends(self, leg: str, status: str) -> None:
        self._of(leg, lambda unit, desk, found, now: ringing.leg_ended(unit, desk, found, status, now))

    def _picks_up(self, sid: str, leg: str, keys: str) -> None:
        document = self._of(leg, ringing.whisper)
        self._hears(document)
        self._later(4 if keys else lasts(document), sid, partial(self._presses, sid, leg, keys))

    def _presses(self, sid: str, leg: str, keys: str) -> None:
        document = self._of(leg, lambda unit, desk, found, now: ringing.pressed(unit, desk, found, keys, now))
        if any(isinstance(verb, Join) for verb in document):
            self.joined_at = self.waited()
        elif keys != "1":
            self._hears(document)
        if self.joined_at is None:
            self._later(lasts(document), sid, partial(self._ends, leg, "completed"))

    def _hears(self, document: Document) -> None:
        self.callees.append(document)
        self.fits(document)

    def _of(self, leg: str, step: Callable[..., Any]) -> Any:
        def work(unit: Unit) -> Any:
            found = office_calls.leg(unit, leg)
            assert found is not None
            return step(unit, self.office_desk, found, self.clock.now())

        return self.office.write_now(work)

    def after(self, seconds: float) -> None:
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < until and self.joined_at is None:
            soon, due = self.clock.now() + timedelta(milliseconds=50), self.office.read_now(office_calls.next_due)
            stops = [until, *(at for at, *_ in self._events[:1]), *([due] if due else [])]
            self.clock.at = min(until, max(min(stops), soon))
            while self._events and self._events[0][0] <= self.clock.now():
                heappop(self._events)[3]()
                self.settle()
            self.rings()

    # The caller's side.

    def asks(self, step: str = "", digits: str = "", **more: Any) -> Document:
        at, document = (self.clock.now() - self._begins).total_seconds(), super().asks(step, digits, **more)
        self.documents.append(document)
        self.heard_at.append((at, self.fits(document).replace(self.call().token.encode(), b"TOKEN")))
        return document

    def fits(self, document: Document) -> bytes:
        """The document as it is sent, which the provider must be able to carry out."""
        written = self._twiml.write(document)
        assert faults_of(written.decode()) == []
        return written

    def plays(self, *keys: str) -> str:
        """The call from the greeting to its end, these keys pressed where keys are asked for: how his waiting ended."""
        pressed, next_, result = iter(keys), dict[str, Any](), ""
        while True:
            document = self.asks(**next_)
            found = next(filter(None, (self._verb(verb, pressed) for verb in document)), None)
            if found is None:
                return result
            next_, result = found, found.get("result", result)

    def _verb(self, verb: object, keys: Iterator[str]) -> dict[str, Any] | None:
        """Carry out a verb; the next question to ask, or None when the document goes on."""
        match verb:
            case Say(text):
                self._passes(spoken_for(text), silent=False)
            case Silence(seconds):
                self._passes(seconds, silent=True)
            case Keys(said, _, seconds, step):
                for each in said:
                    self._verb(each, keys)
                digits = next(keys, "")
                self._passes(0 if digits else seconds, silent=True)
                return {"step": step, "digits": digits}
            case Park(_, wait, step):
                return {"step": step, "result": self._waits(wait)}
            case Record(_, step):
                self._passes(10, silent=False)
                return {"step": step, "recording": "https://api.example/Recordings/RE1", "seconds": 10}
        return None

    def _waits(self, wait: str) -> str:
        self._queued = self.call().queued_at
        while self.joined_at is None:
            document = self.asks(wait)
            if Leave() in document:
                self.left_at = self.waited()
                return "leave"
            for verb in document:
                self._passes(HOLD_SECONDS, silent=False) if isinstance(verb, Hold) else self._verb(verb, iter(()))
        return "bridged"

    def _passes(self, seconds: float, *, silent: bool) -> None:
        self.silence = self.silence + seconds if silent else 0.0
        self.longest_silence = max(self.longest_silence, self.silence)
        self.after(seconds)

    def waited(self) -> float:
        """Seconds since he began to wait."""
        assert self._queued is not None
        return round((self.clock.now() - self._queued).total_seconds(), 1)

    def rung(self) -> Mapping[str, int]:
        """How often each number was asked to ring."""
        return Counter(number for number, _ in self.asked)


def _anything(unit: Unit, now: datetime) -> bool:
    return bool(office_calls.due(unit, now)) or office_calls.LEGS.anything_to_do(unit)


def lasts(document: Document) -> float:
    """How long it is listened to when nothing is pressed."""
    total = 0.0
    for verb in document:
        if isinstance(verb, Say):
            total += spoken_for(verb.text)
        elif isinstance(verb, Keys):
            total += lasts(tuple(verb.said)) + verb.seconds
    return total


def ends_call(document: Document) -> bool:
    return isinstance(document[-1], HangUp)


def speaks_at_once(document: Document) -> bool:
    """Whether the first thing that is heard of it are words."""
    first = document[0].said[0] if isinstance(document[0], Keys) else document[0]
    return isinstance(first, Say)


def ringing_town(world: Any, moment: datetime) -> RingingTown:
    town = world.town(moment, RingingTown)
    assert isinstance(town, RingingTown)
    assert LINE in town.lines
    return town
