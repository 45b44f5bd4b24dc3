"""The channel-neutral vocabulary between the channels and the use cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ChannelName = Literal["sms", "telegram"]
InboundKind = Literal[
    "text",  # words (and perhaps attachments)
    "edit",  # a new version of an earlier message; `ref` names the earlier one
    "button",  # a pressed inline button; `button` is its data
    "start",  # Telegram /start; `text` is the payload, perhaps empty
    "contact",  # a shared contact; `text` is the phone number in E.164, `own` tells whether it is the sender's
    "blocked",  # the sender blocked the bot (or unblocked it: `text` = "unblocked")
    "group",  # something from a group or channel: the bot leaves
    "unsupported",  # a sticker, a location, a poll ...: answered politely
    "ignored",  # nothing a person did (reactions, polls closing ...): stored, never answered
    "unreadable",  # stored as it came, nobody could parse it
]
AttachmentKind = Literal["photo", "voice", "video", "document"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something beside words. `ref` is what the channel fetches it by: a file id or a URL path."""

    kind: AttachmentKind
    ref: str
    mime: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a person (or a provider) sent us, as the channel understood it.

    `key` is unique per provider and is what repeated deliveries have in common. `address` is a
    phone number in E.164 or a Telegram chat id. `ref` is the provider's name for the message.
    """

    provider: Literal["twilio", "telegram"]
    key: str
    line: str
    channel: ChannelName
    address: str
    kind: InboundKind
    text: str = ""
    ref: str | None = None
    button: str | None = None
    button_ref: str | None = None
    locale: str | None = None
    own: bool = False
    attachments: tuple[Attachment, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "provider": self.provider,
            "key": self.key,
            "line": self.line,
            "channel": self.channel,
            "address": self.address,
            "kind": self.kind,
            "text": self.text,
            "ref": self.ref,
            "button": self.button,
            "button_ref": self.button_ref,
            "locale": self.locale,
            "own": self.own,
            "attachments": [[a.kind, a.ref, a.mime, a.size] for a in self.attachments],
        }

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Inbound:
        attachments = tuple(Attachment(*a) for a in fields["attachments"])
        return cls(**{**fields, "attachments": attachments})


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: what it says, and what comes back when it is pressed (at most 64 bytes)."""

    label: str
    data: str


class Cleared(str):
    """A text that may leave: a rendered template, or staff's words that passed the disclosure guard.

    The sender takes nothing else. Made by `handlers.render` and `handlers.clearance` alone
    (held by tests/test_architecture.py).
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to send. `text` may be empty only for action "answer_button"/"leave"."""

    line: str
    channel: ChannelName
    address: str
    text: Cleared
    action: Literal["send", "edit", "answer_button", "leave", "photo", "voice", "document"] = "send"
    choices: tuple[tuple[Choice, ...], ...] = ()
    ref: str | None = None  # the message to edit, the callback query to answer
    protect: bool = False  # Telegram protect_content
    ask_contact: bool = False  # Telegram: offer a "share my number" reply key
    media: bytes | None = None  # the picture or voice note itself
    callback: str | None = None  # SMS: absolute URL for delivery statuses


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it. `status` is the provider's word, `ref` its name for the message."""

    ref: str | None
    status: str = "sent"
    meta: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliveryUpdate:
    """A status callback: the provider's word on one message, perhaps late, perhaps twice."""

    provider_ref: str
    status: str
    error_code: str | None
    received_at: datetime
    outbox_id: str | None = None
