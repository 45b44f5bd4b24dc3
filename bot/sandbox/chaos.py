"""How unkind the providers are, and the dice that decide it: the same seed gives the same bad luck."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from bot.sandbox.config import SandboxError

FateKind = Literal["ok", "rate_limited", "server_error", "drop_before", "drop_after", "stall"]
_FATES: tuple[FateKind, ...] = ("rate_limited", "server_error", "drop_before", "drop_after", "stall")
_FRACTIONS = (
    *_FATES,
    "pause",
    "double_webhooks",
    "reorder_webhooks",
    "double_callbacks",
    "disorder_callbacks",
    "lose_callbacks",
    "newer_signatures",
)
_RANGES = ("stall_seconds", "late_seconds", "ring_grace_seconds")
_LISTS = ("landlines", "unreachable", "mailboxes", "busy", "blocked")
CHANNELS = ("sms", "telegram", "voice")


class Dice:
    """Draws that depend on the seed, on what they are for and on how often that was asked; on nothing else.

    So the tenth status callback of a run meets the same fate in every run, however calls interleave.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn: Counter[str] = Counter()

    def draw(self, purpose: str) -> float:
        """A number from 0 up to 1."""
        self._drawn[purpose] += 1
        digest = hashlib.sha256(f"{self._seed}|{purpose}|{self._drawn[purpose]}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64

    def happens(self, purpose: str, fraction: float) -> bool:
        return self.draw(purpose) < fraction

    def between(self, purpose: str, low: float, high: float) -> float:
        return low + (high - low) * self.draw(purpose)


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to one provider call: how long it takes, and how it ends."""

    kind: FateKind = "ok"
    delay: float = 0.0
    stall: float = 0.0


@dataclass(frozen=True, slots=True)
class Chaos:
    """The settings of `POST /sandbox/chaos`. Fractions are from 0 to 1, lengths in seconds.

    Of each provider call, `rate_limited` answers 429, `server_error` 500, `drop_before` and `drop_after` break the
    connection before or after it took effect, `stall` takes effect and then answers too late. `slow` adds seconds per
    channel, `newer_signatures` are of the scheme with SHA-256. With `unkind` off, statuses come at once, once and in
    order, there are no pauses, and all is signed the older way. `ring_grace_seconds` is how much longer Twilio lets a
    phone ring than it was told to.
    """

    unkind: bool = True
    rate_limited: float = 0.0
    server_error: float = 0.0
    drop_before: float = 0.0
    drop_after: float = 0.0
    stall: float = 0.0
    stall_seconds: tuple[float, float] = (15.0, 30.0)
    retry_after: int = 2
    slow: Mapping[str, float] = field(default_factory=dict)
    pause: float = 0.02
    pause_seconds: float = 3.0
    double_webhooks: float = 0.0
    reorder_webhooks: float = 0.0
    late_seconds: tuple[float, float] = (0.2, 3.0)
    double_callbacks: float = 0.15
    disorder_callbacks: float = 0.15
    lose_callbacks: float = 0.0
    newer_signatures: float = 0.25
    ring_grace_seconds: tuple[float, float] = (0.0, 5.0)
    landlines: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    def changed(self, changes: Mapping[str, Any]) -> Chaos:
        """These settings with some changed. Raises SandboxError naming what is wrong; then nothing changes."""
        known = {f.name for f in fields(self)}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise SandboxError(f"no such setting: {', '.join(unknown)}; there is {', '.join(sorted(known))}")
        fresh = replace(self, **{name: _checked(name, value) for name, value in changes.items()})
        if sum(getattr(fresh, name) for name in _FATES) > 1:
            raise SandboxError(f"the fractions of {', '.join(_FATES)} together are at most 1")
        return fresh

    def fate(self, channel: str, dice: Dice) -> Fate:
        """Decide one provider call on a channel."""
        luck = dice.draw(f"fate:{channel}")
        pausing = dice.happens(f"pause:{channel}", self.pause) and self.unkind
        delay = self.slow.get(channel, 0.0) + (self.pause_seconds if pausing else 0.0)
        stall = dice.between(f"stall:{channel}", *self.stall_seconds)
        for kind in _FATES:
            luck -= getattr(self, kind)
            if luck < 0:
                return Fate(kind, delay, stall if kind == "stall" else 0.0)
        return Fate("ok", delay)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _checked(name: str, value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name == "unkind" and isinstance(value, bool):
        return value
    if name in _FRACTIONS and number and 0 <= value <= 1:
        return float(value)
    if name in ("retry_after", "pause_seconds") and number and 0 <= value <= 3600:
        return int(value) if name == "retry_after" else float(value)
    if name in _RANGES and _is_range(value):
        return (float(value[0]), float(value[1]))
    if name in _LISTS and isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if name == "slow" and isinstance(value, Mapping) and set(value) <= set(CHANNELS):
        return {channel: float(seconds) for channel, seconds in value.items()}
    raise SandboxError(f"{name} cannot be {value!r}; see the settings' description")


def _is_range(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    return all(isinstance(v, int | float) for v in value) and 0 <= value[0] <= value[1]
