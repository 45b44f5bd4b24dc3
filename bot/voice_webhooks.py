"""The caller's side of a call: Twilio asks what comes next, and is told from rows alone, by any process.

Refused like every webhook (size, form, signature, fields); what a step changes is durable before it is answered.
"""

from __future__ import annotations

from importlib.resources import files

from aiohttp import web

from bot.channels import voice_forms
from bot.channels.sms_forms import Items, required
from bot.channels.twiml import for_lines
from bot.settings import Settings
from bot.webhooks import Webhooks
from escalation.clock import Clock
from escalation.store.base import Database
from handlers import calls
from handlers.front_desk import FrontDesk

PATH = "/webhooks/twilio/voice"


class VoiceWebhooks:
    """`webhooks` refuses and counts for every provider alike."""

    def __init__(
        self, settings: Settings, database: Database, desk: FrontDesk, clock: Clock, webhooks: Webhooks
    ) -> None:
        self._settings, self._database, self._desk, self._clock = settings, database, desk, clock
        self._webhooks = webhooks
        self._lines = {line.voice_number: slug for slug, line in settings.lines.items() if line.voice_number}
        base = settings.public_url + PATH
        self._twiml = for_lines(settings, base, f"{base}/hold.wav")
        self._hold = files("bot").joinpath("static", "hold.wav").read_bytes()

    def add_to(self, app: web.Application) -> None:
        name = "/{name:[0-9a-f]{32}[.](?:mp3|wav)}"
        app.router.add_post(PATH, self.step)
        app.router.add_post(PATH + "/{step:[a-z]+}/{language:[a-z]{2}}", self.step)
        app.router.add_post(PATH + "-status", self.status)
        app.router.add_get(PATH + "/hold.wav", self.hold)
        app.router.add_get(PATH + "/recording" + name, self.recording)

    async def step(self, request: web.Request) -> web.Response:
        """The next document of a call."""
        asked = await self._asked(request, await self._webhooks.signed_form(request))
        document = await self._database.write_first(calls.answer, self._desk, asked, self._clock.now())
        return web.Response(body=self._twiml[asked.line].write(document), content_type="text/xml")

    async def status(self, request: web.Request) -> web.Response:
        """A call goes on, or is over."""
        items = await self._webhooks.signed_form(request)
        asked = await self._asked(request, items)
        if await self._webhooks.read(voice_forms.ended_as, items):
            await self._database.write_first(calls.ended, self._desk, asked, self._clock.now())
        return web.Response(status=204)

    async def _asked(self, request: web.Request, items: Items) -> calls.Step:
        line = self._lines.get(await self._webhooks.read(required, items, "To"))
        if line is None:
            raise web.HTTPNotFound
        step, language = request.match_info.get("step", ""), request.match_info.get("language", "")
        if step not in calls.STEPS:
            raise web.HTTPNotFound
        return await self._webhooks.read(voice_forms.parse_step, items, line, step, language)

    async def hold(self, _request: web.Request) -> web.Response:
        """The hold sound, the same for everybody."""
        return web.Response(body=self._hold, content_type="audio/wav")

    async def recording(self, request: web.Request) -> web.Response:
        """A sentence that was recorded, the same for everybody. Its name says what is in it, so it may be kept."""
        found = self._settings.recordings.named(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "ETag": f'"{found.name}"'}
        if any(known.value == found.name for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=found.content, content_type=found.mime, headers=headers)
