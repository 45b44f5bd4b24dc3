"""Keeps loops between machines and floods from multiplying, without ever dropping what somebody wrote.

Everything is stored and reaches its case. Only automatic answers are rationed: a bucket that refills about as
fast as a person types, and silence towards the same words over and over. Danger is answered every minute all the same.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

CAPACITY = 8.0
REFILL_SECONDS = 7.0
SAME_LIMIT, SHORT_LIMIT = 3, 12
SHORT = 20
SAME_WINDOW = timedelta(hours=1)
SAME_KEPT = 12
ADDED_EVERY = timedelta(minutes=5)
DANGER_EVERY = timedelta(seconds=60)
_DIGITS = re.compile(r"\d+")


def admit(context: dict[str, Any], text: str, now: datetime) -> tuple[dict[str, Any], bool]:
    """The sender's context after this text, and whether an automatic answer may follow it."""
    tokens, at = context.get("budget", [CAPACITY, now.isoformat()])
    passed = (now - datetime.fromisoformat(at)).total_seconds()
    tokens = min(CAPACITY, tokens + max(passed, 0.0) / REFILL_SECONDS)
    same, seldom = _counted(context.get("same", {}), text, now)
    allowed = tokens >= 1.0 and seldom
    left = tokens - 1.0 if allowed else tokens
    return {**context, "budget": [left, now.isoformat()], "same": same}, allowed


def _counted(same: dict[str, Any], text: str, now: datetime) -> tuple[dict[str, Any], bool]:
    """How often each text of the last hour came, and whether this one still comes seldom enough.

    Several texts are remembered, so that two machines cannot talk by turns; numbers in a long text are not
    looked at, because a machine's answer carries the time. A person may well answer "1" or "status" more often.
    """
    folded = " ".join(text.casefold().split())
    short = len(folded) <= SHORT
    shape = folded if short else _DIGITS.sub("0", folded)
    print_ = hashlib.sha256(shape.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    alive = {p: entry for p, entry in same.items() if now - datetime.fromisoformat(entry[1]) <= SAME_WINDOW}
    count, since = alive.pop(print_, [0, now.isoformat()])
    alive[print_] = [count + 1, since]
    newest = dict(list(alive.items())[-SAME_KEPT:])
    return newest, count + 1 <= (SHORT_LIMIT if short else SAME_LIMIT)


def may_acknowledge(context: dict[str, Any], thread: str, now: datetime) -> bool:
    """Whether "added to your case" is due again on this thread; once in five minutes is enough."""
    told: dict[str, str] = context.get("added", {})
    return thread not in told or now - datetime.fromisoformat(told[thread]) >= ADDED_EVERY


def acknowledged(context: dict[str, Any], thread: str, now: datetime) -> dict[str, Any]:
    told = {**context.get("added", {}), thread: now.isoformat()}
    newest = dict(sorted(told.items(), key=lambda item: item[1])[-20:])
    return {**context, "added": newest}


def danger_again(context: dict[str, Any], now: datetime) -> bool:
    """Whether the emergency number may be sent once more to somebody whose answers are held back."""
    last: str | None = context.get("danger_at")
    return last is None or now - datetime.fromisoformat(last) >= DANGER_EVERY
