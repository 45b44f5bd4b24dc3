"""Rings the phones that a desk's rows ask for and hangs up those that are needed no more: the same on each desk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.channels.base import DeliveryError
from bot.channels.voice import VoiceChannel
from bot.worker import Loop, attempt
from escalation.lines import LineConfig
from escalation.store.base import Database
from escalation.store.legs import Leg, Legs

AT_ONCE = 10
LOOKS_EVERY = 1.0  # seconds: whoever asks for a phone to ring wakes this; it looks by itself for what a crash left
RINGS_ON = 5  # the provider lets a phone ring up to so many seconds longer than it is asked to
log = logging.getLogger("nabolinje.calls")


class Dialling:
    """`base` is where the desk's own steps of a leg lie; `failed` writes down that the provider did not take one,
    `hung_up` that one was ended.

    `voice` is None without an account: then nobody can be rung.
    """

    def __init__(
        self,
        database: Database,
        legs: Legs,
        lines: Mapping[str, LineConfig],
        voice: VoiceChannel | None,
        base: str,
        failed: Callable[[Leg], Awaitable[None]],
        hung_up: Callable[[Leg], Awaitable[None]],
    ) -> None:
        self._database, self._legs, self._lines = database, legs, lines
        self._voice, self._base, self._failed, self._hung_up = voice, base, failed, hung_up
        self.loop = Loop("dial", self._dial, pause=LOOKS_EVERY)

    async def _dial(self) -> bool:
        """Claim, call the provider, record; no transaction is open meanwhile."""
        if not await self._database.read(self._legs.anything_to_do):
            return False
        to_ring = await self._database.write(self._legs.claim, "queued", AT_ONCE)
        to_end = await self._database.write(self._legs.claim, "ending", AT_ONCE)
        # All at once: a provider that is slow about one phone does not hold up the next.
        await asyncio.gather(
            *(attempt(self._place(leg), partial(self._not_placed, leg)) for leg in to_ring),
            *(attempt(self._hang_up(leg), partial(self._hang_up_again, leg)) for leg in to_end),
        )
        return bool(to_ring or to_end)

    async def _place(self, leg: Leg) -> None:
        if self._voice is None:
            raise DeliveryError("permanent", "no-account")
        ring = max(5, int(self._lines[leg.line].calls.ring.total_seconds()) - RINGS_ON)
        url, status = f"{self._base}/answered/{leg.id}", f"{self._base}/status/{leg.id}"
        sid = await self._voice.ring(leg.line, leg.address, url, status, ring)
        await self._database.write(self._legs.dialled, leg.id, sid)

    async def _not_placed(self, leg: Leg, error: Exception) -> None:
        code = error.code if isinstance(error, DeliveryError) else type(error).__name__
        log.warning("a phone could not be rung", extra={"code": code})
        await self._failed(leg)

    async def _hang_up(self, leg: Leg) -> None:
        if self._voice is not None and leg.provider_ref is not None:
            await self._voice.hang_up(leg.provider_ref)
        await self._hung_up(leg)

    async def _hang_up_again(self, leg: Leg, error: Exception) -> None:
        """The row says so still: it is tried again when its lease is over."""
        log.warning("a phone could not be hung up", extra={"error": type(error).__name__})
