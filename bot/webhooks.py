"""The providers' webhooks at the front desk: refused in one fixed order, stored, and only then answered.

Size (413), undecodable (400), signature or secret (403), missing fields (400). A forged delivery leaves
one increment of a daily counter and nothing else.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from aiohttp import web

from bot.channels import sms_forms, telegram_updates
from bot.channels.twilio_http import SETTINGS_HEADER, SIGNATURE_HEADER, signature_fits
from bot.inbox_writer import InboxWriter
from bot.settings import Settings
from bot.web import MAX_BODY, Metrics
from escalation.clock import Clock
from escalation.errors import Refused
from escalation.store.front_inbox import Arrival
from handlers.messages import DeliveryUpdate, Inbound

KEY_LENGTH = 128
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
Heard = Callable[[DeliveryUpdate], Awaitable[None]]
P = ParamSpec("P")
R = TypeVar("R")


class Webhooks:
    """`rejected` counts a refusal; `heard` takes a status callback."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        writer: InboxWriter,
        metrics: Metrics,
        rejected: Callable[[], Awaitable[None]],
        heard: Heard,
    ) -> None:
        self._settings, self._clock, self._writer, self._metrics = settings, clock, writer, metrics
        self._rejected, self._heard = rejected, heard
        self._line_of = {line.sms_number: slug for slug, line in settings.lines.items()}

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/webhooks/telegram/{line}", self.telegram)
        app.router.add_post("/webhooks/twilio/sms", self.sms)
        app.router.add_post("/webhooks/twilio/sms-status", self.sms_status)

    async def telegram(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        raw = await self._json(body)
        given = request.headers.get(SECRET_HEADER, "")
        secret = self._settings.telegram_webhook_secret
        if not secret or not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            await self._refuse(403)
        line = request.match_info["line"]
        if line not in self._settings.lines:
            raise web.HTTPNotFound
        await self._store_update(raw, line)
        return web.Response(status=200)

    async def _store_update(self, raw: dict[str, Any], line: str) -> None:
        try:
            telegram_updates.update_id(raw)
        except ValueError:
            await self._refuse(400)
        inbound = telegram_updates.parse(raw, line)
        if len(inbound.key) > KEY_LENGTH:
            await self._refuse(400)
        await self.store(inbound)

    async def store(self, inbound: Inbound) -> None:
        """Keep one delivery; returns when it is durable."""
        new = await self._writer.store(arrival(inbound, self._clock.now()))
        self._metrics.webhooks.labels("stored" if new else "repeated").inc()

    async def sms(self, request: web.Request) -> web.Response:
        items = await self.signed_form(request)
        line = await self._line(items, "To")
        await self.store(await self.read(sms_forms.parse_form, items, line))
        return web.Response(body=EMPTY_TWIML, content_type="text/xml")

    async def sms_status(self, request: web.Request) -> web.Response:
        items = await self.signed_form(request)
        update = await self.read(sms_forms.parse_status, items, self._clock.now(), request.query.get("n"))
        await self._heard(update)
        return web.Response(status=204)

    async def _line(self, items: sms_forms.Items, name: str) -> str:
        line = self._line_of.get(await self.read(sms_forms.required, items, name))
        if line is None:
            raise web.HTTPNotFound
        return line

    async def read(
        self,
        reader: Callable[Concatenate[sms_forms.Items, P], R],
        items: sms_forms.Items,
        *more: P.args,
        **named: P.kwargs,
    ) -> R:
        """What a form says; one that lacks it is refused."""
        try:
            return reader(items, *more, **named)
        except Refused:
            await self._refuse(400)

    async def signed_form(self, request: web.Request) -> sms_forms.Items:
        """The fields of a form that the provider signed; any other is refused and counted."""
        body = await self._body(request)
        items = await self._form(body)
        url = self._settings.public_url + request.raw_path
        if not signature_fits(
            self._settings.twilio_tokens,
            url,
            items,
            request.headers.get(SIGNATURE_HEADER),
            request.headers.get(SETTINGS_HEADER),
        ):
            await self._refuse(403)
        return items

    async def _body(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > MAX_BODY:
            await self._refuse(413)
        try:
            return await request.read()
        except web.HTTPRequestEntityTooLarge:
            await self._refuse(413)

    async def _form(self, body: bytes) -> sms_forms.Items:
        try:
            return sms_forms.decode_form(body)
        except Refused:
            await self._refuse(400)

    async def _json(self, body: bytes) -> dict[str, Any]:
        try:
            raw = json.loads(body.decode("utf-8"))
        except (UnicodeDecodeError, ValueError, RecursionError):
            await self._refuse(400)
        if not isinstance(raw, dict):
            await self._refuse(400)
        return raw

    async def _refuse(self, status: int) -> NoReturn:
        self._metrics.webhooks.labels(str(status)).inc()
        await self._rejected()
        raise _REFUSALS[status]()


def arrival(inbound: Inbound, now: datetime) -> Arrival:
    """The inbox row of a delivery."""
    return Arrival(
        provider=inbound.provider,
        key=inbound.key,
        line=inbound.line,
        channel=inbound.channel,
        address=inbound.address,
        kind=inbound.kind,
        body=inbound.to_json(),
        received_at=now,
    )


class _TooLarge(web.HTTPException):
    status_code = 413


_REFUSALS: dict[int, Callable[[], web.HTTPException]] = {
    400: web.HTTPBadRequest,
    403: web.HTTPForbidden,
    413: _TooLarge,
}
