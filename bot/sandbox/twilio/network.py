"""What the voice side of an account shares: its resources, its clock, its error log, and how a call's end is told."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.calls import CallClock
from bot.sandbox.gate import Gate
from bot.sandbox.moment import real_now
from bot.sandbox.twilio.calls import Call, Calls, Source
from bot.sandbox.twilio.facts import rfc2822
from bot.sandbox.twilio.leg import Leg, Room
from bot.sandbox.twilio.queues import Queues
from bot.sandbox.twilio.recordings import Recording, Recordings
from bot.sandbox.twilio.timing import rolled
from bot.sandbox.twilio.webhooks import Webhooks

_STATUS_OF = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


@dataclass(frozen=True, slots=True)
class VoiceFault:
    """One line of the account's error log: something of ours that a call could not be carried out with."""

    code: int
    words: str
    url: str
    call_sid: str


@dataclass(slots=True)
class Network:
    """One account's voice side. `spawn` is for what will arrive, `attend` for what lasts as long as a call."""

    gate: Gate
    clock: CallClock
    calls: Calls
    queues: Queues
    recordings: Recordings
    webhooks: Webhooks
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    attend: Callable[[Coroutine[Any, Any, None]], None]
    faults: list[VoiceFault] = field(default_factory=list)
    rooms: dict[str, Room] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _turns: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def fault(self, code: int, words: str, url: str, call_sid: str) -> None:
        """Write into the account's error log."""
        self.faults.append(VoiceFault(code, words, url, call_sid))
        self.gate.journal.note(f"error {code}", words, channel="voice")

    def finish(self, leg: Leg, status: str, how: str) -> None:
        """Put an end to a call, once; `how` is what its phone notices."""
        self.close(leg.call, status)
        leg.wire.ends(how)

    def close(self, call: Call, status: str) -> None:
        if call.over:
            return
        call.ended_at = self.clock.now()
        call.move(status)
        self.tell(call, "completed")

    def tell(self, call: Call, event: str) -> None:
        """Send a status callback, if this event's was asked for."""
        if call.callback is None or event not in call.events:
            return
        extra = [
            ("CallStatus", _STATUS_OF.get(event, call.status)),
            ("Timestamp", rfc2822(real_now()) or ""),
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", str(call.told)),
        ]
        if event == "completed":
            extra.append(("SipResponseCode", str(call.sip)))
            if call.seconds:
                extra += [("CallDuration", str(call.seconds)), ("Duration", str(-(-call.seconds // 60)))]
        call.told += 1
        self._send(call, call.callback, extra, f"status {event}", call.sid)

    def recorded(self, call: Call, recording: Recording, to: Source | None, events: str) -> None:
        """A recording is ready, or turned out empty: tell it, if it was asked for."""
        if to is None or recording.status not in events.split():
            return
        extra = [
            ("RecordingSid", recording.sid),
            ("RecordingUrl", self.recordings.url(recording)),
            ("RecordingStatus", recording.status),
            ("RecordingDuration", str(recording.seconds)),
            ("RecordingChannels", "1"),
            ("RecordingStartTime", rfc2822(recording.created) or ""),
            ("RecordingSource", "RecordVerb"),
            ("RecordingTrack", "inbound"),
            ("ErrorCode", "0"),
        ]
        self._send(call, to, extra, f"recording {recording.status}", recording.sid)

    def _send(self, call: Call, to: Source, extra: list[tuple[str, str]], kind: str, key: str) -> None:
        now = asyncio.get_running_loop().time()
        timing = rolled(self.gate, now, self._due.get(key, 0.0))
        self._due[key] = timing.due + 0.01
        if timing.lost:
            return
        form = self.webhooks.form(call, extra)
        self.spawn(self._call_back(call, to, form, kind, timing.due - now))
        if timing.doubled:
            self.spawn(self._call_back(call, to, form, kind, timing.due - now + 0.3))

    async def _call_back(self, call: Call, to: Source, form: list[tuple[str, str]], kind: str, wait: float) -> None:
        await asyncio.sleep(wait)
        if self.gate.chaos.unkind:
            await self.webhooks.ask(kind, call, to, form)
            return
        async with self._turns[call.sid]:
            await self.webhooks.ask(kind, call, to, form)
