"""Sends what is in an outbox: claim, call the provider, record. No transaction is open during the call.

Each channel has a lane of its own, so a slow provider delays only itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.channels.base import Channel, DeliveryError
from bot.channels.sms import classify_status
from bot.together import Together
from bot.worker import BEAT_SECONDS, Loop, attempt
from escalation.clock import Clock, machine_seconds
from escalation.pace import GIVE_UP_AFTER, retry_after
from escalation.store.base import Database, Unit
from escalation.store.outbox import MEDIA_KIND, MEDIA_LEASE, Claimed, Final, Outbox, Settled
from handlers import posting
from handlers.messages import DeliveryUpdate, Outbound, Sent

LEASE_SECONDS = 25.0
# A try ends before its lease does, or a second process would begin while this one still sends.
TRY_SECONDS = 23.0
MEDIA_TRY_SECONDS = MEDIA_LEASE - 5.0
IN_FLIGHT = 20
OUTCOMES_TOGETHER = 32
# Rows of a process that died are looked for this often; one's own are known.
LOOK_FOR_LOST = 1.0
ASK_AGAIN_AFTER = timedelta(seconds=2)
# A provider's list shows what it just took a moment later: asked too early, a text would go out twice.
LISTED_AFTER = timedelta(seconds=4)
MEDIA_TRIES = 7
STATUS_DUE = timedelta(seconds=60)
TELEGRAM_MAY_REPEAT = 1
ALERT_TRIES = 6
log = logging.getLogger("nabolinje.outgoing")

OnSettled = Callable[[Unit, Settled, datetime], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended. `state` None: back into the queue after `wait`."""

    state: Final | None
    code: str
    ref: str | None = None
    wait: timedelta = timedelta()
    unknown: bool = False
    resent: bool = False


class Sender:
    """The outgoing side of one desk."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        clock: Clock,
        callback_url: Callable[[str], str],
        on_settled: OnSettled,
        load_media: Callable[[str], Awaitable[bytes | None]],
    ) -> None:
        self._database, self._outbox, self._channels, self._clock = database, outbox, channels, clock
        self._callback_url, self._on_settled, self._load_media = callback_url, on_settled, load_media
        self._outcomes = Together(self._commit, OUTCOMES_TOGETHER)
        self._looked = dict.fromkeys(channels, float("-inf"))
        self._flying: dict[str, set[asyncio.Task[None]]] = {name: set() for name in channels}
        self.lanes = {name: Loop(f"send-{name}", self._lane(name)) for name in channels}

    async def resume(self) -> None:
        """What a killed process was sending is asked for at once; on PostgreSQL another replica may still hold it."""
        if self._database.dialect == "sqlite":
            await self._database.write(self._outbox.release)

    def wake(self) -> None:
        for lane in self.lanes.values():
            lane.wake()

    def _lane(self, channel: str) -> Callable[[], Awaitable[bool]]:
        async def step() -> bool:
            flying = self._flying[channel]
            room = IN_FLIGHT - len(flying)
            if room <= 0:
                await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
                return True
            if not await self._due(channel):
                return False
            claimed = await self._database.write(self._outbox.claim, channel, self._clock.now(), room, LEASE_SECONDS)
            for each in claimed:
                task = asyncio.create_task(self._deliver(each))
                flying.add(task)
                task.add_done_callback(flying.discard)
            return bool(claimed)

        return step

    async def _due(self, channel: str) -> bool:
        """Whether to claim now. Slots are whole seconds: if not, look again just then, not a quarter second later."""
        due = await self._database.read(self._outbox.next_due, channel)
        left = (due - self._clock.now()).total_seconds() if due else BEAT_SECONDS
        # What is due and cannot be had waits for an earlier row to the same phone; its end wakes this lane.
        self.lanes[channel].pause = min(left, BEAT_SECONDS) if left > 0 else BEAT_SECONDS
        if left > 0 and machine_seconds() - self._looked[channel] < LOOK_FOR_LOST:
            return False
        self._looked[channel] = machine_seconds()
        return True

    async def _deliver(self, claimed: Claimed) -> None:
        outcome = await attempt(self._in_time(claimed), partial(self._stumbled, claimed))
        await self._outcomes.do(lambda unit: self._record(unit, claimed, outcome))
        self.lanes[claimed.channel].wake()

    async def _commit(self, outcomes: list[Callable[[Unit], None]]) -> list[None]:
        def all_of_them(unit: Unit) -> list[None]:
            for each in outcomes:
                each(unit)
            return [None] * len(outcomes)

        return await self._database.write(all_of_them)

    async def _in_time(self, claimed: Claimed) -> Outcome:
        seconds = MEDIA_TRY_SECONDS if claimed.kind == MEDIA_KIND else TRY_SECONDS
        try:
            async with asyncio.timeout(seconds):
                return await self._try(claimed)
        except TimeoutError:
            return _failed(claimed, DeliveryError("unknown", "timeout"), self._clock.now(), resent=claimed.ask_first)

    async def _stumbled(self, claimed: Claimed, error: Exception) -> Outcome:
        """What no channel foresaw: nobody knows how far it got. It must not hold its row for ever."""
        log.error("send failed", extra={"channel": claimed.channel, "error": type(error).__name__})
        return _failed(
            claimed, DeliveryError("unknown", type(error).__name__), self._clock.now(), resent=claimed.ask_first
        )

    async def _try(self, claimed: Claimed) -> Outcome:
        channel = self._channels[claimed.channel]
        media = None
        if claimed.body.get("media_uid"):
            media = await self._load_media(claimed.body["media_uid"])
            if media is None:
                # Perhaps it is still being fetched.
                error = DeliveryError("temporary" if claimed.attempts < MEDIA_TRIES else "permanent", "media-gone")
                return _failed(claimed, error, self._clock.now(), resent=False)
        callback = self._callback_url(claimed.uid) if claimed.channel == "sms" else None
        out = posting.outbound(claimed, callback, media)
        repeated = False
        try:
            if claimed.ask_first:
                found, repeated = await self._ask(channel, claimed, out)
                if found is not None:
                    return _sent(found)
                if repeated and claimed.unknowns > TELEGRAM_MAY_REPEAT:
                    return Outcome("unknown", "asked-too-often")
            return _sent(await channel.send(out), resent=repeated)
        except DeliveryError as error:
            return _failed(claimed, error, self._clock.now(), resent=repeated)

    async def _ask(self, channel: Channel, claimed: Claimed, out: Outbound) -> tuple[Sent | None, bool]:
        """What the provider already has. The second value: it cannot be asked, so sending again may repeat it."""
        try:
            return await channel.find(out, claimed.tried_at), False
        except DeliveryError as error:
            if error.remedy == "permanent" and error.code == "cannot-ask":
                return None, True
            raise DeliveryError("unknown", f"lookup {error.code}", error.retry_after) from error

    def _record(self, unit: Unit, claimed: Claimed, outcome: Outcome) -> None:
        now = self._clock.now()
        self._outbox.log_attempt(unit, claimed, now, outcome.state or "again", outcome.code)
        if outcome.state is None:
            self._outbox.retry(
                unit, claimed, now + outcome.wait, outcome.code, unknown=outcome.unknown, resent=outcome.resent
            )
            return
        settled = self._outbox.finish(
            unit,
            claimed,
            now,
            outcome.state,
            ref=outcome.ref,
            code=outcome.code,
            resent=outcome.resent,
            check_after=STATUS_DUE if claimed.channel == "sms" else None,
        )
        if settled is not None:
            self._on_settled(unit, settled, now)
            if outcome.ref and claimed.channel == "sms":
                for status, code in self._outbox.callbacks_of(unit, outcome.ref):
                    self._settle(unit, outcome.ref, None, status, code, now)

    async def hear(self, update: DeliveryUpdate) -> None:
        """A status callback: kept once, applied if it moves the delivery forward. Returns after the commit."""
        await self._outcomes.do(lambda unit: self.heard(unit, update))

    def heard(self, unit: Unit, update: DeliveryUpdate) -> None:
        self._outbox.add_callback(unit, update.provider_ref, update.status, update.error_code, update.received_at)
        self._settle(unit, update.provider_ref, update.outbox_id, update.status, update.error_code, update.received_at)

    def _settle(self, unit: Unit, ref: str, uid: str | None, status: str, code: str | None, now: datetime) -> None:
        verdict = classify_status(status, code)
        if verdict.rank <= 0:
            return
        settled = self._outbox.settle(unit, ref, uid, verdict.rank, verdict.state, code)
        if settled is not None:
            self._on_settled(unit, settled, now)

    async def drain(self, seconds: float) -> None:
        """Let what is in the air land, for at most `seconds`; the rest is asked for after the restart."""
        flying = [task for tasks in self._flying.values() for task in tasks]
        if flying:
            await asyncio.wait(flying, timeout=seconds)


def _sent(sent: Sent, *, resent: bool = False) -> Outcome:
    if sent.status in ("failed", "undelivered"):
        return Outcome("failed", sent.meta.get("error_code", sent.status), ref=sent.ref)
    return Outcome("sent", "", ref=sent.ref, resent=resent)


def _failed(claimed: Claimed, error: DeliveryError, now: datetime, *, resent: bool) -> Outcome:
    """What to do about a send that did not succeed, by its remedy.

    An alert with another channel after it is soon given up for that one; on its last channel it is worth waiting for.
    """
    alert, last = (claimed.owner or "").startswith("alert:"), bool(claimed.body.get("last"))
    if error.remedy in ("permanent", "stopped"):
        return Outcome("failed", error.code or error.remedy)
    age = now - claimed.created_at
    too_old = age > GIVE_UP_AFTER
    if error.remedy == "unknown":
        if too_old or (alert and claimed.attempts >= ALERT_TRIES * (1 + last)):
            return Outcome("unknown", error.code, resent=resent)
        soon = claimed.channel != "sms" or error.code.startswith(("lookup", "timeout"))
        wait = ASK_AGAIN_AFTER if soon else LISTED_AFTER
        return Outcome(None, error.code, wait=wait, unknown=True, resent=resent)
    later = retry_after(claimed.attempts, alert=alert, last=last, asked=error.retry_after, age=age.total_seconds())
    if later is None or too_old:
        return Outcome("unknown" if claimed.ask_first else "failed", error.code)
    return Outcome(None, error.code, wait=later)
