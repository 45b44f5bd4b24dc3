"""The network behind the account: texts on their way, statuses coming back late and twice, keywords, inbound texts."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from bot.sandbox.config import LineSetup, SandboxError
from bot.sandbox.gate import Gate
from bot.sandbox.moment import fresh_hex, real_now
from bot.sandbox.phones import Bubble, Media, Phone, PhoneBook, thread_key
from bot.sandbox.postman import Postman
from bot.sandbox.twilio.account import Account, MediaItem, Message
from bot.sandbox.twilio.facts import API, HELPED, STARTED, STOPPED, keyword, segments, signature
from bot.sandbox.twilio.timing import rolled

# Seconds from accepting a text to its next statuses, when nothing is wrong.
_SENT_AFTER, _DONE_AFTER = 0.05, 0.15
_ENDINGS: dict[str, tuple[str, int | None] | None] = {
    "mobile": ("delivered", None),
    "busy": ("delivered", None),
    "unreachable": ("undelivered", 30003),
    "failing": ("failed", 30008),
    "mailbox": None,
}


@dataclass(slots=True)
class Carrier:
    """Moves messages between the account, the phones and the service's webhooks."""

    account: Account
    book: PhoneBook
    gate: Gate
    postman: Postman
    public_url: Callable[[], str]
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    _in_order: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    # from the service to a phone

    def accept(self, message: Message) -> None:
        """Carry a message that the account just took."""
        self.spawn(self._carry(message))

    async def _carry(self, message: Message) -> None:
        ending = _ENDINGS[self.account.kind_of(message.to)]
        due = self._report(message, 0.0)
        await asyncio.sleep(_SENT_AFTER)
        if ending is None or ending[0] != "failed":
            message.move("sent")
            due = self._report(message, due)
        await asyncio.sleep(_DONE_AFTER)
        if ending is None:
            self.book.note("never received", thread_key("sms", "", message.to), message.body, self._slug(message))
            return
        message.move(*ending)
        self._arrive(message, ending[0] == "delivered")
        self._report(message, due)

    def _arrive(self, message: Message, delivered: bool) -> None:
        key = thread_key("sms", "", message.to)
        if delivered:
            self.book.show(
                key,
                mine=False,
                text=message.body,
                ref=message.sid,
                line=self._slug(message),
                state=message.status,
                segments=segments(message.body),
            )
        else:
            self.book.note(f"never received ({message.status})", key, message.body, self._slug(message))

    def _slug(self, message: Message) -> str:
        line = self.account.line_of(message.sender)
        return line.slug if line else ""

    def _report(self, message: Message, not_before: float) -> float:
        """Send a status callback for the message's present state; gives the loop time it is due, so that the next
        one can come later, unless the dice want them out of order.
        """
        now = asyncio.get_running_loop().time()
        timing = rolled(self.gate, now, not_before)
        if message.callback is None or timing.lost:
            return timing.due
        form = self._status_form(message)
        self.spawn(self._call_back(message, form, timing.due - now))
        if timing.doubled:
            self.spawn(self._call_back(message, form, timing.due - now + 0.3))
        return timing.due + 0.01

    def _status_form(self, message: Message) -> list[tuple[str, str]]:
        form = [
            ("SmsSid", message.sid),
            ("SmsStatus", message.status),
            ("MessageStatus", message.status),
            ("To", message.to),
            ("MessageSid", message.sid),
            ("AccountSid", self.account.sid),
            ("From", message.sender),
            ("ApiVersion", "2010-04-01"),
        ]
        return form + ([("ErrorCode", str(message.error))] if message.error else [])

    async def _call_back(self, message: Message, form: list[tuple[str, str]], wait: float) -> None:
        await asyncio.sleep(wait)
        if message.callback is not None:
            await self._post("status", message.callback, form, f"{message.sid}:{dict(form)['MessageStatus']}")

    # from a phone to the service

    def send(self, phone: Phone, text: str, pictures: tuple[Media, ...] = ()) -> Bubble:
        """A person sends a text or a picture to the phone's line. Raises SandboxError when the line has no number."""
        line = next((line for line in self.account.lines if line.slug == phone.line), None)
        if line is None or line.sms_number is None:
            raise SandboxError(f"line {phone.line} has no SMS number")
        message = self.account.record("inbound", phone.address, line.sms_number, text, "received", mms=bool(pictures))
        for picture in pictures:
            message.media.append(MediaItem("ME" + fresh_hex(32), picture.mime, picture.content, real_now()))
        bubble = self.book.show(
            phone.key, mine=True, text=text, ref=message.sid, line=line.slug, media=pictures, segments=segments(text)
        )
        self._keyword(line.sms_number, phone, text)
        self.spawn(self._deliver(line, message, bubble))
        return bubble

    def _keyword(self, number: str, phone: Phone, text: str) -> None:
        word, pair = keyword(text), (number, phone.address)
        reply = ""
        if word == "stop" and pair not in self.account.opted_out:
            self.account.opted_out.add(pair)
            reply = STOPPED
        elif word == "start" and pair in self.account.opted_out:
            self.account.opted_out.discard(pair)
            reply = STARTED
        elif word == "help":
            reply = HELPED
        if reply:
            self._own_reply(number, phone, reply)

    def _own_reply(self, number: str, phone: Phone, text: str) -> None:
        message = self.account.record("outbound-reply", number, phone.address, text, "queued")
        message.move("sent")
        message.move("delivered")
        self.book.show(
            phone.key,
            mine=False,
            text=text,
            ref=message.sid,
            line=phone.line,
            state="delivered",
            segments=segments(text),
            provider=True,
        )

    async def _deliver(self, line: LineSetup, message: Message, bubble: Bubble) -> None:
        if line.sms_webhook is None:
            bubble.state = "the line has no webhook"
            return
        chaos, dice = self.gate.chaos, self.gate.dice
        form, key = self._inbound_form(message), message.sid
        if dice.happens("webhook:reorder", chaos.reorder_webhooks):
            await asyncio.sleep(dice.between("webhook:late", 0.3, 2.0))
            status, answer = await self._post("inbound", line.sms_webhook, form, key)
        else:
            async with self._in_order[message.sender]:
                status, answer = await self._post("inbound", line.sms_webhook, form, key)
        bubble.state = "taken" if status is not None and 200 <= status < 300 else f"not taken ({status or 'no answer'})"
        self.gate.journal.feed.changed()
        if bubble.state == "taken":
            self._answer_with(answer, message)
        if dice.happens("webhook:double", chaos.double_webhooks):
            await asyncio.sleep(dice.between("webhook:again", 0.1, 2.0))
            await self._post("inbound", line.sms_webhook, form, key)

    def _inbound_form(self, message: Message) -> list[tuple[str, str]]:
        form = [
            ("ToCountry", "DK"),
            ("ToState", ""),
            ("SmsMessageSid", message.sid),
            ("NumMedia", str(len(message.media))),
            ("ToCity", ""),
            ("FromZip", ""),
            ("SmsSid", message.sid),
            ("FromState", ""),
            ("SmsStatus", "received"),
            ("FromCity", ""),
            ("Body", message.body),
            ("FromCountry", "DK"),
            ("To", message.to),
            ("ToZip", ""),
            ("NumSegments", str(segments(message.body))),
            ("MessageSid", message.sid),
            ("AccountSid", self.account.sid),
            ("From", message.sender),
            ("ApiVersion", "2010-04-01"),
        ]
        for n, item in enumerate(message.media):
            path = f"{API}/Accounts/{self.account.sid}/Messages/{message.sid}/Media/{item.sid}"
            form += [(f"MediaContentType{n}", item.mime), (f"MediaUrl{n}", self.public_url() + path)]
        return form

    def _answer_with(self, answer: str, message: Message) -> None:
        """Send what the TwiML of the webhook's answer says; note an answer Twilio could not read (its 12100)."""
        if not answer.strip().startswith("<"):
            return
        try:
            root = ElementTree.fromstring(answer)
        except ElementTree.ParseError:
            self.gate.journal.note("error 12100", "the answer is not XML", channel="sms", address=message.sender)
            return
        for element in root.iter("Message"):
            words = "".join(element.itertext()).strip()
            reply = self.account.record("outbound-reply", message.to, message.sender, words, "queued")
            self.accept(reply)

    async def _post(self, kind: str, url: str, form: list[tuple[str, str]], key: str) -> tuple[int | None, str]:
        """Post a signed form; once more when the connection fails, times out or the answer is 5xx, with the same
        idempotency token.
        """
        chaos = self.gate.chaos
        newer = chaos.unkind and self.gate.dice.happens("signature:newer", chaos.newer_signatures)
        headers = {
            **signature(self.account.token, url, form, newer=newer),
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": fresh_hex(32),
            "Accept": "*/*",
        }
        status, answer = None, ""
        for attempt in (1, 2):
            status, answer, _fault = await self.postman.post("sms", kind, url, key, attempt, headers=headers, form=form)
            if status is not None and status < 500:
                break
        return status, answer
