"""Everything of one sandbox wired together, and the one place from which people act."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.calls import CallClock, PhoneCall
from bot.sandbox.chaos import Chaos, Dice
from bot.sandbox.config import LineSetup, PhoneKind, PhoneSetup, SandboxConfig, SandboxError
from bot.sandbox.gate import Gate
from bot.sandbox.journal import Journal
from bot.sandbox.moment import ServiceClock, parse_offset
from bot.sandbox.phones import Bubble, Media, Phone, PhoneBook
from bot.sandbox.postman import Postman
from bot.sandbox.telegram import people
from bot.sandbox.telegram.bot import Bot
from bot.sandbox.telegram.files import picture_kind
from bot.sandbox.telegram.updates import Update, Updates, Webhook
from bot.sandbox.telephone import Telephone
from bot.sandbox.twilio.account import Account
from bot.sandbox.twilio.calls import Calls
from bot.sandbox.twilio.carrier import Carrier
from bot.sandbox.twilio.exchange import Exchange
from bot.sandbox.twilio.network import Network
from bot.sandbox.twilio.queues import Queues
from bot.sandbox.twilio.recordings import Recordings
from bot.sandbox.twilio.webhooks import Webhooks

_LOG = logging.getLogger("sandbox")


class World:
    """One sandbox. `run` holds it open; the rest is what people and the page may do."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.public_url = config.public_url + config.base
        self.clock = ServiceClock(config.clock_file, ZoneInfo(config.timezone))
        self.journal = Journal(self.clock.now)
        self.gate = Gate(self.journal, Chaos(unkind=config.unkind), Dice(config.seed))
        self.postman = Postman(self.journal, config.origins)
        self.book = PhoneBook(config.phones, self.journal)
        self.account = Account(config.account_sid, config.auth_token, config.lines, self.kind_of)
        self.carrier = Carrier(self.account, self.book, self.gate, self.postman, lambda: self.public_url, self.spawn)
        self.bots = {
            line.telegram_token: self._bot(line, line.telegram_token) for line in config.lines if line.telegram_token
        }
        self._tasks: set[asyncio.Task[None]] = set()
        self._attended: set[asyncio.Task[None]] = set()
        self.network = self._network()
        self.telephone = Telephone(self.book, self.network.clock, self.journal)
        self.exchange = Exchange(self.network, self.telephone, self.kind_of)

    def _network(self) -> Network:
        sid, token, lines = self.config.account_sid, self.config.auth_token, self.config.lines
        clock = CallClock(self.config.call_pace)
        return Network(
            self.gate,
            clock,
            Calls(sid, lines),
            Queues(sid, clock),
            Recordings(sid, lambda: self.public_url),
            Webhooks(sid, token, self.gate, self.postman, self.spawn),
            self.spawn,
            self.attend,
        )

    def _bot(self, line: LineSetup, token: str) -> Bot:
        async def deliver(hook: Webhook, update: Update) -> tuple[int | None, str]:
            return await self._push(line, hook, update)

        def settle(update: Update, state: str) -> None:
            self._settled(line, update, state)

        def reorder() -> bool:
            return self.gate.dice.happens("update:reorder", self.gate.chaos.reorder_webhooks)

        return Bot(
            line,
            token,
            self.book,
            Updates(deliver, settle, reorder),
            self.is_blocked,
            self.journal.feed.changed,
            self.config.telegram_per_second,
        )

    # running

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Push and carry until left. What was under way then is dropped, as when a provider's machine stops."""
        await self.postman.open()
        pushers = [asyncio.create_task(bot.updates.run()) for bot in self.bots.values()]
        for pusher in pushers:
            pusher.add_done_callback(_complain)
        try:
            yield
        finally:
            still = (*pushers, *self._tasks, *self._attended)
            for task in still:
                task.cancel()
            await asyncio.gather(*still, return_exceptions=True)
            await self.postman.close()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside; a fault in it is logged, never lost."""
        self._begin(work, self._tasks)

    def attend(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what lasts as long as a call does, and so is not what `under_way` counts."""
        self._begin(work, self._attended)

    def _begin(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        task.add_done_callback(_complain)

    def under_way(self) -> int:
        """How much has not arrived yet: texts and callbacks of the network, updates of the bots."""
        return len(self._tasks) + sum(len(bot.updates.pending) for bot in self.bots.values() if bot.updates.webhook)

    # numbers and people

    def kind_of(self, number: str) -> PhoneKind:
        chaos = self.gate.chaos
        if number in chaos.landlines:
            return "landline"
        if number in chaos.unreachable:
            return "unreachable"
        if number in chaos.mailboxes:
            return "mailbox"
        if number in chaos.busy:
            return "busy"
        phone = self.book.at("sms", "", number) or self.book.by_number(number)
        return phone.kind if phone else "mobile"

    def is_blocked(self, phone: Phone) -> bool:
        return phone.blocked or phone.address in self.gate.chaos.blocked

    def bot_of(self, phone: Phone) -> Bot:
        """Raises SandboxError when the phone has no Telegram, or its line no bot."""
        token = self.config.line(phone.line).telegram_token
        if phone.channel != "telegram" or token is None:
            raise SandboxError(f"{phone.name} is no Telegram phone of a line with a bot")
        return self.bots[token]

    def add_phone(self, setup: PhoneSetup) -> Phone:
        line = self.config.line(setup.line)
        if (line.sms_number if setup.channel == "sms" else line.telegram_token) is None:
            raise SandboxError(f"line {line.slug} has no {setup.channel}")
        return self.book.add(setup)

    def write(self, phone: Phone, text: str) -> Bubble:
        if not text.strip():
            raise SandboxError("write something first")
        if phone.channel == "telegram":
            return people.write(self.bot_of(phone), phone, text)
        return self.carrier.send(phone, text)

    def send_photo(self, phone: Phone, content: bytes, caption: str = "") -> Bubble:
        if phone.channel == "telegram":
            return people.send_photo(self.bot_of(phone), phone, content, caption)
        mime = picture_kind(content)
        if mime is None:
            raise SandboxError("a picture is a PNG, JPEG, GIF or WebP")
        return self.carrier.send(phone, caption, (Media("photo", mime, content),))

    def call(self, phone: Phone, number: str = "") -> PhoneCall:
        """Let a phone call a number, by default its line's. Raises SandboxError while it is in a call."""
        number = number or self.config.line(phone.line).voice_number or ""
        if not number:
            raise SandboxError(f"line {phone.line} has no number to call")
        return self.exchange.call(phone, number)

    def set_chaos(self, changes: Mapping[str, Any]) -> Chaos:
        """Change settings; a `seed` among them starts the dice anew. Raises SandboxError, changing nothing."""
        changes = dict(changes)
        seed = changes.pop("seed", None)
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            raise SandboxError("seed is a whole number")
        fresh = self.gate.chaos.changed(changes)
        if seed is not None:
            self.gate.dice = Dice(seed)
        self.gate.chaos = fresh
        self.journal.feed.changed()
        return fresh

    def move_clock(self, *, by: str = "", to: str = "") -> datetime:
        """Forward by a step such as +5m, or to the next HH:MM."""
        now = self.clock.advance_to(to) if to else self.clock.advance(parse_offset(by))
        self.journal.note("clock", f"moved to {to}" if to else f"moved {by}")
        return now

    # Telegram's pushing

    async def _push(self, line: LineSetup, hook: Webhook, update: Update) -> tuple[int | None, str]:
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        key = str(update.body["update_id"])
        status, _answer, fault = await self.postman.post(
            "telegram", update.kind, hook.url, key, update.attempts, headers=headers, body=update.body
        )
        taken = status is not None and 200 <= status < 300
        if taken and self.gate.dice.happens("update:double", self.gate.chaos.double_webhooks):
            self.spawn(self._push_again(hook, update, headers, key))
        return status, fault

    async def _push_again(self, hook: Webhook, update: Update, headers: dict[str, str], key: str) -> None:
        await asyncio.sleep(self.gate.dice.between("update:again", 0.1, 2.0))
        await self.postman.post(
            "telegram", update.kind, hook.url, key, update.attempts + 1, headers=headers, body=update.body
        )

    def _settled(self, line: LineSetup, update: Update, state: str) -> None:
        bubble = self.book.find(("telegram", line.slug, update.lane), update.ref) if update.ref else None
        if bubble is not None and bubble.mine:
            bubble.state = "taken" if state == "taken" else f"not taken ({state})"
            self.journal.feed.changed()


def _complain(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _LOG.error("a task of the sandbox broke", exc_info=task.exception())
