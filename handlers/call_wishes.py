"""Which reporter may be called back: who asked for a call, or left words by telephone, since the case last began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from escalation.store import office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident

_KINDS = ("closed", "call_wanted", "media", "called_back")


@dataclass(frozen=True, slots=True)
class CallWish:
    """Whose thread it is, what he did, and whether somebody has talked to him since."""

    thread: str
    kind: Literal["call_wanted", "message_left"]
    kept: bool = False


def wishes(unit: Unit, incident: Incident) -> list[CallWish]:
    """One for each reporter who may be called back; who asked last comes first."""
    found: dict[str, CallWish] = {}
    for entry in office_incidents.timeline(unit, incident.id, _KINDS):
        thread = entry.thread or ""
        if entry.kind == "closed":
            found.clear()
        elif entry.kind == "called_back" and thread in found:
            found[thread] = CallWish(thread, found[thread].kind, kept=True)
        elif entry.kind == "call_wanted" or entry.body.get("called"):
            before = found.pop(thread, None)
            asked = entry.kind == "call_wanted" or (before is not None and before.kind == "call_wanted")
            found[thread] = CallWish(thread, "call_wanted" if asked else "message_left")
    return list(found.values())[::-1]


def unkept(unit: Unit, incident: Incident) -> str | None:
    """What a new taker must know: "call_wanted" or "message_left" where nobody has talked to the reporter yet."""
    kinds = {wish.kind for wish in wishes(unit, incident) if not wish.kept}
    return "call_wanted" if "call_wanted" in kinds else "message_left" if kinds else None
