"""Twilio's rules, written down from its documentation: errors, numbers, keywords, segments, signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

API = "/2010-04-01"
STOP_WORDS = frozenset("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT".split())
START_WORDS = frozenset("START YES UNSTOP".split())
HELP_WORDS = frozenset("HELP INFO".split())
STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
STARTED = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELPED = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
MAX_BODY = 1600

_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
_LENGTHS = {"+45": (8, 8), "+47": (8, 8), "+43": (7, 13), "+46": (7, 10), "+1": (10, 10)}
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = set("^{}\\[~]|€\f")

MESSAGES = {
    20003: (401, "Authenticate"),
    20009: (409, "Cannot update or delete this resource before its delivery is complete"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20001: (400, "Invalid parameter"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL"),
    21209: (400, "Invalid Method"),
    21210: (400, "The source phone number provided is not yet verified for your account"),
    21213: (400, "Caller phone number is required"),
    21220: (400, "Invalid call state"),
    22001: (409, "Queue not empty"),
    22003: (400, "Queue name is already in use"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid From Number (caller ID)"),
    21266: (400, "'To' and 'From' number cannot be the same"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (
        400,
        "The 'From' phone number is not a valid, SMS-capable inbound phone number or short code for your account.",
    ),
    21609: (400, "The 'StatusCallback' URL is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21705: (400, "The Messaging Service Sid is invalid."),
    30003: (0, "Unreachable destination handset"),
    30008: (0, "Unknown error"),
    30409: (400, "Message cannot be canceled."),
}


class TwilioError(Exception):
    """A refusal by code. `detail` follows the message after a colon."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.status, message = MESSAGES[code]
        self.message = f"{message}: {detail}" if detail else message
        super().__init__(f"{code} {self.message}")

    def as_json(self) -> dict[str, Any]:
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}


def is_number(text: str) -> bool:
    """Whether a text is a complete number in E.164, by length where the country's lengths are known here."""
    if not _NUMBER.fullmatch(text):
        return False
    for prefix, (low, high) in _LENGTHS.items():
        if text.startswith(prefix):
            return low <= len(text) - len(prefix) <= high
    return True


def is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "_")


def keyword(text: str) -> str:
    """stop, start or help when the whole text is one of the words the network acts on; else nothing."""
    word = text.strip().upper()
    for name, words in (("stop", STOP_WORDS), ("start", START_WORDS), ("help", HELP_WORDS)):
        if word in words:
            return name
    return ""


def segments(text: str) -> int:
    """How many SMS a text is: 160 (153 when joined) GSM-7 characters each, or 70 (67) once one character is outside."""
    if all(c in _GSM or c in _GSM_DOUBLE for c in text):
        length, single, joined = sum(2 if c in _GSM_DOUBLE else 1 for c in text), 160, 153
    else:
        length, single, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= single else math.ceil(length / joined)


def signature(token: str, url: str, parameters: Iterable[tuple[str, str]], *, newer: bool = False) -> dict[str, str]:
    """The headers that sign a webhook: base64 of an HMAC over the URL and the sorted names and values, written as one.

    It is SHA-1 unless the `newer` scheme says otherwise in a header of its own.
    """
    signed = url.split("#")[0] + "".join(name + value for name, value in sorted(parameters))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha256 if newer else hashlib.sha1).digest()
    said = {"X-Twilio-Webhooks-Signature-Settings": "key=SharedKey,algorithm=HMAC_SHA256"} if newer else {}
    return {"X-Twilio-Signature": base64.b64encode(digest).decode(), **said}


def rfc2822(at: datetime | None) -> str | None:
    return None if at is None else format_datetime(at.astimezone(UTC).replace(microsecond=0))


def day_or_moment(text: str) -> tuple[datetime, datetime]:
    """First and last moment a DateSent filter means: a day in UTC, or a second. Raises TwilioError 20001."""
    try:
        if len(text) <= 10:
            start = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return start, start + timedelta(days=1, microseconds=-1)
        start = datetime.fromisoformat(text)
    except ValueError:
        raise TwilioError(20001, "DateSent") from None
    start = (start if start.tzinfo else start.replace(tzinfo=UTC)).replace(microsecond=0)
    return start, start + timedelta(seconds=1, microseconds=-1)
