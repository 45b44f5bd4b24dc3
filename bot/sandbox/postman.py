"""Posts what providers push to the service, one attempt at a time, with the time limits Twilio publishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.sandbox.journal import Journal
from bot.sandbox.moment import ticks

_LIMITS = aiohttp.ClientTimeout(total=15, sock_connect=5)
_MOST = 1_000_000


class Postman:
    """Holds the one HTTP session. `origins` maps a public origin to the one really connected to."""

    def __init__(self, journal: Journal, origins: Mapping[str, str]) -> None:
        self._journal = journal
        self._origins = origins
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=_LIMITS, cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=200)
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        self._session = None

    async def post(
        self,
        channel: str,
        kind: str,
        url: str,
        key: str,
        attempt: int,
        *,
        headers: Mapping[str, str],
        form: list[tuple[str, str]] | None = None,
        body: Any = None,
    ) -> tuple[int | None, str, str]:
        """One attempt: status or None, the answer's text, and what went wrong in the connection. Written down."""
        began, status, answer, fault = ticks(), None, "", ""
        try:
            status, answer = await self._exchange(url, headers, form, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            fault = type(error).__name__
        self._journal.push(channel, kind, url.split("?")[0], key, attempt, status, ticks() - began, fault)
        return status, answer, fault

    async def _exchange(
        self, url: str, headers: Mapping[str, str], form: list[tuple[str, str]] | None, body: Any
    ) -> tuple[int, str]:
        if self._session is None:
            raise aiohttp.ClientConnectionError("the sandbox is closed")
        there = self._really(url.split("#")[0])
        data = aiohttp.FormData(form, charset="utf-8") if form is not None else None
        async with self._session.post(there, headers=headers, data=data, json=body, allow_redirects=False) as response:
            content = await response.content.read(_MOST)
            return response.status, content.decode("utf-8", "replace")

    def _really(self, url: str) -> str:
        for public, real in self._origins.items():
            if url.startswith(public):
                return real + url[len(public) :]
        return url
