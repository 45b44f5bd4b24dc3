"""The gate every provider call passes: it is written down, and meets the fate that the dice decide."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.chaos import Chaos, Dice
from bot.sandbox.journal import Journal, ProviderCall
from bot.sandbox.moment import ticks

_KEPT_HEADERS = ("Content-Type", "User-Agent", "Accept", "I-Twilio-Idempotency-Token")


@dataclass(frozen=True, slots=True)
class Refusals:
    """How one provider says no: its exception, its 429, its 500, and an exception as an answer with its words."""

    error: type[Exception]
    rate_limited: Callable[[int], web.Response]
    server_error: Callable[[], web.Response]
    translate: Callable[[Exception], tuple[web.Response, str]]


class Gate:
    """Holds the settings of the moment; `chaos` may be replaced while calls are under way."""

    def __init__(self, journal: Journal, chaos: Chaos, dice: Dice) -> None:
        self.journal = journal
        self.chaos = chaos
        self.dice = dice

    @staticmethod
    def headers(request: web.Request) -> dict[str, str]:
        """The headers worth keeping. Credentials are not: a log of the rig is shown on a page."""
        found = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        return found | {"Authorization": "present"} if "Authorization" in request.headers else found

    async def through(
        self,
        request: web.Request,
        call: ProviderCall,
        act: Callable[[], Awaitable[web.StreamResponse]],
        refusals: Refusals,
    ) -> web.StreamResponse:
        """Let one call act, or not, as its fate is. What was accepted stays so even when the answer is lost."""
        began, fate = ticks(), self.chaos.fate(call.channel, self.dice)
        await asyncio.sleep(fate.delay)
        answer: web.StreamResponse
        if fate.kind == "rate_limited":
            answer, words = refusals.rate_limited(self.chaos.retry_after), "chaos: rate limited"
        elif fate.kind == "server_error":
            answer, words = refusals.server_error(), "chaos: server error"
        elif fate.kind == "drop_before":
            answer, words = _broken(request), "chaos: connection dropped before accepting"
        else:
            answer, words = await _acted(act, refusals)
            if fate.kind == "drop_after":
                answer, words = _broken(request), f"chaos: connection dropped after: {words}"
            elif fate.kind == "stall":
                words = f"chaos: answered {fate.stall:.0f} s late: {words}"
        call.status, call.outcome, call.seconds = answer.status, words, round(ticks() - began, 3)
        self.journal.feed.changed()
        await asyncio.sleep(fate.stall)
        return answer


async def _acted(
    act: Callable[[], Awaitable[web.StreamResponse]], refusals: Refusals
) -> tuple[web.StreamResponse, str]:
    try:
        return await act(), "ok"
    except refusals.error as error:
        answer, words = refusals.translate(error)
        return answer, f"refused: {words}"


def _broken(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
