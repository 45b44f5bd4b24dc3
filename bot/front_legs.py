"""The front desk's own calls out: to the last resort for a caller while the office is silent, and back to reporters.

Its addresses are signed and refused like every webhook; a leg's name in them is random and says nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from bot.channels import sms_forms, voice_forms
from bot.channels.twiml import Twiml
from bot.channels.voice import VoiceChannel
from bot.dialling import Dialling
from bot.settings import Settings
from bot.webhooks import Webhooks
from bot.worker import Loop
from escalation.clock import Clock
from escalation.store import front_calls
from escalation.store.base import Database, Unit
from escalation.store.front_calls import LEGS
from escalation.store.legs import Leg
from handlers import check_calls, front_callbacks, front_ringing
from handlers.call_verbs import Document
from handlers.front_desk import FrontDesk

CALLERS = "/webhooks/twilio/voice"
PATH = "/webhooks/twilio/voice/leg"
# What a phone is rung for, and who answers when it is picked up.
_FOR = {"caller": front_ringing, front_callbacks.PURPOSE: front_callbacks, check_calls.PURPOSE: check_calls}


class FrontLegs:
    """`webhooks` refuses and counts for every provider alike."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        desk: FrontDesk,
        clock: Clock,
        webhooks: Webhooks,
        voice: VoiceChannel | None,
    ) -> None:
        self._database, self._desk, self._clock, self._webhooks = database, desk, clock, webhooks
        base, hold = settings.public_url + PATH, f"{settings.public_url}{CALLERS}/hold.wav"
        recorded = {slug: settings.recordings.addresses(slug, settings.public_url) for slug in settings.lines}
        self._twiml = {slug: Twiml(base, hold, x.country, recorded[slug]) for slug, x in settings.lines.items()}
        self.ring_loop = Loop("last-resort", self._ring, pause=1.0)
        outcomes = (self._not_dialled, self._hung_up)
        self.dial_loop = Dialling(database, LEGS, settings.lines, voice, base, *outcomes).loop

    def add_to(self, app: web.Application) -> None:
        leg = "/{leg:[0-9a-f]{32}}"
        app.router.add_post(PATH + "/answered" + leg, self.answered)
        app.router.add_post(PATH + "/pressed" + leg, self.pressed)
        app.router.add_post(PATH + "/joined" + leg, self.joined)
        app.router.add_post(PATH + "/wait" + leg, self.wait)
        app.router.add_post(PATH + "/queued" + leg, self.queued)
        app.router.add_post(PATH + "/status" + leg, self.status)

    async def answered(self, request: web.Request) -> web.Response:
        """Somebody, or something, picked up."""
        await self._webhooks.signed_form(request)
        return await self._tell(request, lambda unit, desk, leg, now: _FOR[leg.purpose].whisper(unit, desk, leg, now))

    async def pressed(self, request: web.Request) -> web.Response:
        """A key, or none."""
        keys = await self._webhooks.read(voice_forms.digits, await self._webhooks.signed_form(request))
        return await self._tell(
            request, lambda unit, desk, leg, now: _FOR[leg.purpose].pressed(unit, desk, leg, keys, now)
        )

    async def joined(self, request: web.Request) -> web.Response:
        """The two have talked, or there was nobody to talk to."""
        items = await self._webhooks.signed_form(request)
        talked = (sms_forms.field(items, "DialCallStatus") or "").lower() in ("completed", "answered")
        return await self._tell(
            request, lambda unit, desk, leg, now: _FOR[leg.purpose].joined(unit, desk, leg, talked, now)
        )

    async def wait(self, request: web.Request) -> web.Response:
        """The next seconds of a reporter who waits for whoever calls him."""
        await self._webhooks.signed_form(request)
        return await self._tell(request, front_callbacks.wait)

    async def queued(self, request: web.Request) -> web.Response:
        """His waiting is over."""
        items = await self._webhooks.signed_form(request)
        result = (sms_forms.field(items, "QueueResult") or "").strip().lower()
        return await self._tell(
            request, lambda unit, desk, leg, now: front_callbacks.queued(unit, desk, leg, result, now)
        )

    async def status(self, request: web.Request) -> web.Response:
        """A leg goes on, or is over."""
        items = await self._webhooks.signed_form(request)
        ended = await self._webhooks.read(voice_forms.ended_as, items)
        if ended:
            await self._database.write_first(self._ended, request.match_info["leg"], ended)
            self.ring_loop.wake()
        return web.Response(status=204)

    def _ended(self, unit: Unit, uid: str, status: str) -> None:
        leg = LEGS.leg(unit, uid)
        if leg is not None:
            _FOR[leg.purpose].leg_ended(unit, self._desk, leg, status, self._clock.now())

    async def _tell(self, request: web.Request, step: Callable[..., Document]) -> web.Response:
        line, document = await self._database.write_first(self._step, request.match_info["leg"], step)
        for loop in (self.ring_loop, self.dial_loop):  # the next is to ring, or whoever else rings is to stop
            loop.wake()
        return web.Response(body=self._twiml[line].write(document), content_type="text/xml")

    def _step(self, unit: Unit, uid: str, step: Callable[..., Document]) -> tuple[str, Document]:
        leg = LEGS.leg(unit, uid)
        if leg is None:
            raise web.HTTPNotFound
        return leg.line, step(unit, self._desk, leg, self._clock.now())

    async def _ring(self) -> bool:
        now, silence = self._clock.now(), front_ringing.SILENCE
        waiting = await self._database.read(front_calls.unheard, now - silence, silence.total_seconds())
        rang = [await self._database.write(front_ringing.ring, self._desk, token, now) for token in waiting]
        if any(rang):
            self.dial_loop.wake()
        return any(rang)

    async def _not_dialled(self, leg: Leg) -> None:
        await self._database.write(self._ended, leg.id, "failed")
        self.ring_loop.wake()

    async def _hung_up(self, leg: Leg) -> None:
        await self._database.write(LEGS.ended, leg.id, "cancelled", self._clock.now())
