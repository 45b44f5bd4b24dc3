"""Pictures and voice notes of a matter, and which matter an earlier message belonged to, for its edits."""

from __future__ import annotations

import hashlib
from typing import Any

from escalation.store import front_media, front_people
from escalation.store.base import Unit
from escalation.store.front_people import Thread
from handlers import matters
from handlers.visit import Visit

MESSAGES_KEPT = 20


def keep(unit: Unit, visit: Visit, thread: Thread) -> Thread:
    """Want everything that came with a message, and tell the office what to expect."""
    if not visit.inbound.attachments or not _news(visit):
        return thread
    for item in visit.inbound.attachments:
        uid = front_media.want(
            unit,
            line=visit.line.slug,
            channel=visit.inbound.channel,
            thread=thread.id,
            kind=item.kind,
            mime=item.mime,
            source=item.ref,
            now=visit.now,
        )
        thread = matters.hand_over(unit, thread, visit.sender, "media", {"media": uid, "kind": item.kind}, visit.now)
    return thread


def _news(visit: Visit) -> bool:
    """An edited caption brings its old picture along."""
    known = _entry(visit)
    return visit.inbound.kind != "edit" or known is None or known[2] != _files(visit)


def _files(visit: Visit) -> str:
    return hashlib.sha256("\n".join(a.ref for a in visit.inbound.attachments).encode()).hexdigest()[:12]


def _entry(visit: Visit) -> list[Any] | None:
    kept: list[list[Any]] = visit.sender.context.get("messages", [])
    return next((entry for entry in reversed(kept) if entry[0] == visit.inbound.ref), None)


def edited_thread(unit: Unit, visit: Visit) -> Thread | None:
    """The matter whose message is being edited, as far back as its messages are remembered."""
    known = _entry(visit) if visit.inbound.kind == "edit" else None
    thread = front_people.thread_by_id(unit, known[1]) if known else None
    return thread if thread is not None and thread.body else None


def remember(unit: Unit, visit: Visit, thread: str) -> None:
    """Note which matter a message belonged to. Only channels whose messages can be edited need it."""
    if visit.inbound.channel != "telegram" or visit.inbound.ref is None or visit.inbound.kind == "button":
        return
    visit = visit.reread(unit)
    kept = [e for e in visit.sender.context.get("messages", []) if e[0] != visit.inbound.ref]
    visit.with_context(unit, messages=[*kept, [visit.inbound.ref, thread, _files(visit)]][-MESSAGES_KEPT:])
