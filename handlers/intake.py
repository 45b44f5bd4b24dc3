"""The reporter's interview as a pure state machine: what was heard and asked so far → what is said next.

At most two questions (where, what), none that was answered already, none between danger and a person.
What is "known" of a place here is what the text said, mended by the public stock: nothing else exists
on this side of the hatch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from escalation.understanding import Understanding
from handlers.keyboard_reporter import menu

Verdict = Literal["one", "ask", "missing"]
Pending = Literal["where", "which", "what"]

MAX_QUESTIONS = 2


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a text says it is. `one`: a place to go with, listed or not; `ask`: several likely ones."""

    verdict: Verdict
    place: dict[str, Any] | None = None
    options: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Interview:
    """What is known of one matter so far."""

    category: str
    urgency: str
    danger: bool
    about: str
    said: bool
    landlord: bool
    place: dict[str, Any] | None = None
    options: tuple[dict[str, Any], ...] = ()
    pending: Pending | None = None
    asked: int = 0
    stairwell: dict[str, Any] | None = None

    @property
    def at_once(self) -> bool:
        return self.danger or self.urgency == "urgent"


@dataclass(frozen=True, slots=True)
class Turn:
    """The interview after a text, what is said, and whether the matter goes out now or waits for an answer."""

    interview: Interview
    say: str | None
    complete: bool


def begin(heard: Understanding, placing: Placing, *, said: bool, landlord: bool) -> Turn:
    """The first text of a matter. `said`: it tells what is wrong, not only where."""
    interview = Interview(
        category=heard.category,
        urgency=heard.urgency,
        danger=heard.danger,
        about=heard.about,
        said=said,
        landlord=landlord,
        place=placing.place,
        options=placing.options,
    )
    if heard.danger or heard.about == "child":
        return danger_turn(interview)
    if heard.category == "self_help" or (heard.category == "rent" and heard.about == "self"):
        return Turn(interview, "self_help", complete=True)
    if heard.category == "rent":
        return Turn(interview, "rent", complete=True)
    return _next_question(interview, placing.verdict)


def danger_turn(interview: Interview) -> Turn:
    """The emergency number first, in the words that fit: for oneself, for a child, with or without a place."""
    if interview.about == "child":
        return Turn(interview, "child", complete=True)
    if interview.about == "self":
        return Turn(interview, "danger_self", complete=True)
    if interview.place is None:
        return Turn(replace(interview, pending="where", asked=1), "danger_where", complete=True)
    return Turn(interview, "danger", complete=True)


def _next_question(interview: Interview, verdict: Verdict) -> Turn:
    asked = interview.asked + 1
    if verdict == "ask" and interview.asked < MAX_QUESTIONS:
        return _ask(replace(interview, pending="which", asked=asked), "ask_which")
    if verdict == "missing" and interview.asked == 0:
        return _ask(replace(interview, pending="where", asked=asked), "ask_where")
    if not interview.said and interview.asked < MAX_QUESTIONS:
        return _ask(replace(interview, pending="what", asked=asked), "ask_what")
    return finish(interview)


def _ask(interview: Interview, question: str) -> Turn:
    return Turn(interview, question, complete=interview.at_once)


def finish(interview: Interview) -> Turn:
    """No more questions: the words that close an interview."""
    done = replace(interview, pending=None, options=())
    if done.danger:
        return Turn(done, "danger", complete=True)
    return Turn(done, "worry" if done.category == "welfare" else "confirm", complete=True)


def answer(before: Interview, text: str, heard: Understanding, placing: Placing) -> Turn:
    """A text while a question is open. Whatever it is, it is never lost: what is no answer is more words."""
    interview = _with_words(before, heard, text)
    if interview.danger and not before.danger:
        placed = replace(interview, place=placing.place or before.place, pending=None)
        return danger_turn(placed)
    digit = text.strip().rstrip(".)")
    if before.pending == "which":
        return _which(interview, digit, placing)
    if before.pending == "what":
        return _what(interview, digit, heard)
    return _where(interview, placing)


def _with_words(interview: Interview, heard: Understanding, text: str) -> Interview:
    """A better category, a higher urgency, and danger, if these words raise them. Nothing is ever lowered."""
    urgent = "urgent" in (interview.urgency, heard.urgency)
    category = interview.category
    if category == "other" and heard.intent == "report" and heard.category not in ("none", "other"):
        category = heard.category
    return replace(
        interview,
        category=category,
        urgency="urgent" if urgent else "normal",
        danger=interview.danger or heard.danger,
        about=heard.about if heard.danger else interview.about,
        said=interview.said or category != "other",
    )


def _where(interview: Interview, placing: Placing) -> Turn:
    if placing.verdict == "missing":
        if interview.danger:
            return Turn(replace(interview, pending=None), "added", complete=True)
        return Turn(replace(interview, pending=None), "place_unknown", complete=True)
    if placing.verdict == "ask":
        return _next_question(replace(interview, options=placing.options), "ask")
    placed = replace(interview, place=placing.place, pending=None)
    if interview.danger:
        return Turn(placed, "place_noted", complete=True)
    return _next_question(placed, "one")


def _which(interview: Interview, digit: str, placing: Placing) -> Turn:
    if digit.isdecimal() and 1 <= int(digit) <= len(interview.options):
        chosen = replace(interview, place=interview.options[int(digit) - 1], options=(), pending=None)
        return _next_question(chosen, "one")
    if placing.verdict == "one":
        return _next_question(replace(interview, place=placing.place, options=(), pending=None), "one")
    return Turn(replace(interview, pending=None, options=()), "none_fits", complete=True)


def _what(interview: Interview, digit: str, heard: Understanding) -> Turn:
    if digit.isdecimal() and len(digit) == 1:
        return chosen(interview, menu(interview.landlord)[(int(digit) - 1) % 10])
    if heard.category == "self_help":
        return chosen(interview, "self_help")
    return finish(replace(interview, said=True))


def chosen(interview: Interview, category: str) -> Turn:
    """A category picked from the menu, by digit or button."""
    picked = replace(
        interview, category=category, urgency=menu_urgency(category, interview.urgency), said=True, pending=None
    )
    if category in ("self_help", "rent"):
        return Turn(picked, category, complete=True)
    return finish(picked)


def menu_urgency(category: str, before: str) -> str:
    """Threats picked from a menu come without the words that would tell how bad it is."""
    return "urgent" if category == "threat" else before


def timed_out(interview: Interview) -> Turn:
    """Nobody answered in time: the matter goes out with what is known, and the reporter gets his code."""
    return finish(interview)
