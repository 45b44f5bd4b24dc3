"""All calls of all phones on the table: who rings, who talks, and what a phone does with a call by habit."""

from __future__ import annotations

from collections import defaultdict

from bot.sandbox.calls import HABITS, CallClock, Habit, PhoneCall
from bot.sandbox.config import SandboxError
from bot.sandbox.journal import Journal
from bot.sandbox.moment import ticks
from bot.sandbox.phones import Phone, PhoneBook

_KEPT = 500
# What the log says of an event, for called phones, for callers, or for both.
_VERBS = {
    ("answered", True): "picked up",
    ("answered", False): "is answered",
    ("the mailbox answers", True): "lets the mailbox answer",
    ("connected", None): "is connected",
    ("no longer connected", None): "is no longer connected",
    ("hung up", None): "hung up",
    ("declined", None): "declined",
    ("not answered", None): "did not answer",
}


class Telephone:
    """The phones' ears. A number rings on the phone that has it, be it one that writes SMS or Telegram."""

    def __init__(self, book: PhoneBook, clock: CallClock, journal: Journal) -> None:
        self._book = book
        self._clock = clock
        self._journal = journal
        self._habits: dict[str, Habit] = defaultdict(lambda: "")
        self._met: set[str] = set()
        self.calls: list[PhoneCall] = []

    def expect(self, phone: Phone, habit: Habit) -> None:
        """From now on treat each call that rings like this; "" leaves it to somebody's hand."""
        if habit not in HABITS:
            raise SandboxError(f"a habit is one of {', '.join(HABITS[1:])}, or nothing")
        self._habits[phone.id] = habit

    def habit(self, phone: Phone | None) -> Habit:
        return self._habits[phone.id] if phone else ""

    def dial(self, phone: Phone, number: str) -> PhoneCall:
        """Begin to call. Raises SandboxError while the phone is in a call."""
        if self.busy(phone.own_number):
            raise SandboxError(f"{phone.name} is in a call already")
        self.note(phone, "called", number)
        return self._kept(phone, phone.own_number, number, False)

    def rings(self, number: str, display: str) -> PhoneCall:
        """A number begins to ring."""
        phone = self._book.by_number(number)
        self.note(phone, "rings", f"from {display}", number)
        return self._kept(phone, number, display, True)

    def _kept(self, phone: Phone | None, number: str, display: str, incoming: bool) -> PhoneCall:
        call = PhoneCall(phone, number, display, incoming, self._clock, self._journal.feed.changed, self._noticed)
        self.calls.append(call)
        del self.calls[:-_KEPT]
        self._journal.feed.changed()
        return call

    def _noticed(self, call: PhoneCall, words: str) -> None:
        """Write down what somebody noticed of a call; anything that is not in the table ended it."""
        verb = _VERBS.get((words, call.incoming)) or _VERBS.get((words, None))
        self.note(call.phone, verb or "has no call any more", "" if verb else words, call.number)

    def note(self, phone: Phone | None, verb: str, words: str, number: str = "") -> None:
        """A line in the log of who saw what."""
        self._journal.note(
            verb,
            words,
            who=phone.name if phone else number,
            role=phone.role if phone else "",
            channel="voice",
            address=phone.address if phone else number,
            line=phone.line if phone else "",
        )

    def of(self, phone: Phone) -> list[PhoneCall]:
        """A phone's calls, oldest first."""
        return [call for call in self.calls if call.phone is phone]

    def current(self, phone: Phone) -> PhoneCall:
        """The call a phone is in. Raises SandboxError when there is none."""
        for call in reversed(self.of(phone)):
            if call.state != "ended":
                return call
        raise SandboxError(f"{phone.name} is in no call")

    def busy(self, number: str) -> bool:
        return any(call.number == number and call.state != "ended" for call in self.calls)

    async def until_rings(self, phone: Phone, seconds: float = 10.0) -> PhoneCall:
        """The call that rings on a phone, once it does; or one that rang, was answered by habit and not asked for yet.
        Raises TimeoutError.
        """
        until, feed = ticks() + seconds, self._journal.feed
        while True:
            version = feed.version
            for call in self.of(phone):
                fresh = call.incoming and call.state == "talking" and call.id not in self._met
                if call.state == "ringing" or fresh:
                    self._met.add(call.id)
                    return call
            if ticks() >= until:
                raise TimeoutError(f"{phone.name} does not ring; it had {len(self.of(phone))} calls")
            await feed.beyond(version, until - ticks())
