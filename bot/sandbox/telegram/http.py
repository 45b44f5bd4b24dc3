"""The Bot API's door: URL and body in, envelope out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.gate import Gate, Refusals
from bot.sandbox.telegram.bot import Bot
from bot.sandbox.telegram.facts import ApiError, Upload
from bot.sandbox.telegram.methods import perform


def routes(base: str, bots: Mapping[str, Bot], gate: Gate) -> list[web.RouteDef]:
    """`{base}/sandbox/telegram/bot<TOKEN>/<method>` and the download of files."""
    door = _Door(bots, gate)
    root = f"{base}/sandbox/telegram"
    return [
        web.route("*", root + r"/bot{token:[^/]*}/{method:[^/]*}", door.call),
        web.get(root + r"/file/bot{token:[^/]*}/{path:.+}", door.download),
        web.get(f"{base}/file" + r"/bot{token:[^/]*}/{path:.+}", door.download),
    ]


class _Door:
    def __init__(self, bots: Mapping[str, Bot], gate: Gate) -> None:
        self._bots = bots
        self._gate = gate

    async def call(self, request: web.Request) -> web.StreamResponse:
        bot = self._bots.get(request.match_info["token"])
        method = request.match_info["method"]
        try:
            raw, files = await _body(request)
        except ApiError as refusal:
            return _refused(refusal)

        async def act() -> web.StreamResponse:
            if bot is None:
                raise ApiError(401, "Unauthorized")
            return _envelope({"ok": True, "result": await perform(bot, method.lower(), raw, files)})

        call = self._gate.journal.call(
            "telegram",
            bot.setup.slug if bot else "",
            request.method,
            f"/bot<token>/{method}",
            method,
            raw,
            {name: len(file.content) for name, file in files.items()},
            self._gate.headers(request),
        )
        return await self._gate.through(request, call, act, _REFUSALS)

    async def download(self, request: web.Request) -> web.StreamResponse:
        bot = self._bots.get(request.match_info["token"])
        path = request.match_info["path"]

        async def act() -> web.StreamResponse:
            file = bot.files.at(path) if bot else None
            if file is None:
                raise ApiError(404 if bot else 401, "Not Found" if bot else "Unauthorized")
            return web.Response(body=file.content, content_type="application/octet-stream")

        call = self._gate.journal.call(
            "telegram",
            bot.setup.slug if bot else "",
            request.method,
            f"/file/bot<token>/{path}",
            "download",
            {},
            {},
            self._gate.headers(request),
        )
        return await self._gate.through(request, call, act, _REFUSALS)


async def _body(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """The parameters from query string and body: JSON, form or multipart."""
    raw: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json" and request.can_read_body:
        try:
            found = await request.json()
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise ApiError(400, "Bad Request: can't parse JSON") from None
        if not isinstance(found, dict):
            raise ApiError(400, "Bad Request: expected a JSON object")
        return raw | found, files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = Upload(value.filename, value.content_type, value.file.read())
        else:
            raw[name] = value if isinstance(value, str) else value.decode()
    return raw, files


def _envelope(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def _refused(refusal: ApiError) -> web.Response:
    response = _envelope(refusal.as_json(), refusal.status)
    if "retry_after" in refusal.parameters:
        response.headers["Retry-After"] = str(refusal.parameters["retry_after"])
    return response


def _rate_limited(seconds: int) -> web.Response:
    return _refused(ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds))


def _server_error() -> web.Response:
    return _refused(ApiError(500, "Internal Server Error"))


def _translate(error: Exception) -> tuple[web.Response, str]:
    if not isinstance(error, ApiError):
        raise error
    return _refused(error), error.description


_REFUSALS = Refusals(ApiError, _rate_limited, _server_error, _translate)
