"""What a PIN is worth on the telephone: how long it is, and how often it may be wrong before it is locked."""

from __future__ import annotations

LENGTH = 6
WRONG_IN_A_CALL = 3  # then the call is over: thumbs slip, and somebody who guesses has to be rung again
WRONG_IN_A_ROW = 5  # then it is locked, over however many calls: of a million, five are tried at most


def locked(wrong: int) -> bool:
    """Whether so many wrong tries in a row lock a PIN."""
    return wrong >= WRONG_IN_A_ROW
