"""Places calls: from a phone to the account's numbers, and from the account to the phones, as each of them is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.calls import PhoneCall
from bot.sandbox.config import PhoneKind
from bot.sandbox.phones import Phone
from bot.sandbox.telephone import Telephone
from bot.sandbox.twilio.calls import Call, Source
from bot.sandbox.twilio.leg import Leg, Moved, Over
from bot.sandbox.twilio.network import Network
from bot.sandbox.twilio.stage import Form
from bot.sandbox.twilio.walker import walk

# Call seconds: until a network knows that a number is dead or off, until a mailbox takes a call, until a habit does,
# how long a mailbox greets and then records, and until a machine is told from a person.
_DEAD_AFTER, _OFF_AFTER, _BUSY_AFTER = 0.5, 2.0, 1.0
_MAILBOX_AFTER, _HABIT_AFTER = 12.0, 1.0
_GREETING_LASTS, _MAILBOX_LASTS = 6.0, 60.0
_DETECTION_LASTS = 3.0
GREETING = ("Du har ringet til en telefonsvarer.", "Læg en besked efter tonen.")
_FAILS: dict[PhoneKind, tuple[float, int]] = {"failing": (_DEAD_AFTER, 404), "unreachable": (_OFF_AFTER, 480)}


@dataclass(slots=True)
class Exchange:
    """Connects the phones on the table with the account's voice side."""

    network: Network
    telephone: Telephone
    kind_of: Callable[[str], PhoneKind]
    _next_slot: float = 0.0
    _legs: dict[str, Leg] = field(default_factory=dict)

    def call(self, phone: Phone, number: str) -> PhoneCall:
        """A person calls. A number that is nobody's says so."""
        wire = self.telephone.dial(phone, number)
        line = self.network.calls.line_of(number)
        if line is None or line.voice_webhook is None:
            wire.ends("number not in service")
            return wire
        call = self.network.calls.receive(phone.own_number, line)
        self.network.attend(walk(self._leg(call, wire), self.network, []))
        return wire

    def place(self, call: Call) -> None:
        """Carry out a call that the account just took."""
        self.network.attend(self._placed(call))

    def hang_up(self, call: Call, status: str) -> None:
        """End a call from the account's side, whether it is queued, rings or talks."""
        leg = self._legs.get(call.sid)
        if leg is None:
            self.network.close(call, status)
        else:
            self.network.finish(leg, status, "the other side hung up")

    def redirect(self, call: Call, source: Source) -> None:
        """Let a running call go on elsewhere."""
        self._legs[call.sid].summon(Moved(source))

    async def _placed(self, call: Call) -> None:
        network = self.network
        await self._turn()
        if call.over:
            return
        network.tell(call, "initiated")
        if await self._unreached(call):
            return
        leg = self._leg(call, self.telephone.rings(call.to, call.sender))
        call.move("ringing")
        network.tell(call, "ringing")
        try:
            if not await self._answered(leg):
                return
            leg.pick_up()
            network.tell(call, "answered")
            extra = await self._detected(leg)
        except Over:
            return
        await walk(leg, network, extra)

    def _leg(self, call: Call, wire: PhoneCall) -> Leg:
        leg = self._legs[call.sid] = Leg(call, wire, self.network.clock, self.network.finish)
        return leg

    async def _pass(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) * self.network.clock.pace)

    async def _turn(self) -> None:
        """An account begins one call a second, as long as nobody asked Twilio for more."""
        if self.network.gate.chaos.unkind:
            now = self.network.clock.now()
            begins, self._next_slot = max(now, self._next_slot), max(now, self._next_slot) + 1.0
            await self._pass(begins - now)

    async def _unreached(self, call: Call) -> bool:
        """Whether the number cannot even ring; then the call is over."""
        kind = self.kind_of(call.to)
        if kind in _FAILS:
            after, sip, status = *_FAILS[kind], "failed"
        elif kind == "busy" or self.telephone.busy(call.to):
            after, sip, status = _BUSY_AFTER, 486, "busy"
        else:
            return False
        await self._pass(after)
        call.sip = sip
        self.telephone.note(None, f"never rang ({status})", f"from {call.sender}", call.to)
        self.network.close(call, status)
        return True

    async def _answered(self, leg: Leg) -> bool:
        """Let it ring until somebody, or something, picks up; otherwise the call is over."""
        wire, call = leg.wire, leg.call
        left = call.timeout + self._grace()

        def decided() -> bool:
            return wire.state == "talking" or wire.declined

        habit = self.telephone.habit(wire.phone)
        by_itself = "mailbox" if self.kind_of(call.to) == "mailbox" else ""
        after = _HABIT_AFTER if habit else _MAILBOX_AFTER
        if (habit or by_itself) and after < left:
            left -= after
            if not await leg.wait(after, decided):
                {"answer": wire.answer, "decline": wire.decline, "mailbox": wire.let_mailbox}[habit or by_itself]()
        await leg.wait(left, decided)
        if wire.state == "talking":
            if wire.mailbox:
                self.network.attend(self._mailbox(wire))
            return True
        call.sip = 603 if wire.declined else 487
        status, how = ("busy", "declined") if wire.declined else ("no-answer", "not answered")
        self.network.finish(leg, status, how)
        return False

    def _grace(self) -> float:
        """Twilio lets it ring a little longer than it was told to."""
        chaos, dice = self.network.gate.chaos, self.network.gate.dice
        return dice.between("call:grace", *chaos.ring_grace_seconds) if chaos.unkind else 0.0

    async def _mailbox(self, wire: PhoneCall) -> None:
        """Greet whoever is there, then record silence until the mailbox is full."""
        for words in GREETING:
            if wire.state == "talking":
                wire.say(words)
            await self._pass(_GREETING_LASTS / len(GREETING))
        await self._pass(_MAILBOX_LASTS)
        if wire.state == "talking":
            wire.hang_up()

    async def _detected(self, leg: Leg) -> Form:
        """What answering machine detection says, where it was asked for. It may not know."""
        call, mailbox = leg.call, leg.wire.mailbox
        if not call.detection:
            return []
        to_the_end = mailbox and call.detection == "DetectMessageEnd"
        await leg.wait(_GREETING_LASTS if to_the_end else _DETECTION_LASTS)
        chaos, dice = self.network.gate.chaos, self.network.gate.dice
        machine = "machine_end_beep" if to_the_end else "machine_start"
        call.answered_by = machine if mailbox else "human"
        if chaos.unkind and dice.happens("call:unknown", 0.1):
            call.answered_by = "unknown"
        return [("AnsweredBy", call.answered_by)]
