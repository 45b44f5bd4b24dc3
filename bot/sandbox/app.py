"""The sandbox as an aiohttp application, and as an object that tests hold in their hands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from bot.sandbox import api, memory
from bot.sandbox.calls import Habit, PhoneCall
from bot.sandbox.chaos import Chaos
from bot.sandbox.config import PhoneSetup, SandboxConfig, SandboxError
from bot.sandbox.journal import Entry, ProviderCall, Push
from bot.sandbox.moment import ticks
from bot.sandbox.phones import Bubble, Phone
from bot.sandbox.telegram import http as telegram_http
from bot.sandbox.telegram import people
from bot.sandbox.telegram.bot import Group
from bot.sandbox.twilio import http as twilio_http
from bot.sandbox.twilio import voice_http
from bot.sandbox.twilio.network import VoiceFault
from bot.sandbox.twilio.recordings import Recording
from bot.sandbox.world import World

WORLD = web.AppKey("world", World)
_STATIC = Path(__file__).parent / "static"
_LARGEST_BODY = 60 * 1024 * 1024
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def make_app(config: SandboxConfig) -> web.Application:
    """The emulated providers, the control API and the page, under `config.base`.

    To mount it in another server set `config.public_url`: pictures in inbound SMS are addressed by it.
    """
    return _app(World(config))


def _app(world: World) -> web.Application:
    app = web.Application(client_max_size=_LARGEST_BODY)
    app[WORLD] = world
    base = world.config.base
    app.add_routes(telegram_http.routes(base, world.bots, world.gate))
    app.add_routes(api.routes(base, world))
    app.add_routes(voice_http.routes(base, world.config.auth_token, world.network, world.exchange))
    app.add_routes(twilio_http.routes(base, world.account, world.carrier, world.gate))
    app.add_routes(
        [
            web.get(f"{base}/sandbox", _to_page),
            web.get(f"{base}/sandbox/", _page),
            web.get(f"{base}/sandbox/static/{{name}}", _file),
        ]
    )
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_let_watchers_go)
    return app


async def _let_watchers_go(app: web.Application) -> None:
    app[WORLD].journal.feed.close()


async def _running(app: web.Application) -> AsyncIterator[None]:
    world = app[WORLD]
    path = world.config.memory_file
    if path is not None:
        memory.load(world, path)
    async with world.run():
        keeper = asyncio.create_task(_remember(world, path)) if path is not None else None
        yield
        if keeper is not None:
            keeper.cancel()
    if path is not None:
        memory.save(world, path)


async def _remember(world: World, path: Path) -> None:
    version = world.journal.feed.version
    while True:
        fresh = await world.journal.feed.beyond(version, 60.0)
        if fresh != version:
            memory.save(world, path)
        version = fresh
        await asyncio.sleep(1.0)


async def _to_page(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(request.path + "/")


async def _page(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(_STATIC / "index.html", headers=_PAGE_HEADERS)


async def _file(request: web.Request) -> web.StreamResponse:
    path = _STATIC / request.match_info["name"]
    if path.parent != _STATIC or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=_PAGE_HEADERS)


class Sandbox:
    """A running sandbox on a port of its own. `async with Sandbox(config) as sandbox:` starts and stops it."""

    def __init__(self, config: SandboxConfig) -> None:
        self._config = config
        self._runner: web.AppRunner | None = None
        self.world = World(config)
        self.url = ""

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> str:
        """Listen, on a free port for 0; gives scheme, host, port and base, which is `url` from then on."""
        if self._runner is not None:
            raise SandboxError("the sandbox is already running")
        self._runner = web.AppRunner(_app(self.world), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        real = self._runner.addresses[0][1]
        origin = self._config.public_url or f"http://{host}:{real}"
        self.world.public_url = self.url = origin + self._config.base
        return self.url

    async def stop(self) -> None:
        """Stop listening and drop what was under way. A stopped sandbox can be started again, with a fresh world."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None
        self.world = World(self._config)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def telegram_api_url(self) -> str:
        """What to set as Bot API server: the part before `/bot<TOKEN>`."""
        return f"{self.url}/sandbox/telegram"

    # people

    def phone(self, name: str) -> Phone:
        return self.world.book.get(name)

    def add_phone(self, setup: PhoneSetup) -> Phone:
        return self.world.add_phone(setup)

    def write(self, phone: Phone, text: str) -> Bubble:
        return self.world.write(phone, text)

    def send_photo(self, phone: Phone, content: bytes, caption: str = "") -> Bubble:
        return self.world.send_photo(phone, content, caption)

    def send_voice(self, phone: Phone, content: bytes, seconds: int = 3) -> Bubble:
        return people.send_voice(self.world.bot_of(phone), phone, content, seconds)

    def send_other(self, phone: Phone, content: dict[str, Any]) -> Bubble:
        return people.send_other(self.world.bot_of(phone), phone, content)

    def press(self, phone: Phone, button: str, ref: str | None = None) -> str:
        return people.press(self.world.bot_of(phone), phone, button, ref)

    def start_bot(self, phone: Phone, payload: str = "") -> Bubble:
        return people.start(self.world.bot_of(phone), phone, payload)

    def share_contact(self, phone: Phone, number: str | None = None) -> Bubble:
        return people.share_contact(self.world.bot_of(phone), phone, number)

    def edit(self, phone: Phone, ref: str, text: str) -> Bubble:
        return people.edit(self.world.bot_of(phone), phone, ref, text)

    def block(self, phone: Phone, blocked: bool = True) -> None:
        people.block(self.world.bot_of(phone), phone, blocked)

    def add_to_group(self, phone: Phone, title: str) -> Group:
        return people.add_to_group(self.world.bot_of(phone), phone, title)

    def write_in_group(self, phone: Phone, group: Group, text: str) -> int:
        return people.write_in_group(self.world.bot_of(phone), phone, group, text)

    def inject(self, line: str, kind: str, body: dict[str, Any], lane: str = "injected") -> None:
        """Queue an update of any kind and content, also one that Telegram would never send."""
        token = self._config.line(line).telegram_token
        if token is None:
            raise SandboxError(f"line {line} has no bot")
        self.world.bots[token].updates.add(kind, body, lane)

    # telephoning; bot/sandbox/calls.py says how

    def call(self, phone: Phone, number: str = "") -> PhoneCall:
        return self.world.call(phone, number)

    def expect(self, phone: Phone, habit: Habit) -> None:
        self.world.telephone.expect(phone, habit)

    def phone_calls(self, phone: Phone) -> list[PhoneCall]:
        return self.world.telephone.of(phone)

    async def until_rings(self, phone: Phone, seconds: float = 10.0) -> PhoneCall:
        return await self.world.telephone.until_rings(phone, seconds)

    async def until_over(self, sid: str, seconds: float = 10.0) -> str:
        """The last status of a call that the service placed. Raises TimeoutError."""
        call = self.world.network.calls.get(sid)
        async with asyncio.timeout(seconds):
            while not call.over:
                await asyncio.sleep(0.01)
        return call.status

    @property
    def voice_faults(self) -> list[VoiceFault]:
        return self.world.network.faults

    def recordings(self) -> list[Recording]:
        return list(self.world.network.recordings.recordings.values())

    # looking

    def messages(self, phone: Phone) -> list[Bubble]:
        return list(self.world.book.screen(phone.key))

    def received(self, phone: Phone) -> list[Bubble]:
        """What came to the phone, without what was written on it."""
        return [bubble for bubble in self.messages(phone) if not bubble.mine]

    def calls(self, channel: str = "", operation: str = "") -> list[ProviderCall]:
        return [
            call
            for call in self.world.journal.calls
            if channel in ("", call.channel) and operation in ("", call.operation)
        ]

    def pushes(self, channel: str = "", kind: str = "") -> list[Push]:
        return [push for push in self.world.journal.pushes if channel in ("", push.channel) and kind in ("", push.kind)]

    def log(self) -> list[Entry]:
        return list(self.world.journal.entries)

    async def wait_for(self, phone: Phone, found: Callable[[Bubble], bool], seconds: float = 10.0) -> Bubble:
        """The first message received that `found` accepts. Raises TimeoutError naming how many there were."""
        until, feed = ticks() + seconds, self.world.journal.feed
        while True:
            version = feed.version
            for bubble in self.received(phone):
                if found(bubble):
                    return bubble
            if ticks() >= until:
                raise TimeoutError(f"{len(self.received(phone))} messages on {phone.name}, none that was waited for")
            await feed.beyond(version, until - ticks())

    async def settle(self, seconds: float = 15.0) -> None:
        """Wait until nothing is under way any more: no text, no callback, no update. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while self.world.under_way():
                await asyncio.sleep(0.02)

    # weather and time

    @property
    def chaos(self) -> Chaos:
        return self.world.gate.chaos

    def set_chaos(self, **changes: Any) -> Chaos:
        return self.world.set_chaos(changes)

    def move_clock(self, *, by: str = "", to: str = "") -> datetime:
        return self.world.move_clock(by=by, to=to)
