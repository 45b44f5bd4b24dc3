"""What the provider asks of a phone that a desk rings: picked up, a key, joined, over. The same on each desk.

A leg's name in the addresses is random and says nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any, Protocol, TypeVar

from aiohttp import web

from bot.channels import sms_forms, voice_forms
from bot.channels.twiml import Twiml
from escalation.clock import Clock
from escalation.store.base import Database, Unit
from escalation.store.legs import Legs
from handlers.call_verbs import Document

R = TypeVar("R")
# Ringing, the whisper twice, and the longest a provider's word of it is late: then it is not coming.
RINGS_AT_MOST = timedelta(minutes=2)


class Door(Protocol):
    """Refuses what the provider did not sign, and what lacks something."""

    async def signed_form(self, request: web.Request) -> sms_forms.Items: ...

    async def read(self, reader: Callable[[sms_forms.Items], R], items: sms_forms.Items) -> R: ...


@dataclass(frozen=True, slots=True)
class LegWebhooks:
    """`answers` has, by what a phone is rung for, the module that knows what is heard on it; `twiml` is by line.

    `moved` is called after every step: the next phone is to ring, or whoever else rings is to stop.
    """

    door: Door
    database: Database
    legs: Legs
    desk: Any
    clock: Clock
    twiml: Mapping[str, Twiml]
    answers: Mapping[str, ModuleType]
    moved: Callable[[], None]

    async def answered(self, request: web.Request) -> web.Response:
        """Somebody, or something, picked up."""
        await self.door.signed_form(request)
        return await self.tell(request, lambda unit, leg, now: self._of(leg).whisper(unit, self.desk, leg, now))

    async def pressed(self, request: web.Request) -> web.Response:
        """A key, or none."""
        keys = await self.door.read(voice_forms.digits, await self.door.signed_form(request))
        return await self.tell(request, lambda unit, leg, now: self._of(leg).pressed(unit, self.desk, leg, keys, now))

    async def joined(self, request: web.Request) -> web.Response:
        """The two have talked, or there was nobody to talk to."""
        items = await self.door.signed_form(request)
        talked = (sms_forms.field(items, "DialCallStatus") or "").lower() in ("completed", "answered")
        return await self.tell(request, lambda unit, leg, now: self._of(leg).joined(unit, self.desk, leg, talked, now))

    async def status(self, request: web.Request) -> web.Response:
        """A leg goes on, or is over."""
        ended = await self.door.read(voice_forms.ended_as, await self.door.signed_form(request))
        if ended:
            await self.database.write_first(self.ended, request.match_info["leg"], ended)
            self.moved()
        return web.Response(status=204)

    async def end_unheard_of(self, may_talk: tuple[str, ...] = ()) -> None:
        """A phone of which nothing was heard any more was not answered: the provider's last word is lost."""
        before = self.clock.now() - RINGS_AT_MOST
        for uid in await self.database.read(self.legs.unheard_of, before, may_talk):
            await self.database.write(self.ended, uid, "no-answer")

    def ended(self, unit: Unit, uid: str, status: str) -> None:
        """The leg is over, in the provider's word."""
        leg = self.legs.leg(unit, uid)
        if leg is not None:
            self._of(leg).leg_ended(unit, self.desk, leg, status, self.clock.now())

    async def tell(self, request: web.Request, step: Callable[..., Document]) -> web.Response:
        """What is heard next on the leg that the address names: what `step` says of it (unit, leg, now)."""
        line, document = await self.database.write_first(self._step, request.match_info["leg"], step)
        self.moved()
        return web.Response(body=self.twiml[line].write(document), content_type="text/xml")

    def _step(self, unit: Unit, uid: str, step: Callable[..., Document]) -> tuple[str, Document]:
        leg = self.legs.leg(unit, uid)
        if leg is None:
            raise web.HTTPNotFound
        return leg.line, step(unit, leg, self.clock.now())

    def _of(self, leg: Any) -> Any:
        return self.answers[leg.purpose]
