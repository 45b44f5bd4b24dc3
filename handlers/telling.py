"""Telling one member of staff something: on his best channel, and on the next one when that does not arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from escalation.lines import LineConfig
from escalation.store.base import Unit
from escalation.store.office_outbox import OFFICE
from escalation.store.office_people import Endpoint
from escalation.store.outbox import NORMAL, Settled
from handlers.office_desk import OfficeDesk, reachable, say_to

TOLD = "told"


def tell_staff(
    unit: Unit,
    desk: OfficeDesk,
    line: LineConfig,
    staff: str,
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    *,
    about: str | None = None,
    priority: int = NORMAL,
    tried: Sequence[str] = (),
) -> bool:
    """Tell one person something. False when he has left, or no channel of his works that is not in `tried`.

    `about` is the incident it concerns: if nothing reaches its holder, `alerting` gives it back to the duty.
    """
    endpoint = best_endpoint(unit, desk, line, staff, now, tried)
    if endpoint is None:
        return False
    again = {"staff": staff, "about": about, "facts": _packed(facts), "tried": [*tried, endpoint.channel]}
    owner = f"{TOLD}:{about or ''}"
    say_to(unit, desk, endpoint, kind, facts, now, priority=priority, owner=owner, kept={"again": again})
    return True


def best_endpoint(
    unit: Unit, desk: OfficeDesk, line: LineConfig, staff: str, now: datetime, tried: Sequence[str] = ()
) -> Endpoint | None:
    """The endpoint somebody is told things on, Telegram first; None for who has left or cannot be reached."""
    if desk.register(unit).staff(line, staff, now) is None:
        return None
    return next((e for e in reachable(unit, line.slug, staff) if e.channel not in tried), None)


def tell_again(unit: Unit, desk: OfficeDesk, row: Settled, now: datetime) -> tuple[str, str] | None:
    """What did not arrive goes out on the next channel. Gives (staff, incident) when there is none left."""
    kept = OFFICE.content(unit, row.uid)
    if kept is None or "again" not in kept:
        return None
    again = kept["again"]
    line, facts = desk.lines[row.line], _unpacked(again["facts"])
    if tell_staff(
        unit, desk, line, again["staff"], row.kind, facts, now, about=again["about"], tried=tuple(again["tried"])
    ):
        return None
    return (again["staff"], again["about"]) if again["about"] else None


def _packed(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"at": value.isoformat()} if isinstance(value, datetime) else value for name, value in facts.items()}


def _unpacked(kept: Mapping[str, Any]) -> dict[str, Any]:
    def read(value: Any) -> Any:
        if isinstance(value, dict):
            return datetime.fromisoformat(value["at"])
        return tuple(value) if isinstance(value, list) else value

    return {name: read(value) for name, value in kept.items()}
