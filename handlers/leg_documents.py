"""What somebody hears whose phone is rung, at either desk.

Nothing before he pressed 1 tells of a place, a number or a name.
"""

from __future__ import annotations

from escalation.store.legs import Leg
from handlers.call_verbs import Document, HangUp, Join, Keys, Say
from handlers.texts.catalogue import text

KEY_SECONDS = 8
JOIN_SECONDS = 10
OPEN = ("queued", "dialling", "ringing", "answered", "ending")


def say(key: str, language: str, line: str, **values: object) -> Say:
    """One of the texts for whoever is rung; `line` is the line's name."""
    named = f"call.staff.{key}"
    return Say(text(named, language, line=line, **values), language, named)


def whisper(leg: Leg, language: str, line: str) -> Document:
    """A caller waits: he picked up, or something that picks up by itself did."""
    return asks(leg, say("whisper", language, line))


def asks(leg: Leg, said: Say) -> Document:
    """Said twice, and then a key: only that tells somebody from something that picks up by itself."""
    return (Keys((said, said), 1, KEY_SECONDS, f"pressed/{leg.id}"), HangUp())


def joins(leg: Leg, seconds: int = JOIN_SECONDS) -> Join:
    """He is connected with whoever waits, or comes to wait within so many seconds."""
    return Join(leg.token, seconds, f"joined/{leg.id}")


def outcome(status: str) -> str:
    """What a leg came to by the provider's word. Only a key ever makes it more than "no answer"."""
    return {"failed": "failed", "canceled": "cancelled"}.get(status, "no_answer")
