"""The office's own webhooks: what Twilio reports of messages to staff. The office handed these addresses out itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels import sms_forms
from bot.channels.twilio_http import SETTINGS_HEADER, SIGNATURE_HEADER, signature_fits
from bot.settings import Settings
from bot.web import MAX_BODY
from escalation.clock import Clock
from escalation.errors import Refused
from handlers.messages import DeliveryUpdate


class OfficeWebhooks:
    """`heard` takes a status callback."""

    def __init__(self, settings: Settings, clock: Clock, heard: Callable[[DeliveryUpdate], Awaitable[None]]) -> None:
        self._settings, self._clock, self._heard = settings, clock, heard

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/office/twilio/sms-status", self.sms_status)

    async def sms_status(self, request: web.Request) -> web.Response:
        items = await signed_items(self._settings, request)
        try:
            update = sms_forms.parse_status(items, self._clock.now(), request.query.get("n"))
        except Refused:
            raise web.HTTPBadRequest from None
        await self._heard(update)
        return web.Response(status=204)


async def signed_items(settings: Settings, request: web.Request) -> sms_forms.Items:
    """The fields of a form that Twilio signed for one of the office's own addresses; any other is refused."""
    if (request.content_length or 0) > MAX_BODY:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY, request.content_length or 0)
    try:
        items = sms_forms.decode_form(await request.read())
    except Refused:
        raise web.HTTPBadRequest from None
    url, headers = settings.office_public_url + request.raw_path, request.headers
    given, settings_given = headers.get(SIGNATURE_HEADER), headers.get(SETTINGS_HEADER)
    if not signature_fits(settings.twilio_tokens, url, items, given, settings_given):
        raise web.HTTPForbidden
    return items
