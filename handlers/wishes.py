"""What reporters ask for that is no report: help, status, quiet, their data, another language, to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from escalation.notices import Receipt
from escalation.store import front_people
from escalation.store.base import Unit
from escalation.store.front_people import Thread
from handlers import matters, presence, prompts
from handlers.hearing import Heard
from handlers.visit import Visit, about

# The provider itself confirms these on SMS and blocks every further text until START (error 21610;
# Twilio, "Twilio support for opt-out keywords").
PROVIDER_STOPS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})


# Of whose case, is the question when somebody names a code with these.
_OF_A_CASE = frozenset({"status", "receipt", "resolved"})


def grant(unit: Unit, visit: Visit, heard: Heard, threads: Sequence[Thread]) -> str | None:
    """Do what was asked. Gives the thread it was about, if any."""
    named = front_people.thread_of_code(unit, visit.senders, heard.case_codes)
    if named is None and heard.intent in _OF_A_CASE and matters.from_elsewhere(unit, heard, visit.senders):
        visit.say(unit, "whose_code")
        return None
    thread = named or (threads[0] if threads else None)
    wish = _WISHES.get(heard.intent)
    if wish is not None:
        wish(unit, visit, heard, thread)
    return thread.id if thread else None


def _tell_office(unit: Unit, visit: Visit, thread: Thread | None, what: str) -> None:
    if thread is not None:
        body = {"what": what, "text": visit.inbound.text}
        matters.hand_over(unit, thread, visit.sender, "wish", body, visit.now)


def _stop(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    blocked = visit.inbound.channel == "sms" and visit.inbound.text.strip().upper() in PROVIDER_STOPS
    if not blocked:
        visit.say(unit, "stopped")
    _no_more(unit, visit.with_context(unit, provider_stop=blocked or None))


def _no_more(unit: Unit, visit: Visit) -> None:
    """Nothing is written any more until he writes again, and whoever has a case of his knows it."""
    visit = visit.with_sender(unit, stopped_at=visit.now)
    for each in front_people.all_threads_of(unit, visit.sender.id):
        if each.state != "closed":
            matters.hand_over(unit, each, visit.sender, "wish", {"what": "stop"}, visit.now)


def _start(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    """Back after a stop. Others' words for START do not lift what the provider itself blocks; START does."""
    visit = visit.with_context(unit, provider_stop=None)
    visit = presence.back_again(unit, visit).with_sender(unit, quiet=False)
    visit.say(unit, "restart")


def _status(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    if thread is None:
        visit.say(unit, "status")
        return
    told = _times(visit, thread)
    if thread.state == "closed":
        told = replace(told, promised_at=None, taken_at=thread.taken_at or thread.closed_at)
    visit.say(unit, "status", told, thread)


def _receipt(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    if thread is None:
        visit.say(unit, "help")
        return
    visit.say(unit, "receipt", _times(visit, thread), thread)


def _times(visit: Visit, thread: Thread) -> Receipt:
    return replace(
        about(thread),
        received_at=thread.opened_at,
        taken_at=thread.taken_at,
        promised_at=thread.promised_at,
        date=thread.opened_at.astimezone(visit.line.zone).date(),
    )


def _thanks(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    _tell_office(unit, visit, thread, "thanks")
    visit.say(unit, "thanks")


def _resolved(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    _tell_office(unit, visit, thread, "solved")
    if thread is None:
        visit.say(unit, "thanks")
    else:
        visit.say(unit, "solved_noted", about(thread), thread)


def _language(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    wanted = wanted_language(visit, heard)
    if wanted is None:
        visit.say(unit, "welcome")
        return
    visit.with_sender(unit, language=wanted, language_chosen=True).say(unit, "language_changed")


def wanted_language(visit: Visit, heard: Heard) -> str | None:
    """The language a text asks for, among those the line speaks."""
    named = visit.inbound.text.strip().removeprefix("/language").strip().lower()[:2]
    for candidate in (named, heard.wanted_language, heard.language):
        if candidate in visit.line.languages:
            return candidate
    return None


def _wrong_number(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    """The text promises that nothing more is written, so nothing is."""
    _tell_office(unit, visit, thread, "wrong_number")
    visit.say(unit, "wrong_number")
    _no_more(unit, visit)


def _quiet(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    hush(unit, visit, thread)


def hush(unit: Unit, visit: Visit, thread: Thread | None) -> None:
    """Nothing unasked any more, also where the wish stood inside a report."""
    visit = visit.with_sender(unit, quiet=True)
    visit = replace(visit, sender=prompts.ask(unit, visit.sender, "quiet", visit.now))
    _tell_office(unit, visit, thread, "quiet")
    visit.say(unit, "quiet")


def _unquiet(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    visit.with_sender(unit, quiet=False).say(unit, "unquiet")


def _data(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    prompts.ask(unit, visit.sender, "data", visit.now)
    visit.say(unit, "data", Receipt(days=visit.line.retention.messages.days))


def _forget(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    prompts.ask(unit, visit.sender, "forget", visit.now)
    visit.say(unit, "forget_ask")


def _new_case(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    until = (visit.now + presence.SOON).isoformat()
    visit.with_context(unit, fresh=until, stairwell=None, prompt=None).say(unit, "new_case")


def _stray(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
    """A digit that answers no question, or signs without a word: nobody is woken, the next step is named.

    To somebody who wanted quiet a 1 means what he was told then, however long ago.
    """
    if visit.sender.quiet and visit.inbound.text.strip() == "1":
        _unquiet(unit, visit, heard, thread)
        return
    if thread is None or thread.state == "closed":
        visit.say(unit, "welcome")


def _say(kind: str) -> Callable[[Unit, Visit, Heard, Thread | None], None]:
    def wish(unit: Unit, visit: Visit, heard: Heard, thread: Thread | None) -> None:
        visit.say(unit, kind)

    return wish


_WISHES: dict[str, Callable[[Unit, Visit, Heard, Thread | None], None]] = {
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
    "share_contact": _say("share_contact"),
    "stray": _stray,
    "signs": _stray,
}
