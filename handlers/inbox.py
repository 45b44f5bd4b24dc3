"""The front door's second step: a stored delivery is worked off, by the reporter's rules or passed on unread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from escalation.store import front_inbox, published
from escalation.store.base import Unit
from handlers import reporter, uninterpreted
from handlers.front_desk import FrontDesk
from handlers.messages import Inbound


def work_off(unit: Unit, desk: FrontDesk, n: int, now: datetime) -> bool:
    """Work off one stored delivery in this transaction; False when somebody else has it.

    Whatever it raises, the caller counts the failure in a transaction of its own: see `stumbled`.
    """
    waiting = front_inbox.take(unit, n)
    if waiting is None:
        return False
    thread = _room(unit, desk, Inbound.from_json(waiting.body), waiting, now)
    front_inbox.done(unit, waiting.n, thread)
    return True


def work_off_all(unit: Unit, desk: FrontDesk, numbers: Sequence[int], now: datetime) -> int:
    """Several in one transaction; how many there were to do. If one raises, none is done: try each by itself then."""
    return sum(work_off(unit, desk, n, now) for n in numbers)


def _room(unit: Unit, desk: FrontDesk, inbound: Inbound, waiting: front_inbox.Waiting, now: datetime) -> str | None:
    if inbound.kind == "ignored":
        return None
    if inbound.kind == "unreadable":
        if inbound.address:
            return uninterpreted.unreadable(unit, desk.lines[inbound.line], inbound, now)
        return None
    if inbound.kind != "group" and published.is_staff(unit, inbound.line, waiting.sender):
        uninterpreted.pass_on_staff(unit, inbound, waiting.sender, now)
        return None
    return reporter.receive(unit, desk, inbound, waiting.received_at, now)


def stumbled(unit: Unit, desk: FrontDesk, n: int, now: datetime) -> bool:
    """Count a failure. After the fifth the row is set aside and a case says that something is unreadable."""
    aside = front_inbox.failed(unit, n, now)
    if aside:
        waiting = front_inbox.by_number(unit, n)
        uninterpreted.unreadable(unit, desk.lines[waiting.line], Inbound.from_json(waiting.body), now)
    return aside
