"""One line's bot at Telegram: how it is made, set up, polled, and what its failures mean."""

from __future__ import annotations

import logging
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
from telegram import Bot, BotCommandScopeAllPrivateChats
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.base import DeliveryError
from bot.channels.telegram_http import AioHttpRequest, BrokenOff, NeverArrived, TryLater
from bot.channels.wire import TooLarge

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post")
_SILENT = logging.getLogger("nabolinje.telegram.library")
_SILENT.setLevel(logging.CRITICAL)


class LineBot(Bot):
    """One line's bot. Unlike the library's own it shows its token neither in its repr nor in a log line."""

    __slots__ = ()
    _LOGGER = _SILENT

    def __repr__(self) -> str:
        return f"{type(self).__name__}[…]"

    @property
    def http(self) -> AioHttpRequest:
        """The transport, which `make_bot` made."""
        request = self.request
        if not isinstance(request, AioHttpRequest):
            raise TypeError("a LineBot is made by make_bot")
        return request

    async def raw_updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:
        """getUpdates without parsing: one update nobody can read must not hold up the others."""
        answer = await self._post(
            "getUpdates",
            {"offset": offset, "timeout": timeout, "allowed_updates": list(ALLOWED_UPDATES)},
            read_timeout=timeout + self.http.read_timeout,
        )
        return [update for update in answer if isinstance(update, dict)]

    async def file_location(self, file_id: str) -> tuple[str, int | None]:
        """Where a file lies (an address that holds the token: for the next request only) and its size in bytes."""
        answer = await self._post("getFile", {"file_id": file_id})
        path, size = answer.get("file_path"), answer.get("file_size")
        # A Bot API server in local mode answers with a path on its own disk: never opened from here.
        if not isinstance(path, str) or path.startswith("/") or ".." in path.split("/"):
            raise DeliveryError("permanent", "no-path")
        return f"{self.base_file_url}/{urllib.parse.quote(path)}", size if isinstance(size, int) else None


def make_bot(token: str, api_url: str, session: aiohttp.ClientSession, timeout: float = 8.0) -> LineBot:
    """A bot that talks to the Bot API server at `api_url` (scheme and host, perhaps a path) over `session`.

    Opens no connection. The token is not checked here: a wrong one shows in DeliveryError("permanent", "token").
    """
    base = api_url.rstrip("/")
    transport = AioHttpRequest(session, timeout)
    # As functions, because the library would treat braces in an address as fields to fill in.
    return LineBot(
        token,
        base_url=lambda secret: f"{base}/bot{secret}",
        base_file_url=lambda secret: f"{base}/file/bot{secret}",
        request=transport,
        get_updates_request=transport,
    )


@contextmanager
def provider_errors() -> Iterator[None]:
    """Turn what the library raises into DeliveryError, by what can be done about it.

    The original is dropped on purpose: its text quotes the provider, and with it perhaps a person.
    """
    try:
        yield
    except TelegramError as error:
        raise _remedy(error) from None
    except (KeyError, TypeError, AttributeError, ValueError):
        # The server took it and answered something that is not in its own documentation.
        raise DeliveryError("unknown", "answer") from None


def _remedy(error: TelegramError) -> DeliveryError:
    match error:
        case TryLater():
            return DeliveryError("temporary", str(error.status), error.retry_after)
        case RetryAfter():
            return DeliveryError("temporary", "429")
        case NeverArrived():
            return DeliveryError("temporary", "no-connection")
        case TimedOut():
            return DeliveryError("unknown", "timeout")
        case BrokenOff():
            return DeliveryError("unknown", "broken-off")
        case InvalidToken():
            return DeliveryError("permanent", "token")
        case Forbidden():
            return DeliveryError("stopped", "403")
        case ChatMigrated():
            return DeliveryError("permanent", "migrated")
        case BadRequest():
            return DeliveryError("permanent", "400")
        case Conflict():
            return DeliveryError("temporary", "409")
    return DeliveryError("unknown", "answer")


async def set_webhook(bot: LineBot, url: str, secret: str) -> bool:
    """Point the bot at `url` unless it points there already; True if it had to be set. Raises DeliveryError.

    What waits at Telegram is never dropped. The secret cannot be read back: a webhook that was last answered
    403 is set again, because that is what an old secret looks like.
    """
    with provider_errors():
        info = await bot.get_webhook_info()
        refused = "403" in (info.last_error_message or "")
        if info.url == url and set(info.allowed_updates or ()) == set(ALLOWED_UPDATES) and not refused:
            return False
        await bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, drop_pending_updates=False)
        return True


async def drop_webhook(bot: LineBot) -> None:
    """Stop pushing, keep what waits: polling is refused while a webhook is set. Raises DeliveryError."""
    with provider_errors():
        await bot.delete_webhook(drop_pending_updates=False)


async def set_commands(bot: LineBot, commands: Mapping[str | None, Sequence[tuple[str, str]]]) -> None:
    """Fill the menu of private chats: (command, description) by two-letter language, None for everybody else."""
    scope = BotCommandScopeAllPrivateChats()
    with provider_errors():
        for language, entries in commands.items():
            await bot.set_my_commands(entries, scope=scope, language_code=language)


async def poll(bot: LineBot, offset: int | None, timeout: int) -> list[dict[str, Any]]:
    """The updates from `offset` on, as they came; waits up to `timeout` seconds for one. Raises DeliveryError."""
    with provider_errors():
        return await bot.raw_updates(offset, timeout)


async def fetch_file(bot: LineBot, file_id: str, max_bytes: int) -> bytes:
    """The content of a file somebody sent, at most `max_bytes` long.

    Raises DeliveryError; beyond the limit it is ("permanent", "too-large"). Asking again does no harm, so
    nothing here is "unknown".
    """
    try:
        with provider_errors():
            url, size = await bot.file_location(file_id)
            if size is not None and size > max_bytes:
                raise TooLarge
            return await bot.http.download(url, max_bytes)
    except TooLarge:
        raise DeliveryError("permanent", "too-large") from None
    except DeliveryError as error:
        if error.remedy != "unknown":
            raise
        raise DeliveryError("temporary", error.code) from None
