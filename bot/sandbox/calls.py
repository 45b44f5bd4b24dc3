"""A telephone call as the person with the phone has it: what is heard, what can be done. It knows nothing of providers.

How a test plays it (`sandbox` is a running `Sandbox`, lengths in call seconds are scaled by `config.call_pace`):

    call = sandbox.call(sandbox.phone("Nabo"), "+4552500002")   # dials; the call is there at once, not yet answered
    await call.until_hears("Tryk et")                           # a part of what is said, whatever the case of letters
    call.press("1")                                             # keys; "4711#" presses five
    leg = await sandbox.until_rings(sandbox.phone("Vagt"))      # the call that rings there; leg.display is who it shows
    leg.answer()                                                # or decline(), let_mailbox(), ignore() and wait
    await leg.until_connected()                                 # bridged with somebody, as is `call` then
    call.say("Der er larm igen")                                # the other one hears it, a recording records it
    call.hang_up()
    await leg.until_ended()                                     # leg.ending says how: "other side", "hung up", …
    call.heard, call.words(), call.longest_silence()            # what was heard, with call seconds since it began

A phone's `kind` decides without anybody's hand: "mailbox" picks up by itself, "busy" is, "failing" and "unreachable"
fail. `sandbox.expect(phone, "answer")` lets a phone treat each call that rings in the same way. What a call's end was
for the provider says `await sandbox.until_over(sid)`, `sandbox.phone_calls(phone)` are all of a phone's. Helpers
that wait take real seconds and raise TimeoutError with what was heard instead. `sandbox.voice_faults` are the
documents that the provider could not carry out, `sandbox.recordings()` what was recorded, with the words.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bot.sandbox.config import SandboxError
from bot.sandbox.moment import fresh_hex, ticks
from bot.sandbox.phones import Phone

CallState = Literal["dialling", "ringing", "talking", "ended"]
Habit = Literal["", "answer", "decline", "mailbox"]
HABITS: tuple[Habit, ...] = ("", "answer", "decline", "mailbox")
CHARACTERS_A_SECOND = 15.0
KEYS = frozenset("0123456789*#")
SOUNDS = ("said", "played", "music", "beep", "voice")
_SHOWN = 80


class CallClock:
    """Time on the telephone: `pace` real seconds are one call second. 1 is real time, 0.02 fifty times as fast."""

    def __init__(self, pace: float) -> None:
        if not 0.001 <= pace <= 10:
            raise SandboxError("call_pace is between 0.001 and 10 real seconds for a second on the telephone")
        self.pace = pace

    def now(self) -> float:
        return ticks() / self.pace


class Bell:
    """Wakes whoever waits for a call to change."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, seconds: float | None) -> None:
        """Until the next ring, at most so many real seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return


@dataclass(slots=True)
class Heard:
    """One thing heard: when it began and how long it lasts in call seconds, what kind of sound, and the words.

    Kinds: "said" by a machine, "played" from a file, "music" of a queue, "beep", "voice" of a person or a mailbox,
    "event", which is not a sound but what the person notices, such as "connected", and what the person did: "own" words
    and "keys".
    """

    at: float
    kind: str
    words: str
    lasts: float = 0.0
    language: str = ""


class PhoneCall:
    """One call on one phone; `phone` is None for a number that nobody on the table has.

    `display` is the number it shows, `answered_at` when it was picked up, `mailbox` whether a machine did.
    """

    def __init__(
        self,
        phone: Phone | None,
        number: str,
        display: str,
        incoming: bool,
        clock: CallClock,
        changed: Callable[[], None],
        noticed: Callable[[PhoneCall, str], None],
    ) -> None:
        self.id = fresh_hex(12)
        self.phone = phone
        self.number = number
        self.display = display
        self.incoming = incoming
        self.state: CallState = "ringing" if incoming else "dialling"
        self.ending = ""
        self.mailbox = False
        self.connected = False
        self.declined = False
        self.hung_up = False
        self.ignored = False
        self.answered_at: float | None = None
        self.heard: list[Heard] = []
        self.keys: deque[str] = deque()
        self.spoken: deque[str] = deque()
        self.bell = Bell()
        self._clock = clock
        self.began = clock.now()
        self._over: float | None = None
        self._changed = changed
        self._noticed = noticed

    # what the person does

    def answer(self) -> None:
        self._pick_up(mailbox=False)

    def let_mailbox(self) -> None:
        """The phone's mailbox takes the call: it greets, records silence, presses nothing."""
        self._pick_up(mailbox=True)

    def _pick_up(self, *, mailbox: bool) -> None:
        if self.state != "ringing":
            raise SandboxError(f"this call does not ring: it is {self.state}")
        self.mailbox, self.state, self.answered_at = mailbox, "talking", self.elapsed()
        self.hears("event", "the mailbox answers" if mailbox else "answered")

    def decline(self) -> None:
        if self.state != "ringing":
            raise SandboxError(f"this call does not ring: it is {self.state}")
        self.declined = True
        self.ring()

    def ignore(self) -> None:
        """Let it ring, without a sound."""
        self.ignored = True
        self.ring()

    def press(self, keys: str) -> None:
        self._must_talk()
        if not keys or not set(keys) <= KEYS:
            raise SandboxError("keys are digits, * and #")
        self.keys.extend(keys)
        self.hears("keys", keys)

    def say(self, words: str) -> None:
        """Speak: to whoever is connected, or on a recording; otherwise to nobody."""
        self._must_talk()
        if not words.strip():
            raise SandboxError("say something")
        self.spoken.append(words.strip())
        self.hears("own", words.strip())

    def hang_up(self) -> None:
        if self.state == "ended":
            raise SandboxError("this call is over")
        if self.state == "ringing":
            return self.decline()
        self.hung_up = True
        self.ring()

    def _must_talk(self) -> None:
        if self.state != "talking":
            raise SandboxError(f"nobody listens: the call is {self.state}")

    # what the network does

    def hears(self, kind: str, words: str, lasts: float = 0.0, language: str = "") -> Heard:
        heard = Heard(round(self.elapsed(), 2), kind, words, round(lasts, 2), language)
        self.heard.append(heard)
        if kind == "event":
            self._noticed(self, words)
        self.ring()
        return heard

    def taken(self) -> None:
        """The called side answered."""
        self.state, self.answered_at = "talking", self.elapsed()
        self.hears("event", "answered")

    def ends(self, how: str) -> None:
        if self.state != "ended":
            self.state, self.ending, self.connected, self._over = "ended", how, False, self.elapsed()
            self.hears("event", how)

    def ring(self) -> None:
        self.bell.ring()
        self._changed()

    # what can be seen

    def elapsed(self) -> float:
        """Call seconds since it began to ring or was dialled, until it ended."""
        return self._clock.now() - self.began if self._over is None else self._over

    def sounds(self) -> list[Heard]:
        """What was heard, without events and what the person did."""
        return [heard for heard in self.heard if heard.kind in SOUNDS]

    def words(self) -> list[str]:
        return [heard.words for heard in self.sounds()]

    def longest_silence(self) -> float:
        """Call seconds of the longest stretch, since it was answered, in which nothing was heard. While two are
        connected they are not silent.
        """
        if self.answered_at is None:
            return 0.0
        until, longest, talking = self.answered_at, 0.0, False
        for heard in self.heard:
            joins = heard.kind == "event" and heard.words == "connected"
            if (joins or heard.kind in SOUNDS) and not talking:
                longest = max(longest, heard.at - until)
            if heard.kind == "event" and talking:
                until = max(until, heard.at)
            if heard.kind == "event":
                talking = joins
            until = max(until, heard.at + heard.lasts)
        return longest if talking else max(longest, self.elapsed() - until)

    async def until(self, found: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
        """Wait until something is so. Raises TimeoutError saying what was heard."""
        end = ticks() + seconds
        while not found():
            left = end - ticks()
            if left <= 0:
                who = self.phone.name if self.phone else self.number
                raise TimeoutError(f"{who} waits for {what}; {self.state}, heard {[h.words for h in self.heard]}")
            await self.bell.wait(left)

    async def until_hears(self, words: str, seconds: float = 10.0) -> Heard:
        """The last thing heard that has these words in it."""

        def fits(heard: Heard) -> bool:
            return heard.kind in SOUNDS and words.casefold() in heard.words.casefold()

        await self.until(lambda: any(map(fits, self.heard)), repr(words), seconds)
        return next(filter(fits, reversed(self.heard)))

    async def until_answered(self, seconds: float = 10.0) -> None:
        await self.until(lambda: self.answered_at is not None, "an answer", seconds)

    async def until_connected(self, seconds: float = 10.0) -> None:
        await self.until(lambda: self.connected, "being connected", seconds)

    async def until_ended(self, seconds: float = 10.0) -> str:
        """How the call ended."""
        await self.until(lambda: self.state == "ended", "the end", seconds)
        return self.ending

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "number": self.number,
            "display": self.display,
            "incoming": self.incoming,
            "state": self.state,
            "ending": self.ending,
            "mailbox": self.mailbox,
            "connected": self.connected,
            "ignored": self.ignored,
            "elapsed": round(self.elapsed(), 1),
            "answered_at": self.answered_at,
            "heard": [
                {"at": h.at, "kind": h.kind, "words": h.words, "lasts": h.lasts, "language": h.language}
                for h in self.heard[-_SHOWN:]
            ],
        }


def spoken_for(words: str) -> float:
    """How many call seconds it takes to say this."""
    return max(0.5, len(words) / CHARACTERS_A_SECOND)
