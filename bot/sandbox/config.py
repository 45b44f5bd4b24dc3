"""What a sandbox is made of: lines, phones, an account. Plain values, so that tests and the demo build it alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Role = Literal["reporter", "staff"]
ChannelName = Literal["sms", "telegram"]
PhoneKind = Literal["mobile", "landline", "unreachable", "failing", "mailbox", "busy"]
KINDS: tuple[PhoneKind, ...] = ("mobile", "landline", "unreachable", "failing", "mailbox", "busy")
EXAMPLE_TEXT = "der er fest igen vestergade 12 b 3 tv, vi skal op kl 5"
_TOKEN = re.compile(r"\d{3,12}:[A-Za-z0-9_-]{3,64}")


class SandboxError(Exception):
    """The sandbox was asked for something it cannot do; the text says what is allowed."""


@dataclass(frozen=True, slots=True)
class LineSetup:
    """One line as its providers know it: a phone number with a webhook, a bot with a token, or both.

    `sms_webhook` is the absolute URL that the number's inbound messages are posted to and signed for.
    `voice_webhook`, `voice_fallback` and `voice_status` are the same for `voice_number`'s calls: what to do with one,
    what to do when that cannot be learnt, and where its end is told.
    A bot's webhook is not set here: the service sets it through the Bot API, as it does in earnest.
    """

    slug: str
    name: str
    sms_number: str | None = None
    sms_webhook: str | None = None
    telegram_token: str | None = None
    telegram_username: str | None = None
    voice_number: str | None = None
    voice_webhook: str | None = None
    voice_fallback: str | None = None
    voice_status: str | None = None

    def __post_init__(self) -> None:
        if self.telegram_token is not None and not _TOKEN.fullmatch(self.telegram_token):
            raise SandboxError(f"line {self.slug}: a bot token reads like 100001:abc-DEF")


@dataclass(frozen=True, slots=True)
class PhoneSetup:
    """One phone on the page. `address` is a number in E.164, or a Telegram user id in digits.

    `kind` says how the network treats it: "landline" is refused at once (21614), "unreachable" ends
    undelivered (30003), "failing" ends failed (30008), "mailbox" stays at sent and nobody reads it. A call to the
    second and third fails, a mailbox picks up by itself, "busy" is in another call. `number` is what a Telegram
    phone is called on.
    """

    name: str
    role: Role
    channel: ChannelName
    address: str
    line: str
    kind: PhoneKind = "mobile"
    language: str = "da"
    started: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Everything `make_app` needs.

    `base` is a path in front of every route ("" or "/rig"). `public_url` is scheme, host and port as the
    service reaches the sandbox; `Sandbox.start` fills it in when it is left empty. `origins` maps a public
    origin to the one really connected to, for services behind a proxy: signatures are made for the public one.
    `call_pace` is how many real seconds a second on the telephone takes.
    """

    lines: tuple[LineSetup, ...]
    phones: tuple[PhoneSetup, ...] = ()
    account_sid: str = "AC" + "5a" * 16
    auth_token: str = "sandbox-auth-token"
    base: str = ""
    public_url: str = ""
    seed: int = 1
    unkind: bool = True
    clock_file: Path | None = None
    memory_file: Path | None = None
    timezone: str = "Europe/Copenhagen"
    example_text: str = EXAMPLE_TEXT
    origins: Mapping[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    telegram_per_second: int = 30
    call_pace: float = 1.0

    def line(self, slug: str) -> LineSetup:
        for line in self.lines:
            if line.slug == slug:
                return line
        raise SandboxError(f"no line {slug!r}; there is {', '.join(line.slug for line in self.lines)}")
