"""The door of an emulated account: who may in, what is written down of a request, and how Twilio words a refusal."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.sandbox.gate import Gate, Refusals
from bot.sandbox.twilio.facts import TwilioError

Form = dict[str, list[str]]
Act = Callable[[web.Request, Form], Awaitable[web.StreamResponse]]


class Door:
    """Lets requests of one channel through. `line_of` says which line a number belongs to, for the log."""

    def __init__(
        self, base: str, sid: str, token: str, gate: Gate, channel: str, line_of: Callable[[str], str]
    ) -> None:
        self._base = base
        self._sid = sid
        self._token = token
        self._gate = gate
        self._channel = channel
        self._line_of = line_of

    def guarded(self, operation: str, act: Act) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """A route's handler: written down, fated, and only for the account's own credentials."""

        async def handle(request: web.Request) -> web.StreamResponse:
            form = await _form(request)

            async def go() -> web.StreamResponse:
                self._authenticate(request)
                return await act(request, form)

            given = form or {name: request.query.getall(name) for name in request.query}
            shown: dict[str, Any] = {n: values[0] if len(values) == 1 else values for n, values in given.items()}
            path, line = request.path.removeprefix(self._base), self._line_of(str(shown.get("From", "")))
            call = self._gate.journal.call(
                self._channel, line, request.method, path, operation, shown, {}, self._gate.headers(request)
            )
            return await self._gate.through(request, call, go, _REFUSALS)

        return handle

    def _authenticate(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            name, _, word = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise TwilioError(20003) from None
        if scheme.lower() != "basic" or (name, word) != (self._sid, self._token):
            raise TwilioError(20003)
        if request.match_info.get("account", self._sid) != self._sid:
            raise TwilioError(20404)


async def _form(request: web.Request) -> Form:
    found: Form = {}
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
