"""What a reporter sent, turned into answers and into what the office is told. One call, one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from escalation.lines import LineConfig
from escalation.store import front_media, front_people, hatch, published
from escalation.store.base import Unit
from escalation.store.front_people import Sender, Thread
from escalation.understanding import Understanding, understand
from handlers import intake, matters, prompts, restraint, wishes
from handlers.front_desk import FrontDesk, first_notice, tell
from handlers.intake import Placing, Turn
from handlers.messages import Inbound
from handlers.placing import find_place, says_what
from handlers.visit import Visit, facts

WRITTEN = frozenset({"da", "en", "de", "nb", "sv"})


def receive(unit: Unit, desk: FrontDesk, inbound: Inbound, received_at: datetime, now: datetime) -> str | None:
    """Work off one message of a reporter. Gives the thread it belongs to, None if to none."""
    line = desk.lines[inbound.line]
    sender = front_people.sender_of(unit, inbound.line, inbound.channel, inbound.address, now)
    context, allowed = restraint.admit(sender.context, inbound.text or inbound.button or inbound.kind, now)
    contact = published.contact(unit, line.slug, sender.phone or sender.index, now.astimezone(line.zone).date())
    sender = replace(sender, context=context, last_at=now)
    if inbound.kind not in ("blocked", "ignored"):
        sender = replace(
            sender, blocked_at=None, stopped_at=None if not context.get("provider_stop") else sender.stopped_at
        )
    if sender.language is None and contact is not None and contact.language:
        sender = replace(sender, language=contact.language)
    visit = Visit(desk, line, inbound, sender, contact, received_at, now, allowed)
    front_people.save_sender(unit, sender)
    return _by_kind(unit, visit)


def _by_kind(unit: Unit, visit: Visit) -> str | None:
    kind = visit.inbound.kind
    if kind in ("text", "edit"):
        return _text(unit, visit)
    if kind == "button":
        return _button(unit, visit)
    if kind == "start":
        return wishes.started(unit, visit)
    if kind == "contact":
        return wishes.shared_contact(unit, visit)
    if kind == "blocked":
        return wishes.blocked(unit, visit)
    if kind == "group":
        return wishes.leave_group(unit, visit)
    if kind == "unsupported":
        visit.say(unit, "unsupported")
    return None


def _button(unit: Unit, visit: Visit) -> str | None:
    wishes.release_button(unit, visit)
    category = prompts.pressed_category(visit.inbound.button or "")
    if category is not None:
        return _chosen(unit, visit, category)
    pressed = prompts.as_text(visit.inbound.button or "", visit.sender)
    if pressed is None:
        return None
    return _text(unit, replace(visit, inbound=replace(visit.inbound, text=pressed, kind="text")))


def _chosen(unit: Unit, visit: Visit, category: str) -> str:
    """A category from the menu: the answer to "what is wrong", or the beginning of a report."""
    threads = front_people.threads_of(unit, visit.sender.id, visit.now - matters.REOPENS)
    waiting = next((t for t in threads if t.pending == "what"), None)
    if waiting is not None:
        turn = intake.chosen(matters.interview_of(waiting), category)
        return _after_turn(unit, visit, None, waiting, turn, kind="answer")
    empty = understand("", country=visit.line.country, languages=visit.line.languages)
    urgency: Literal["urgent", "normal"] = "urgent" if intake.menu_urgency(category, "normal") == "urgent" else "normal"
    heard = replace(empty, intent="report", category=category, sure=True, urgency=urgency)
    return _open(unit, visit, heard, _placing(unit, visit, heard))


def _text(unit: Unit, visit: Visit) -> str | None:
    """Words, perhaps with pictures: an answer to something open, a wish, or a report."""
    inbound, sender, line = visit.inbound, visit.sender, visit.line
    heard = understand(inbound.text, country=line.country, languages=line.languages, words=line.words)
    heard = wishes.by_command(heard, inbound.text)
    sender = _language(unit, sender, heard, inbound)
    visit = replace(visit, sender=sender)
    if not heard.danger:
        handled, thread = prompts.answered(unit, visit, heard)
        if handled:
            return thread
    threads = front_people.threads_of(unit, sender.id, visit.now - matters.REOPENS)
    waiting = next((t for t in threads if t.pending), None)
    if heard.intent != "report" and not heard.danger and not inbound.attachments:
        return wishes.grant(unit, visit, heard, threads)
    if heard.fishing and not heard.danger:
        visit.say(unit, "who_lives")
        return None
    if waiting is not None and not _other_matter(heard, waiting):
        return _answer(unit, visit, heard, waiting)
    return _report(unit, visit, heard, threads)


def _other_matter(heard: Understanding, waiting: Thread) -> bool:
    return bool(heard.case_codes) and waiting.code not in heard.case_codes


def _language(unit: Unit, sender: Sender, heard: Understanding, inbound: Inbound) -> Sender:
    """The language of the answer: what the text surely is, else Telegram's setting, unless chosen by word or button."""
    if sender.language_chosen:
        return sender
    language = heard.language if heard.language and (heard.language_sure or sender.language is None) else None
    language = language or sender.language or (inbound.locale or "")[:2] or None
    if language == sender.language:
        return sender
    changed = replace(sender, language=language)
    front_people.save_sender(unit, changed)
    return changed


def _report(unit: Unit, visit: Visit, heard: Understanding, threads: list[Thread]) -> str | None:
    placing = _placing(unit, visit, heard)
    fresh = bool(visit.sender.context.get("fresh"))
    belonging = matters.belongs(heard, placing, threads, visit.now, fresh=fresh)
    if belonging.verdict == "to" and belonging.thread is not None:
        return _add(unit, visit, heard, placing, belonging.thread)
    return _open(unit, visit, heard, placing, among=belonging.among)


def _placing(unit: Unit, visit: Visit, heard: Understanding) -> Placing:
    stock = visit.desk.stock(unit, visit.line.slug)
    known = visit.sender.context.get("stairwell")
    own = visit.contact.properties if visit.contact and visit.contact.role == "caretaker" else ()
    return find_place(heard, stock, scanned=known, own=own)


def _open(unit: Unit, visit: Visit, heard: Understanding, placing: Placing, among: tuple[Thread, ...] = ()) -> str:
    """A new matter: its case exists from this first text on, whatever is asked afterwards."""
    said = says_what(heard, visit.inbound.text) or bool(visit.inbound.attachments or visit.inbound.button)
    if not said and not heard.danger:
        heard = replace(heard, category="other", urgency="normal")
    turn = intake.begin(heard, placing, said=said, landlord=visit.landlord)
    if among and not turn.complete:
        turn = Turn(turn.interview, "ask_which_case", complete=False)
    if heard.language and heard.language not in WRITTEN:
        turn = Turn(replace(turn.interview, pending=None), "unknown_language", complete=True)
    thread = matters.start(unit, visit.sender, turn.interview, visit.now, visit.line)
    thread = matters.remember(unit, thread, turn, visit.now, visit.line)
    body = matters.account(heard, turn, thread, visit.sender, visit.inbound.text)
    thread = matters.hand_over(unit, thread, visit.sender, "report", body, visit.now)
    _attachments(unit, visit, thread)
    sender = prompts.after(unit, visit.sender, turn, thread, among, visit.now)
    _speak(unit, replace(visit, sender=sender), turn, thread, tuple(t.code for t in among))
    return thread.id


def _answer(unit: Unit, visit: Visit, heard: Understanding, thread: Thread) -> str:
    """Words while a question of this thread is open."""
    before = matters.interview_of(thread)
    placing = _placing(unit, replace(visit, contact=None), heard)
    turn = intake.answer(before, visit.inbound.text, heard, placing)
    return _after_turn(unit, visit, heard, thread, turn, kind="answer")


def _after_turn(unit: Unit, visit: Visit, heard: Understanding | None, thread: Thread, turn: Turn, *, kind: str) -> str:
    thread = matters.remember(unit, thread, turn, visit.now, visit.line)
    body = matters.account(heard, turn, thread, visit.sender, visit.inbound.text)
    thread = matters.hand_over(unit, thread, visit.sender, kind, body, visit.now)
    _attachments(unit, visit, thread)
    sender = prompts.after(unit, visit.sender, turn, thread, (), visit.now)
    _speak(unit, replace(visit, sender=sender), turn, thread, ())
    return thread.id


def _add(unit: Unit, visit: Visit, heard: Understanding, placing: Placing, thread: Thread) -> str:
    """More about a matter that is open, or that was closed and begins again."""
    before = matters.interview_of(thread)
    raised = replace(
        before,
        danger=heard.danger,
        about=heard.about if heard.danger else before.about,
        place=before.place or placing.place,
        pending=None,
        urgency="urgent" if "urgent" in (before.urgency, heard.urgency) else "normal",
    )
    say = intake.finish(raised).say if thread.state == "closed" else "added"
    if heard.danger:
        say = intake.danger_turn(raised).say
    elif before.place is None and raised.place is not None and thread.state != "closed":
        say = "place_noted"
    if say == "added" and not restraint.may_acknowledge(visit.sender.context, thread.id, visit.now):
        say = None
    reopened = thread.state == "closed"
    turn = Turn(raised, say, complete=True)
    if say == "added":
        context = restraint.acknowledged(visit.sender.context, thread.id, visit.now)
        visit = replace(visit, sender=replace(visit.sender, context=context))
        front_people.save_sender(unit, visit.sender)
    if reopened:
        thread = replace(thread, taken_at=None, promised_at=None)
    kind = "edit" if visit.inbound.kind == "edit" else "words"
    return _after_turn(unit, visit, heard, thread, turn, kind=kind)


def _attachments(unit: Unit, visit: Visit, thread: Thread) -> None:
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
        current = front_people.thread_by_id(unit, thread.id)
        if current is not None:
            matters.hand_over(unit, current, visit.sender, "media", {"media": uid, "kind": item.kind}, visit.now)


def _speak(unit: Unit, visit: Visit, turn: Turn, thread: Thread, codes: tuple[str, ...]) -> None:
    if turn.say is None:
        return
    visit.say(unit, turn.say, facts(turn, thread, codes), thread)
    if visit.answers:
        first_notice(unit, visit.desk, visit.sender, turn.say, visit.now, visit.received_at)


def questions_overdue(unit: Unit, desk: FrontDesk, now: datetime) -> bool:
    """Let one matter go whose question waited long enough. True when there was one."""
    thread = front_people.take_overdue(unit, now)
    if thread is None:
        return False
    sender = front_people.sender_by_id(unit, thread.sender)
    turn = intake.timed_out(matters.interview_of(thread))
    thread = matters.remember(unit, thread, turn, now, desk.lines[thread.line])
    body = matters.account(None, turn, thread, sender, "")
    thread = matters.hand_over(unit, thread, sender, "answer", body, now)
    sender = prompts.forget(unit, sender)
    if turn.say is not None:
        tell(unit, desk, sender, turn.say, facts(turn, thread), now, thread=thread)
        first_notice(unit, desk, sender, turn.say, now, now)
    return True


def pass_on_staff(unit: Unit, inbound: Inbound, sender_index: str, now: datetime) -> None:
    """A staff member's message crosses the hatch uninterpreted."""
    hatch.put_out(
        unit,
        line=inbound.line,
        thread=None,
        seq=None,
        kind="staff",
        sender=sender_index,
        code=None,
        body=inbound.to_json(),
        now=now,
    )


def unreadable(unit: Unit, line: LineConfig, inbound: Inbound, now: datetime) -> None:
    """Something nobody could parse, or that failed five times: a case says so, so that a person looks."""
    sender = front_people.sender_of(unit, inbound.line, inbound.channel, inbound.address, now)
    interview = intake.Interview("other", "normal", False, "place", said=True, landlord=False)
    thread = matters.start(unit, sender, interview, now, line)
    turn = Turn(interview, None, complete=True)
    thread = matters.remember(unit, thread, turn, now, line)
    body: dict[str, Any] = {**matters.account(None, turn, thread, sender, ""), "unreadable": True}
    matters.hand_over(unit, thread, sender, "report", body, now)
