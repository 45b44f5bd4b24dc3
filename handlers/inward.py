"""What the office wants a reporter to be told: rendered and sent here, and the thread's state kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from escalation.lines import LineConfig
from escalation.notices import Receipt
from escalation.store import front_people, hatch
from escalation.store.base import Unit
from escalation.store.front_outbox import FRONT
from escalation.store.front_people import Sender, Thread
from escalation.store.hatch import Inward
from escalation.store.outbox import URGENT, Post, Settled
from handlers import check_calls, front_callbacks, matters, posting, prompts, render_staff
from handlers.front_desk import FrontDesk, tell

SILENCE = timedelta(seconds=60)
UNASKED = frozenset({"taken", "late", "closed", "checkback", "working", "tomorrow", "tell_more", "picture_lost"})


def work_off(unit: Unit, desk: FrontDesk, n: int, now: datetime) -> bool:
    """Tell one due thing; False when somebody else is telling it."""
    row = hatch.take_in(unit, n)
    if row is None:
        return False
    if row.kind == "welcome":
        _greet(unit, desk, row, now)
    thread = front_people.thread_by_id(unit, row.thread)
    if thread is not None and thread.body:
        sender = front_people.sender_by_id(unit, thread.sender)
        _ORDERS.get(row.kind, _tell)(unit, desk, row, thread, sender, now)
    hatch.inward_done(unit, row.n)
    return True


def _greet(unit: Unit, desk: FrontDesk, row: Inward, now: datetime) -> None:
    """Somebody came with a code that is no invitation: the ordinary welcome."""
    sender = front_people.sender_by_index(unit, row.line, "telegram", row.body["sender"])
    if sender is not None:
        tell(unit, desk, sender, "welcome", Receipt(), now)


def _tell(unit: Unit, desk: FrontDesk, row: Inward, thread: Thread, sender: Sender, now: datetime) -> None:
    receipt = Receipt.from_json(row.body.get("receipt", {}))
    receipt = replace(receipt, code=thread.code, own=matters.interview_of(thread).own)
    change = _CHANGES.get(row.kind)
    if change is not None:
        thread = change(thread, receipt, now)
        front_people.save_thread(unit, thread)
    if row.kind not in _TOLD or sender.stopped_at is not None:
        return
    if sender.quiet and row.kind in UNASKED:
        return
    if row.kind == "checkback":
        sender = prompts.ask(unit, sender, "checkback", now, thread=thread.id)
        date = thread.opened_at.astimezone(desk.lines[thread.line].zone).date()
        receipt = replace(receipt, date=date)
    tell(unit, desk, sender, row.kind, receipt, now, thread=thread)


def _taken(thread: Thread, receipt: Receipt, now: datetime) -> Thread:
    return replace(thread, taken_at=receipt.taken_at or now, promised_at=receipt.promised_at)


def _late(thread: Thread, receipt: Receipt, now: datetime) -> Thread:
    return replace(thread, promised_at=receipt.promised_at)


def _closed(thread: Thread, receipt: Receipt, now: datetime) -> Thread:
    return replace(thread, state="closed", closed_at=now, due_at=None, pending=None)


def _reopened(thread: Thread, receipt: Receipt, now: datetime) -> Thread:
    return replace(thread, state="open", closed_at=None)


_CHANGES: dict[str, Callable[[Thread, Receipt, datetime], Thread]] = {
    "taken": _taken,
    "late": _late,
    "closed": _closed,
    "closed_quietly": _closed,
    "reopened": _reopened,
}
# To be done, and not to be told.
_ORDERS: dict[str, Callable[[Unit, FrontDesk, Inward, Thread, Sender, datetime], None]] = {
    "call_back": front_callbacks.begin,
    "call_back_off": front_callbacks.call_off,
    "check_call": check_calls.begin,
}
_TOLD = frozenset({"taken", "late", "closed", "checkback", "working", "tomorrow", "tell_more", "reply", "picture_lost"})


def watch(unit: Unit, desk: FrontDesk, now: datetime) -> int:
    """Text the last-resort people about everything the office has left alone for a minute. Gives how many rows."""
    shortest = min((line.last_resort.every for line in desk.lines.values()), default=timedelta(minutes=10))
    rows = hatch.unheard(unit, now - SILENCE, now - shortest, real_seconds=5.0)
    told: set[tuple[str, str | None]] = set()
    for row in rows:
        if row.line in desk.lines and (row.line, row.code) not in told and row.kind != "staff":
            told.add((row.line, row.code))
            _alarm(unit, desk.lines[row.line], row.code, now)
    hatch.mark_alarmed(unit, [row.n for row in rows], now)
    return len(rows)


def _alarm(unit: Unit, line: LineConfig, code: str | None, now: datetime) -> None:
    for phone in line.last_resort.notify:
        rendered = render_staff.staff("silent", {"code": code or ""}, line, line.languages[0], "sms")
        FRONT.put(
            unit,
            Post(
                line=line.slug,
                channel="sms",
                address=phone,
                kind="silent",
                body=posting.body(rendered.text),
                not_before=now,
                priority=URGENT,
            ),
            now,
        )


def delivered(unit: Unit, desk: FrontDesk, settled: Settled, now: datetime) -> None:
    """A reporter's message ended. If nothing reaches him any more, whoever has the case is told at once."""
    if settled.state != "failed" or settled.owner is None:
        return
    thread = front_people.thread_by_id(unit, settled.owner)
    if thread is None:
        return
    sender = front_people.sender_by_id(unit, thread.sender)
    body = {"what": "unreachable", "code": settled.code, "kind": settled.kind}
    matters.hand_over(unit, thread, sender, "wish", body, now)


def picture_lost(unit: Unit, desk: FrontDesk, thread_id: str, now: datetime) -> None:
    """A picture could not be fetched for good: the reporter is asked for it again, the taker knows."""
    thread = front_people.thread_by_id(unit, thread_id)
    if thread is None:
        return
    sender = front_people.sender_by_id(unit, thread.sender)
    tell(unit, desk, sender, "picture_lost", Receipt(code=thread.code), now, thread=thread)
    matters.hand_over(unit, thread, sender, "wish", {"what": "picture_lost"}, now)
