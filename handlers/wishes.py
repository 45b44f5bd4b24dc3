"""What reporters ask for that is no report: help, status, quiet, their data, another language, to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from escalation.notices import Receipt
from escalation.store import front_people, hatch
from escalation.store.base import Unit
from escalation.store.front_outbox import FRONT
from escalation.store.front_people import Thread
from escalation.store.outbox import URGENT, Post
from escalation.understanding import Understanding
from handlers import matters, posting, prompts
from handlers.placing import stairwell
from handlers.visit import Visit

# The provider itself confirms these on SMS and blocks every further text until START (error 21610;
# Twilio, "Twilio support for opt-out keywords").
PROVIDER_STOPS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_COMMANDS = {
    "/status": "status",
    "/new": "new_case",
    "/language": "language",
    "/data": "data",
    "/help": "help",
    "/stop": "stop",
    "/start": "greeting",
    "/privacy": "data",
    "/cancel": "new_case",
}


def by_command(heard: Understanding, text: str) -> Understanding:
    """What a command from Telegram's menu asks for, whatever its words would mean."""
    words = text.split(maxsplit=1)
    intent = _COMMANDS.get(words[0].lower()) if words else None
    return replace(heard, intent=intent, category="none", danger=False, fishing=False) if intent else heard


def grant(unit: Unit, visit: Visit, heard: Understanding, threads: Sequence[Thread]) -> str | None:
    """Do what was asked. Gives the thread it was about, if any."""
    thread = _meant(heard, threads)
    wish = _WISHES.get(heard.intent)
    if wish is not None:
        wish(unit, visit, heard, thread)
    return thread.id if thread else None


def _meant(heard: Understanding, threads: Sequence[Thread]) -> Thread | None:
    for thread in threads:
        if thread.code in heard.case_codes:
            return thread
    return threads[0] if threads else None


def _tell_office(unit: Unit, visit: Visit, thread: Thread | None, what: str) -> None:
    if thread is not None:
        body = {"what": what, "text": visit.inbound.text}
        matters.hand_over(unit, thread, visit.sender, "wish", body, visit.now)


def _stop(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    blocked = visit.inbound.channel == "sms" and visit.inbound.text.strip().upper() in PROVIDER_STOPS
    if not blocked:
        visit.say(unit, "stopped")
    visit = visit.with_sender(unit, stopped_at=visit.now).with_context(unit, provider_stop=blocked or None)
    for each in front_people.all_threads_of(unit, visit.sender.id):
        if each.state != "closed":
            matters.hand_over(unit, each, visit.sender, "wish", {"what": "stop"}, visit.now)


def _start(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    visit = visit.with_sender(unit, stopped_at=None, quiet=False).with_context(unit, provider_stop=None)
    visit.say(unit, "restart")
    for each in front_people.all_threads_of(unit, visit.sender.id):
        if each.state != "closed":
            matters.hand_over(unit, each, visit.sender, "wish", {"what": "start"}, visit.now)


def _status(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    if thread is None:
        visit.say(unit, "status")
        return
    visit.say(unit, "closed" if thread.state == "closed" else "status", _times(visit, thread), thread)


def _receipt(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    if thread is None:
        visit.say(unit, "help")
        return
    visit.say(unit, "receipt", _times(visit, thread), thread)


def _times(visit: Visit, thread: Thread) -> Receipt:
    return Receipt(
        code=thread.code,
        received_at=thread.opened_at,
        taken_at=thread.taken_at,
        promised_at=thread.promised_at,
        date=thread.opened_at.astimezone(visit.line.zone).date(),
        own=thread.category == "self_help",
    )


def _thanks(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    _tell_office(unit, visit, thread, "thanks")
    visit.say(unit, "thanks")


def _resolved(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    _tell_office(unit, visit, thread, "solved")
    if thread is None:
        visit.say(unit, "thanks")
    else:
        visit.say(unit, "solved_noted", Receipt(code=thread.code), thread)


def _language(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    wanted = wanted_language(visit, heard)
    if wanted is None:
        visit.say(unit, "welcome")
        return
    visit.with_sender(unit, language=wanted, language_chosen=True).say(unit, "language_changed")


def wanted_language(visit: Visit, heard: Understanding) -> str | None:
    """The language a text asks for, among those the line speaks."""
    named = visit.inbound.text.strip().removeprefix("/language").strip().lower()[:2]
    for candidate in (named, heard.wanted_language, heard.language):
        if candidate in visit.line.languages:
            return candidate
    return None


def _wrong_number(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    _tell_office(unit, visit, thread, "wrong_number")
    visit.say(unit, "wrong_number")


def _quiet(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    visit = visit.with_sender(unit, quiet=True)
    visit = replace(visit, sender=prompts.ask(unit, visit.sender, "quiet", visit.now))
    _tell_office(unit, visit, thread, "quiet")
    visit.say(unit, "quiet")


def _unquiet(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    visit.with_sender(unit, quiet=False).say(unit, "unquiet")


def _data(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    prompts.ask(unit, visit.sender, "data", visit.now)
    visit.say(unit, "data", Receipt(days=visit.line.retention.messages.days))


def _forget(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    prompts.ask(unit, visit.sender, "forget", visit.now)
    visit.say(unit, "forget_ask")


def _new_case(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
    visit.with_context(unit, fresh=True, stairwell=None, prompt=None).say(unit, "new_case")


def _say(kind: str) -> Callable[[Unit, Visit, Understanding, Thread | None], None]:
    def wish(unit: Unit, visit: Visit, heard: Understanding, thread: Thread | None) -> None:
        visit.say(unit, kind)

    return wish


_WISHES: dict[str, Callable[[Unit, Visit, Understanding, Thread | None], None]] = {
    "stop": _stop,
    "start": _start,
    "help": _say("help"),
    "status": _status,
    "thanks": _thanks,
    "resolved": _resolved,
    "greeting": _say("welcome"),
    "language": _language,
    "wrong_number": _wrong_number,
    "receipt": _receipt,
    "quiet": _quiet,
    "unquiet": _unquiet,
    "who_sees": _say("who_sees"),
    "who_lives": _say("who_lives"),
    "data": _data,
    "forget": _forget,
    "new_case": _new_case,
}


def started(unit: Unit, visit: Visit) -> str | None:
    """Telegram's /start: a property code from the stairwell, an invitation for staff, or just hello."""
    payload = visit.inbound.text.strip()
    visit = visit.with_sender(unit, stopped_at=None)
    if payload.isdecimal():
        place = stairwell(visit.desk.stock(unit, visit.line.slug), payload)
        if place is not None:
            visit = visit.with_context(unit, stairwell=place, fresh=True)
            visit.say(unit, "welcome_place", Receipt(place=place["display"]))
            return None
    elif payload:
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
        return None
    visit.say(unit, "welcome")
    return None


def shared_contact(unit: Unit, visit: Visit) -> str | None:
    """A landlord shares his own number, so that Telegram and phone are one contact. Another's number is not used."""
    if visit.inbound.own:
        phone = unit.keys.endpoint_index("sms", visit.inbound.text)
        visit = visit.with_sender(unit, phone=phone)
    visit.say(unit, "contact_thanks")
    return None


def blocked(unit: Unit, visit: Visit) -> str | None:
    """Blocked by the reporter: whoever has the case is told that nothing reaches him any more."""
    if visit.inbound.text == "unblocked":
        visit.with_sender(unit, blocked_at=None)
        return None
    visit.with_sender(unit, blocked_at=visit.now)
    for thread in front_people.all_threads_of(unit, visit.sender.id):
        if thread.state != "closed":
            matters.hand_over(unit, thread, visit.sender, "wish", {"what": "unreachable"}, visit.now)
    return None


def leave_group(unit: Unit, visit: Visit) -> str | None:
    """Groups are refused: what is said there is read by many."""
    _telegram_action(unit, visit, "leave", None)
    return None


def release_button(unit: Unit, visit: Visit) -> None:
    """Tell Telegram the press was received, or the button spins."""
    if visit.inbound.button_ref:
        _telegram_action(unit, visit, "answer_button", visit.inbound.button_ref)


def _telegram_action(unit: Unit, visit: Visit, action: str, ref: str | None) -> None:
    FRONT.put(
        unit,
        Post(
            line=visit.line.slug,
            channel="telegram",
            address=visit.inbound.address,
            kind=action,
            body=posting.body("", action=action, ref=ref),
            not_before=visit.now,
            priority=URGENT,
        ),
        visit.now,
    )
