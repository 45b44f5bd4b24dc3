"""When things leave: the slot of an automatic reply, and how long a failed send waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FIRST_ALERT_TRIES = 4
_ALERT_WAITS = (1.0, 2.0, 4.0)
_LAST_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_WORTH_WAITING, _LAST_WORTH_WAITING = 10.0, 45.0
# An alert is there within a minute, whatever a provider asks for the second time.
_LATEST, _SHORTEST = 50.0, 5.0
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


def retry_after(
    attempts: int, *, alert: bool, last: bool = False, asked: float | None = None, age: float = 0.0
) -> timedelta | None:
    """How long to wait after the `attempts`-th try, or None when another channel, or person, should be tried.

    `asked` is the provider's own Retry-After in seconds; an alert waits at most ten for it, on its `last` channel 45,
    and there never past the fiftieth second of its `age`, as long as it has one.
    """
    if alert:
        waits, most = (_LAST_WAITS, _LAST_WORTH_WAITING) if last else (_ALERT_WAITS, _WORTH_WAITING)
        if attempts > len(waits) or (asked or 0) > most:
            return None
        wait = max(waits[attempts - 1], asked or 0)
        return timedelta(seconds=min(wait, max(_LATEST - age, _SHORTEST)) if age < _LATEST else wait)
    return timedelta(seconds=max(_WAITS[min(attempts, len(_WAITS)) - 1], min(asked or 0, 300)))
