"""The rota as an iCalendar text (RFC 5545), for people's own calendars.

It holds staff ids and team ids only: a calendar wanders to servers we do not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from escalation.rota import Shift

_LINE_OCTETS = 75


def ical(shifts: Iterable[Shift], line: str, stamp: datetime) -> str:
    """The shifts of one line as a calendar; `stamp` is the moment of the export.

    An event keeps its UID when the shift's times move within its day, so a calendar that is fetched
    again moves the event instead of adding a second one.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//nabolinje//rota//EN", "CALSCALE:GREGORIAN"]
    for shift in sorted(shifts, key=lambda s: (s.start, s.team, s.order, s.staff)):
        key = (f"{shift.day:%Y%m%d}", shift.team, shift.staff)
        seen[key] += 1
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped('-'.join(key))}-{seen[key]}@{_escaped(line)}.nabolinje",
            f"DTSTAMP:{_utc(stamp)}",
            f"DTSTART:{_utc(shift.start)}",
            f"DTEND:{_utc(shift.end)}",
            f"SUMMARY:{_escaped(f'{shift.team} {shift.order}: {shift.staff}')}",
            "END:VEVENT",
        ]
    return "".join(_folded(text) for text in [*lines, "END:VCALENDAR"])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(text: str) -> str:
    """One content line, broken so that no physical line has more than 75 octets and no character is cut."""
    folded, width = "", 0
    for character in text:
        octets = len(character.encode())
        if width + octets > _LINE_OCTETS:
            folded, width = f"{folded}\r\n ", 1
        folded, width = folded + character, width + octets
    return f"{folded}\r\n"
