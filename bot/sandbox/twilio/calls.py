"""The Call resources of an account: how one is made, changed, listed and told, and what Twilio refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.config import LineSetup
from bot.sandbox.moment import fresh_hex, real_now
from bot.sandbox.twilio.account import whole, wrapped
from bot.sandbox.twilio.facts import API, TwilioError, day_or_moment, is_number, is_url, rfc2822

ENDED = ("completed", "busy", "failed", "no-answer", "canceled")
EVENTS = ("initiated", "ringing", "answered", "completed")
LONGEST_RING, USUAL_RING, LONGEST_TWIML = 600, 60, 4000
_METHODS = ("Method", "FallbackMethod", "StatusCallbackMethod")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a call's next instructions come from: an address, or the document itself."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""


@dataclass(slots=True)
class Call:
    """A Call resource, and what it was asked to tell. `answered_at` and `ended_at` are of the telephone's clock."""

    sid: str
    direction: str
    sender: str
    to: str
    status: str
    created: datetime
    source: Source
    fallback: Source | None = None
    callback: Source | None = None
    events: tuple[str, ...] = ("completed",)
    timeout: int = USUAL_RING
    detection: str = ""
    answered_by: str | None = None
    sip: int = 200
    updated: datetime = field(default_factory=real_now)
    started: datetime | None = None
    ended: datetime | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    queue_time: int = 0
    told: int = 0

    def move(self, status: str) -> None:
        self.status, self.updated = status, real_now()
        if status == "in-progress":
            self.started = self.updated
        if status in ENDED:
            self.ended = self.updated

    @property
    def over(self) -> bool:
        return self.status in ENDED

    @property
    def seconds(self) -> int:
        """How long it was talked, in call seconds."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(1, round(self.ended_at - self.answered_at))


@dataclass(slots=True)
class Calls:
    """The calls of one account."""

    account_sid: str
    lines: tuple[LineSetup, ...]
    calls: dict[str, Call] = field(default_factory=dict)

    def line_of(self, number: str) -> LineSetup | None:
        return next((line for line in self.lines if line.voice_number == number), None)

    def create(self, form: Mapping[str, list[str]]) -> Call:
        """Take one call to place. Raises TwilioError as Twilio refuses; then nothing was taken."""
        to, sender = (form.get(name, [""])[0] for name in ("To", "From"))
        self._check_numbers(to, sender)
        source = _source(form)
        if source is None:
            raise TwilioError(21205, "Url parameter is required.")
        call = Call("CA" + fresh_hex(32), "outbound-api", sender, to, "queued", real_now(), source)
        call.timeout = whole({name: values[0] for name, values in form.items()}, "Timeout", USUAL_RING, 0, LONGEST_RING)
        call.detection = form.get("MachineDetection", [""])[0]
        if call.detection not in ("", "Enable", "DetectMessageEnd"):
            raise TwilioError(20001, "MachineDetection")
        _take_addresses(call, form)
        call.events = tuple(form.get("StatusCallbackEvent", call.events))
        self.calls[call.sid] = call
        return call

    def _check_numbers(self, to: str, sender: str) -> None:
        if not to:
            raise TwilioError(21201)
        if not sender:
            raise TwilioError(21213)
        if not is_number(to):
            raise TwilioError(21211, to)
        if not is_number(sender):
            raise TwilioError(21212, sender)
        if self.line_of(sender) is None:
            raise TwilioError(21210, sender)

    def receive(self, sender: str, line: LineSetup) -> Call:
        """Somebody calls one of the account's numbers."""
        sid, to = "CA" + fresh_hex(32), line.voice_number or ""
        call = Call(sid, "inbound", sender, to, "ringing", real_now(), Source(line.voice_webhook or ""))
        call.fallback = Source(line.voice_fallback) if line.voice_fallback else None
        call.callback = Source(line.voice_status) if line.voice_status else None
        self.calls[sid] = call
        return call

    def get(self, sid: str) -> Call:
        if sid not in self.calls:
            raise TwilioError(20404)
        return self.calls[sid]

    def change(self, sid: str, form: Mapping[str, list[str]]) -> tuple[Call, str, Source | None]:
        """Check a change of a running call: the call, the status it shall have, and where it shall go on."""
        call, status = self.get(sid), form.get("Status", [""])[0]
        if status not in ("", "canceled", "completed"):
            raise TwilioError(20001, "Status")
        source = _source(form)
        if call.over:
            raise TwilioError(21220, "Unable to update record. Call is not in-progress. Cannot redirect.")
        if source is not None and not status and call.status != "in-progress":
            raise TwilioError(21220, "Unable to update record. Call is not in-progress. Cannot redirect.")
        _take_addresses(call, form)
        return call, status, source

    def delete(self, sid: str) -> None:
        if not self.get(sid).over:
            raise TwilioError(20009)
        del self.calls[sid]

    def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        """One page of the list, newest first, filtered by To, From, Status, StartTime and EndTime."""
        size, number = whole(query, "PageSize", 50, 1, 1000), whole(query, "Page", 0, 0, 10**6)
        found = [call for call in reversed(self.calls.values()) if _fits(call, query)]
        part = found[number * size : (number + 1) * size]
        path = f"{API}/Accounts/{self.account_sid}/Calls.json"
        return {"calls": [self.as_json(call) for call in part]} | wrapped(
            path, query, number, size, len(part), len(found)
        )

    def as_json(self, call: Call) -> dict[str, Any]:
        uri = f"{API}/Accounts/{self.account_sid}/Calls/{call.sid}"
        parts = ("events", "notifications", "payments", "recordings", "siprec", "streams", "transcriptions")
        below = {part: f"{uri}/{part.capitalize()}.json" for part in parts}
        below["user_defined_messages"] = f"{uri}/UserDefinedMessages.json"
        below["user_defined_message_subscriptions"] = f"{uri}/UserDefinedMessageSubscriptions.json"
        return {
            "account_sid": self.account_sid,
            "answered_by": call.answered_by,
            "api_version": "2010-04-01",
            "caller_name": None,
            "date_created": rfc2822(call.created),
            "date_updated": rfc2822(call.updated),
            "direction": call.direction,
            "duration": str(call.seconds) if call.over else None,
            "end_time": rfc2822(call.ended),
            "forwarded_from": None,
            "from": call.sender,
            "from_formatted": call.sender,
            "group_sid": None,
            "parent_call_sid": None,
            "phone_number_sid": None,
            "price": None,
            "price_unit": "USD",
            "queue_time": str(call.queue_time),
            "sid": call.sid,
            "start_time": rfc2822(call.started),
            "status": call.status,
            "subresource_uris": below,
            "to": call.to,
            "to_formatted": call.to,
            "trunk_sid": None,
            "uri": f"{uri}.json",
        }


def _source(form: Mapping[str, list[str]]) -> Source | None:
    """What a request names as the call's instructions. With both, the address wins, as the reference says."""
    url, twiml = form.get("Url", [""])[0], form.get("Twiml", [""])[0]
    if url:
        if not is_url(url):
            raise TwilioError(21205, url)
        return Source(url, form.get("Method", ["POST"])[0])
    if len(twiml) > LONGEST_TWIML:
        raise TwilioError(20001, f"Twiml has more than {LONGEST_TWIML} characters")
    return Source(twiml=twiml) if twiml else None


def _take_addresses(call: Call, form: Mapping[str, list[str]]) -> None:
    for name in _METHODS:
        if form.get(name, ["POST"])[0] not in ("GET", "POST"):
            raise TwilioError(21209, name)
    fallback, callback = form.get("FallbackUrl", [""])[0], form.get("StatusCallback", [""])[0]
    if fallback and not is_url(fallback):
        raise TwilioError(21205, fallback)
    if callback and not is_url(callback):
        raise TwilioError(21609)
    if fallback:
        call.fallback = Source(fallback, form.get("FallbackMethod", ["POST"])[0])
    if callback:
        call.callback = Source(callback, form.get("StatusCallbackMethod", ["POST"])[0])


def _fits(call: Call, query: Mapping[str, str]) -> bool:
    plain = {"To": call.to, "From": call.sender, "Status": call.status, "ParentCallSid": ""}
    if any(query.get(name, value) != value for name, value in plain.items()):
        return False
    for name, at in (("StartTime", call.started), ("EndTime", call.ended)):
        for sign in ("", ">", "<"):
            if name + sign not in query:
                continue
            start, end = day_or_moment(query[name + sign])
            if at is None or (sign != "<" and at < start) or (sign != ">" and at > end):
                return False
    return True
