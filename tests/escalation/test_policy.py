"""The escalation policy: rounds, their length, the last resort, and whom a step rings."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from escalation.lines import DEFAULT_ESCALATION
from escalation.policy import (
    FIRST,
    LAST_RESORT,
    Policy,
    Position,
    Step,
    channels,
    due,
    following,
    ringing,
    round_length,
    round_start_of,
    step_targets,
)
from escalation.rota import OnCall

URGENT = DEFAULT_ESCALATION["urgent"]
OPENED = datetime(2026, 11, 20, 22, 38, tzinfo=UTC)
CONTACT_FIRST = Policy((Step(timedelta(), ("contact_person",), ("sms",)),), repeat=1)


def minutes(*numbers: int) -> list[timedelta]:
    return [timedelta(minutes=n) for n in numbers]


def timeline(policy: Policy) -> list[timedelta]:
    """Every alert from the opening to the last resort, as time since the opening."""
    position, start, alerts = FIRST, OPENED, []
    while True:
        alerts.append(due(policy, position.round, position.step, start) - OPENED)
        if position == LAST_RESORT:
            return alerts
        after = following(position, policy)
        position, start = after, round_start_of(after, position, policy, start)


def test_an_urgent_case_rings_four_rounds_of_twenty_five_minutes_then_the_last_resort() -> None:
    assert round_length(URGENT) == timedelta(minutes=25)
    assert timeline(URGENT) == minutes(0, 5, 15, 25, 30, 40, 50, 55, 65, 75, 80, 90, 100)


def test_a_round_is_as_long_as_its_last_step_and_the_gap_before_it() -> None:
    assert round_length(DEFAULT_ESCALATION["normal"]) == timedelta(minutes=105)


def test_a_policy_of_one_step_does_not_ring_without_pause() -> None:
    assert timeline(CONTACT_FIRST) == minutes(0, 5, 10)


def test_after_the_last_resort_comes_the_last_resort() -> None:
    assert following(LAST_RESORT, URGENT) == LAST_RESORT


def test_without_repetition_one_round_is_all() -> None:
    assert following(Position(0, 2), Policy(URGENT.steps, 0)) == LAST_RESORT


@pytest.mark.parametrize("urgency", ["urgent", "normal"])
def test_a_policy_survives_its_snapshot(urgency: str) -> None:
    policy = DEFAULT_ESCALATION[urgency]
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


@pytest.mark.parametrize(
    ("position", "staff"), [(FIRST, ["a", "b"]), (Position(0, 1), ["a", "b", "c"]), (Position(1, 0), ["a", "b", "c"])]
)
def test_only_the_very_first_step_rings_the_lowest_order_alone(position: Position, staff: list[str]) -> None:
    shift = [OnCall("a", 1, OPENED), OnCall("b", 1, OPENED), OnCall("c", 2, OPENED)]
    everybody = step_targets(URGENT, position).everybody
    assert [o.staff for o in ringing(shift, everybody)] == staff


def test_nobody_on_the_shift_is_nobody_to_ring() -> None:
    assert ringing([], everybody=False) == ()


def test_the_first_step_always_rings_the_duty_beside_the_contact_person() -> None:
    assert step_targets(CONTACT_FIRST, FIRST).notify == ("contact_person", "on_duty")
    assert step_targets(CONTACT_FIRST, Position(1, 0)).notify == ("contact_person",)
    assert step_targets(URGENT, FIRST).notify == ("contact_person", "on_duty")


@pytest.mark.parametrize(
    ("by", "reached_on", "tried"),
    [
        (("voice",), ("telegram", "sms"), ["telegram", "sms"]),
        (("sms", "voice"), ("telegram", "sms"), ["sms", "telegram"]),
        (("sms", "voice"), ("telegram",), ["telegram"]),
        (("sms",), ("telegram",), []),
        (("voice",), (), []),
        (("voice",), ("telegram", "sms", "voice"), ["voice", "telegram", "sms"]),
        (("sms", "voice"), ("telegram", "sms", "voice"), ["sms", "voice", "telegram"]),
        (("sms",), ("sms", "voice"), ["sms"]),
    ],
)
def test_after_voice_or_in_its_place_comes_whatever_else_reaches_somebody(
    by: tuple[str, ...], reached_on: tuple[str, ...], tried: list[str]
) -> None:
    assert channels(by, reached_on) == tried
