"""The office's side of a call: rings its own people, answers what they hear, hangs up who is needed no more.

The addresses are the office's own; a leg's name in them is random and says nothing of anybody.
"""

from __future__ import annotations

from aiohttp import web

from bot.channels.twiml import for_lines
from bot.channels.voice import VoiceChannel
from bot.dialling import Dialling
from bot.leg_webhooks import LegWebhooks
from bot.office_listening import OfficeListening
from bot.office_webhooks import OfficeDoor
from bot.settings import Settings
from bot.worker import Loop
from escalation.clock import Clock
from escalation.store import hatch, office_calls
from escalation.store.base import Database
from escalation.store.legs import Leg
from escalation.store.office_calls import LEGS
from handlers import calling_back, pin_calls, ringing, voice_alerts
from handlers.office_desk import OfficeDesk

PATH = "/office/twilio/voice"
# What a phone is rung for, and who answers when it is picked up.
_FOR = {"caller": ringing, "alert": voice_alerts, "callback": calling_back, pin_calls.PURPOSE: pin_calls}


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
        self._database, self._front, self._desk, self._clock = database, front, desk, clock
        base = settings.office_public_url + PATH
        self._legs = LegWebhooks(
            OfficeDoor(settings), database, LEGS, desk, clock, for_lines(settings, base), _FOR, self._moved
        )
        self._listening = OfficeListening(self._legs, front)
        self.ring_loop = Loop("ring", self._ring, pause=0.5)
        self.dial_loop = Dialling(database, LEGS, settings.lines, voice, base, self._not_dialled, self._hung_up).loop

    def add_to(self, app: web.Application) -> None:
        leg = "/{leg:[0-9a-f]{32}}"
        turn = "/{n:[0-9]{1,3}}"
        name = "/{name:[0-9a-f]{32}}"
        app.router.add_post(PATH + "/answered" + leg, self._legs.answered)
        app.router.add_post(PATH + "/pressed" + leg, self._legs.pressed)
        app.router.add_post(PATH + "/joined" + leg, self._legs.joined)
        app.router.add_post(PATH + "/status" + leg, self._legs.status)
        app.router.add_post(PATH + "/pin" + leg + turn, self._listening.pin)
        app.router.add_post(PATH + "/again" + leg + turn, self._listening.again)
        app.router.add_get(PATH + "/media" + leg + name, self._listening.media)

    def _moved(self) -> None:
        self.ring_loop.wake()
        self.dial_loop.wake()

    async def _ring(self) -> bool:
        now = self._clock.now()
        due = await self._database.read(office_calls.due, now)
        # Whoever left while the office was silent is heard of after he began to wait: nobody is rung in between.
        gone = await self._front.read(hatch.callers_gone) if due else []
        rang = [await self._database.write(ringing.ring, self._desk, token, now, gone) for token in due]
        for token in due:
            await self._database.write(calling_back.expire, self._desk, token, now)
        await self._legs.end_unheard_of()
        if any(rang):
            self.dial_loop.wake()
        return any(rang)

    async def _not_dialled(self, leg: Leg) -> None:
        await self._database.write(_FOR[leg.purpose].not_dialled, self._desk, leg, self._clock.now())
        self.ring_loop.wake()

    async def _hung_up(self, leg: Leg) -> None:
        await self._database.write(_FOR[leg.purpose].hung_up, self._desk, leg, self._clock.now())
