"""What crosses to the office without being understood here: staff's own messages, and what nobody could parse."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from escalation.lines import LineConfig
from escalation.store import front_people, hatch
from escalation.store.base import Unit
from handlers import intake, matters
from handlers.intake import Turn
from handlers.messages import Inbound


def pass_on_staff(unit: Unit, inbound: Inbound, sender_index: str, now: datetime) -> None:
    """A staff member's message crosses the hatch uninterpreted."""
    hatch.put_out(
        unit,
        line=inbound.line,
        thread=None,
        seq=None,
        kind="staff",
        sender=sender_index,
        code=None,
        body=inbound.to_json(),
        now=now,
    )


def unreadable(unit: Unit, line: LineConfig, inbound: Inbound, now: datetime) -> str:
    """Something nobody could parse, or that failed five times: a case says so, so that a person looks.

    Several from one sender in half an hour are one case.
    """
    sender = front_people.sender_of(unit, inbound.line, inbound.channel, inbound.address, now)
    for thread in front_people.threads_of(unit, (sender.id,), now):
        if thread.body.get("unreadable") and now - thread.last_at <= matters.RECENT:
            return thread.id
    interview = intake.Interview("other", "normal", False, "place", said=True, landlord=False)
    turn = Turn(interview, None, complete=True)
    thread = matters.start(unit, sender, interview, now, line)
    thread = matters.remember(unit, thread, turn, now, line, unreadable=True)
    body: dict[str, Any] = {**matters.account(None, turn, thread, sender, ""), "unreadable": True}
    matters.hand_over(unit, thread, sender, "report", body, now)
    return thread.id
