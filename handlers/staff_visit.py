"""One message of a staff member being worked on, and the ways to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from escalation.directory import Staff
from escalation.lines import LineConfig
from escalation.store import audit, office_incidents, office_people
from escalation.store.base import Unit
from escalation.store.office_incidents import Incident
from escalation.store.office_outbox import OFFICE
from escalation.store.office_people import Endpoint
from escalation.store.outbox import MEDIA_KIND, NORMAL, Post
from handlers import posting
from handlers.messages import Inbound
from handlers.office_desk import OfficeDesk, say_to
from handlers.permissions import refusal
from handlers.telling import tell_staff

PROMPT_LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class StaffVisit:
    """Who on staff says what, from which endpoint."""

    desk: OfficeDesk
    line: LineConfig
    person: Staff
    endpoint: Endpoint
    inbound: Inbound
    now: datetime

    def say(self, unit: Unit, kind: str, *, edit: bool = False, **facts: Any) -> None:
        """Answer on the endpoint that spoke; `edit` puts it in place of the message whose button was pressed."""
        ref = self.inbound.ref if edit and self.inbound.button else None
        say_to(unit, self.desk, self.endpoint, kind, facts, self.now, edit=ref)

    def show_media(self, unit: Unit, media: str, kind: str) -> None:
        """Send a picture, a voice note or a file as a protected one; its bytes are fetched when it leaves."""
        action = kind if kind in ("photo", "voice") else "document"
        OFFICE.put(
            unit,
            Post(
                line=self.line.slug,
                channel="telegram",
                address=self.endpoint.address,
                kind=MEDIA_KIND,
                body=posting.body("", action=action, protect=True, media_uid=media),
                not_before=self.now,
                priority=NORMAL,
            ),
            self.now,
        )

    def ask(self, unit: Unit, prompt: dict[str, Any], until: datetime) -> None:
        """Remember what the next free text of this endpoint answers."""
        office_people.set_prompt(unit, self.endpoint.id, prompt, until)

    def audit(self, unit: Unit, action: str, subject: str) -> None:
        audit.record(unit, self.line.slug, f"staff:{self.person.staff}", action, subject, self.now)

    def refuse(self, unit: Unit, incident: Incident, code: str, *, edit: bool = False) -> None:
        """Say why he may not do this to the case now."""
        kind = refusal(unit, self.desk, incident, self.person, self.now)
        self.say(unit, kind, edit=edit, code=code, at=incident.taken_at or self.now)

    def tell(self, unit: Unit, staff: str, kind: str, **facts: Any) -> None:
        """Tell a colleague something, on his own best channel."""
        tell_staff(unit, self.desk, self.line, staff, kind, facts, self.now)

    def note(self, unit: Unit, incident: Incident, kind: str, **body: Any) -> None:
        office_incidents.note(unit, incident.id, kind, self.now, actor=self.person.staff, **body)
