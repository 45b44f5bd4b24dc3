"""The provider clients of one process: one HTTP session, one Twilio client, one bot per line with a token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bot.channels.base import Channel, NoAccount
from bot.channels.sms import SmsChannel
from bot.channels.telegram import LineBot, TelegramChannel, make_bot
from bot.channels.twilio_http import TwilioClient
from bot.channels.voice import VoiceChannel
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Providers:
    """`sms` and `voice` are None without a Twilio account; `bots` holds the lines that have Telegram."""

    session: aiohttp.ClientSession
    bots: dict[str, LineBot]
    sms: SmsChannel | None
    voice: VoiceChannel | None = None

    @property
    def channels(self) -> dict[str, Channel]:
        """All there are; one without an account refuses, so that nothing waits on it for ever."""
        return {"telegram": TelegramChannel(self.bots), "sms": self.sms or NoAccount()}


@asynccontextmanager
async def open_providers(settings: Settings) -> AsyncIterator[Providers]:
    # A kept connection that the provider already closed turns a send into one of unknown fate.
    connector = aiohttp.TCPConnector(limit=200, keepalive_timeout=10)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        bots = {
            slug: make_bot(token, settings.telegram_api_url, session)
            for slug, token in settings.telegram_tokens.items()
            if slug in settings.lines
        }
        sms, voice = None, None
        if settings.twilio_sid:
            client = TwilioClient(settings.twilio_sid, settings.twilio_tokens, session, settings.twilio_api_url)
            sms = SmsChannel(client, {slug: line.sms_number for slug, line in settings.lines.items()})
            voices = {slug: line.voice_number for slug, line in settings.lines.items() if line.voice_number}
            voice = VoiceChannel(client, voices)
        yield Providers(session, bots, sms, voice)
