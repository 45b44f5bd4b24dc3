"""What the front desk forgets, and when: the daily clean-up by the settings that the texts quote."""

from __future__ import annotations

from datetime import datetime

from escalation.store import front_inbox, front_media, front_outbox, front_people, hatch, published
from escalation.store.base import Unit
from handlers.front_desk import FrontDesk


def daily(unit: Unit, desk: FrontDesk, now: datetime) -> bool:
    """Clean up once a day; False when today's was done already."""
    if not published.claim_day(unit, "retention", now.date().toordinal()):
        return False
    for slug, line in desk.lines.items():
        keep = line.retention
        words_until, contact_until = now - keep.messages, now - keep.contact
        closed = [t.id for t in front_people.closed_before(unit, slug, words_until)]
        front_inbox.erase_threads(unit, closed)
        front_people.erase_thread_bodies(unit, closed)
        hatch.erase(unit, closed)
        front_outbox.FRONT.erase(unit, slug, words_until)
        front_inbox.erase_loose(unit, slug, words_until)
        front_media.erase_old(unit, slug, now - keep.media)
        for sender in front_people.silent_senders(unit, slug, contact_until):
            front_people.erase_sender(unit, sender)
        front_inbox.drop(unit, slug, now - keep.skeleton)
    hatch.erase_staff(unit, now - min(line.retention.messages for line in desk.lines.values()))
    return True
