"""The last-resort phones speak for themselves: they need no register, and whoever answers one may take a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from escalation.lines import LineConfig
from escalation.register import last_resort_id
from escalation.store import office_people
from escalation.store.base import Unit


def settle(unit: Unit, lines: Mapping[str, LineConfig], now: datetime) -> None:
    """Make the endpoints equal to what the lines name today."""
    wanted = {
        (slug, last_resort_id(place), phone)
        for slug, line in lines.items()
        for place, phone in enumerate(line.last_resort.notify, start=1)
    }
    known = set()
    for endpoint in office_people.all_endpoints(unit):
        named = (endpoint.line, endpoint.staff, endpoint.address)
        if named in wanted:
            known.add(named)
        elif endpoint.staff.startswith(last_resort_id("")):
            office_people.remove_endpoint(unit, endpoint.id)
    for line, staff, phone in sorted(wanted - known):
        office_people.add_endpoint(unit, line, staff, "sms", phone, now)
