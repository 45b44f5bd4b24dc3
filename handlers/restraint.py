"""Keeps loops between machines and floods from multiplying, without ever dropping what somebody wrote.

Everything is stored and reaches its case. Only automatic answers are rationed: a bucket that refills
faster than a person types, and silence towards the same words over and over. Danger is always answered.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

CAPACITY = 8.0
REFILL_SECONDS = 7.0
SAME_LIMIT = 3
SAME_WINDOW = timedelta(hours=1)
ADDED_EVERY = timedelta(minutes=5)


def admit(context: dict[str, Any], text: str, now: datetime) -> tuple[dict[str, Any], bool]:
    """The sender's context after this text, and whether an automatic answer may follow it."""
    tokens, at = context.get("budget", [CAPACITY, now.isoformat()])
    passed = (now - datetime.fromisoformat(at)).total_seconds()
    tokens = min(CAPACITY, tokens + max(passed, 0.0) / REFILL_SECONDS)
    print_ = hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    same, count, since = context.get("same", ["", 0, now.isoformat()])
    if same != print_ or now - datetime.fromisoformat(since) > SAME_WINDOW:
        count, since = 0, now.isoformat()
    count += 1
    allowed = tokens >= 1.0 and count <= SAME_LIMIT
    left = tokens - 1.0 if allowed else tokens
    return {**context, "budget": [left, now.isoformat()], "same": [print_, count, since]}, allowed


def may_acknowledge(context: dict[str, Any], thread: str, now: datetime) -> bool:
    """Whether "added to your case" is due again on this thread; once in five minutes is enough."""
    told: dict[str, str] = context.get("added", {})
    return thread not in told or now - datetime.fromisoformat(told[thread]) >= ADDED_EVERY


def acknowledged(context: dict[str, Any], thread: str, now: datetime) -> dict[str, Any]:
    told = {**context.get("added", {}), thread: now.isoformat()}
    newest = dict(sorted(told.items(), key=lambda item: item[1])[-20:])
    return {**context, "added": newest}
