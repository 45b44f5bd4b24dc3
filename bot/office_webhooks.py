"""The office's own webhooks: what Twilio reports of messages to staff. The office handed these addresses out itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

from bot.channels import sms_forms
from bot.channels.twilio_http import SETTINGS_HEADER, SIGNATURE_HEADER, signature_fits
from bot.settings import Settings
from bot.web import MAX_BODY
from escalation.clock import Clock
from escalation.errors import Refused
from handlers.messages import DeliveryUpdate

Given = TypeVar("Given")
Read = TypeVar("Read")


class OfficeDoor:
    """Lets in what Twilio signed for one of the office's own addresses."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def signed_form(self, request: web.Request) -> sms_forms.Items:
        """The fields of a signed form; any other is refused."""
        if (request.content_length or 0) > MAX_BODY:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY, request.content_length or 0)
        items = await self.read(sms_forms.decode_form, await request.read())
        url, headers = self._settings.office_public_url + request.raw_path, request.headers
        given, settings_given = headers.get(SIGNATURE_HEADER), headers.get(SETTINGS_HEADER)
        if not signature_fits(self._settings.twilio_tokens, url, items, given, settings_given):
            raise web.HTTPForbidden
        return items

    async def read(self, reader: Callable[[Given], Read], given: Given) -> Read:
        """What a form says; one that lacks it is refused."""
        try:
            return reader(given)
        except Refused:
            raise web.HTTPBadRequest from None


class OfficeWebhooks:
    """`heard` takes a status callback."""

    def __init__(self, settings: Settings, clock: Clock, heard: Callable[[DeliveryUpdate], Awaitable[None]]) -> None:
        self._door, self._clock, self._heard = OfficeDoor(settings), clock, heard

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/office/twilio/sms-status", self.sms_status)

    async def sms_status(self, request: web.Request) -> web.Response:
        now, uid = self._clock.now(), request.query.get("n")
        items = await self._door.signed_form(request)
        await self._heard(await self._door.read(lambda form: sms_forms.parse_status(form, now, uid), items))
        return web.Response(status=204)
