"""What is said about a matter after a turn of its interview, or when its question waited long enough."""

from __future__ import annotations

from datetime import datetime

from escalation.store import front_people
from escalation.store.base import Unit
from escalation.store.front_people import Thread
from handlers import intake, matters, restraint
from handlers.front_desk import FrontDesk, first_notice, tell
from handlers.intake import Turn
from handlers.visit import Visit, facts

# Said at most every five minutes about one matter: whoever writes five short texts is thanked once.
_THANKS = frozenset({"added", "edited_ok"})


def answer(unit: Unit, visit: Visit, turn: Turn, thread: Thread, codes: tuple[str, ...] = ()) -> None:
    """Say what this turn says, and behind a first confirmation what this line is."""
    if turn.say is None:
        return
    if turn.say in _THANKS:
        if not restraint.may_acknowledge(visit.sender.context, thread.id, visit.now):
            return
        context = restraint.acknowledged(visit.sender.context, thread.id, visit.now)
        visit = visit.with_sender(unit, context=context)
    visit.say(unit, turn.say, facts(unit, turn, thread, codes), thread)
    if visit.answers:
        first_notice(unit, visit.desk, visit.sender, turn.say, visit.now, visit.received_at)


def questions_overdue(unit: Unit, desk: FrontDesk, now: datetime) -> bool:
    """Let one matter go whose question waited long enough. True when there was one."""
    thread = front_people.take_overdue(unit, now)
    if thread is None:
        return False
    sender = front_people.sender_by_id(unit, thread.sender)
    turn = intake.timed_out(matters.interview_of(thread))
    thread = matters.remember(unit, thread, turn, now, desk.lines[thread.line])
    body = matters.account(None, turn, thread, sender, "")
    thread = matters.hand_over(unit, thread, sender, "answer", body, now)
    if turn.say is not None and sender.stopped_at is None:
        tell(unit, desk, sender, turn.say, facts(unit, turn, thread), now, thread=thread)
        first_notice(unit, desk, sender, turn.say, now, now)
    return True
