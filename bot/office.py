"""The back office's process: takes what crossed the hatch, alerts and serves staff, watches every due time.

It opens its own database, and the front desk's only for the hatch and the pictures in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import ClientError, ClientTimeout, web

from bot import web as pages
from bot.channels.base import DeliveryError
from bot.databases import open_front_for_office, open_office
from bot.office_calls import OfficeCalls
from bot.office_webhooks import OfficeWebhooks
from bot.outgoing import Sender
from bot.providers import Providers, open_providers
from bot.settings import Settings
from bot.wakers import watch_hatch
from bot.worker import Beat, Loop, attempt
from escalation.clock import Clock, SystemClock
from escalation.register import Register
from escalation.store import front_media, hatch, office_due, office_hatch, office_people
from escalation.store.base import Database, Unit
from escalation.store.hatch import Outward
from escalation.store.office_outbox import OFFICE
from escalation.store.outbox import Settled
from handlers import alerting, cases, clearance, commands, last_resort, office_retention, staff, staff_presence, ticking
from handlers.directory import republish, stored
from handlers.messages import DeliveryUpdate
from handlers.office_desk import OfficeDesk

log = logging.getLogger("nabolinje.office")


class RegisterShelf:
    """The register in memory, loaded anew when a directory was imported.

    Before the first import it is empty, and everything that comes in goes to the last-resort phones.
    """

    def __init__(self) -> None:
        self._version = -1
        self._register: Register | None = None

    def __call__(self, unit: Unit) -> Register:
        version = office_people.mark(unit, "directory")
        if self._register is None or version != self._version:
            self._register = Register(stored(unit))
            self._version = version
        return self._register


class OfficeProcess:
    """Everything the back office runs: build it, `start` it, `stop` it."""

    def __init__(
        self, settings: Settings, database: Database, front: Database, clock: Clock, providers: Providers
    ) -> None:
        self.settings, self.database, self.front = settings, database, front
        self.clock, self.providers = clock, providers
        self.metrics = pages.Metrics("office")
        self.desk = OfficeDesk(settings.lines, RegisterShelf())
        self.outward_loop = Loop("outward", self._outward)
        self.relay_loop = Loop("relays", self._relays)
        self.tick_loop = Loop("tick", self._tick)
        self.sender = Sender(
            database, OFFICE, providers.channels, clock, self._callback_url, self._settled, self._load_media
        )
        self._webhooks = OfficeWebhooks(settings, clock, self._heard)
        self._calls = OfficeCalls(settings, database, front, self.desk, clock, providers.voice)
        self._beat = Beat()
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        # Reads the word lists now, not while somebody answers an alert.
        await asyncio.to_thread(commands.parse, "tager K7M2", ())
        await self._publish()
        await self._offer_again()
        await self.sender.resume()
        calls = (self._calls.ring_loop, self._calls.dial_loop)
        for loop in (self.outward_loop, self.relay_loop, *calls, *self.sender.lanes.values()):
            self._spawn(loop.run())
        for seconds, loop in (
            (0.25, self.tick_loop),
            (5.0, Loop("office-statuses", self._ask_statuses)),
            (60.0, Loop("office-retention", self._retain)),
            (60.0, Loop("heartbeat", self._heartbeat)),
        ):
            self._beat.every(seconds, loop)
        self._beat.start()
        self._spawn(watch_hatch(self.settings, self.front, "hatch_out", self.outward_loop.wake))
        app = pages.make_app()
        pages.add_health(app, self.metrics, self._ready)
        self._webhooks.add_to(app)
        self._calls.add_to(app)
        self._runner = await pages.listen(app, self.settings.host, self.settings.office_port)
        # The largest word lists come last, while the desk works: after a crash nobody waits for them.
        self._spawn(asyncio.to_thread(clearance.warm_up))
        log.info("back office listens", extra={"port": self.settings.office_port})

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._beat.stop()
        await self.sender.drain(10)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _publish(self) -> None:
        """The last-resort phones as configured now; and an import that died between the databases is finished."""
        await self.database.write(last_resort.settle, self.settings.lines, self.clock.now())
        await asyncio.to_thread(
            self.front.write_now, lambda front: self.database.write_now(lambda office: republish(front, office))
        )

    async def _offer_again(self) -> None:
        """After a restore the front desk may hold rows as taken that this office never saw: they are offered anew."""
        numbers = await self.front.read(hatch.taken_numbers)
        known = await self.database.read(office_hatch.states, numbers)
        lost = [n for n in numbers if n not in known]
        if lost:
            log.warning("outward rows offered again", extra={"count": len(lost)})
            await self.front.write(hatch.untake, lost)

    def _callback_url(self, uid: str) -> str:
        return f"{self.settings.office_public_url}/office/twilio/sms-status?n={uid}"

    async def _ready(self) -> str | None:
        version = await self.database.read(office_people.mark, "directory")
        return None if version else "no directory yet; run `nabolinje import DIR`"

    async def _outward(self) -> bool:
        """Let everything that crossed take effect, each thread in its order."""
        rows = await self.front.read(hatch.left_out)
        states = await self.database.read(office_hatch.states, [row.n for row in rows])
        taken = [row.n for row in rows if states.get(row.n) in ("done", "aside")]
        blocked: set[str] = set()
        for row in rows:
            if row.n in taken or row.thread in blocked:
                continue
            if await self._take(row):
                taken.append(row.n)
                self.sender.wake()
            elif row.thread is not None:
                blocked.add(row.thread)
        if taken:
            self.sender.wake()
            self.relay_loop.wake()
            self._calls.ring_loop.wake()
            self._calls.dial_loop.wake()
            await self.front.write(hatch.mark_taken, taken, self.clock.now())
        return bool(taken)

    async def _take(self, row: Outward) -> bool:
        """True when the row needs no second look."""
        now = self.clock.now()

        async def stumbled(error: Exception) -> bool:
            aside = await self.database.write(self._stumbled, row, now)
            self.metrics.failed.labels("outward").inc()
            log.error("outward row failed", extra={"n": row.n, "error": type(error).__name__, "state": str(aside)})
            return aside

        return await attempt(self._effect(row, now), stumbled)

    async def _effect(self, row: Outward, now: datetime) -> bool:
        if row.kind == "staff":
            await self.database.write(staff.receive, self.desk, row, now)
            return True
        if row.kind == "enrol":
            return await self._enrol(row, now)
        return await self.database.write(cases.receive, self.desk, row, now)

    async def _enrol(self, row: Outward, now: datetime) -> bool:
        def effect(unit: Unit) -> bool:
            return office_hatch.consume(unit, row.n, now) and staff_presence.enrol(
                unit, self.desk, row, now, SystemClock().now()
            )

        enrolled = await self.database.write(effect)
        if enrolled:
            await self._publish()
        return True

    def _stumbled(self, unit: Unit, row: Outward, now: datetime) -> bool:
        aside = office_hatch.failed(unit, row.n, now)
        if aside:
            cases.set_aside(unit, self.desk, row, now)
        return aside

    async def _relays(self) -> bool:
        """Carry what reporters shall be told through the hatch; a crash in between repeats what is ignored."""
        rows = await self.database.read(office_hatch.unmoved)
        if not rows:
            return False

        def carry(unit: Unit) -> None:
            for row in rows:
                hatch.put_in(
                    unit,
                    notice=row.notice,
                    line=row.line,
                    thread=row.thread,
                    kind=row.kind,
                    body=row.body,
                    not_before=row.not_before,
                    now=self.clock.now(),
                )

        await self.front.write(carry)
        await self.database.write(office_hatch.moved, [row.n for row in rows], self.clock.now())
        return True

    async def _tick(self) -> bool:
        now = self.clock.now()
        numbers = await self.database.read(office_due.due_timers, now)
        for n in numbers:
            await self._due(n, now)
        await self._mark_tick()
        if numbers:
            self.sender.wake()
            self.relay_loop.wake()
            self._calls.dial_loop.wake()
        return bool(numbers)

    async def _due(self, n: int, now: datetime) -> bool:
        async def stumbled(error: Exception) -> bool:
            await self.database.write(office_due.put_off, n, now)
            self.metrics.failed.labels("timer").inc()
            log.error("timer failed", extra={"n": n, "error": type(error).__name__})
            return False

        return await attempt(self.database.write(ticking.tick, self.desk, n, now), stumbled)

    async def _mark_tick(self) -> None:
        """What `status` reads the age of the last tick from; written at most once a second."""
        real = int(SystemClock().now().timestamp())
        if real != self._marked:
            self._marked = real
            self.metrics.tick.set_to_current_time()
            ahead = round((self.clock.now() - SystemClock().now()).total_seconds())

            def mark(unit: Unit) -> None:
                office_people.set_mark(unit, "tick", real)
                office_people.set_mark(unit, "clock_offset", ahead)

            await self.database.write(mark)

    _marked = 0

    async def _ask_statuses(self) -> bool:
        if self.providers.sms is None:
            return False
        asked = await self.database.write(OFFICE.unchecked, self.clock.now())
        for _uid, _line, ref in asked:
            try:
                update = await self.providers.sms.fetch_status(ref, self.clock.now())
            except DeliveryError:
                continue  # asked again in two minutes: the row says when
            await self._heard(update)
        return bool(asked)

    async def _heard(self, update: DeliveryUpdate) -> None:
        await self.sender.hear(update)
        self.sender.wake()

    def _settled(self, unit: Unit, settled: Settled, now: datetime) -> None:
        alerting.settled(unit, self.desk, settled, now)

    async def _load_media(self, uid: str) -> bytes | None:
        found = await self.front.read(front_media.load, uid)
        return found[1] if found else None

    async def _retain(self) -> bool:
        return await self.database.write(office_retention.daily, self.desk, self.clock.now())

    async def _heartbeat(self) -> bool:
        """Tell an outside watcher that all is well, only while it is."""
        url = self.settings.heartbeat_url
        if not url or not await self._all_well():
            return False
        try:
            async with self.providers.session.get(url, timeout=ClientTimeout(total=10)) as response:
                return response.status < 400
        except (ClientError, TimeoutError):
            log.warning("heartbeat not delivered")
            return False

    async def _all_well(self) -> bool:
        """Every open case has its next due time ahead, and the front desk takes what it is handed."""
        now = self.clock.now()
        _pending, overdue = await self.database.read(office_due.pending, now)
        outward, _inward = await self.front.read(hatch.backlog)
        return overdue == 0 and outward < 100


@asynccontextmanager
async def open_desk(settings: Settings, clock: Clock) -> AsyncIterator[OfficeProcess]:
    """The back office with its databases and the providers, not yet started; closed in the end."""
    async with open_providers(settings) as providers, AsyncExitStack() as stack:
        office, hatch_side = open_office(settings), open_front_for_office(settings)
        stack.callback(office.close)
        stack.callback(hatch_side.close)
        yield OfficeProcess(settings, office, hatch_side, clock, providers)
