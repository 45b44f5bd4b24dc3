"""The escalation policy: who is alerted when, round after round, until somebody takes the case.

An incident keeps the policy as it was when it was opened (a JSON snapshot); people are looked up at each step.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

ON_DUTY, CONTACT_PERSON, COORDINATOR = "on_duty", "contact_person", "coordinator"
TEAM_PREFIX = "team:"
CHANNELS = ("telegram", "sms", "voice")
SPOKEN = ("telegram", "sms")

# How much longer a policy of a single step (which has no gap to repeat) lets its round last.
_LONE_STEP_GAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Step:
    """Alert these people, this long after the round began, by the first of these channels that works."""

    after: timedelta
    notify: tuple[str, ...]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Steps in order of time; after the last one they run again `repeat` times, then the last resort."""

    steps: tuple[Step, ...]
    repeat: int

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, times in seconds."""
        steps = [
            {"after": step.after.total_seconds(), "notify": list(step.notify), "by": list(step.by)}
            for step in self.steps
        ]
        return {"steps": steps, "repeat": self.repeat}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Policy:
        """The policy that `to_json` wrote."""
        steps = (Step(timedelta(seconds=s["after"]), tuple(s["notify"]), tuple(s["by"])) for s in fields["steps"])
        return cls(tuple(steps), fields["repeat"])


@dataclass(frozen=True, slots=True)
class Position:
    """Which step of which round is next, both counted from 0."""

    round: int
    step: int


FIRST = Position(0, 0)
LAST_RESORT = Position(-1, -1)


def round_length(policy: Policy) -> timedelta:
    """How long a round lasts: the last step's `after` plus the gap between the last two steps.

    A lone step has no gap, and steps at one moment have none either: their round lasts five minutes longer.
    """
    last = policy.steps[-1].after
    gap = last - policy.steps[-2].after if len(policy.steps) > 1 else timedelta()
    return last + (gap or _LONE_STEP_GAP)


def due(policy: Policy, round_number: int, step: int, round_start: datetime) -> datetime:
    """When a step is due, given the start of its own round. The last resort is due as its round starts,
    which is when the last ordinary round ends."""
    if round_number < 0:
        return round_start
    return round_start + policy.steps[step].after


def following(position: Position, policy: Policy) -> Position:
    """The position after this one: the next step, the first step of the next round, or the last resort."""
    if position == LAST_RESORT:
        return LAST_RESORT
    if position.step + 1 < len(policy.steps):
        return Position(position.round, position.step + 1)
    return Position(position.round + 1, 0) if position.round < policy.repeat else LAST_RESORT


def round_start_of(position: Position, previous: Position, policy: Policy, round_start: datetime) -> datetime:
    """The start of the round `position` lies in, given that `previous` lay in a round begun at `round_start`."""
    return round_start if position.round == previous.round else round_start + round_length(policy)


@dataclass(frozen=True, slots=True)
class Targets:
    """Whom a step alerts. `everybody`: the whole shift instead of those with its lowest order."""

    notify: tuple[str, ...]
    by: tuple[str, ...]
    everybody: bool


def step_targets(policy: Policy, position: Position) -> Targets:
    """Whom the step at `position` alerts, by which channels, and how much of the shift.

    Only the very first step rings the lowest order alone. It always rings the duty, even where the
    policy names the contact person only: nothing outside may take longer for one address than another.
    """
    step = policy.steps[position.step]
    first = position == FIRST
    notify = step.notify if not first or ON_DUTY in step.notify else (*step.notify, ON_DUTY)
    return Targets(notify, step.by, everybody=not first)


def channels(by: Sequence[str], reached_on: Collection[str]) -> list[str]:
    """The channels to try for somebody who can be reached on `reached_on`, in the order of a step's `by`.

    After `voice`, or in its place where he cannot be rung, comes whatever else reaches him: a telephone that nobody
    hears must not be all that a step does (docs/adr/0011).
    """
    wanted: list[str] = []
    for channel in by:
        wanted += [channel] if channel in SPOKEN else [channel, *(c for c in SPOKEN if c not in by)]
    return [channel for channel in dict.fromkeys(wanted) if channel in reached_on]


class Ordered(Protocol):
    """Somebody on a shift, with a place in the order of ringing."""

    @property
    def order(self) -> int: ...


Someone = TypeVar("Someone", bound=Ordered)


def ringing(shift: Sequence[Someone], everybody: bool) -> tuple[Someone, ...]:
    """Those of a shift who are rung: all of them, or everybody who shares its lowest order."""
    lowest = min((someone.order for someone in shift), default=0)
    return tuple(someone for someone in shift if everybody or someone.order == lowest)
