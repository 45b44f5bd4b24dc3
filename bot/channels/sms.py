"""The SMS channel over Twilio: sends, looks up what was sent, and reads the provider's words on what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, Literal

from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from bot.channels.base import DeliveryError, Remedy
from bot.channels.twilio_http import TwilioClient
from handlers.messages import DeliveryUpdate, Outbound, Sent

State = Literal["sent", "delivered", "failed"]

# The provider's clock and ours may differ by this much when a message is looked for.
_SKEW = timedelta(seconds=5)
_LOOK_BACK = 400
# Twilio's limit for a text, whatever number of segments it makes.
_BODY_LIMIT = 1600
_PAGE = 200

# Twilio's status words (Messages resource, "Message Status Values") by how far along they are. Delivered stands above
# failed: carriers correct themselves in that direction, never the other.
_RANKS: Final[dict[str, tuple[State, int]]] = {
    "accepted": ("sent", 1),
    "scheduled": ("sent", 1),
    "queued": ("sent", 2),
    "sending": ("sent", 3),
    "sent": ("sent", 4),
    "failed": ("failed", 5),
    "undelivered": ("failed", 5),
    "canceled": ("failed", 5),
    "delivered": ("delivered", 6),
    "read": ("delivered", 7),
}

# Remedies by Twilio's error code (docs/api/errors, "Error and Warning Dictionary"). What is not listed is permanent:
# another channel is always the better answer to a riddle.
_REMEDIES: Final[dict[str, Remedy]] = {
    "14107": "temporary",  # more messages a second than the number may send
    "20429": "temporary",  # too many requests
    "21610": "stopped",  # the recipient replied STOP
    "21611": "temporary",  # the sending number's queue is full
    "30001": "temporary",  # queue overflow
    "30003": "temporary",  # handset off or out of reach
    "30008": "temporary",  # the carrier gave no reason
    "30022": "temporary",  # more messages a second than the carrier takes
    "30017": "temporary",  # congestion in the carrier's network
    "30036": "temporary",  # the validity period ran out before it could be sent
    "30410": "temporary",  # the downstream provider timed out
    "30500": "temporary",  # internal error after acceptance
    # For the reader, the usual permanent ones: 20003 credentials refused · 21211 not a number · 21212/21606/21660
    # our own number cannot send · 21214 not reachable · 21408 country not permitted · 21612 no route · 21614 not
    # a mobile number · 21617 longer than 1600 characters · 30002 account suspended · 30004 blocked by carrier or
    # phone · 30005 unknown number · 30006 landline · 30007 filtered as spam · 30019 content too large
}


# E.164. Texts also come from names ("PostNord") and from short numbers of networks, to which nothing can be sent.
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a status means. A message moves only to a higher `rank`; `remedy` is set where it failed."""

    state: State
    rank: int
    remedy: Remedy | None = None


def classify_status(status: str, error_code: str | None = None) -> Verdict:
    """The meaning of a provider's word. An unknown word has rank 0 and so moves nothing."""
    state, rank = _RANKS.get(status.lower(), ("sent", 0))
    if state == "failed":
        return Verdict("failed", rank, classify_code(error_code))
    return Verdict(state, rank)


def classify_code(error_code: str | int | None) -> Remedy:
    """What can be done about one of Twilio's error codes: "temporary", "stopped", else "permanent"."""
    return _REMEDIES.get(str(error_code), "permanent")


class SmsChannel:
    """Sends from each line's own number. `numbers` is by line slug; a line without one cannot send."""

    def __init__(self, client: TwilioClient, numbers: Mapping[str, str]) -> None:
        self._client = client
        # The SDK loads a second's worth of modules at its first use: not while somebody waits for his text.
        self._messages = client.messages
        self._numbers = dict(numbers)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self._numbers)})"

    async def send(self, out: Outbound) -> Sent:
        """Hand one text to Twilio; `Sent.ref` is the message SID. Raises DeliveryError.

        Only what provably was not taken is "temporary"; a time-out, a broken connection and 5xx are "unknown".
        """
        if out.action != "send":
            raise DeliveryError("permanent", "no-such-action")
        if not _NUMBER.fullmatch(out.address):
            raise DeliveryError("permanent", "no-number")
        if not 1 <= len(out.text) <= _BODY_LIMIT:
            raise DeliveryError("permanent", "length")
        fields: dict[str, Any] = {"to": out.address, "from_": self._number(out), "body": str(out.text)}
        if out.callback:
            fields["status_callback"] = out.callback
        try:
            record = await self._messages.create_async(**fields)
            sent = _sent(record)
        except TwilioException as error:
            raise _refusal(error) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DeliveryError("unknown", "answer") from None
        verdict = classify_status(sent.status, sent.meta.get("error_code"))
        if verdict.state == "failed":
            raise DeliveryError(verdict.remedy or "permanent", sent.meta.get("error_code", sent.status))
        return sent

    async def find(self, out: Outbound, since: datetime) -> Sent | None:
        """The newest message with this recipient, sender and text that Twilio accepted at or after `since`.

        `since` is by the provider's clock, the real one, never a rehearsal's. Not asked by DateSent: that is
        empty until a message has left Twilio's queue, and a queued message is the one that must be found.
        Raises DeliveryError("temporary") when Twilio does not answer.
        """
        number, text = self._number(out), str(out.text).strip()
        try:
            records = await self._messages.list_async(to=out.address, from_=number, limit=_LOOK_BACK, page_size=_PAGE)
            matches = [
                (at, record)
                for record in records
                if record.to == out.address
                and record.from_ == number
                and (record.body or "").strip() == text
                and (at := record.date_created or record.date_sent) is not None
                and at >= since - _SKEW
            ]
            return _sent(max(matches, key=lambda match: match[0])[1]) if matches else None
        except (TwilioException, ValueError, TypeError, KeyError, AttributeError):
            raise DeliveryError("temporary", "lookup") from None

    async def fetch_status(self, sid: str, now: datetime) -> DeliveryUpdate:
        """What Twilio says of a message at `now`, as if it had called back. Raises DeliveryError.

        ("permanent", "20404") means that Twilio has no such message.
        """
        try:
            sent = _sent(await self._client.messages(sid).fetch_async())
        except TwilioException as error:
            raise _refusal(error) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DeliveryError("temporary", "answer") from None
        return DeliveryUpdate(sent.ref or sid, sent.status, sent.meta.get("error_code"), now)

    async def fetch_media(self, url: str, max_bytes: int = 10 * 1024 * 1024) -> bytes:
        """An attachment's bytes, from the provider's own host only. Raises DeliveryError (see fetch_bytes)."""
        return await self._client.fetch_bytes(url, max_bytes)

    async def delete_media(self, url: str) -> None:
        """Delete an attachment at the provider after it has been stored here. Raises DeliveryError."""
        await self._client.delete_bytes(url)

    def _number(self, out: Outbound) -> str:
        number = self._numbers.get(out.line)
        if not number:
            raise DeliveryError("permanent", "no-number")
        return number


def _sent(record: Any) -> Sent:
    if not isinstance(record.sid, str) or not record.sid:
        raise ValueError("no sid")
    code = record.error_code
    return Sent(record.sid, str(record.status or "queued").lower(), {} if code is None else {"error_code": str(code)})


def _refusal(error: TwilioException) -> DeliveryError:
    """An answer 3xx or 4xx: certainly not acted on."""
    if not isinstance(error, (TwilioRestException, TwilioServiceException)):
        return DeliveryError("temporary", "answer")
    code = "20003" if error.status == HTTPStatus.UNAUTHORIZED else str(error.code or error.status)
    return DeliveryError(classify_code(code), code[:32])
