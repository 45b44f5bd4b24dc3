"""The office's side of a call: rings its own people, answers what they hear, hangs up who is needed no more.

The addresses are the office's own; a leg's name in them is random and says nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aiohttp import web

from bot.channels import sms_forms, voice_forms
from bot.channels.twiml import Twiml
from bot.channels.voice import VoiceChannel
from bot.dialling import Dialling
from bot.office_listening import OfficeListening
from bot.office_webhooks import signed_items
from bot.settings import Settings
from bot.worker import Loop
from escalation.clock import Clock
from escalation.errors import Refused
from escalation.store import hatch, office_calls
from escalation.store.base import Database, Unit
from escalation.store.legs import Leg
from handlers import calling_back, pin_calls, ringing, voice_alerts
from handlers.call_verbs import Document
from handlers.office_desk import OfficeDesk

PATH = "/office/twilio/voice"
# What a phone is rung for, and who answers when it is picked up.
_FOR = {"caller": ringing, "alert": voice_alerts, "callback": calling_back, pin_calls.PURPOSE: pin_calls}
# Ringing, the whisper twice, and the longest a provider's word of it is late: then it is not coming.
RINGS_AT_MOST = timedelta(minutes=2)


class OfficeCalls:
    """Without an account (`voice` is None) nobody can be rung, and a caller leaves a message."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        front: Database,
        desk: OfficeDesk,
        clock: Clock,
        voice: VoiceChannel | None,
    ) -> None:
        self._settings, self._database, self._front = settings, database, front
        self._desk, self._clock = desk, clock
        self._base = settings.office_public_url + PATH
        recorded = {slug: settings.recordings.addresses(slug, settings.public_url) for slug in settings.lines}
        self._twiml = {slug: Twiml(self._base, "", x.country, recorded[slug]) for slug, x in settings.lines.items()}
        self._listening = OfficeListening(settings, database, front, desk, clock, self._twiml)
        self.ring_loop = Loop("ring", self._ring, pause=0.5)
        outcomes = (self._not_dialled, self._hung_up)
        dialling = Dialling(database, office_calls.LEGS, settings.lines, voice, self._base, *outcomes)
        self.dial_loop = dialling.loop

    def add_to(self, app: web.Application) -> None:
        leg = "/{leg:[0-9a-f]{32}}"
        turn = "/{n:[0-9]{1,3}}"
        name = "/{name:[0-9a-f]{32}}"
        app.router.add_post(PATH + "/answered" + leg, self.answered)
        app.router.add_post(PATH + "/pressed" + leg, self.pressed)
        app.router.add_post(PATH + "/joined" + leg, self.joined)
        app.router.add_post(PATH + "/status" + leg, self.status)
        app.router.add_post(PATH + "/pin" + leg + turn, self._listening.pin)
        app.router.add_post(PATH + "/again" + leg + turn, self._listening.again)
        app.router.add_get(PATH + "/media" + leg + name, self._listening.media)

    # What the provider asks.

    async def answered(self, request: web.Request) -> web.Response:
        """Somebody, or something, picked up."""
        await self._items(request)
        return await self._tell(request, lambda unit, desk, leg, now: _FOR[leg.purpose].whisper(unit, desk, leg, now))

    async def pressed(self, request: web.Request) -> web.Response:
        """A key, or none."""
        items = await self._items(request)
        try:
            keys = voice_forms.digits(items)
        except Refused:
            raise web.HTTPBadRequest from None
        response = await self._tell(
            request, lambda unit, desk, leg, now: _FOR[leg.purpose].pressed(unit, desk, leg, keys, now)
        )
        self.dial_loop.wake()  # whoever else rings for him is to stop
        return response

    async def joined(self, request: web.Request) -> web.Response:
        """The two have talked, or there was nobody to talk to."""
        items = await self._items(request)
        talked = (sms_forms.field(items, "DialCallStatus") or "").lower() in ("completed", "answered")
        return await self._tell(
            request, lambda unit, desk, leg, now: _FOR[leg.purpose].joined(unit, desk, leg, talked, now)
        )

    async def status(self, request: web.Request) -> web.Response:
        """A leg goes on, or is over."""
        items = await self._items(request)
        try:
            ended = voice_forms.ended_as(items)
        except Refused:
            raise web.HTTPBadRequest from None
        if ended:
            await self._database.write_first(self._ended, request.match_info["leg"], ended)
            self.ring_loop.wake()
        return web.Response(status=204)

    def _ended(self, unit: Unit, uid: str, status: str) -> None:
        leg = office_calls.leg(unit, uid)
        if leg is not None:
            _FOR[leg.purpose].leg_ended(unit, self._desk, leg, status, self._clock.now())

    async def _items(self, request: web.Request) -> sms_forms.Items:
        return await signed_items(self._settings, request)

    async def _tell(self, request: web.Request, step: Callable[..., Document]) -> web.Response:
        line, document = await self._database.write_first(self._step, request.match_info["leg"], step)
        return web.Response(body=self._twiml[line].write(document), content_type="text/xml")

    def _step(self, unit: Unit, uid: str, step: Callable[..., Document]) -> tuple[str, Document]:
        leg = office_calls.leg(unit, uid)
        if leg is None:
            raise web.HTTPNotFound
        return leg.line, step(unit, self._desk, leg, self._clock.now())

    # What the office does of itself.

    async def _ring(self) -> bool:
        now = self._clock.now()
        due = await self._database.read(office_calls.due, now)
        # Whoever left while the office was silent is heard of after he began to wait: nobody is rung in between.
        gone = await self._front.read(hatch.callers_gone) if due else []
        rang = [await self._database.write(ringing.ring, self._desk, token, now, gone) for token in due]
        for token in due:
            await self._database.write(calling_back.expire, self._desk, token, now)
        for uid in await self._database.read(office_calls.LEGS.unheard_of, now - RINGS_AT_MOST):
            await self._database.write(self._ended, uid, "no-answer")
        if any(rang):
            self.dial_loop.wake()
        return any(rang)

    async def _not_dialled(self, leg: Leg) -> None:
        await self._database.write(_FOR[leg.purpose].not_dialled, self._desk, leg, self._clock.now())
        self.ring_loop.wake()

    async def _hung_up(self, leg: Leg) -> None:
        await self._database.write(_FOR[leg.purpose].hung_up, self._desk, leg, self._clock.now())
