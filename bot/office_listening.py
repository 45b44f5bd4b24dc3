"""The office reads cases out by telephone: takes the PIN, and hands out recordings while a call that gave it goes on.

The keys of a PIN come in the body of a request and stay there: they are in no address, no log and no audit trail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from aiohttp import web

from bot.channels import voice_forms
from bot.channels.twiml import PLAYED, Twiml
from bot.office_webhooks import signed_items
from bot.settings import Settings
from escalation.clock import Clock
from escalation.errors import Refused
from escalation.store import front_media, office_calls
from escalation.store.base import Database, Unit
from escalation.store.legs import Leg
from handlers import pin_calls
from handlers.call_verbs import Document
from handlers.office_desk import OfficeDesk

_Step = Callable[[Unit, OfficeDesk, Leg, int, str, Collection[str], datetime], Document]


class OfficeListening:
    """`twiml` is by line; `front` is opened for the recordings alone."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        front: Database,
        desk: OfficeDesk,
        clock: Clock,
        twiml: dict[str, Twiml],
    ) -> None:
        self._settings, self._database, self._front = settings, database, front
        self._desk, self._clock, self._twiml = desk, clock, twiml

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
        uid = await self._database.read(pin_calls.recording, leg, name, self._clock.now())
        kinds = await self._front.read(front_media.kept_as, [uid] if uid else [])
        found = await self._front.read(front_media.load, uid) if uid and kinds.get(uid) in PLAYED else None
        if uid is None or found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type=kinds[uid], headers={"Cache-Control": "no-store"})

    async def _tell(self, request: web.Request, step: _Step) -> web.Response:
        items = await signed_items(self._settings, request)
        try:
            keys = voice_forms.digits(items)
        except Refused:
            raise web.HTTPBadRequest from None
        uid, number = request.match_info["leg"], int(request.match_info["n"])
        playable = await self._playable(uid)

        def answer(unit: Unit) -> tuple[str, Document]:
            leg = office_calls.leg(unit, uid)
            if leg is None:
                raise web.HTTPNotFound
            return leg.line, step(unit, self._desk, leg, number, keys, playable, self._clock.now())

        line, document = await self._database.write_first(answer)
        return web.Response(body=self._twiml[line].write(document), content_type="text/xml")

    async def _playable(self, leg: str) -> frozenset[str]:
        """What of the case is here and can be played; a picture and a voice note of Telegram's kind cannot."""
        known = await self._database.read(pin_calls.recordings, leg)
        kinds = await self._front.read(front_media.kept_as, list(known))
        return frozenset(uid for uid, kind in kinds.items() if kind in PLAYED)
