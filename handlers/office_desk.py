"""What the office's use cases are given besides a transaction, and how the office speaks: to staff, and inward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalation.lines import LineConfig
from escalation.notices import Receipt
from escalation.register import Register
from escalation.store import office_hatch, office_people
from escalation.store.base import Unit
from escalation.store.office_incidents import CaseThread, Incident
from escalation.store.office_outbox import OFFICE
from escalation.store.office_people import Endpoint
from escalation.store.outbox import SOON, URGENT, Post
from handlers import posting, render_staff

# What a provider answers when an address is no use any more: stopped, not a number, no mobile, unknown, a landline;
# blocked in Telegram. Anything else may work again later.
GONE = frozenset({"21610", "21211", "21214", "21614", "30005", "30006", "403", "stopped"})
# Of these: a telephone that takes no texts, and can be called.
LANDLINE = frozenset({"21614", "30006"})


@dataclass(frozen=True, slots=True)
class OfficeDesk:
    """`register` gives the directory as last imported."""

    lines: Mapping[str, LineConfig]
    register: Callable[[Unit], Register]


def staff_language(unit: Unit, desk: OfficeDesk, line: LineConfig, staff: str, now: datetime) -> str:
    person = desk.register(unit).staff(line, staff, now)
    return person.language if person and person.language in line.languages else line.languages[0]


def say_to(
    unit: Unit,
    desk: OfficeDesk,
    endpoint: Endpoint,
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    *,
    edit: str | None = None,
    owner: str | None = None,
    priority: int = SOON,
    kept: Mapping[str, Any] | None = None,
) -> str:
    """Put a notice for one endpoint into the outbox. `edit` names a Telegram message it takes the place of.

    `kept` goes with it: "again", what is needed to say the same on another channel, or "last", that there is none.
    """
    line = desk.lines[endpoint.line]
    language = staff_language(unit, desk, line, endpoint.staff, now)
    if endpoint.channel == "sms":
        # A text is read by whoever sees the phone: no colleague's name, and so nobody's illness.
        facts = {name: value for name, value in facts.items() if name != "name"}
        if kind in render_staff.ELSEWHERE:
            channels = {e.channel for e in reachable(unit, endpoint.line, endpoint.staff)}
            facts = {**facts, "sms_only": "telegram" not in channels}
    rendered = render_staff.staff(kind, facts, line, language, endpoint.channel)
    edits = edit is not None and endpoint.channel == "telegram"
    body = posting.body(
        rendered.text,
        rendered.choices,
        action="edit" if edits else "send",
        ref=edit if edits else None,
        protect=rendered.protect,
    )
    return OFFICE.put(
        unit,
        Post(
            line=line.slug,
            channel=endpoint.channel,
            address=endpoint.address,
            kind=kind,
            body={**body, **(kept or {})},
            not_before=now,
            priority=priority,
            owner=owner,
        ),
        now,
    )


def reachable(unit: Unit, line: str, staff: str) -> list[Endpoint]:
    """A staff member's endpoints that work, Telegram first."""
    found = [e for e in office_people.endpoints_of(unit, line, staff) if e.disabled_at is None]
    return sorted(found, key=lambda e: e.channel != "telegram")


def tell_phone(
    unit: Unit,
    line: LineConfig,
    phone: str,
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    owner: str | None = None,
) -> None:
    """Text a last-resort phone, which needs no register."""
    rendered = render_staff.staff(kind, facts, line, line.languages[0], "sms")
    OFFICE.put(
        unit,
        Post(
            line=line.slug,
            channel="sms",
            address=phone,
            kind=kind,
            body=posting.body(rendered.text, rendered.choices),
            not_before=now,
            priority=URGENT,
            owner=owner,
        ),
        now,
    )


def answer_button(unit: Unit, endpoint: Endpoint, button_ref: str | None, now: datetime) -> None:
    """Stop the pressed button's spinning."""
    if button_ref is not None:
        OFFICE.put(
            unit,
            Post(
                line=endpoint.line,
                channel="telegram",
                address=endpoint.address,
                kind="answer_button",
                body=posting.body("", action="answer_button", ref=button_ref),
                not_before=now,
                priority=URGENT,
            ),
            now,
        )


def tell_reporter(
    unit: Unit, incident: Incident, thread: CaseThread, kind: str, receipt: Receipt, now: datetime
) -> None:
    """Have the front desk tell one reporter something."""
    office_hatch.relay(unit, incident.line, thread.id, kind, {"receipt": receipt.to_json()}, now, now)
