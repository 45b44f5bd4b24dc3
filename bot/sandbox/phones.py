"""The phones: who holds them, what stands on their screens. They know nothing of providers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.config import KINDS, ChannelName, PhoneKind, PhoneSetup, Role, SandboxError
from bot.sandbox.journal import Journal
from bot.sandbox.moment import fresh_hex, real_now

Key = tuple[str, str, str]
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, voice note or document. `name` is its address on the page."""

    kind: str
    mime: str
    content: bytes
    name: str = field(default_factory=lambda: fresh_hex(24))


@dataclass(slots=True)
class Bubble:
    """One message on a screen. `mine` is from the phone's view; `ref` is the provider's name for the message.

    `state` of what the phone wrote: "" on its way, "taken" when the service answered 2xx, else the answer; of an SMS
    it received: the delivery status. `asking` is the callback query of a button that still waits for its answer.
    """

    mine: bool
    text: str
    ref: str
    line: str
    at: datetime
    service_at: datetime
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    media: tuple[Media, ...] = ()
    state: str = ""
    edited: bool = False
    gone: bool = False
    segments: int = 0
    asking: str = ""
    provider: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "mine": self.mine,
            "text": self.text,
            "ref": self.ref,
            "line": self.line,
            "at": self.at.isoformat(),
            "service_at": self.service_at.isoformat(),
            "buttons": self.buttons,
            "entities": self.entities,
            "media": [{"kind": m.kind, "mime": m.mime, "name": m.name} for m in self.media],
            "state": self.state,
            "edited": self.edited,
            "gone": self.gone,
            "segments": self.segments,
            "asking": self.asking,
            "provider": self.provider,
        }


@dataclass(slots=True)
class Phone:
    """One phone of the rig. `keys` are the reply keys a bot offers under the text box; `popup` its last pop-up."""

    id: str
    name: str
    role: Role
    channel: ChannelName
    address: str
    line: str
    kind: PhoneKind = "mobile"
    language: str = "da"
    started: bool = False
    blocked: bool = False
    number: str = ""
    keys: list[dict[str, Any]] = field(default_factory=list)
    popup: str = ""
    popups: int = 0

    @property
    def key(self) -> Key:
        return thread_key(self.channel, self.line, self.address)

    @property
    def own_number(self) -> str:
        """The number a phone is called on, and a Telegram user shares as his contact; where none is given it is derived
        from the user's id, so that it is the same in every run.
        """
        derived = self.address if self.channel == "sms" else f"+4520{int(self.address) % 1_000_000:06d}"
        return self.number or derived

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role,
            "channel": self.channel,
            "address": self.address,
            "line": self.line,
            "kind": self.kind,
            "language": self.language,
            "started": self.started,
            "blocked": self.blocked,
            "number": self.own_number,
            "keys": self.keys,
            "popup": self.popup,
            "popups": self.popups,
        }


def thread_key(channel: str, line: str, address: str) -> Key:
    """What a screen is filed under. A number has one inbox for all lines; a Telegram chat belongs to one bot."""
    return (channel, line if channel == "telegram" else "", address)


class PhoneBook:
    """All phones and all screens. A number without a phone still has a screen: add the phone later and look."""

    def __init__(self, setups: Iterable[PhoneSetup], journal: Journal) -> None:
        self._phones: dict[str, Phone] = {}
        self._by_key: dict[Key, Phone] = {}
        self._screens: dict[Key, list[Bubble]] = {}
        self._media: dict[str, Media] = {}
        self._journal = journal
        for setup in setups:
            self.add(setup)

    def add(self, setup: PhoneSetup) -> Phone:
        """Put a phone on the table. Raises SandboxError for a wrong or taken address."""
        _check(setup)
        key = thread_key(setup.channel, setup.line, setup.address)
        if key in self._by_key:
            raise SandboxError(f"{setup.address} is already the phone {self._by_key[key].name!r}")
        phone = Phone(
            self._free_id(setup.name),
            setup.name.strip(),
            setup.role,
            setup.channel,
            setup.address,
            setup.line,
            setup.kind,
            setup.language,
            setup.started,
            number=setup.number,
        )
        self._phones[phone.id] = phone
        self._by_key[key] = phone
        self._journal.feed.changed()
        return phone

    def _free_id(self, name: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "phone"
        number, fresh = 2, stem
        while fresh in self._phones:
            fresh, number = f"{stem}-{number}", number + 1
        return fresh

    def all(self) -> list[Phone]:
        return list(self._phones.values())

    def get(self, name: str) -> Phone:
        """By id or by name. Raises SandboxError when there is none."""
        phone = self._phones.get(name) or next((p for p in self._phones.values() if p.name == name), None)
        if phone is None:
            raise SandboxError(f"no phone {name!r}")
        return phone

    def at(self, channel: str, line: str, address: str) -> Phone | None:
        return self._by_key.get(thread_key(channel, line, address))

    def by_number(self, number: str) -> Phone | None:
        """The phone that rings when this number is called."""
        return next((phone for phone in self._phones.values() if phone.own_number == number), None)

    def screen(self, key: Key) -> list[Bubble]:
        return self._screens.setdefault(key, [])

    def show(
        self,
        key: Key,
        *,
        mine: bool,
        text: str,
        ref: str,
        line: str,
        media: tuple[Media, ...] = (),
        buttons: list[list[dict[str, str]]] | None = None,
        entities: list[dict[str, Any]] | None = None,
        state: str = "",
        segments: int = 0,
        provider: bool = False,
    ) -> Bubble:
        """Put a message on a screen and write down who saw it."""
        bubble = Bubble(
            mine,
            text,
            ref,
            line,
            real_now(),
            self._journal.service_now(),
            buttons or [],
            entities or [],
            media,
            state,
            segments=segments,
            provider=provider,
        )
        self.screen(key).append(bubble)
        for item in media:
            self._media[item.name] = item
        words = text or " ".join(f"[{item.kind}]" for item in media)
        self.note("wrote" if mine else "received", key, words, line)
        return bubble

    def note(self, verb: str, key: Key, text: str, line: str) -> None:
        phone = self._by_key.get(key)
        self._journal.note(
            verb,
            text,
            who=phone.name if phone else key[2],
            role=phone.role if phone else "",
            channel=key[0],
            address=key[2],
            line=line,
        )

    def find(self, key: Key, ref: str) -> Bubble | None:
        return next((b for b in reversed(self.screen(key)) if b.ref == ref), None)

    def media(self, name: str) -> Media | None:
        return self._media.get(name)

    def screens(self) -> dict[Key, list[Bubble]]:
        return self._screens


def _check(setup: PhoneSetup) -> None:
    if not setup.name.strip():
        raise SandboxError("a phone needs a name")
    if setup.role not in ("reporter", "staff") or setup.channel not in ("sms", "telegram"):
        raise SandboxError("role is reporter or staff, channel is sms or telegram")
    if setup.kind not in KINDS:
        raise SandboxError(f"kind is one of {', '.join(KINDS)}")
    if setup.channel == "sms" and not _NUMBER.fullmatch(setup.address):
        raise SandboxError("an SMS phone's address is a number like +4552501234")
    if setup.channel == "telegram" and not re.fullmatch(r"[1-9]\d{2,14}", setup.address):
        raise SandboxError("a Telegram phone's address is a user id in digits, like 700100")
    if setup.number and (setup.channel == "sms" or not _NUMBER.fullmatch(setup.number)):
        raise SandboxError("number is a Telegram phone's, like +4552501234; an SMS phone's is its address")
