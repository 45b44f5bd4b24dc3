"""Twilio's REST door: basic auth, form bodies, the Messages and Media resources."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.gate import Gate
from bot.sandbox.twilio.account import Account, wrapped
from bot.sandbox.twilio.carrier import Carrier
from bot.sandbox.twilio.door import Door, Form
from bot.sandbox.twilio.facts import API, TwilioError

_MEDIA = "/Messages/{sid}/Media/{media}"


def routes(base: str, account: Account, carrier: Carrier, gate: Gate) -> list[web.RouteDef]:
    """`{base}/2010-04-01/…`; whatever is not emulated there answers 404 with Twilio's body."""
    desk = _Desk(base, account, carrier)

    def slug(number: str) -> str:
        line = account.line_of(number)
        return line.slug if line else ""

    door = Door(base, account.sid, account.token, gate, "sms", slug)
    root = f"{base}{API}/Accounts/{{account}}"
    one = root + r"/Messages/{sid:[^/.]+}.json"
    item = root + "/Messages/{sid}/Media/" + r"{media:[^/.]+}"
    return [
        web.post(f"{root}/Messages.json", door.guarded("create", desk.create)),
        web.get(f"{root}/Messages.json", door.guarded("list", desk.listed)),
        web.get(one, door.guarded("fetch", desk.fetch)),
        web.post(one, door.guarded("update", desk.update)),
        web.delete(one, door.guarded("delete", desk.delete)),
        web.get(root + "/Messages/{sid}/Media.json", door.guarded("media list", desk.media_list)),
        web.get(item + ".json", door.guarded("media fetch", desk.media_fetch)),
        web.delete(item + ".json", door.guarded("media delete", desk.media_delete)),
        web.get(item, door.guarded("media content", desk.media_content)),
        web.route("*", f"{base}{API}/{{rest:.*}}", door.guarded("unknown", desk.unknown)),
        web.get(f"{base}/sandbox/media-store/{{secret}}", desk.store),
    ]


class _Desk:
    def __init__(self, base: str, account: Account, carrier: Carrier) -> None:
        self._base = base
        self._account = account
        self._carrier = carrier

    async def create(self, request: web.Request, form: Form) -> web.StreamResponse:
        message = self._account.create(form)
        answer = self._account.as_json(message)
        self._carrier.accept(message)
        return web.json_response(answer, status=201)

    async def listed(self, request: web.Request, form: Form) -> web.StreamResponse:
        return web.json_response(self._account.page(request.query))

    async def fetch(self, request: web.Request, form: Form) -> web.StreamResponse:
        return web.json_response(self._account.as_json(self._account.get(request.match_info["sid"])))

    async def update(self, request: web.Request, form: Form) -> web.StreamResponse:
        return web.json_response(self._account.as_json(self._account.update(request.match_info["sid"], form)))

    async def delete(self, request: web.Request, form: Form) -> web.StreamResponse:
        self._account.delete(request.match_info["sid"])
        return web.Response(status=204)

    async def media_list(self, request: web.Request, form: Form) -> web.StreamResponse:
        message = self._account.get(request.match_info["sid"])
        rows = [self._account.media_json(message, item) for item in message.media]
        path = f"{API}/Accounts/{self._account.sid}/Messages/{message.sid}/Media.json"
        return web.json_response({"media_list": rows} | wrapped(path, {}, 0, 50, len(rows), len(rows)))

    async def media_fetch(self, request: web.Request, form: Form) -> web.StreamResponse:
        message = self._account.get(request.match_info["sid"])
        item = self._account.media_item(message.sid, request.match_info["media"])
        return web.json_response(self._account.media_json(message, item))

    async def media_delete(self, request: web.Request, form: Form) -> web.StreamResponse:
        message = self._account.get(request.match_info["sid"])
        message.media.remove(self._account.media_item(message.sid, request.match_info["media"]))
        return web.Response(status=204)

    async def media_content(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Twilio redirects to its store, where the bytes lie under a secret address without a password."""
        item = self._account.media_item(request.match_info["sid"], request.match_info["media"])
        return web.Response(status=307, headers={"Location": f"{self._base}/sandbox/media-store/{item.secret}"})

    async def store(self, request: web.Request) -> web.StreamResponse:
        item = self._account.media_by_secret(request.match_info["secret"])
        if item is None:
            raise web.HTTPNotFound
        return web.Response(body=item.content, content_type=item.mime)

    async def unknown(self, request: web.Request, form: Form) -> web.StreamResponse:
        raise TwilioError(20404, request.path)
