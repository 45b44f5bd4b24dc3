"""The network's end of one phone's call: waits that whoever hangs up, redirects or joins it can break off."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.calls import CallClock, PhoneCall, spoken_for
from bot.sandbox.twilio.calls import Call, Source


class Over(Exception):
    """The call ended; whoever carries out its instructions stops."""


class Moved(Exception):
    """Other instructions came in the middle of these."""

    def __init__(self, source: Source) -> None:
        self.source = source
        super().__init__(source.url)


class Leg:
    """A call, the phone's end of it, and what breaks off the wait it is in. `finish` ends it when the person did."""

    def __init__(self, call: Call, wire: PhoneCall, clock: CallClock, finish: Callable[[Leg, str, str], None]) -> None:
        self.call = call
        self.wire = wire
        self.clock = clock
        self._finish = finish
        self._summons: Exception | None = None

    def summon(self, why: Exception) -> None:
        """Break off the wait this leg is in, or the next one. What the account orders goes before what others want."""
        if not isinstance(self._summons, Moved) or isinstance(why, Moved):
            self._summons = why
        self.wire.ring()

    def forget(self, kind: type[Exception]) -> None:
        """A summons of this kind comes too late."""
        if isinstance(self._summons, kind):
            self._summons = None

    def check(self) -> None:
        """Raise what the leg was summoned with, or Over once the person hung up."""
        if self.wire.hung_up and not self.call.over:
            self._finish(self, "canceled" if self.call.answered_at is None else "completed", "hung up")
        if self.call.over:
            raise Over
        if self._summons is not None:
            why, self._summons = self._summons, None
            raise why

    async def wait(self, seconds: float | None, until: Callable[[], bool] = lambda: False) -> bool:
        """Wait so many call seconds, or until something is so; whether it was."""
        end = None if seconds is None else self.clock.now() + seconds
        while True:
            self.check()
            if until():
                return True
            left = None if end is None else end - self.clock.now()
            if left is not None and left <= 0:
                return False
            await self.wire.bell.wait(None if left is None else left * self.clock.pace)

    def pick_up(self) -> None:
        """The network answers, as far as it has not yet."""
        if self.call.answered_at is None:
            self.call.move("in-progress")
            self.call.answered_at = self.clock.now()
            if self.wire.state != "talking":
                self.wire.taken()


class Room:
    """Where legs hear each other: the two of a bridge, or the members of a conference. Over once it is closed. Whoever
    is expected is told of each who comes or goes, before coming in too.
    """

    def __init__(self, *expected: Leg) -> None:
        self._expected = expected
        self.members: list[Leg] = []
        self.over = False
        self.began: float | None = None
        self._started = False

    def enter(self, leg: Leg, *, starts: bool = True) -> None:
        """Come in; once somebody came who starts it, whoever is not alone is connected."""
        leg.wire.spoken.clear()
        self.members.append(leg)
        self._started = self._started or starts
        for expected in self._expected:
            expected.wire.ring()
        if len(self.members) < 2 or not self._started:
            return
        self.began = self.began or leg.clock.now()
        for member in self.members:
            if not member.wire.connected:
                member.wire.connected = True
                member.wire.hears("event", "connected")

    def leave(self, leg: Leg, *, close: bool) -> None:
        """Go out; `close` puts an end to it for the others too."""
        if leg in self.members:
            self.members.remove(leg)
        self.over = self.over or close
        for member in (*self.members, *self._expected, leg):
            if member.wire.connected and (member is leg or self.over or len(self.members) < 2):
                member.wire.connected = False
                member.wire.hears("event", "no longer connected")
            member.wire.ring()

    def carry(self, leg: Leg) -> None:
        """Let the others hear what was just said here."""
        while leg.wire.spoken:
            words = leg.wire.spoken.popleft()
            for other in self.members:
                if other is not leg:
                    other.wire.hears("voice", words, spoken_for(words))

    async def stay(self, leg: Leg, seconds: float | None, star: bool = False) -> bool:
        """Talk until it is over, for so long at most, or until * where that leads out; whether it is over."""
        end = None if seconds is None else leg.clock.now() + seconds
        leg.wire.keys.clear()
        while not self.over:
            self.carry(leg)
            if star and "*" in leg.wire.keys:
                return False
            left = None if end is None else end - leg.clock.now()
            spoke = await leg.wait(left, lambda: self.over or bool(leg.wire.spoken) or (star and "*" in leg.wire.keys))
            if not spoke:
                return False
        return True
