"""What Twilio posts about a call, as the service's own words. Plain parsing: no SDK."""

from __future__ import annotations

import re

from bot.channels.sms_forms import Items, field, required
from escalation.errors import Refused
from handlers.calls import Step

_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DIGITS = re.compile(r"[0-9*#]{0,32}|hangup")
_ENDED = frozenset({"completed", "busy", "no-answer", "canceled", "failed"})


def parse_step(items: Items, line: str, step: str, language: str) -> Step:
    """One request for a call's next document. Raises Refused naming `CallSid`, `From` or `Digits`."""
    seconds = (field(items, "RecordingDuration") or "0").strip()
    return Step(
        sid=call_sid(items),
        line=line,
        caller=required(items, "From"),
        step=step,
        language=language,
        digits=digits(items),
        result=(field(items, "QueueResult") or "").strip().lower()[:32],
        recording=(field(items, "RecordingUrl") or "").strip()[:500],
        seconds=int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 6 else 0,
    )


def digits(items: Items) -> str:
    """The keys pressed, the hash that ended them left out."""
    given = (field(items, "Digits") or "").strip()
    if not _DIGITS.fullmatch(given):
        raise Refused("Digits must be keys of a telephone", field="Digits")
    return given if given == "hangup" else given.rstrip("#")


def call_sid(items: Items) -> str:
    """The provider's name for the call. Raises Refused naming `CallSid`."""
    sid = required(items, "CallSid")
    if not _SID.fullmatch(sid):
        raise Refused("CallSid must be at most 64 letters and digits", field="CallSid")
    return sid


def ended_as(items: Items) -> str | None:
    """How a call ended, in the provider's word; None while it goes on."""
    status = required(items, "CallStatus").lower()
    return status if status in _ENDED else None
