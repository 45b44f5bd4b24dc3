"""A reporter's own data: what is stored of him, and letting it go when he asks."""

from __future__ import annotations

from escalation.notices import Receipt
from escalation.store import front_inbox, front_people, hatch
from escalation.store.base import Unit
from escalation.store.front_outbox import FRONT
from handlers import intake, matters
from handlers.visit import Visit, facts


def summary(unit: Unit, visit: Visit) -> Receipt:
    """What is stored about the one who asks: how many messages, under which codes."""
    texts = front_inbox.texts_of(unit, visit.sender.index, visit.line.slug)
    threads = front_people.all_threads_of(unit, visit.sender.id)
    return Receipt(count=len(texts), codes=tuple(t.code for t in threads[-3:]), days=visit.line.retention.messages.days)


def talk_to_us(unit: Unit, visit: Visit) -> str:
    """He wants a person to explain: that is a case like any other."""
    interview = intake.Interview("other", "normal", False, "self", said=True, landlord=visit.landlord)
    turn = intake.finish(interview)
    thread = matters.start(unit, visit.sender, interview, visit.now, visit.line)
    thread = matters.remember(unit, thread, turn, visit.now, visit.line)
    body = {**matters.account(None, turn, thread, visit.sender, visit.inbound.text), "data_request": True}
    thread = matters.hand_over(unit, thread, visit.sender, "report", body, visit.now)
    visit.say(unit, "confirm", facts(unit, turn, thread), thread)
    return thread.id


def forget(unit: Unit, visit: Visit) -> None:
    """Erase what can be erased at once; the case itself stays without its reporter.

    What is still to be sent, the confirmation above all, needs the address: the daily clean-up takes those rows.
    """
    visit.say(unit, "forgotten")
    threads = front_people.all_threads_of(unit, visit.sender.id)
    for thread in threads:
        if thread.state != "closed":
            matters.hand_over(unit, thread, visit.sender, "wish", {"what": "forget"}, visit.now)
    ids = [t.id for t in threads]
    front_inbox.erase_sender(unit, visit.sender.index, visit.line.slug, visit.inbound.key)
    front_people.erase_thread_bodies(unit, ids)
    hatch.erase(unit, ids)
    FRONT.erase_sent_to(unit, visit.line.slug, visit.sender.index)
    front_people.erase_sender(unit, visit.sender.id)
