"""How people come and go on a chat: from a stairwell's code, sharing a number, blocking us, pulling us into a group."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from escalation.lines import REOPENS
from escalation.notices import Receipt
from escalation.store import front_people, hatch
from escalation.store.base import Unit
from escalation.store.front_outbox import FRONT
from escalation.store.outbox import URGENT, Post
from handlers import matters, posting, prompts
from handlers.placing import stairwell
from handlers.visit import Visit

# A scanned stairwell, or "new case", is meant for what is written next, not for next week.
SOON = timedelta(hours=1)
UNSUPPORTED_EVERY = timedelta(hours=1)
LEAVE_EVERY = timedelta(minutes=1)


def scanned(visit: Visit) -> dict[str, Any] | None:
    """The stairwell whose code was scanned a short while ago."""
    kept = visit.sender.context.get("stairwell")
    return kept["place"] if kept and visit.now <= datetime.fromisoformat(kept["until"]) else None


def begins_anew(visit: Visit) -> bool:
    """Whether "new case" or a scanned code went before, so that what comes is a matter of its own."""
    until = visit.sender.context.get("fresh")
    return until is not None and visit.now <= datetime.fromisoformat(until)


def started(unit: Unit, visit: Visit) -> str | None:
    """/start: a property code from the stairwell, an invitation for staff, or just hello."""
    payload = visit.inbound.text.strip()
    if payload and not payload.isdecimal():
        _pass_on_invitation(unit, visit)
        return None
    place = stairwell(visit.desk.stock(unit, visit.line.slug), payload) if payload else None
    if place is None:
        visit.say(unit, "welcome")
        return None
    until = (visit.now + SOON).isoformat()
    visit = visit.with_context(unit, stairwell={"place": place, "until": until}, fresh=until, prompt=None)
    visit.say(unit, "welcome_place", Receipt(place=place["display"]))
    return None


def _pass_on_invitation(unit: Unit, visit: Visit) -> None:
    hatch.put_out(
        unit,
        line=visit.line.slug,
        thread=None,
        seq=None,
        kind="enrol",
        sender=visit.sender.index,
        code=None,
        body=visit.inbound.to_json(),
        now=visit.now,
    )


def shared_contact(unit: Unit, visit: Visit) -> str | None:
    """Somebody shares his own number: his chat and his phone are one person from now on. Another's is not used."""
    if not visit.inbound.own:
        unsupported(unit, visit)
        return None
    phone = front_people.sender_of(unit, visit.line.slug, "sms", visit.inbound.text, visit.now)
    front_people.link(unit, phone.id, visit.sender.id)
    visit = visit.with_context(unit, linked=phone.id).with_sender(unit, phone=phone.index)
    asked = prompts.open_prompt(visit.sender, visit.now, "call")
    if asked is not None:
        return prompts.give(unit, visit, asked, "1")[1]
    visit.say(unit, "contact_thanks")
    return None


def unsupported(unit: Unit, visit: Visit) -> None:
    """A sticker, a place on a map: answered politely, once an hour."""
    last = visit.sender.context.get("unsupported_at")
    if last is None or visit.now - datetime.fromisoformat(last) >= UNSUPPORTED_EVERY:
        visit.with_context(unit, unsupported_at=visit.now.isoformat()).say(unit, "unsupported")


def blocked(unit: Unit, visit: Visit) -> str | None:
    """Blocked by the reporter: whoever has a case of his is told that nothing reaches him any more."""
    if visit.inbound.text == "unblocked":
        return None
    visit.with_sender(unit, blocked_at=visit.now)
    for thread in front_people.all_threads_of(unit, visit.sender.id):
        if thread.state != "closed":
            matters.hand_over(unit, thread, visit.sender, "wish", {"what": "unreachable"}, visit.now)
    return None


def back_again(unit: Unit, visit: Visit) -> Visit:
    """Whoever had stopped or blocked us and writes again can be reached again: those with his cases learn of it."""
    sender = visit.sender
    if sender.context.get("provider_stop") or (sender.stopped_at is None and sender.blocked_at is None):
        return visit
    visit = visit.with_sender(unit, stopped_at=None, blocked_at=None)
    for thread in front_people.threads_of(unit, (sender.id,), visit.now - REOPENS):
        matters.hand_over(unit, thread, visit.sender, "wish", {"what": "start"}, visit.now)
    return visit


def leave_group(unit: Unit, visit: Visit) -> None:
    """Groups are refused: what is said there is read by many."""
    last = visit.sender.context.get("left_at")
    if last is None or visit.now - datetime.fromisoformat(last) >= LEAVE_EVERY:
        visit = visit.with_context(unit, left_at=visit.now.isoformat())
        _act(unit, visit, "leave", None)


def release_button(unit: Unit, visit: Visit) -> None:
    """Say that the press was received, or the button spins."""
    if visit.inbound.button_ref:
        _act(unit, visit, "answer_button", visit.inbound.button_ref)


def _act(unit: Unit, visit: Visit, action: str, ref: str | None) -> None:
    FRONT.put(
        unit,
        Post(
            line=visit.line.slug,
            channel=visit.inbound.channel,
            address=visit.inbound.address,
            kind=action,
            body=posting.body("", action=action, ref=ref),
            not_before=visit.now,
            priority=URGENT,
        ),
        visit.now,
    )
