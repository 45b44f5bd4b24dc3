"""Asks the service what to do with a call: signed, tried again when no connection came about, now and then twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from bot.sandbox.gate import Gate
from bot.sandbox.moment import fresh_hex
from bot.sandbox.postman import Answer, Postman
from bot.sandbox.twilio.calls import Call, Source
from bot.sandbox.twilio.facts import signature

_PLACES = ("City", "State", "Zip", "Country")


@dataclass(slots=True)
class Webhooks:
    """The service's addresses, as the voice side of one account calls them."""

    account_sid: str
    token: str
    gate: Gate
    postman: Postman
    spawn: Callable[[Coroutine[Any, Any, None]], None]

    def form(self, call: Call, extra: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """What Twilio says of a call with every request about it."""
        form = [
            ("AccountSid", self.account_sid),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", call.sid),
            ("CallStatus", call.status),
            ("Called", call.to),
            ("Caller", call.sender),
            ("Direction", call.direction),
            ("From", call.sender),
            ("To", call.to),
        ]
        for side in ("Called", "Caller", "From", "To"):
            form += [(side + place, "DK" if place == "Country" else "") for place in _PLACES]
        given = {name for name, _ in extra}
        return [pair for pair in form if pair[0] not in given] + extra

    async def ask(self, kind: str, call: Call, source: Source, extra: list[tuple[str, str]]) -> Answer:
        """One request with its repetition; the last answer. What <Play> fetches is asked for without a word about the
        call, as Twilio documents it, and here without a signature, which it does not promise."""
        sound = kind == "sound"
        url, method, body, headers = self._bare(source) if sound else self._signed(source, self.form(call, extra))
        answer = Answer()
        for attempt in (1, 2):
            answer = await self.postman.request(
                method, "voice", kind, url, call.sid, attempt, headers=headers, form=body
            )
            if answer.status is not None or "Timeout" in answer.fault:
                break
        chaos, dice = self.gate.chaos, self.gate.dice
        if answer.status is not None and dice.happens("voice:double", chaos.double_webhooks):
            self.spawn(self._again(method, kind, url, call.sid, headers, body))
        return answer

    def _bare(self, source: Source) -> tuple[str, str, None, dict[str, str]]:
        return _as_asked(source.url.split("#")[0]), "GET", None, {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}

    def _signed(
        self, source: Source, form: list[tuple[str, str]]
    ) -> tuple[str, str, list[tuple[str, str]] | None, dict[str, str]]:
        chaos = self.gate.chaos
        newer = chaos.unkind and self.gate.dice.happens("signature:newer", chaos.newer_signatures)
        url, body = source.url.split("#")[0], form
        if source.method == "GET":
            asked = _as_asked(url)
            url, body = asked + ("&" if "?" in asked else "?") + urlencode(form), []
        headers = {
            **signature(self.token, url, body, newer=newer),
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": fresh_hex(32),
            "Accept": "*/*",
        }
        return url, source.method, None if source.method == "GET" else body, headers

    async def _again(
        self, method: str, kind: str, url: str, key: str, headers: dict[str, str], body: list[tuple[str, str]] | None
    ) -> None:
        await asyncio.sleep(self.gate.dice.between("voice:again", 0.05, 1.0))
        await self.postman.request(method, "voice", kind, url, key, 2, headers=headers, form=body)


def _as_asked(url: str) -> str:
    return quote(url, safe=":/?&=%+,;@!$'()*~[]")
