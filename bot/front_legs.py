"""The front desk's own calls out: to the last resort for a caller while the office is silent, and back to reporters.

Its addresses are signed and refused like every webhook; a leg's name in them is random and says nothing of anybody.
"""

from __future__ import annotations

from aiohttp import web

from bot.channels import sms_forms
from bot.channels.twiml import for_lines
from bot.channels.voice import VoiceChannel
from bot.dialling import Dialling
from bot.leg_webhooks import LegWebhooks
from bot.settings import Settings
from bot.voice_webhooks import PATH as CALLERS
from bot.webhooks import Webhooks
from bot.worker import Loop
from escalation.clock import Clock
from escalation.store import front_calls
from escalation.store.base import Database
from escalation.store.front_calls import LEGS
from escalation.store.legs import Leg
from handlers import check_calls, front_callbacks, front_ringing
from handlers.front_desk import FrontDesk

PATH = "/webhooks/twilio/voice/leg"
# Whoever answered one of these may talk for as long as he likes before anything more is heard.
MAY_TALK = ("caller", front_callbacks.PURPOSE)
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
        twiml = for_lines(settings, base, hold)
        self._legs = LegWebhooks(webhooks, database, LEGS, desk, clock, twiml, _FOR, self._moved)
        self.ring_loop = Loop("last-resort", self._ring, pause=1.0)
        self.dial_loop = Dialling(database, LEGS, settings.lines, voice, base, self._not_dialled, self._hung_up).loop

    def add_to(self, app: web.Application) -> None:
        leg = "/{leg:[0-9a-f]{32}}"
        app.router.add_post(PATH + "/answered" + leg, self._legs.answered)
        app.router.add_post(PATH + "/pressed" + leg, self._legs.pressed)
        app.router.add_post(PATH + "/joined" + leg, self._legs.joined)
        app.router.add_post(PATH + "/status" + leg, self._legs.status)
        app.router.add_post(PATH + "/wait" + leg, self.wait)
        app.router.add_post(PATH + "/queued" + leg, self.queued)

    def _moved(self) -> None:
        self.ring_loop.wake()
        self.dial_loop.wake()

    async def wait(self, request: web.Request) -> web.Response:
        """The next seconds of a reporter who waits for whoever calls him."""
        await self._webhooks.signed_form(request)
        return await self._legs.tell(request, lambda unit, leg, now: front_callbacks.wait(unit, self._desk, leg, now))

    async def queued(self, request: web.Request) -> web.Response:
        """His waiting is over."""
        items = await self._webhooks.signed_form(request)
        result = (sms_forms.field(items, "QueueResult") or "").strip().lower()
        return await self._legs.tell(
            request, lambda unit, leg, now: front_callbacks.queued(unit, self._desk, leg, result, now)
        )

    async def _ring(self) -> bool:
        now, silence = self._clock.now(), front_ringing.SILENCE
        waiting = await self._database.read(front_calls.unheard, now - silence, silence.total_seconds())
        await self._legs.end_unheard_of(MAY_TALK)
        rang = [await self._database.write(front_ringing.ring, self._desk, token, now) for token in waiting]
        if any(rang):
            self.dial_loop.wake()
        return any(rang)

    async def _not_dialled(self, leg: Leg) -> None:
        await self._database.write(self._legs.ended, leg.id, "failed")
        self.ring_loop.wake()

    async def _hung_up(self, leg: Leg) -> None:
        await self._database.write(LEGS.ended, leg.id, "cancelled", self._clock.now())
