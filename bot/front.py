"""The front desk's process: webhooks in, the reporter's interview, everything a reporter is told.

It opens the front desk's database and no other. Whatever it cannot know, it cannot tell.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp import web

from bot import telegram_intake
from bot import web as pages
from bot.channels.base import DeliveryError
from bot.channels.telegram import fetch_file
from bot.databases import open_front
from bot.front_legs import FrontLegs
from bot.inbox_writer import InboxWriter
from bot.outgoing import Sender
from bot.providers import Providers, open_providers
from bot.settings import Settings
from bot.voice_webhooks import VoiceWebhooks
from bot.wakers import watch_hatch
from bot.webhooks import Webhooks
from bot.worker import Beat, Loop, attempt
from escalation.clock import Clock
from escalation.lines import LineConfig
from escalation.places import Stock
from escalation.store import front_inbox, front_media, hatch, published
from escalation.store.base import Database, Unit
from escalation.store.front_outbox import FRONT
from escalation.store.outbox import Settled
from escalation.understanding import understand
from handlers import front_retention, inbox, inward, speaking
from handlers.front_desk import FrontDesk
from handlers.messages import DeliveryUpdate
from handlers.placing import make_stock

MEDIA_LIMIT = 10 * 1024 * 1024
MEDIA_LOOPS = 3
# Interviews that share a commit, and how long the next ones rest while deliveries come in a crowd.
TOGETHER, REST_SECONDS = 4, 0.25
log = logging.getLogger("nabolinje.front")


class StockShelf:
    """The public stock of each line in memory, loaded anew when a new one was published."""

    def __init__(self, lines: Mapping[str, LineConfig]) -> None:
        self._lines = lines
        self._version = -1
        self._stocks: dict[str, Stock] = {}

    def __call__(self, unit: Unit, line: str) -> Stock:
        version = published.mark(unit, "published")
        if version != self._version:
            self._stocks.clear()
            self._version = version
        if line not in self._stocks:
            self._stocks[line] = make_stock(published.properties(unit, line), self._lines[line].country)
        return self._stocks[line]


class FrontDeskProcess:
    """Everything the front desk runs: build it, `start` it, `stop` it."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, providers: Providers) -> None:
        self.settings, self.database, self.clock, self.providers = settings, database, clock, providers
        self.metrics = pages.Metrics("front")
        self.desk = FrontDesk(settings.lines, StockShelf(settings.lines))
        self.inbox_loop = Loop("inbox", self._inbox)
        self.inward_loop = Loop("inward", self._inward)
        # Several, so that one slow picture does not hold up the next.
        self.media_loops = [Loop(f"media-{n}", self._media, pause=1.0) for n in range(MEDIA_LOOPS)]
        self.writer = InboxWriter(database, self.inbox_loop.wake)
        self.sender = Sender(
            database, FRONT, providers.channels, clock, self._callback_url, self._settled, self._no_media
        )
        self.webhooks = Webhooks(settings, clock, self.writer, self.metrics, self._rejected, self._heard)
        self._legs = FrontLegs(settings, database, self.desk, clock, self.webhooks, providers.voice)
        self._beat = Beat()
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        await asyncio.to_thread(self._warm_up)
        await self.sender.resume()
        legs = (self._legs.ring_loop, self._legs.dial_loop)
        for loop in (self.inbox_loop, self.inward_loop, *legs, *self.media_loops, *self.sender.lanes.values()):
            self._spawn(loop.run())
        for seconds, loop in (
            (0.25, Loop("questions", self._questions)),
            (1.0, Loop("watchdog", self._watch)),
            (5.0, Loop("front-statuses", self._ask_statuses)),
            (60.0, Loop("front-retention", self._retain)),
        ):
            self._beat.every(seconds, loop)
        self._beat.start()
        self._spawn(watch_hatch(self.settings, self.database, "hatch_in", self.inward_loop.wake))
        app = pages.make_app()
        pages.add_health(app, self.metrics, self._ready)
        self.webhooks.add_to(app)
        self._legs.add_to(app)
        VoiceWebhooks(self.settings, self.database, self.desk, self.clock, self.webhooks).add_to(app)
        self._runner = await pages.listen(app, self.settings.host, self.settings.port)
        for task in telegram_intake.connect(self.settings, self.providers, self.webhooks.store):
            self._spawn(task)
        log.info("front desk listens", extra={"port": self.settings.port})

    def _warm_up(self) -> None:
        """Read the word lists before the first text comes, not while somebody waits for its answer."""
        for line in self.settings.lines.values():
            understand("", country=line.country, languages=line.languages, words=line.words)

    async def stop(self) -> None:
        """Finish what is in the air; what is only queued stays queued."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._beat.stop()
        await self.sender.drain(10)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _callback_url(self, uid: str) -> str:
        return f"{self.settings.public_url}/webhooks/twilio/sms-status?n={uid}"

    async def _ready(self) -> str | None:
        await self.database.read(front_inbox.backlog)
        return None

    async def _rejected(self) -> None:
        await self.database.write(FRONT.count, "rejected", self.clock.now())

    async def _inbox(self) -> bool:
        """Interviews, a few in one commit. Deliveries go first: while they keep coming, this rests in between."""
        numbers = await self.database.read(front_inbox.waiting, self.clock.now())
        worked = 0
        for start in range(0, len(numbers), TOGETHER):
            await self.writer.lull(REST_SECONDS)
            worked += await self._work_off(numbers[start : start + TOGETHER])
            self.sender.wake()
        return worked > 0

    async def _work_off(self, numbers: list[int]) -> int:
        now = self.clock.now()

        async def stumbled(error: Exception) -> int:
            if len(numbers) > 1:
                return sum([await self._work_off([n]) for n in numbers])
            n = numbers[0]
            aside = await self.database.write(inbox.stumbled, self.desk, n, now)
            self.metrics.failed.labels("inbox").inc()
            log.error("delivery failed", extra={"n": n, "error": type(error).__name__, "state": str(aside)})
            return 0

        return await attempt(self.database.write(inbox.work_off_all, self.desk, numbers, now), stumbled)

    async def _inward(self) -> bool:
        worked = 0
        for n in await self.database.read(hatch.due_in, self.clock.now()):
            worked += await self.database.write(inward.work_off, self.desk, n, self.clock.now())
        if worked:
            self.sender.wake()
            self._legs.dial_loop.wake()
        return worked > 0

    async def _questions(self) -> bool:
        return await self.database.write(speaking.questions_overdue, self.desk, self.clock.now())

    async def _watch(self) -> bool:
        self.metrics.tick.set_to_current_time()
        silent = await self.database.write(inward.watch, self.desk, self.clock.now())
        if silent:
            log.warning("the office has not taken what came in", extra={"count": silent})
        return silent > 0

    async def _ask_statuses(self) -> bool:
        """Ask the provider about sent texts it never called back about."""
        if self.providers.sms is None:
            return False
        asked = await self.database.write(FRONT.unchecked, self.clock.now())
        for _uid, _line, ref in asked:
            try:
                update = await self.providers.sms.fetch_status(ref, self.clock.now())
            except DeliveryError:
                continue  # asked again in two minutes: the row says when
            await self._heard(update)
        return bool(asked)

    async def _heard(self, update: DeliveryUpdate) -> None:
        await self.sender.hear(update)

    def _settled(self, unit: Unit, settled: Settled, now: datetime) -> None:
        inward.delivered(unit, self.desk, settled, now)

    async def _no_media(self, uid: str) -> bytes | None:
        raise AssertionError("the front desk sends no pictures")

    async def _media(self) -> bool:
        wanted = await self.database.write(front_media.claim, self.clock.now())
        if wanted is None:
            return await self._delete_copy()
        try:
            content = await self._fetch(wanted)
        except DeliveryError as error:
            # A recording is not there before the provider has written it down.
            unwritten = wanted.channel == front_media.CALLED and error.code == "404"
            for_good = error.remedy in ("permanent", "stopped") and not unwritten
            await self.database.write(self._media_failed, wanted, for_good)
        else:
            await self.database.write(front_media.keep, wanted.uid, content, self.clock.now())
        return True

    async def _delete_copy(self) -> bool:
        """What was fetched by text message, or given up, goes at the provider too: retention holds there as here."""
        if self.providers.sms is None:
            return False
        copy = await self.database.write(front_media.claim_copy, self.clock.now())
        if copy is None:
            return False
        uid, source = copy
        try:
            await self.providers.sms.delete_media(source)
        except DeliveryError as error:
            if error.remedy != "permanent":
                return True  # offered again in ten minutes: the row says when
            log.warning("a picture's copy stays at the provider", extra={"code": error.code})
        await self.database.write(front_media.forget_source, uid)
        return True

    async def _fetch(self, wanted: front_media.Wanted) -> bytes:
        if wanted.channel == "telegram":
            bot = self.providers.bots.get(wanted.line)
            if bot is None:
                raise DeliveryError("permanent", "no-bot")
            return await fetch_file(bot, wanted.source, MEDIA_LIMIT)
        if self.providers.sms is None:
            raise DeliveryError("permanent", "no-account")
        return await self.providers.sms.fetch_media(wanted.source, MEDIA_LIMIT)

    def _media_failed(self, unit: Unit, wanted: front_media.Wanted, for_good: bool) -> None:
        now = self.clock.now()
        if front_media.failed(unit, wanted.uid, now, for_good=for_good):
            inward.picture_lost(unit, self.desk, wanted.thread, now)

    async def _retain(self) -> bool:
        return await self.database.write(front_retention.daily, self.desk, self.clock.now())


@asynccontextmanager
async def open_desk(settings: Settings, clock: Clock) -> AsyncIterator[FrontDeskProcess]:
    """The front desk with its own database and the providers, not yet started; closed in the end."""
    async with open_providers(settings) as providers:
        front = open_front(settings)
        try:
            yield FrontDeskProcess(settings, front, clock, providers)
        finally:
            front.close()
