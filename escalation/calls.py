"""What a call comes to: what a key means, how a waiting caller's time passes, whose phone rings when.

Pure rules. What a caller hears may depend on what he pressed and on the time since he began to wait, on nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

# Keys far from the digits of a menu; a stairwell's code has four, so one key alone is never a part of one.
LANGUAGE_KEYS: Mapping[str, str] = MappingProxyType({"9": "en", "8": "de", "7": "da"})
MOST_STAIRWELLS = 2  # offered by key; more are not remembered while somebody reads them out
CODE_LENGTH = 4
HOLD_SECONDS = 8  # how long the hold sound plays
SPEAKS_EVERY = 20
_SPEAKS_AFTER, _SPOKEN_SECONDS = 12, 4

Pressed = Literal["language", "self", "code", "stairwell", "person"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was pressed in the first menu; `value` is the language, the code, or the number of the stairwell."""

    kind: Pressed
    value: str = ""


def meaning(digits: str, languages: Sequence[str], stairwells: int) -> Meaning:
    """What keys pressed in the first menu mean. Silence, and whatever means nothing, leads to a person."""
    language = LANGUAGE_KEYS.get(digits)
    if language in languages:
        return Meaning("language", str(language))
    if len(digits) == CODE_LENGTH and digits.isdecimal():
        return Meaning("code", digits)
    if digits == "3":
        return Meaning("self")
    if digits in ("1", "2") and int(digits) <= stairwells:
        return Meaning("stairwell", digits)
    return Meaning("person")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The next seconds of a caller who waits: `speaks`, then the hold sound, then `silent` seconds; or he `leaves`."""

    speaks: bool = False
    holds: bool = False
    silent: int = 0
    leaves: bool = False


def waiting(waited: timedelta, total: timedelta) -> Waiting:
    """What a caller hears after so long, until his time is up. Every twenty seconds or so he is spoken to."""
    left = int((total - waited).total_seconds())
    if left < 1:
        return Waiting(leaves=True)
    if left <= HOLD_SECONDS:
        return Waiting(silent=left)
    speaks = waited.total_seconds() % SPEAKS_EVERY >= _SPEAKS_AFTER and left > HOLD_SECONDS + _SPOKEN_SECONDS
    return Waiting(speaks=speaks, holds=True)


def ringing_at(wave: int, first: Sequence[str], others: Sequence[str], rung: Mapping[str, int]) -> tuple[str, ...]:
    """Whose phones begin to ring at a wave: at first those of the first round together, then one after another.

    After the last the order begins anew, for each at most twice. `rung` counts how often each was rung; empty when
    there is nobody left.
    """
    if wave == 0 and first:
        return tuple(first)
    order = [*first, *(one for one in others if one not in first)]
    for times in (1, 2):
        left = [one for one in order if rung.get(one, 0) < times]
        if left:
            return (left[0],)
    return ()
