"""The control API: what the page and a test may ask and do, as JSON under `{base}/sandbox/api`."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.api_calls import Act, CallDesk
from bot.sandbox.config import KINDS, PhoneSetup, SandboxError
from bot.sandbox.journal import as_json
from bot.sandbox.phones import Phone
from bot.sandbox.telegram import people
from bot.sandbox.world import World

_SHOWN_BUBBLES, _SHOWN_ENTRIES = 80, 250


def routes(base: str, world: World) -> list[web.RouteDef]:
    desk = _Desk(world)
    root, phone = f"{base}/sandbox/api", f"{base}/sandbox/api/phones/{{phone}}"
    acts: dict[str, Act] = {
        "text": desk.text,
        "photo": desk.photo,
        "voice": desk.voice,
        "press": desk.press,
        "start": desk.start,
        "contact": desk.contact,
        "edit": desk.edit,
        "block": desk.block,
        "kind": desk.kind,
        **CallDesk(world).acts(),
    }
    return [
        web.get(f"{root}/state", _answering(desk.state)),
        web.get(f"{root}/events", desk.events),
        web.get(f"{root}/phones", _answering(desk.phones)),
        web.post(f"{root}/phones", _answering(desk.add_phone)),
        web.get(f"{phone}/messages", _answering(desk.messages)),
        web.get(f"{phone}/calls", _answering(CallDesk(world).calls)),
        web.get(f"{root}/recordings", _answering(CallDesk(world).recordings)),
        web.get(f"{root}/voice-faults", _answering(CallDesk(world).faults)),
        *(web.post(f"{phone}/{name}", _answering(act)) for name, act in acts.items()),
        web.get(f"{root}/requests", _answering(desk.requests)),
        web.get(f"{root}/webhooks", _answering(desk.webhooks)),
        web.get(f"{root}/log", _answering(desk.log)),
        web.get(f"{root}/chaos", _answering(desk.chaos)),
        web.post(f"{root}/chaos", _answering(desk.set_chaos)),
        web.get(f"{base}/sandbox/chaos", _answering(desk.chaos)),
        web.post(f"{base}/sandbox/chaos", _answering(desk.set_chaos)),
        web.get(f"{root}/clock", _answering(desk.clock)),
        web.post(f"{root}/clock", _answering(desk.move_clock)),
        web.get(f"{root}/media/{{name}}", desk.media),
    ]


def _answering(act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """JSON in, JSON out; what the sandbox refuses is a 400 with its words. A POST must say that it is JSON, which no
    page of another origin can do unasked.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        body: Any = {}
        if request.method == "POST":
            if request.content_type != "application/json":
                return web.json_response({"error": "send JSON"}, status=415)
            try:
                body = await request.json()
            except (json.JSONDecodeError, UnicodeDecodeError):
                return web.json_response({"error": "this is not JSON"}, status=400)
            if not isinstance(body, dict):
                return web.json_response({"error": "send a JSON object"}, status=400)
        try:
            return web.json_response(await act(request, body))
        except SandboxError as refusal:
            return web.json_response({"error": str(refusal)}, status=400)

    return handle


class _Desk:
    def __init__(self, world: World) -> None:
        self._world = world

    def _phone(self, request: web.Request) -> Phone:
        return self._world.book.get(request.match_info["phone"])

    def _screen(self, phone: Phone, most: int | None = None) -> list[dict[str, Any]]:
        screen = self._world.book.screen(phone.key)
        return [bubble.as_json() for bubble in (screen[-most:] if most else screen)]

    def _call(self, phone: Phone) -> dict[str, Any] | None:
        calls = self._world.telephone.of(phone)
        return calls[-1].as_json() if calls else None

    async def state(self, request: web.Request, body: dict[str, Any]) -> Any:
        """Everything the page draws."""
        world = self._world
        return {
            "version": world.journal.feed.version,
            "lines": [
                {
                    "slug": line.slug,
                    "name": line.name,
                    "sms_number": line.sms_number,
                    "telegram_username": line.telegram_username,
                    "voice_number": line.voice_number,
                }
                for line in world.config.lines
            ],
            "phones": [
                phone.as_json()
                | {
                    "blocked": world.is_blocked(phone),
                    "messages": self._screen(phone, _SHOWN_BUBBLES),
                    "call": self._call(phone),
                }
                for phone in world.book.all()
            ],
            "call_pace": world.config.call_pace,
            "log": [as_json(entry) for entry in list(world.journal.entries)[-_SHOWN_ENTRIES:]],
            "chaos": world.gate.chaos.as_json(),
            "clock": self._clock(),
            "under_way": world.under_way(),
            "example": world.config.example_text,
            "links": [{"label": label, "url": url} for label, url in world.config.links],
        }

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the version, each time something changed, at most ten a second."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        version, feed = -1, self._world.journal.feed
        while not feed.closed and request.transport is not None and not request.transport.is_closing():
            fresh = await feed.beyond(version, 15.0)
            try:
                await response.write(f"data: {fresh}\n\n".encode() if fresh > version else b": still here\n\n")
            except ConnectionResetError:
                break
            version = fresh
            await feed.beyond(fresh + 1_000_000, 0.1)
        return response

    async def phones(self, request: web.Request, body: dict[str, Any]) -> Any:
        return [phone.as_json() for phone in self._world.book.all()]

    async def add_phone(self, request: web.Request, body: dict[str, Any]) -> Any:
        known = ("name", "role", "channel", "address", "line", "kind", "language", "started", "number")
        if not {"name", "role", "channel", "address", "line"} <= set(body) <= set(known):
            raise SandboxError(
                "a phone has name, role, channel, address, line and perhaps kind, language, started, number"
            )
        return self._world.add_phone(PhoneSetup(**body)).as_json()

    async def messages(self, request: web.Request, body: dict[str, Any]) -> Any:
        return self._screen(self._phone(request))

    async def text(self, request: web.Request, body: dict[str, Any]) -> Any:
        return self._world.write(self._phone(request), str(body.get("text", ""))).as_json()

    async def photo(self, request: web.Request, body: dict[str, Any]) -> Any:
        content = _bytes(body)
        return self._world.send_photo(self._phone(request), content, str(body.get("caption", ""))).as_json()

    async def voice(self, request: web.Request, body: dict[str, Any]) -> Any:
        phone = self._phone(request)
        bubble = people.send_voice(self._world.bot_of(phone), phone, _bytes(body), int(body.get("seconds", 3)))
        return bubble.as_json()

    async def press(self, request: web.Request, body: dict[str, Any]) -> Any:
        phone = self._phone(request)
        ref = str(body["message"]) if "message" in body else None
        return {"query": people.press(self._world.bot_of(phone), phone, str(body.get("button", "")), ref)}

    async def start(self, request: web.Request, body: dict[str, Any]) -> Any:
        phone = self._phone(request)
        return people.start(self._world.bot_of(phone), phone, str(body.get("payload", ""))).as_json()

    async def contact(self, request: web.Request, body: dict[str, Any]) -> Any:
        phone = self._phone(request)
        return people.share_contact(self._world.bot_of(phone), phone, body.get("number")).as_json()

    async def edit(self, request: web.Request, body: dict[str, Any]) -> Any:
        phone, ref = self._phone(request), str(body.get("message", ""))
        if not ref.isdigit():
            raise SandboxError("message is the number of an own message")
        return people.edit(self._world.bot_of(phone), phone, ref, str(body.get("text", ""))).as_json()

    async def block(self, request: web.Request, body: dict[str, Any]) -> Any:
        phone = self._phone(request)
        people.block(self._world.bot_of(phone), phone, bool(body.get("blocked", True)))
        return phone.as_json()

    async def kind(self, request: web.Request, body: dict[str, Any]) -> Any:
        phone = self._phone(request)
        if body.get("kind") not in KINDS:
            raise SandboxError(f"kind is one of {', '.join(KINDS)}")
        phone.kind = body["kind"]
        self._world.journal.feed.changed()
        return phone.as_json()

    async def requests(self, request: web.Request, body: dict[str, Any]) -> Any:
        """Provider calls, oldest first; `channel`, `operation` and `after` (a row's n) narrow them."""
        query = request.query
        return [
            as_json(call)
            for call in self._world.journal.calls
            if query.get("channel", call.channel) == call.channel
            and query.get("operation", call.operation) == call.operation
            and call.n > _number(query, "after")
        ]

    async def webhooks(self, request: web.Request, body: dict[str, Any]) -> Any:
        return [as_json(push) for push in self._world.journal.pushes if push.n > _number(request.query, "after")]

    async def log(self, request: web.Request, body: dict[str, Any]) -> Any:
        return [as_json(entry) for entry in self._world.journal.entries if entry.n > _number(request.query, "after")]

    async def chaos(self, request: web.Request, body: dict[str, Any]) -> Any:
        return self._world.gate.chaos.as_json()

    async def set_chaos(self, request: web.Request, body: dict[str, Any]) -> Any:
        return self._world.set_chaos(body).as_json()

    def _clock(self) -> dict[str, Any]:
        clock = self._world.clock
        return {
            "now": clock.now().isoformat(),
            "offset_s": int(clock.offset().total_seconds()),
            "timezone": self._world.config.timezone,
        }

    async def clock(self, request: web.Request, body: dict[str, Any]) -> Any:
        return self._clock()

    async def move_clock(self, request: web.Request, body: dict[str, Any]) -> Any:
        self._world.move_clock(by=str(body.get("by", "")), to=str(body.get("to", "")))
        return self._clock()

    async def media(self, request: web.Request) -> web.StreamResponse:
        media = self._world.book.media(request.match_info["name"])
        if media is None:
            raise web.HTTPNotFound
        return web.Response(
            body=media.content,
            content_type=media.mime,
            headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"},
        )


def _bytes(body: dict[str, Any]) -> bytes:
    try:
        content = base64.b64decode(str(body.get("data", "")), validate=True)
    except binascii.Error:
        raise SandboxError("data is base64") from None
    if not content:
        raise SandboxError("data is empty")
    return content


def _number(query: Any, name: str) -> int:
    text = str(query.get(name, "0"))
    return int(text) if text.isdigit() else 0
