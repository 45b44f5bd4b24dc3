"""Lengths of time as people write them in the configuration: 30s, 5m, 2h, 14d, 13mo, 5y."""

from __future__ import annotations

import re
from datetime import timedelta

from escalation.errors import Refused

ALLOWED = "write a number and a unit: 30s, 5m, 2h, 14d, 13mo or 5y"

# A month is a twelfth of a year and a year 365.25 days, so that "13mo" ends within hours of the same
# day thirteen months on, and no leap year turns "kept for 5y" into a day too few.
_YEAR = timedelta(days=365, hours=6)
_LONGEST = 100 * _YEAR
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": _YEAR / 12,
    "y": _YEAR,
}
_PART = re.compile(r"([0-9]{1,6})(mo|[smhdwy])")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def parse_duration(text: str) -> timedelta:
    """The length that `text` names; several parts add up (``1h30m``).

    Raises Refused with what is allowed for anything else: no sign, no spaces inside, no bare number.
    """
    lowered = text.strip().lower()
    if not _WHOLE.fullmatch(lowered):
        raise Refused(f"{text[:20]!r} is not a length of time; {ALLOWED}")
    length = sum((int(n) * _UNITS[unit] for n, unit in _PART.findall(lowered)), timedelta())
    if length > _LONGEST:
        raise Refused(f"{text[:20]!r} is longer than a hundred years; {ALLOWED}")
    return length
