"""What a message looks like in an outbox row, and how the sender gets it back out."""

from __future__ import annotations

from typing import Any

from escalation.store.outbox import Claimed
from handlers.messages import Choice, Cleared, Outbound

Choices = tuple[tuple[Choice, ...], ...]


def body(
    text: str,
    choices: Choices = (),
    *,
    action: str = "send",
    ref: str | None = None,
    protect: bool = False,
    ask_contact: bool = False,
    media_uid: str | None = None,
) -> dict[str, Any]:
    """The JSON an outbox row keeps, sealed. `text` was cleared before; `media_uid` names a kept picture."""
    return {
        "text": text,
        "action": action,
        "ref": ref,
        "protect": protect,
        "ask_contact": ask_contact,
        "choices": [[[c.label, c.data] for c in row] for row in choices],
        "media_uid": media_uid,
    }


def outbound(claimed: Claimed, callback: str | None, media: bytes | None) -> Outbound:
    """The message again, as a channel sends it."""
    kept = claimed.body
    return Outbound(
        line=claimed.line,
        channel="telegram" if claimed.channel == "telegram" else "sms",
        address=claimed.address,
        text=Cleared(kept["text"]),
        action=kept["action"],
        ref=kept["ref"],
        protect=kept["protect"],
        ask_contact=kept["ask_contact"],
        callback=callback,
        media=media,
        choices=tuple(tuple(Choice(*c) for c in row) for row in kept["choices"]),
    )
