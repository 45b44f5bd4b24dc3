"""When things leave: the slot of an automatic reply, and how long a failed send waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FIRST_ALERT_TRIES = 4
_ALERT_WAITS = (1.0, 2.0, 4.0)
_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
GIVE_UP_AFTER = timedelta(hours=6)


def slot(received_at: datetime, now: datetime) -> datetime:
    """The first whole second at least one second after receipt, or a later whole second if that is past.

    Why: what happens between receipt and reply may depend on the register; a reply on a grid of
    whole seconds does not show it (DESIGN.md, "Front desk and back office").
    """
    earliest = max(received_at + timedelta(seconds=1), now).astimezone(UTC)
    whole = earliest.replace(microsecond=0)
    return whole if whole == earliest else whole + timedelta(seconds=1)


def retry_after(attempts: int, *, alert: bool, asked: float | None = None) -> timedelta | None:
    """How long to wait after the `attempts`-th try, or None when another channel should be used.

    `asked` is the provider's own Retry-After in seconds; an alert waits at most ten for it.
    """
    if alert:
        if attempts > len(_ALERT_WAITS) or (asked or 0) > 10:
            return None
        return timedelta(seconds=max(_ALERT_WAITS[attempts - 1], asked or 0))
    return timedelta(seconds=max(_WAITS[min(attempts, len(_WAITS)) - 1], min(asked or 0, 300)))
