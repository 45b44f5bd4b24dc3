"""How is it now? The reporter's answer to a check-back, the same by a text, a button, or a key of his telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from escalation.lines import LineConfig
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread
from handlers import matters
from handlers.intake import Turn


def answered(unit: Unit, thread: Thread, sender: Sender, line: LineConfig, what: str, now: datetime) -> Thread:
    """The office hears "better", "same", "worse" or "checkback_off"; worse opens the matter again, newly promised."""
    if what == "worse" and thread.state == "closed":
        thread = replace(thread, taken_at=None, promised_at=None)
        turn = Turn(matters.interview_of(thread), None, complete=True)
        thread = matters.remember(unit, thread, turn, now, line)
    promised = thread.promised_at.isoformat() if thread.promised_at else None
    return matters.hand_over(unit, thread, sender, "wish", {"what": what, "promised_at": promised}, now)
