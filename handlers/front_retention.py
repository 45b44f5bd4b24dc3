"""What the front desk forgets, and when: the daily clean-up by the settings that the texts quote."""

from __future__ import annotations

from datetime import datetime

from escalation.lines import LineConfig
from escalation.store import front_calls, front_inbox, front_media, front_people, hatch, published
from escalation.store.base import Unit
from escalation.store.front_outbox import FRONT
from handlers.front_desk import FrontDesk


def daily(unit: Unit, desk: FrontDesk, now: datetime) -> bool:
    """Clean up once a day; False when today's was done already."""
    if not published.claim_day(unit, "retention", now.date().toordinal()):
        return False
    for line in desk.lines.values():
        _words(unit, line, now)
        _pictures(unit, line, now)
        _people(unit, line, now)
        _skeleton(unit, line, now)
    kept = [line.retention for line in desk.lines.values()]
    # Neither staff's words nor a provider's callback says which line it was: the strictest line decides.
    hatch.erase_staff(unit, now - min(keep.messages for keep in kept))
    FRONT.drop_callbacks(unit, now - min(keep.messages for keep in kept))
    return True


def _words(unit: Unit, line: LineConfig, now: datetime) -> None:
    before = now - line.retention.messages
    closed = [t.id for t in front_people.closed_before(unit, line.slug, before)]
    front_inbox.erase_threads(unit, closed)
    front_people.erase_thread_bodies(unit, closed)
    hatch.erase(unit, closed)
    FRONT.erase_owned(unit, closed)
    FRONT.erase(unit, line.slug, before)
    front_inbox.erase_loose(unit, line.slug, before)
    front_calls.drop(unit, line.slug, before)


def _pictures(unit: Unit, line: LineConfig, now: datetime) -> None:
    front_media.erase_old(unit, line.slug, now - line.retention.media)


def _people(unit: Unit, line: LineConfig, now: datetime) -> None:
    for sender, index in front_people.silent_senders(unit, line.slug, now - line.retention.contact):
        front_people.erase_sender(unit, sender)
        front_inbox.erase_address(unit, index, line.slug)
        FRONT.erase_sent_to(unit, line.slug, index)
    front_calls.LEGS.drop(unit, line.slug, now - line.retention.contact)


def _skeleton(unit: Unit, line: LineConfig, now: datetime) -> None:
    before = now - line.retention.skeleton
    front_inbox.drop(unit, line.slug, before)
    hatch.drop(unit, line.slug, before)
    FRONT.drop(unit, line.slug, before)
    front_people.drop(unit, line.slug, before)
