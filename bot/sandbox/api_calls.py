"""The part of the control API that telephones: what the page and a test may do with a phone's call, as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from bot.sandbox.calls import PhoneCall
from bot.sandbox.phones import Phone
from bot.sandbox.world import World

Act = Callable[[web.Request, dict[str, Any]], Awaitable[Any]]


class CallDesk:
    """Acts on the call that a phone is in, under `phones/{phone}/call…`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def acts(self) -> dict[str, Act]:
        """By path: `call` dials, the others do something with the present call."""
        return {
            "call": self.dial,
            "expect": self.expect,
            "call/answer": self._doing(lambda call, body: call.answer()),
            "call/decline": self._doing(lambda call, body: call.decline()),
            "call/ignore": self._doing(lambda call, body: call.ignore()),
            "call/mailbox": self._doing(lambda call, body: call.let_mailbox()),
            "call/press": self._doing(lambda call, body: call.press(str(body.get("keys", "")))),
            "call/say": self._doing(lambda call, body: call.say(str(body.get("words", "")))),
            "call/hangup": self._doing(lambda call, body: call.hang_up()),
        }

    def _phone(self, request: web.Request) -> Phone:
        return self._world.book.get(request.match_info["phone"])

    def _doing(self, do: Callable[[PhoneCall, dict[str, Any]], None]) -> Act:
        async def act(request: web.Request, body: dict[str, Any]) -> Any:
            call = self._world.telephone.current(self._phone(request))
            do(call, body)
            return call.as_json()

        return act

    async def dial(self, request: web.Request, body: dict[str, Any]) -> Any:
        return self._world.call(self._phone(request), str(body.get("number", ""))).as_json()

    async def expect(self, request: web.Request, body: dict[str, Any]) -> Any:
        """From now on treat each call like this: answer, decline, mailbox, or nothing."""
        phone, habit = self._phone(request), body.get("habit", "")
        self._world.telephone.expect(phone, habit)
        return {"habit": habit}

    async def calls(self, request: web.Request, body: dict[str, Any]) -> Any:
        return [call.as_json() for call in self._world.telephone.of(self._phone(request))]

    async def recordings(self, request: web.Request, body: dict[str, Any]) -> Any:
        """What was recorded, with the words that were spoken."""
        network = self._world.network
        return [
            {"sid": each.sid, "call_sid": each.call_sid, "status": each.status, "seconds": each.seconds}
            | {"words": each.words}
            for each in network.recordings.recordings.values()
        ]

    async def faults(self, request: web.Request, body: dict[str, Any]) -> Any:
        """The account's error log: documents that could not be carried out."""
        return [asdict(fault) for fault in self._world.network.faults]
