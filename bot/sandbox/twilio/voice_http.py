"""Twilio's REST door for calls: the Calls, Recordings and Queues resources."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.twilio.calls import EVENTS
from bot.sandbox.twilio.door import Door, Form
from bot.sandbox.twilio.exchange import Exchange
from bot.sandbox.twilio.facts import API, TwilioError
from bot.sandbox.twilio.network import Network


def routes(base: str, token: str, network: Network, exchange: Exchange) -> list[web.RouteDef]:
    """`{base}/2010-04-01/Accounts/…`, for calls."""

    def slug(number: str) -> str:
        line = network.calls.line_of(number)
        return line.slug if line else ""

    door = Door(base, network.calls.account_sid, token, network.gate, "voice", slug)
    desk, root = _Desk(network, exchange), f"{base}{API}/Accounts/{{account}}"
    one = r"{sid:[^/.]+}.json"
    return [
        web.post(f"{root}/Calls.json", door.guarded("call create", desk.create)),
        web.get(f"{root}/Calls.json", door.guarded("call list", desk.listed)),
        web.get(f"{root}/Calls/{one}", door.guarded("call fetch", desk.fetch)),
        web.post(f"{root}/Calls/{one}", door.guarded("call update", desk.update)),
        web.delete(f"{root}/Calls/{one}", door.guarded("call delete", desk.delete)),
        web.get(f"{root}/Recordings.json", door.guarded("recording list", desk.recordings)),
        web.get(f"{root}/Calls/{{call}}/Recordings.json", door.guarded("recording list", desk.recordings)),
        web.get(f"{root}/Recordings/{one}", door.guarded("recording fetch", desk.recording)),
        web.delete(f"{root}/Recordings/{one}", door.guarded("recording delete", desk.recording_delete)),
        web.delete(f"{root}/Recordings/{{sid:[^/.]+}}", door.guarded("recording delete", desk.recording_delete)),
        web.get(
            f"{root}/Recordings/{{sid:[^/.]+}}{{ending:(\\.(wav|mp3))?}}",
            door.guarded("recording content", desk.content),
        ),
        web.get(f"{root}/Queues/{{queue}}/Members.json", door.guarded("member list", desk.members)),
        web.get(f"{root}/Queues/{{queue}}/Members/{one}", door.guarded("member fetch", desk.member)),
        web.post(f"{root}/Queues/{{queue}}/Members/{one}", door.guarded("member update", desk.member_update)),
        web.get(f"{root}/Queues.json", door.guarded("queue list", desk.queues)),
        web.post(f"{root}/Queues.json", door.guarded("queue create", desk.queue_create)),
        web.get(f"{root}/Queues/{one}", door.guarded("queue fetch", desk.queue)),
        web.delete(f"{root}/Queues/{one}", door.guarded("queue delete", desk.queue_delete)),
    ]


class _Desk:
    def __init__(self, network: Network, exchange: Exchange) -> None:
        self._network = network
        self._exchange = exchange

    async def create(self, request: web.Request, form: Form) -> web.StreamResponse:
        call = self._network.calls.create(form)
        unknown = set(call.events) - set(EVENTS)
        if unknown:
            self._network.fault(21626, f"invalid StatusCallbackEvent: {' '.join(sorted(unknown))}", "", call.sid)
        answer = self._network.calls.as_json(call)
        self._exchange.place(call)
        return web.json_response(answer, status=201)

    async def listed(self, request: web.Request, form: Form) -> web.StreamResponse:
        return web.json_response(self._network.calls.page(request.query))

    async def fetch(self, request: web.Request, form: Form) -> web.StreamResponse:
        calls = self._network.calls
        return web.json_response(calls.as_json(calls.get(request.match_info["sid"])))

    async def update(self, request: web.Request, form: Form) -> web.StreamResponse:
        """End a call or lead it elsewhere. A call that talks is not hurt by "canceled"."""
        call, status, source = self._network.calls.change(request.match_info["sid"], form)
        if status and not (status == "canceled" and call.status == "in-progress"):
            self._exchange.hang_up(call, "completed" if call.status == "in-progress" else "canceled")
        elif source is not None and not status:
            self._exchange.redirect(call, source)
        return web.json_response(self._network.calls.as_json(call))

    async def delete(self, request: web.Request, form: Form) -> web.StreamResponse:
        self._network.calls.delete(request.match_info["sid"])
        return web.Response(status=204)

    async def recordings(self, request: web.Request, form: Form) -> web.StreamResponse:
        of_call = {"CallSid": request.match_info["call"]} if "call" in request.match_info else {}
        return web.json_response(self._network.recordings.page({**request.query, **of_call}))

    async def recording(self, request: web.Request, form: Form) -> web.StreamResponse:
        recordings = self._network.recordings
        return web.json_response(recordings.as_json(recordings.get(request.match_info["sid"])))

    async def recording_delete(self, request: web.Request, form: Form) -> web.StreamResponse:
        self._network.recordings.delete(request.match_info["sid"])
        return web.Response(status=204)

    async def content(self, request: web.Request, form: Form) -> web.StreamResponse:
        ending = request.match_info["ending"].removeprefix(".")
        sound, mime = self._network.recordings.content(request.match_info["sid"], ending)
        return web.Response(body=sound, content_type=mime)

    async def queues(self, request: web.Request, form: Form) -> web.StreamResponse:
        return web.json_response(self._network.queues.page(request.query))

    async def queue_create(self, request: web.Request, form: Form) -> web.StreamResponse:
        queues = self._network.queues
        return web.json_response(queues.as_json(queues.create(form)), status=201)

    async def queue(self, request: web.Request, form: Form) -> web.StreamResponse:
        queues = self._network.queues
        return web.json_response(queues.as_json(queues.get(request.match_info["sid"])))

    async def queue_delete(self, request: web.Request, form: Form) -> web.StreamResponse:
        self._network.queues.delete(request.match_info["sid"])
        return web.Response(status=204)

    async def members(self, request: web.Request, form: Form) -> web.StreamResponse:
        return web.json_response(self._network.queues.members_page(request.match_info["queue"], request.query))

    async def member(self, request: web.Request, form: Form) -> web.StreamResponse:
        found = self._network.queues.member(request.match_info["queue"], request.match_info["sid"])
        return web.json_response(self._network.queues.member_json(*found))

    async def member_update(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Lead one who waits elsewhere."""
        queue, member = self._network.queues.member(request.match_info["queue"], request.match_info["sid"])
        _, _, source = self._network.calls.change(member.leg.call.sid, form)
        if source is None:
            raise TwilioError(21205, "Url parameter is required.")
        answer = self._network.queues.member_json(queue, member)
        self._exchange.redirect(member.leg.call, source)
        return web.json_response(answer)
