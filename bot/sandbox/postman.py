"""Carries what providers ask of the service, one attempt at a time, with the time limits Twilio publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from bot.sandbox.journal import Journal
from bot.sandbox.moment import ticks

_LIMITS = aiohttp.ClientTimeout(total=15, sock_connect=5)
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, or in `fault` why nothing did; then `status` is None."""

    status: int | None = None
    content: bytes = b""
    mime: str = ""
    fault: str = ""

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


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
        """One attempt at a POST: status or None, the answer's text, and what went wrong in the connection."""
        answer = await self.request("POST", channel, kind, url, key, attempt, headers=headers, form=form, body=body)
        return answer.status, answer.text, answer.fault

    async def request(
        self,
        method: str,
        channel: str,
        kind: str,
        url: str,
        key: str,
        attempt: int,
        *,
        headers: Mapping[str, str],
        form: list[tuple[str, str]] | None = None,
        body: Any = None,
    ) -> Answer:
        """One attempt by any method. Written down."""
        began = ticks()
        try:
            answer = await self._exchange(method, url, headers, form, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            answer = Answer(fault=type(error).__name__)
        self._journal.push(channel, kind, url.split("?")[0], key, attempt, answer.status, ticks() - began, answer.fault)
        return answer

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], form: list[tuple[str, str]] | None, body: Any
    ) -> Answer:
        if self._session is None:
            raise aiohttp.ClientConnectionError("the sandbox is closed")
        # Encoded as it was signed; yarl would write some of it another way.
        there = URL(self._really(url.split("#")[0]), encoded=method == "GET")
        data = aiohttp.FormData(form, charset="utf-8") if form is not None else None
        async with self._session.request(
            method, there, headers=headers, data=data, json=body, allow_redirects=False
        ) as response:
            content = await response.content.read(_MOST)
            return Answer(response.status, content, response.content_type)

    def _really(self, url: str) -> str:
        for public, real in self._origins.items():
            if url.startswith(public):
                return real + url[len(public) :]
        return url
