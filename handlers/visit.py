"""One inbound message being worked on, and the ways to answer it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from escalation.lines import LineConfig
from escalation.notices import Receipt
from escalation.store import front_people, published
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread, save_sender
from escalation.store.published import PublicContact
from handlers import restraint
from handlers.front_desk import DANGER_KINDS, FrontDesk, tell
from handlers.intake import Turn
from handlers.matters import interview_of
from handlers.messages import Inbound


@dataclass(frozen=True, slots=True)
class Visit:
    """Who writes what on which line, when it came, and whether a machine may answer it."""

    desk: FrontDesk
    line: LineConfig
    inbound: Inbound
    sender: Sender
    contact: PublicContact | None
    received_at: datetime
    now: datetime
    answers: bool

    @property
    def landlord(self) -> bool:
        return self.contact is not None and self.contact.role == "landlord"

    @property
    def senders(self) -> tuple[str, ...]:
        """The writer, and his phone or chat that is known to be the same person's."""
        linked = self.sender.context.get("linked")
        return (self.sender.id, linked) if linked else (self.sender.id,)

    def say(self, unit: Unit, kind: str, receipt: Receipt | None = None, thread: Thread | None = None) -> None:
        """Answer, unless answers are held back from this sender just now; danger is always answered."""
        alarming = kind in DANGER_KINDS or (kind == "unknown_language" and thread is not None and thread.danger)
        if not self.answers and not (alarming and restraint.danger_again(self.sender.context, self.now)):
            return
        if alarming:
            self.with_context(unit, danger_at=self.now.isoformat())
        tell(
            unit,
            self.desk,
            self.sender,
            kind,
            receipt or Receipt(),
            self.now,
            heard_at=self.received_at,
            thread=thread,
            landlord=self.landlord,
        )

    def with_sender(self, unit: Unit, **changes: Any) -> Visit:
        """The visit with a changed and saved sender."""
        sender = replace(self.sender, **changes)
        save_sender(unit, sender)
        return replace(self, sender=sender)

    def with_context(self, unit: Unit, **changes: Any) -> Visit:
        """The visit with changed keys in what is remembered of the conversation; None removes a key."""
        merged = {**self.sender.context, **changes}
        return self.with_sender(unit, context={k: v for k, v in merged.items() if v is not None})

    def reread(self, unit: Unit) -> Visit:
        """The visit with what other steps have written to the sender meanwhile."""
        return replace(self, sender=front_people.sender_by_id(unit, self.sender.id))


def facts(unit: Unit, turn: Turn, thread: Thread, codes: tuple[str, ...] = ()) -> Receipt:
    """What a notice about this thread may say."""
    place = turn.interview.place
    return Receipt(
        code=thread.code,
        promised_at=thread.promised_at,
        received_at=thread.opened_at,
        taken_at=thread.taken_at,
        places=tuple(option["display"] for option in turn.interview.options),
        codes=codes,
        place=place["display"] if place else "",
        own=turn.interview.own,
        house_duty=_house_duty(unit, turn, thread.line) if turn.interview.house else None,
    )


def _house_duty(unit: Unit, turn: Turn, line: str) -> str:
    """The landlord's own number for water, heating and lift; empty where nobody published one."""
    place = turn.interview.place
    code = place["property"] if place else None
    return (published.emergency_number(unit, line, code) if code else None) or ""


def about(thread: Thread) -> Receipt:
    """The bare facts of a thread: its code, and whether it is a "case" or a "code"."""
    return Receipt(code=thread.code, own=interview_of(thread).own)
