"""One inbound message being worked on, and the ways to answer it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from escalation.lines import LineConfig
from escalation.notices import Receipt
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread, save_sender
from escalation.store.published import PublicContact
from handlers.front_desk import DANGER_KINDS, FrontDesk, tell
from handlers.intake import Turn
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

    def say(self, unit: Unit, kind: str, receipt: Receipt | None = None, thread: Thread | None = None) -> None:
        """Answer, unless answers are held back from this sender just now; danger is always answered."""
        if self.answers or kind in DANGER_KINDS:
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


def facts(turn: Turn, thread: Thread, codes: tuple[str, ...] = ()) -> Receipt:
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
        own=turn.interview.category == "self_help",
    )
