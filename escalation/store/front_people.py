"""Senders and their threads: a sender is a phone or a chat, a thread is one matter of his with its own code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from escalation.clock import new_case_code, new_id
from escalation.store import statements
from escalation.store.base import Unit
from escalation.store.front_tables import senders, threads
from escalation.store.outbox import insert_ignoring


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: an address on a channel of one line, and what the desk remembers of talking to it."""

    id: str
    line: str
    channel: str
    index: str
    address: str | None
    language: str | None
    language_chosen: bool
    stopped_at: datetime | None
    blocked_at: datetime | None
    quiet: bool
    noticed_at: datetime | None
    phone: str | None
    context: dict[str, Any]
    created_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """One matter of one sender. `pending` is the question still open, `due_at` when it stops waiting."""

    id: str
    line: str
    sender: str
    code: str
    state: str
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    taken_at: datetime | None
    category: str
    urgency: str
    danger: bool
    place: str | None
    pending: str | None
    asked: int
    due_at: datetime | None
    promised_at: datetime | None
    out_seq: int
    body: dict[str, Any] = field(default_factory=dict)


def sender_of(unit: Unit, line: str, channel: str, address: str, now: datetime) -> Sender:
    """The sender at this address, made when new, locked for this transaction."""
    index = unit.keys.endpoint_index(channel, address)
    found = (senders.c.line == line, senders.c.channel == channel, senders.c.index == index)
    row = unit.conn.execute(select(senders).where(*found).with_for_update()).first()
    if row is None:
        uid = new_id()
        unit.conn.execute(
            insert_ignoring(unit, senders),
            {
                "id": uid,
                "line": line,
                "channel": channel,
                "index": index,
                "address": unit.keys.seal("senders.address", uid, address),
                "language_chosen": False,
                "quiet": False,
                "created_at": now,
                "last_at": now,
            },
        )
        row = unit.conn.execute(select(senders).where(*found).with_for_update()).one()
    if row.address is None:
        sealed = unit.keys.seal("senders.address", row.id, address)
        unit.conn.execute(statements.change(senders), {"row": row.id, "address": sealed})
        row = unit.conn.execute(statements.row(senders), {"id": row.id}).one()
    return _sender(unit, row)


def sender_by_id(unit: Unit, sender: str) -> Sender:
    return _sender(unit, unit.conn.execute(statements.row(senders), {"id": sender}).one())


def sender_by_index(unit: Unit, line: str, channel: str, index: str) -> Sender | None:
    row = unit.conn.execute(
        select(senders).where(senders.c.line == line, senders.c.channel == channel, senders.c.index == index)
    ).first()
    return _sender(unit, row) if row else None


def _sender(unit: Unit, row: Row[Any]) -> Sender:
    address = unit.keys.open("senders.address", row.id, row.address) if row.address else None
    context = unit.keys.open_json("senders.context", row.id, row.context) if row.context else {}
    fields = {k: v for k, v in row._mapping.items() if k not in ("address", "context")}
    return Sender(address=address, context=context, **fields)


def save_sender(unit: Unit, sender: Sender) -> None:
    unit.conn.execute(
        statements.change(senders),
        {
            "row": sender.id,
            "language": sender.language,
            "language_chosen": sender.language_chosen,
            "stopped_at": sender.stopped_at,
            "blocked_at": sender.blocked_at,
            "quiet": sender.quiet,
            "noticed_at": sender.noticed_at,
            "phone": sender.phone,
            "context": unit.keys.seal_json("senders.context", sender.id, sender.context),
            "last_at": sender.last_at,
        },
    )


def link(unit: Unit, sender: str, other: str) -> None:
    """Remember with a sender that another one is the same person."""
    known = sender_by_id(unit, sender)
    save_sender(unit, replace(known, context={**known.context, "linked": other}))


def erase_sender(unit: Unit, sender: str) -> None:
    unit.conn.execute(update(senders).where(senders.c.id == sender).values(address=None, context=None, phone=None))


def open_thread(unit: Unit, thread: Thread) -> Thread:
    """Store a new thread under a fresh code; a code already in use is drawn again."""
    while True:
        drawn = replace(thread, id=new_id(), code=new_case_code())
        made = insert_ignoring(unit, threads).returning(threads.c.id)
        if unit.conn.execute(made, {**_thread_columns(unit, drawn), "id": drawn.id, "n": 0}).first():
            return drawn


def save_thread(unit: Unit, thread: Thread) -> None:
    unit.conn.execute(statements.change(threads), {"row": thread.id, **_thread_columns(unit, thread)})


def _thread_columns(unit: Unit, thread: Thread) -> dict[str, Any]:
    columns = {name: getattr(thread, name) for name in Thread.__slots__ if name not in ("id", "body")}
    return {**columns, "body": unit.keys.seal_json("threads.body", thread.id, thread.body)}


def _thread(unit: Unit, row: Row[Any]) -> Thread:
    body = unit.keys.open_json("threads.body", row.id, row.body) if row.body else {}
    return Thread(body=body, **{k: v for k, v in row._mapping.items() if k not in ("n", "body")})


def thread_by_id(unit: Unit, thread: str, *, lock: bool = True) -> Thread | None:
    row = unit.conn.execute(statements.row(threads, lock=lock), {"id": thread}).first()
    return _thread(unit, row) if row else None


def threads_of(unit: Unit, senders_: Sequence[str], since: datetime) -> list[Thread]:
    """The threads of these senders that are open or were closed after `since`, the latest spoken of first."""
    found = unit.conn.execute(
        select(threads)
        .where(
            threads.c.sender.in_(senders_),
            threads.c.body.is_not(None),
            (threads.c.state != "closed") | (threads.c.closed_at >= since),
        )
        .order_by(threads.c.last_at.desc())
        .limit(200)
    )
    return [_thread(unit, row) for row in found]


def thread_of_code(unit: Unit, senders_: Sequence[str], codes: Sequence[str]) -> Thread | None:
    """The thread of one of these senders that bears one of these codes, as long as its words are kept."""
    if not codes:
        return None
    row = unit.conn.execute(
        select(threads)
        .where(threads.c.sender.in_(senders_), threads.c.code.in_(codes), threads.c.body.is_not(None))
        .order_by(threads.c.last_at.desc())
        .limit(1)
    ).first()
    return _thread(unit, row) if row else None


def codes_of(unit: Unit, senders_: Sequence[str]) -> list[str]:
    """The codes these senders ever got, as long as it is kept that there was a matter."""
    return list(unit.conn.scalars(select(threads.c.code).where(threads.c.sender.in_(senders_))))


def all_threads_of(unit: Unit, sender: str) -> list[Thread]:
    found = unit.conn.execute(select(threads).where(threads.c.sender == sender).order_by(threads.c.opened_at))
    return [_thread(unit, row) for row in found]


def take_overdue(unit: Unit, now: datetime) -> Thread | None:
    """Lock one thread whose question has waited long enough."""
    row = unit.conn.execute(
        select(threads)
        .where(threads.c.due_at <= now)
        .order_by(threads.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    return _thread(unit, row) if row else None


def closed_before(unit: Unit, line: str, before: datetime) -> list[Thread]:
    found = unit.conn.execute(
        select(threads).where(threads.c.line == line, threads.c.closed_at < before, threads.c.body.is_not(None))
    )
    return [_thread(unit, row) for row in found]


def erase_thread_bodies(unit: Unit, ids: Sequence[str]) -> None:
    unit.conn.execute(
        update(threads).where(threads.c.id.in_(ids)).values(body=None, place=None, pending=None, due_at=None)
    )


def silent_senders(unit: Unit, line: str, before: datetime) -> list[tuple[str, str]]:
    """(id, blind index) of senders with no open thread, none closed after `before`, and not heard from since."""
    live = select(threads.c.id).where(
        threads.c.sender == senders.c.id, (threads.c.closed_at.is_(None)) | (threads.c.closed_at >= before)
    )
    silent = select(senders.c.id, senders.c.index).where(
        senders.c.line == line, senders.c.last_at < before, senders.c.address.is_not(None), ~live.exists()
    )
    return [(uid, index) for uid, index in unit.conn.execute(silent)]


def drop(unit: Unit, line: str, before: datetime) -> None:
    """What is left of threads closed before then goes, and senders of whom nothing else is left.

    Somebody who stopped the line stays, as a blind index: otherwise his wish would be forgotten.
    """
    unit.conn.execute(delete(threads).where(threads.c.line == line, threads.c.closed_at < before))
    live = select(threads.c.id).where(threads.c.sender == senders.c.id)
    unit.conn.execute(
        delete(senders).where(
            senders.c.line == line,
            senders.c.last_at < before,
            senders.c.address.is_(None),
            senders.c.stopped_at.is_(None),
            senders.c.blocked_at.is_(None),
            ~live.exists(),
        )
    )


def waiting_questions(unit: Unit, now: datetime) -> tuple[int, int]:
    """(pending, overdue) question time-outs."""
    pending = unit.conn.scalar(select(func.count()).select_from(threads).where(threads.c.due_at.is_not(None))) or 0
    overdue = unit.conn.scalar(select(func.count()).select_from(threads).where(threads.c.due_at < now)) or 0
    return pending, overdue
