"""A running sandbox, a service that takes its webhooks, and the real client libraries pointed at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from telegram import Bot
from telegram.request import HTTPXRequest
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bot.sandbox.app import Sandbox
from bot.sandbox.config import LineSetup, PhoneSetup, SandboxConfig
from tests.bot.sandbox.rig import TOKEN, Service


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    taker = Service()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", taker.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taker.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield taker
    await runner.cleanup()


@pytest.fixture
def config(service: Service, tmp_path) -> SandboxConfig:
    line = LineSetup("eksempelby", "Nabolinjen", "+4552500001", service.url + "/sms", TOKEN, "nabolinjen_bot")
    line = replace(line, voice_number="+4552500002", voice_webhook=service.url + "/voice")
    phones = (
        PhoneSetup("Nabo", "reporter", "sms", "+4552501001", "eksempelby"),
        PhoneSetup("Vicevært", "reporter", "telegram", "700100", "eksempelby"),
        PhoneSetup("Vagt", "staff", "telegram", "700200", "eksempelby", started=True, number="+4552501200"),
    )
    return SandboxConfig(lines=(line,), phones=phones, unkind=False, clock_file=tmp_path / "clock", call_pace=0.02)


@pytest.fixture
async def sandbox(config: SandboxConfig) -> AsyncIterator[Sandbox]:
    async with Sandbox(config) as running:
        yield running


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    made = Bot(
        TOKEN,
        base_url=f"{sandbox.telegram_api_url}/bot",
        base_file_url=f"{sandbox.telegram_api_url}/file/bot",
        request=HTTPXRequest(connection_pool_size=32),
        get_updates_request=HTTPXRequest(connection_pool_size=4),
    )
    async with made:
        yield made


@pytest.fixture
async def twilio(sandbox: Sandbox, config: SandboxConfig) -> AsyncIterator[Client]:
    class Swapped(Client):
        def get_hostname(self, uri: str) -> str:
            return uri.replace("https://api.twilio.com", sandbox.url)

    async with AsyncTwilioHttpClient() as http:
        yield Swapped(config.account_sid, config.auth_token, http_client=http)
