"""The office reads cases out by telephone: takes the PIN, and hands out recordings while a call that gave it goes on.

The keys of a PIN come in the body of a request and stay there: they are in no address, no log and no audit trail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from aiohttp import web

from bot.channels import voice_forms
from bot.channels.twiml import PLAYED
from bot.leg_webhooks import LegWebhooks
from escalation.store import front_media
from escalation.store.base import Database, Unit
from escalation.store.legs import Leg
from handlers import pin_calls
from handlers.call_verbs import Document
from handlers.office_desk import OfficeDesk

_Step = Callable[[Unit, OfficeDesk, Leg, int, str, Collection[str], datetime], Document]


class OfficeListening:
    """`legs` are the office's; `front` is opened for the recordings alone."""

    def __init__(self, legs: LegWebhooks, front: Database) -> None:
        self._legs, self._front = legs, front

    async def pin(self, request: web.Request) -> web.Response:
        """The PIN, or silence."""
        return await self._tell(request, pin_calls.pin_given)

    async def again(self, request: web.Request) -> web.Response:
        """It was read out: once more, or enough."""
        return await self._tell(request, pin_calls.again)

    async def media(self, request: web.Request) -> web.Response:
        """One recording. Twilio documents no signature for what <Play> fetches, and sends none of its usual fields: so
        the address itself is the secret. It is worth something on its own leg alone, from the right PIN to the end of
        the call, and nothing that is fetched is to be kept (`no-store`, which Twilio heeds)."""
        leg, name = request.match_info["leg"], request.match_info["name"]
        uid = await self._legs.database.read(pin_calls.recording, leg, name, self._legs.clock.now())
        kinds = await self._front.read(front_media.kept_as, [uid] if uid else [])
        found = await self._front.read(front_media.load, uid) if uid and kinds.get(uid) in PLAYED else None
        if uid is None or found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type=kinds[uid], headers={"Cache-Control": "no-store"})

    async def _tell(self, request: web.Request, step: _Step) -> web.Response:
        keys = await self._legs.door.read(voice_forms.digits, await self._legs.door.signed_form(request))
        number, playable = int(request.match_info["n"]), await self._playable(request.match_info["leg"])
        return await self._legs.tell(
            request, lambda unit, leg, now: step(unit, self._legs.desk, leg, number, keys, playable, now)
        )

    async def _playable(self, leg: str) -> frozenset[str]:
        """What of the case is here and can be played; a picture and a voice note of Telegram's kind cannot."""
        known = await self._legs.database.read(pin_calls.recordings, leg)
        kinds = await self._front.read(front_media.kept_as, list(known))
        return frozenset(uid for uid, kind in kinds.items() if kind in PLAYED)
