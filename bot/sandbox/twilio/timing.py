"""When a status callback really leaves: late, twice, before the one it should follow, or never."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.gate import Gate


@dataclass(frozen=True, slots=True)
class Timing:
    """`due` is on the clock that `now` was read from; a second one follows when it is doubled."""

    due: float
    doubled: bool
    lost: bool


def rolled(gate: Gate, now: float, not_before: float) -> Timing:
    """Roll the dice for one callback that should not leave before another one did."""
    chaos, dice = gate.chaos, gate.dice
    late = dice.between("callback:late", *chaos.late_seconds)
    disorder = dice.happens("callback:disorder", chaos.disorder_callbacks)
    double = dice.happens("callback:double", chaos.double_callbacks)
    lost = dice.happens("callback:lost", chaos.lose_callbacks)
    due = now + late if chaos.unkind else max(now, not_before)
    if not disorder or not chaos.unkind:
        due = max(due, not_before)
    return Timing(due, double and chaos.unkind, lost)
