"""Twilio's REST door: basic auth, form bodies, the Messages and Media resources."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.gate import Gate, Refusals
from bot.sandbox.twilio.account import Account, wrapped
from bot.sandbox.twilio.carrier import Carrier
from bot.sandbox.twilio.facts import API, TwilioError

_Act = Callable[[web.Request, dict[str, list[str]]], Awaitable[web.StreamResponse]]
_MEDIA = "/Messages/{sid}/Media/{media}"


def routes(base: str, account: Account, carrier: Carrier, gate: Gate) -> list[web.RouteDef]:
    """`{base}/2010-04-01/…`; whatever is not emulated there answers 404 with Twilio's body."""
    door = _Door(base, account, carrier, gate)
    root = f"{base}{API}/Accounts/{{account}}"
    one = root + r"/Messages/{sid:[^/.]+}.json"
    item = root + "/Messages/{sid}/Media/" + r"{media:[^/.]+}"
    return [
        web.post(f"{root}/Messages.json", door.guarded("create", door.create)),
        web.get(f"{root}/Messages.json", door.guarded("list", door.listed)),
        web.get(one, door.guarded("fetch", door.fetch)),
        web.post(one, door.guarded("update", door.update)),
        web.delete(one, door.guarded("delete", door.delete)),
        web.get(root + "/Messages/{sid}/Media.json", door.guarded("media list", door.media_list)),
        web.get(item + ".json", door.guarded("media fetch", door.media_fetch)),
        web.delete(item + ".json", door.guarded("media delete", door.media_delete)),
        web.get(item, door.guarded("media content", door.media_content)),
        web.route("*", f"{base}{API}/{{rest:.*}}", door.guarded("unknown", door.unknown)),
        web.get(f"{base}/sandbox/media-store/{{secret}}", door.store),
    ]


class _Door:
    def __init__(self, base: str, account: Account, carrier: Carrier, gate: Gate) -> None:
        self._base = base
        self._account = account
        self._carrier = carrier
        self._gate = gate

    def guarded(self, operation: str, act: _Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A route's handler: written down, fated, and only for the account's own credentials."""

        async def handle(request: web.Request) -> web.StreamResponse:
            form = await _form(request)

            async def go() -> web.StreamResponse:
                self._authenticate(request)
                return await act(request, form)

            given = form or {name: request.query.getall(name) for name in request.query}
            shown = {name: values[0] if len(values) == 1 else values for name, values in given.items()}
            path = request.path.removeprefix(self._base)
            call = self._gate.journal.call(
                "sms", self._line(shown), request.method, path, operation, shown, {}, self._gate.headers(request)
            )
            return await self._gate.through(request, call, go, _REFUSALS)

        return handle

    def _line(self, shown: dict[str, Any]) -> str:
        line = self._account.line_of(str(shown.get("From", "")))
        return line.slug if line else ""

    def _authenticate(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            name, _, word = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise TwilioError(20003) from None
        if scheme.lower() != "basic" or (name, word) != (self._account.sid, self._account.token):
            raise TwilioError(20003)
        if request.match_info.get("account", self._account.sid) != self._account.sid:
            raise TwilioError(20404)

    async def create(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        message = self._account.create(form)
        answer = self._account.as_json(message)
        self._carrier.accept(message)
        return web.json_response(answer, status=201)

    async def listed(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        return web.json_response(self._account.page(request.query))

    async def fetch(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        return web.json_response(self._account.as_json(self._account.get(request.match_info["sid"])))

    async def update(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        return web.json_response(self._account.as_json(self._account.update(request.match_info["sid"], form)))

    async def delete(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        self._account.delete(request.match_info["sid"])
        return web.Response(status=204)

    async def media_list(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        message = self._account.get(request.match_info["sid"])
        rows = [self._account.media_json(message, item) for item in message.media]
        path = f"{API}/Accounts/{self._account.sid}/Messages/{message.sid}/Media.json"
        return web.json_response({"media_list": rows} | wrapped(path, {}, 0, 50, len(rows), len(rows)))

    async def media_fetch(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        message = self._account.get(request.match_info["sid"])
        item = self._account.media_item(message.sid, request.match_info["media"])
        return web.json_response(self._account.media_json(message, item))

    async def media_delete(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        message = self._account.get(request.match_info["sid"])
        message.media.remove(self._account.media_item(message.sid, request.match_info["media"]))
        return web.Response(status=204)

    async def media_content(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        """Twilio redirects to its store, where the bytes lie under a secret address without a password."""
        item = self._account.media_item(request.match_info["sid"], request.match_info["media"])
        return web.Response(status=307, headers={"Location": f"{self._base}/sandbox/media-store/{item.secret}"})

    async def store(self, request: web.Request) -> web.StreamResponse:
        item = self._account.media_by_secret(request.match_info["secret"])
        if item is None:
            raise web.HTTPNotFound
        return web.Response(body=item.content, content_type=item.mime)

    async def unknown(self, request: web.Request, form: dict[str, list[str]]) -> web.StreamResponse:
        raise TwilioError(20404, request.path)


async def _form(request: web.Request) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if request.method == "POST":
        for name, value in (await request.post()).items():
            found.setdefault(name, []).append(value if isinstance(value, str) else "")
    return found


def _answer(error: TwilioError) -> web.Response:
    response = web.json_response(error.as_json(), status=error.status)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def _rate_limited(seconds: int) -> web.Response:
    response = _answer(TwilioError(20429))
    response.headers["Retry-After"] = str(seconds)
    return response


def _translate(error: Exception) -> tuple[web.Response, str]:
    if not isinstance(error, TwilioError):
        raise error
    return _answer(error), f"{error.code} {error.message}"


_REFUSALS = Refusals(TwilioError, _rate_limited, lambda: _answer(TwilioError(20500)), _translate)
