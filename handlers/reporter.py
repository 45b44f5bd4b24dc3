"""What a reporter sent, turned into answers and into what the office is told. One call, one transaction.

By kind first; words are then an edit, the answer to something open, a wish, or a report.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from escalation.lines import REOPENS
from escalation.store import front_people, published
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread
from escalation.store.published import PublicContact
from handlers import attaching, hearing, intake, matters, presence, pressing, prompts, restraint, speaking, wishes
from handlers.front_desk import FrontDesk
from handlers.hearing import Heard
from handlers.intake import Placing, Turn
from handlers.messages import Inbound
from handlers.placing import find_place
from handlers.visit import Visit

Place = dict[str, Any]


def receive(unit: Unit, desk: FrontDesk, inbound: Inbound, received_at: datetime, now: datetime) -> str | None:
    """Work off one message of a reporter. Gives the thread it belongs to, None if to none."""
    line = desk.lines[inbound.line]
    sender = front_people.sender_of(unit, inbound.line, inbound.channel, inbound.address, now)
    context, allowed = restraint.admit(sender.context, inbound.text or inbound.button or inbound.kind, now)
    contact = published.contact(unit, line.slug, sender.phone or sender.index, now.astimezone(line.zone).date())
    sender = replace(sender, context=context, last_at=now, language=sender.language or _registered_language(contact))
    front_people.save_sender(unit, sender)
    visit = Visit(desk, line, inbound, sender, contact, received_at, now, allowed)
    thread = _by_kind(unit, visit)
    if thread is not None:
        attaching.remember(unit, visit, thread)
    return thread


def _registered_language(contact: PublicContact | None) -> str | None:
    return contact.language if contact else None


def _by_kind(unit: Unit, visit: Visit) -> str | None:
    kind = visit.inbound.kind
    if kind in ("text", "edit"):
        return _words(unit, visit)
    if kind == "group":
        presence.leave_group(unit, visit)
        return None
    if kind == "blocked" and visit.inbound.text != "unblocked":
        return presence.blocked(unit, visit)
    visit = presence.back_again(unit, visit)
    if kind == "button":
        return _button(unit, visit)
    if kind == "start":
        return presence.started(unit, visit)
    if kind == "contact":
        return presence.shared_contact(unit, visit)
    if kind == "unsupported":
        presence.unsupported(unit, visit)
    return None


def _button(unit: Unit, visit: Visit) -> str | None:
    presence.release_button(unit, visit)
    category = pressing.category(visit.inbound.button or "")
    if category is not None:
        return _picked(unit, visit, category)
    meant, thread = pressing.pressed(unit, visit)
    return _words(unit, meant) if meant is not None else thread


def _picked(unit: Unit, visit: Visit, category: str) -> str:
    """A category from the menu: the answer to "what is wrong", a second press of the same, or a beginning."""
    threads = _threads(unit, visit)
    asked = next((t for t in threads if t.pending == "what"), None)
    if asked is not None:
        before = matters.interview_of(asked)
        turn = intake.chosen(before, category)
        say = "added" if before.late else turn.say
        return _after(unit, visit, None, asked, replace(turn, say=say), "answer").id
    if threads and not presence.begins_anew(visit) and matters.pressed_twice(threads[0], category, visit.now):
        return threads[0].id
    heard = hearing.pressed(category, intake.menu_urgency(category, "normal"), visit.line)
    turn = intake.begin(heard, _placing(unit, visit, heard), landlord=visit.landlord, by_menu=True)
    return _open(unit, visit, heard, turn).id


def _words(unit: Unit, visit: Visit) -> str | None:
    """Words, perhaps with pictures."""
    inbound = visit.inbound
    heard = hearing.hear(inbound.text, visit.line, pictures=bool(inbound.attachments))
    if heard.supposed:
        heard = hearing.unless_supposed(heard, bool(_threads(unit, visit)))
    visit = visit.with_sender(unit, language=_language(visit.sender, heard, inbound))
    edited = attaching.edited_thread(unit, visit)
    if edited is not None:
        return _further(unit, visit, heard, edited, "edit").id
    if heard.intent != "stop":
        visit = presence.back_again(unit, visit)
    if not heard.danger:
        taken, thread = prompts.answered(unit, visit, heard)
        if taken:
            return thread
    threads = _threads(unit, visit)
    asked = _answers(unit, visit, heard, threads)
    if asked is not None:
        return _hushed(unit, visit, heard, _further(unit, visit, heard, asked, "answer"))
    if heard.intent != "report":
        return wishes.grant(unit, visit, heard, threads)
    if heard.fishing and heard.category == "other" and not heard.danger:
        visit.say(unit, "who_lives")
        return None
    return _hushed(unit, visit, heard, _report(unit, visit, heard, threads))


def _threads(unit: Unit, visit: Visit) -> list[Thread]:
    """His matters that are open or were closed within fourteen days, the latest spoken of first."""
    return front_people.threads_of(unit, visit.senders, visit.now - REOPENS)


def _language(sender: Sender, heard: Heard, inbound: Inbound) -> str | None:
    """The language of the answer: what the text surely is, else the chat's setting, unless chosen by word or button."""
    if sender.language_chosen:
        return sender.language
    if heard.language and (heard.language_sure or sender.language is None):
        return heard.language
    return sender.language or (inbound.locale or "")[:2] or None


def _answers(unit: Unit, visit: Visit, heard: Heard, threads: list[Thread]) -> Thread | None:
    """The matter whose open question this text may be the answer to. Wishes and other matters are none."""
    asked = next((t for t in threads if t.pending), None)
    if asked is None or heard.intent not in ("report", "stray"):
        return None
    before = matters.as_asked(asked, visit.now)
    placing = _known(unit, visit, heard, asked)
    if before.late and intake.late_answer(before, visit.inbound.text, heard, placing) is None:
        return None
    if heard.fishing and not heard.danger and placing.verdict == "missing":
        return None
    return None if matters.is_another(heard, placing, asked) else asked


def _placing(unit: Unit, visit: Visit, heard: Heard, *, offer: bool = True, at: Place | None = None) -> Placing:
    stock = visit.desk.stock(unit, visit.line.slug)
    own = visit.contact.properties if visit.contact else ()
    return find_place(heard, stock, scanned=at or presence.scanned(visit), own=own, offer=offer)


def _known(unit: Unit, visit: Visit, heard: Heard, thread: Thread) -> Placing:
    """Where a text about a known matter says it is: "3 tv" is a flat in the house that was named before."""
    street = matters.interview_of(thread).street
    if street and not thread.body.get("place"):
        heard = hearing.on_street(heard, street, visit.inbound.text, visit.line)
    return _placing(unit, visit, heard, offer=False, at=thread.body.get("place"))


def _report(unit: Unit, visit: Visit, heard: Heard, threads: list[Thread]) -> Thread:
    named = front_people.thread_of_code(unit, visit.senders, heard.case_codes)
    placing = _placing(unit, visit, heard, offer=False)
    elsewhere = named is None and matters.from_elsewhere(unit, heard, visit.senders)
    fresh = elsewhere or presence.begins_anew(visit)
    belonging = matters.belongs(heard, placing, threads, visit.now, named=named, fresh=fresh)
    if belonging.thread is not None:
        return _further(unit, visit, heard, belonging.thread, "words")
    placing = _placing(unit, visit, heard)
    turn = intake.begin(heard, placing, landlord=visit.landlord, elsewhere=elsewhere)
    return _open(unit, visit, heard, turn, belonging.among)


def _open(unit: Unit, visit: Visit, heard: Heard, turn: Turn, among: tuple[Thread, ...] = ()) -> Thread:
    """A new matter: its case exists from this first text on, whatever is asked afterwards."""
    if among and not turn.complete:
        turn = Turn(turn.interview, "ask_which_case", complete=False)
    if heard.foreign:
        turn = Turn(replace(turn.interview, pending=None, options=()), "unknown_language", complete=True)
    thread = matters.start(unit, visit.sender, turn.interview, visit.now, visit.line)
    return _after(unit, visit, heard, thread, turn, "report", among)


def _further(unit: Unit, visit: Visit, heard: Heard, thread: Thread, kind: str) -> Thread:
    """More about a matter: the answer to its question, a new version of its words, or what happened since."""
    placing, closed = _known(unit, visit, heard, thread), thread.state == "closed"
    turn = intake.further(matters.as_asked(thread, visit.now), closed, visit.inbound.text, heard, placing)
    if turn.say == "added" and kind == "edit":
        turn = replace(turn, say="edited_ok")
    if closed:
        thread = replace(thread, taken_at=None, promised_at=None)
    return _after(unit, visit, heard, thread, turn, kind)


def _after(
    unit: Unit, visit: Visit, heard: Heard | None, thread: Thread, turn: Turn, kind: str, among: tuple[Thread, ...] = ()
) -> Thread:
    """Keep what is known now, hand it over, and answer."""
    thread = matters.remember(unit, thread, turn, visit.now, visit.line)
    body = matters.account(heard, turn, thread, visit.sender, visit.inbound.text)
    thread = matters.hand_over(unit, thread, visit.sender, kind, body, visit.now)
    thread = attaching.keep(unit, visit, thread)
    visit = replace(visit, sender=prompts.after(unit, visit.sender, turn, thread, among, visit.now))
    speaking.answer(unit, visit, turn, thread, tuple(t.code for t in among))
    return thread


def _hushed(unit: Unit, visit: Visit, heard: Heard, thread: Thread) -> str:
    """A wish for quiet, or a frightened question, that stood inside a report is answered after the report."""
    if heard.hush:
        wishes.hush(unit, visit.reread(unit), thread)
    if heard.afraid and not heard.danger:
        visit.reread(unit).say(unit, "who_sees")
    return thread.id
