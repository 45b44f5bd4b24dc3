"""One emulated account: its messages, who opted out of what, and the resources as Twilio's JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bot.sandbox.config import LineSetup, PhoneKind
from bot.sandbox.moment import fresh_hex, real_now
from bot.sandbox.twilio.facts import (
    API,
    MAX_BODY,
    MESSAGES,
    TwilioError,
    day_or_moment,
    is_number,
    is_url,
    rfc2822,
    segments,
)

IN_TRANSIT = ("queued", "sending", "accepted", "receiving")


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A picture of a message. `secret` is in the address its bytes really lie under, as with Twilio's own store."""

    sid: str
    mime: str
    content: bytes
    created: datetime
    secret: str = field(default_factory=lambda: fresh_hex(40))


@dataclass(slots=True)
class Message:
    """A Message resource."""

    sid: str
    direction: str
    sender: str
    to: str
    body: str
    status: str
    created: datetime
    updated: datetime
    sent: datetime | None = None
    error: int | None = None
    callback: str | None = None
    media: list[MediaItem] = field(default_factory=list)

    def move(self, status: str, error: int | None = None) -> None:
        self.status, self.error, self.updated = status, error, real_now()
        if status == "sent" and self.sent is None:
            self.sent = self.updated


@dataclass(slots=True)
class Account:
    """The Messages of one account. `kind_of` says how the network treats a number."""

    sid: str
    token: str
    lines: tuple[LineSetup, ...]
    kind_of: Callable[[str], PhoneKind]
    messages: dict[str, Message] = field(default_factory=dict)
    opted_out: set[tuple[str, str]] = field(default_factory=set)

    def line_of(self, number: str) -> LineSetup | None:
        return next((line for line in self.lines if line.sms_number == number), None)

    def create(self, form: Mapping[str, list[str]]) -> Message:
        """Take one message to send. Raises TwilioError as Twilio refuses; then nothing was taken."""
        to, sender, body = (form.get(name, [""])[0] for name in ("To", "From", "Body"))
        pictures = form.get("MediaUrl", [])
        callback = form.get("StatusCallback", [""])[0]
        self._check(to, sender, form)
        if not body and not pictures:
            raise TwilioError(21602)
        if len(body) > MAX_BODY:
            raise TwilioError(21617)
        if callback and not is_url(callback):
            raise TwilioError(21609)
        if (sender, to) in self.opted_out:
            raise TwilioError(21610)
        return self.record("outbound-api", sender, to, body, "queued", callback=callback or None, mms=bool(pictures))

    def _check(self, to: str, sender: str, form: Mapping[str, list[str]]) -> None:
        if not to:
            raise TwilioError(21604)
        if not is_number(to):
            raise TwilioError(21211, to)
        if form.get("MessagingServiceSid", [""])[0]:
            raise TwilioError(21705)
        if not sender:
            raise TwilioError(21603)
        if to == sender:
            raise TwilioError(21266)
        if not is_number(sender):
            raise TwilioError(21212, sender)
        if self.line_of(sender) is None:
            raise TwilioError(21606)
        if self.kind_of(to) == "landline":
            raise TwilioError(21614)

    def record(
        self,
        direction: str,
        sender: str,
        to: str,
        body: str,
        status: str,
        *,
        callback: str | None = None,
        mms: bool = False,
    ) -> Message:
        now = real_now()
        message = Message(
            ("MM" if mms else "SM") + fresh_hex(32), direction, sender, to, body, status, now, now, callback=callback
        )
        if direction == "inbound":
            message.sent = now
        self.messages[message.sid] = message
        return message

    def get(self, sid: str) -> Message:
        if sid not in self.messages:
            raise TwilioError(20404)
        return self.messages[sid]

    def update(self, sid: str, form: Mapping[str, list[str]]) -> Message:
        """Redact a body with an empty one, or cancel. Raises TwilioError while the message is still under way."""
        message = self.get(sid)
        if "Body" in form:
            if form["Body"][0]:
                raise TwilioError(20001, "Body can only be set to an empty string")
            if message.status in IN_TRANSIT:
                raise TwilioError(20009)
            message.body, message.updated = "", real_now()
        if form.get("Status", [""])[0] == "canceled":
            raise TwilioError(30409)
        return message

    def delete(self, sid: str) -> None:
        if self.get(sid).status in IN_TRANSIT:
            raise TwilioError(20009)
        del self.messages[sid]

    def find(self, query: Mapping[str, str]) -> list[Message]:
        """Newest first, filtered by To, From, DateSent, DateSent< (until) and DateSent> (from). A message that is
        still queued counts by the time it was created.
        """
        found = []
        for message in reversed(self.messages.values()):
            at = (message.sent or message.created).replace(microsecond=0)
            fits = query.get("To", message.to) == message.to and query.get("From", message.sender) == message.sender
            if "DateSent" in query:
                start, end = day_or_moment(query["DateSent"])
                fits = fits and start <= at <= end
            if "DateSent>" in query:
                fits = fits and at >= day_or_moment(query["DateSent>"])[0]
            if "DateSent<" in query:
                fits = fits and at <= day_or_moment(query["DateSent<"])[1]
            if fits:
                found.append(message)
        return found

    def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        """One page of the list, as Twilio wraps it."""
        size, number = whole(query, "PageSize", 50, 1, 1000), whole(query, "Page", 0, 0, 10**6)
        found = self.find(query)
        part = found[number * size : (number + 1) * size]
        return {"messages": [self.as_json(message) for message in part]} | wrapped(
            f"{API}/Accounts/{self.sid}/Messages.json", query, number, size, len(part), len(found)
        )

    def as_json(self, message: Message) -> dict[str, Any]:
        uri = f"{API}/Accounts/{self.sid}/Messages/{message.sid}"
        return {
            "account_sid": self.sid,
            "api_version": "2010-04-01",
            "body": message.body,
            "date_created": rfc2822(message.created),
            "date_sent": rfc2822(message.sent),
            "date_updated": rfc2822(message.updated),
            "direction": message.direction,
            "error_code": message.error,
            "error_message": MESSAGES[message.error][1] if message.error else None,
            "from": message.sender,
            "messaging_service_sid": None,
            "num_media": str(len(message.media)),
            "num_segments": str(segments(message.body)),
            "price": None,
            "price_unit": "USD",
            "sid": message.sid,
            "status": message.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": message.to,
            "uri": f"{uri}.json",
        }

    def media_json(self, message: Message, item: MediaItem) -> dict[str, Any]:
        return {
            "account_sid": self.sid,
            "content_type": item.mime,
            "date_created": rfc2822(item.created),
            "date_updated": rfc2822(item.created),
            "parent_sid": message.sid,
            "sid": item.sid,
            "uri": f"{API}/Accounts/{self.sid}/Messages/{message.sid}/Media/{item.sid}.json",
        }

    def media_item(self, sid: str, media_sid: str) -> MediaItem:
        for item in self.get(sid).media:
            if item.sid == media_sid:
                return item
        raise TwilioError(20404)

    def media_by_secret(self, secret: str) -> MediaItem | None:
        every = (item for message in self.messages.values() for item in message.media)
        return next((item for item in every if item.secret == secret), None)


def wrapped(path: str, query: Mapping[str, str], number: int, size: int, shown: int, total: int) -> dict[str, Any]:
    """The frame of a list: where it starts and ends, and the addresses of its neighbours."""

    def address(page: int) -> str:
        kept = {name: value for name, value in query.items() if name not in ("Page", "PageSize", "PageToken")}
        token = {"PageToken": f"PA{page:034d}"} if page else {}
        return f"{path}?{urlencode({**kept, 'PageSize': size, 'Page': page, **token})}"

    more = (number + 1) * size < total
    return {
        "start": number * size,
        "end": number * size + max(shown - 1, 0),
        "page": number,
        "page_size": size,
        "first_page_uri": address(0),
        "uri": address(number),
        "next_page_uri": address(number + 1) if more else None,
        "previous_page_uri": address(number - 1) if number else None,
    }


def whole(query: Mapping[str, str], name: str, usual: int, low: int, high: int) -> int:
    """A whole number of a request within its bounds. Raises TwilioError 20001."""
    text = query.get(name, "")
    if not text:
        return usual
    if not text.isdigit() or not low <= int(text) <= high:
        raise TwilioError(20001, name)
    return int(text)
