"""What the front desk's use cases are given besides a transaction: the lines, the public stock, a voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from escalation.lines import LineConfig
from escalation.notices import Receipt
from escalation.pace import slot
from escalation.places import Stock
from escalation.store.base import Unit
from escalation.store.front_outbox import FRONT
from escalation.store.front_people import Sender, Thread, save_sender
from escalation.store.outbox import NORMAL, SOON, URGENT, Post
from handlers import posting, render

DANGER_KINDS = frozenset({"danger", "danger_where", "danger_self", "child"})
FIRST_CONTACT = frozenset({"confirm", "worry", "rent", "self_help", "place_unknown", "none_fits", "code_elsewhere"})


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """`stock` gives a line's public properties, as last published."""

    lines: Mapping[str, LineConfig]
    stock: Callable[[Unit, str], Stock]


def language_of(sender: Sender, line: LineConfig) -> str:
    """The language this sender is answered in: his own where the line speaks it, else the line's first."""
    return sender.language if sender.language in line.languages else line.languages[0]


def tell(
    unit: Unit,
    desk: FrontDesk,
    sender: Sender,
    kind: str,
    receipt: Receipt,
    now: datetime,
    *,
    heard_at: datetime | None = None,
    thread: Thread | None = None,
    landlord: bool = False,
) -> None:
    """Put one notice for a sender into the outbox, on its slot. A sender without an address gets none.

    `heard_at` is when the text arrived that this answers; a notice nobody asked for goes at the next slot.
    """
    if sender.address is None or sender.blocked_at is not None:
        return
    # The provider may refuse it, and whoever has the case then hears of that; an emergency number is worth the try.
    if sender.context.get("provider_stop") and kind not in DANGER_KINDS:
        return
    line = desk.lines[sender.line]
    own = sender.language if kind == "unknown_language" and sender.language else language_of(sender, line)
    rendered = render.reporter(kind, receipt, line, own, sender.channel, landlord=landlord)
    if rendered is None:
        return
    priority = URGENT if kind in DANGER_KINDS else SOON if heard_at else NORMAL
    FRONT.put(
        unit,
        Post(
            line=sender.line,
            channel=sender.channel,
            address=sender.address,
            kind=kind,
            body=posting.body(
                rendered.text, rendered.choices, protect=rendered.protect, ask_contact=rendered.ask_contact
            ),
            not_before=slot(heard_at, now) if heard_at else slot(now, now),
            priority=priority,
            ordered=True,
            owner=thread.id if thread else None,
        ),
        now,
    )


def first_notice(unit: Unit, desk: FrontDesk, sender: Sender, kind: str, now: datetime, heard_at: datetime) -> Sender:
    """What this line is and what becomes of messages: once a sender, right behind the first confirmation."""
    if sender.noticed_at is not None or kind not in FIRST_CONTACT:
        return sender
    days = desk.lines[sender.line].retention.messages.days
    tell(unit, desk, sender, "first_notice", Receipt(days=days), now, heard_at=heard_at)
    noticed = replace(sender, noticed_at=now)
    save_sender(unit, noticed)
    return noticed
