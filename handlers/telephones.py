"""Which telephone of somebody on staff can be rung."""

from __future__ import annotations

from escalation.lines import LineConfig
from escalation.register import is_last_resort
from escalation.store import office_people
from escalation.store.base import Unit


def phone_of(unit: Unit, line: LineConfig, staff: str) -> str | None:
    """The number of somebody's phone: the one that takes his texts, whether it still takes them or not.

    None where he has none, or the line has no number to ring from.
    """
    if line.voice_number is None:
        return None
    if is_last_resort(staff):
        place = int(staff.rpartition("-")[2])
        return line.last_resort.notify[place - 1] if place <= len(line.last_resort.notify) else None
    found = [e.address for e in office_people.endpoints_of(unit, line.slug, staff) if e.channel == "sms"]
    return found[0] if found else None
