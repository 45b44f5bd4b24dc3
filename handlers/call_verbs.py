"""What a telephone is told to do next, whichever provider carries the call: the channel-neutral words for a call."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Say:
    """Read out a text in a language's voice. `key` names the text, for a line that has a recording of it."""

    text: str
    language: str
    key: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Play:
    """Play a recording; `step` is where it is to be had, as another step would be."""

    step: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Play the hold sound once."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Wait, in seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Keys:
    """Say something and take up to `count` keys, until none came for `seconds`; then `step`, with or without keys."""

    said: tuple[Say | Silence | Play, ...]
    count: int
    seconds: int
    step: str


@dataclass(frozen=True, slots=True)
class Park:
    """Let the caller wait under a token: `wait` says what he hears meanwhile, `step` follows when it ends."""

    token: str
    wait: str
    step: str


@dataclass(frozen=True, slots=True)
class Leave:
    """End the waiting."""


@dataclass(frozen=True, slots=True)
class Join:
    """Connect with whoever waits under a token; `step` follows when they have talked, or nobody was there."""

    token: str
    seconds: int
    step: str


@dataclass(frozen=True, slots=True)
class Record:
    """After a tone record up to `seconds`, until the hash key or a pause; then `step`."""

    seconds: int
    step: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Verb = Say | Play | Hold | Silence | Keys | Park | Leave | Join | Record | HangUp
Document = tuple[Verb, ...]
