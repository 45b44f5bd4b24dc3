"""Connects each line's bot: sets its webhook where it differs, or polls; fills its menu. Never in the way of SMS."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.channels import telegram_updates
from bot.channels.base import DeliveryError
from bot.channels.telegram import LineBot, drop_webhook, poll, set_commands, set_webhook
from bot.providers import Providers
from bot.settings import Settings
from bot.worker import attempt
from handlers.messages import Inbound
from handlers.texts.catalogue import text

POLL_SECONDS = 25
PAUSE_SECONDS = 2.0
MENU = ("start", "status", "new", "language", "data", "help")
Store = Callable[[Inbound], Awaitable[None]]
log = logging.getLogger("nabolinje.telegram")


def connect(settings: Settings, providers: Providers, store: Store) -> list[Coroutine[Any, Any, None]]:
    """One background task per bot. Telegram being down delays Telegram and nothing else."""
    tasks: list[Coroutine[Any, Any, None]] = []
    for slug, bot in providers.bots.items():
        if settings.telegram_mode == "polling":
            tasks.append(_poll(bot, slug, store))
        else:
            url = f"{settings.public_url}/webhooks/telegram/{slug}"
            tasks.append(_keep_webhook(bot, url, settings.telegram_webhook_secret, slug))
        tasks.append(_fill_menu(bot, settings, slug))
    return tasks


async def _keep_webhook(bot: LineBot, url: str, secret: str, line: str) -> None:
    """Set the webhook, and look again now and then: Telegram forgets, and people change settings.

    Soon after the start more often: that a secret was changed shows only in Telegram's refused deliveries.
    """
    failing, resting = 2.0, 15.0
    while True:
        try:
            if await set_webhook(bot, url, secret):
                log.info("webhook set", extra={"line": line})
            pause, failing, resting = resting, 2.0, min(resting * 2, 600.0)
        except DeliveryError as error:
            log.warning("webhook not set", extra={"line": line, "error": error.remedy, "code": error.code})
            pause, failing, resting = failing, min(failing * 2, 60.0), 15.0
        await asyncio.sleep(pause)


async def _fill_menu(bot: LineBot, settings: Settings, slug: str) -> None:
    line = settings.lines[slug]
    menus: dict[str | None, list[tuple[str, str]]] = {None: _menu(line.languages[0])}
    for language in line.languages:
        menus[language] = _menu(language)
    pause = 2.0
    while True:
        try:
            await set_commands(bot, menus)
            return
        except DeliveryError:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 300.0)


def _menu(language: str) -> list[tuple[str, str]]:
    return [(command, text(f"command_menu.{command}", language)) for command in MENU]


async def _poll(bot: LineBot, line: str, store: Store) -> None:
    """Ask for updates; the next question, with a higher offset, is sent only after these are durable.

    The offset needs no row: what a killed process had not confirmed is offered again, and stored once.
    """
    offset: int | None = None
    ready = False
    while True:
        try:
            if not ready:
                await drop_webhook(bot)
                ready = True
            updates = await poll(bot, offset, POLL_SECONDS)
        except DeliveryError as error:
            # 409: somebody set a webhook, or polls beside us; the first is undone, the second goes away.
            ready = error.code != "409"
            log.warning("polling failed", extra={"line": line, "error": error.remedy, "code": error.code})
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        before = offset
        offset = await attempt(_keep(updates, line, store, offset), _not_kept(line, offset))
        if updates and offset == before:
            await asyncio.sleep(PAUSE_SECONDS)


async def _keep(updates: list[dict[str, Any]], line: str, store: Store, offset: int | None) -> int | None:
    """Store updates; the offset that confirms them. What has no number cannot be confirmed, nor named by a person."""
    numbered = []
    for raw in updates:
        try:
            numbered.append((telegram_updates.update_id(raw), telegram_updates.parse(raw, line)))
        except ValueError:
            log.warning("an update without a number", extra={"line": line})
    await asyncio.gather(*(store(inbound) for _, inbound in numbered))
    return max([number + 1 for number, _ in numbered], default=offset)


def _not_kept(line: str, offset: int | None) -> Callable[[Exception], Awaitable[int | None]]:
    """Nothing is confirmed that could not be stored: Telegram offers it again."""

    async def stumbled(error: Exception) -> int | None:
        log.error("updates not stored", extra={"line": line, "error": type(error).__name__})
        return offset

    return stumbled
