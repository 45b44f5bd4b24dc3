"""Telegram's library over aiohttp: the httpx transport it brings gets slower with every parallel request
(109 against 1063 sends a second at 64 in flight) and writes addresses with the bot's token into the log."""

from __future__ import annotations

import json
import urllib.parse
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.channels.wire import ANSWER_LIMIT, BROKE_OFF, NEVER_ARRIVED, TooLarge, read_bounded, time_limits

# A slow uplink still moves a picture at this rate (bytes a second); the time-out of an upload grows by it.
_UPLOAD_RATE = 256 * 1024


class NeverArrived(NetworkError):
    """No connection came about: the request was certainly not acted on."""

    __slots__ = ()


class BrokenOff(NetworkError):
    """The connection ended after the request went out: nobody knows whether it was acted on."""

    __slots__ = ()


class TryLater(NetworkError):
    """The server answered that it did not act: too many requests, a fault of its own, or not Telegram at all.

    `retry_after` is in seconds where the server said how long.
    """

    __slots__ = ("retry_after", "status")

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.retry_after = retry_after


class AioHttpRequest(BaseRequest):
    """One transport for any number of bots over a session that somebody else opens and closes.

    `timeout` is seconds for a whole exchange. No message of any exception raised here carries an address,
    because the address carries the token.
    """

    __slots__ = ("_session", "_timeout")

    def __init__(self, session: aiohttp.ClientSession, timeout: float = 8.0) -> None:
        self._session = session
        self._timeout = timeout

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        """Nothing to open: the session is not ours."""

    async def shutdown(self) -> None:
        """Nothing to close: the session is not ours."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object. The library's own version logs what it cannot read; this one does not."""
        try:
            parsed = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise TelegramError("unreadable answer") from None
        if not isinstance(parsed, dict) or ("result" not in parsed and parsed.get("ok") is not False):
            raise TelegramError("unreadable answer")
        return parsed

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One exchange; a `read_timeout` in seconds replaces the whole time-out (long polling)."""
        total = float(read_timeout) if isinstance(read_timeout, (int, float)) else self._timeout
        body, kind, upload = _encode(request_data)
        headers = {"User-Agent": self.USER_AGENT}
        if kind:
            headers["Content-Type"] = kind
        status, answer = await self._exchange(method, url, body, headers, total + upload / _UPLOAD_RATE, ANSWER_LIMIT)
        _refuse_what_is_not_an_answer(status, answer)
        return status, answer

    async def download(self, url: str, max_bytes: int, timeout: float = 30.0) -> bytes:
        """The bytes behind an address, at most `max_bytes`; raises TooLarge or a TelegramError."""
        status, content = await self._exchange("GET", url, None, {}, timeout, max_bytes)
        if status != HTTPStatus.OK:
            raise TryLater(status, None)
        return content

    async def _exchange(
        self,
        method: str,
        url: str,
        body: bytes | aiohttp.FormData | None,
        headers: dict[str, str],
        total: float,
        limit: int,
    ) -> tuple[int, bytes]:
        if self._session.closed:
            raise NeverArrived("session closed")
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                timeout=time_limits(total),
                allow_redirects=False,
            ) as response:
                return response.status, await read_bounded(response, limit)
        # `from None` throughout: aiohttp's own messages name the address.
        except NEVER_ARRIVED as error:
            raise NeverArrived(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except BROKE_OFF as error:
            raise BrokenOff(type(error).__name__) from None
        except TooLarge:
            if limit != ANSWER_LIMIT:
                raise
            raise BrokenOff("answer too large") from None


def _encode(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, str, int]:
    """Body, content type ("" where aiohttp knows better) and the number of bytes of the files in it."""
    if request_data is None:
        return None, "", 0
    fields = request_data.json_parameters
    if not request_data.contains_files:
        # "replace": half a surrogate pair in a text must not stop the text.
        encoded = urllib.parse.urlencode(fields, errors="replace").encode("ascii")
        return encoded, "application/x-www-form-urlencoded", 0
    form = aiohttp.FormData()
    upload = 0
    for name, value in fields.items():
        form.add_field(name, value.encode("utf-8", "replace").decode("utf-8"))
    for name, (filename, content, mime) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
        upload += len(content) if isinstance(content, bytes) else 0
    return form, "", upload


def _refuse_what_is_not_an_answer(status: int, answer: bytes) -> None:
    """Raise TryLater for 3xx, 429, 5xx, for any "retry after", and for refusals Telegram did not write.

    A proxy's 403 page must not be taken for "this person blocked the bot". 401 and 404 pass: they are what a
    wrong token looks like, with or without Telegram's own words.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    try:
        parsed = json.loads(answer.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        parsed = None
    spoken = isinstance(parsed, dict) and parsed.get("ok") is False
    parameters = parsed.get("parameters") if isinstance(parsed, dict) else None
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    seconds = float(wait) if isinstance(wait, (int, float)) and not isinstance(wait, bool) else None
    certain = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
    busy = status == HTTPStatus.TOO_MANY_REQUESTS or seconds is not None
    if busy or status >= HTTPStatus.INTERNAL_SERVER_ERROR or not (spoken or certain):
        raise TryLater(status, seconds)
