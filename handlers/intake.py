"""The reporter's interview as a pure state machine: what was heard and asked so far → what is said next.

At most two questions (where, what), none that was answered already, none between danger and a person.
What is "known" of a place here is what the text said, mended by the public stock: nothing else exists
on this side of the hatch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from escalation import short_answers
from handlers.hearing import Heard
from handlers.keyboard_reporter import menu

Verdict = Literal["one", "ask", "missing"]
Pending = Literal["where", "which", "what", "flat"]

MAX_QUESTIONS = 2
QUESTIONS = frozenset({"ask_where", "ask_which", "ask_what", "ask_flat", "ask_which_case"})


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a text says it is. `one`: a place to go with, listed or not; `ask`: several likely ones."""

    verdict: Verdict
    place: dict[str, Any] | None = None
    options: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Interview:
    """What is known of one matter so far. `by_menu`: picked from the menu, without a word. `late`: the open
    question waited long enough, so that the matter went on without its answer. `house`: water, heating, lift.
    `offered`: places were offered to choose from. `street`: named without a number."""

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
    by_menu: bool = False
    late: bool = False
    house: bool = False
    offered: bool = False
    street: str = ""

    @property
    def at_once(self) -> bool:
        return self.danger or self.urgency == "urgent"

    @property
    def own(self) -> bool:
        """Whether somebody writes about himself: he gets a "code", never a "case"."""
        return self.category == "self_help" or self.about == "self"


@dataclass(frozen=True, slots=True)
class Turn:
    """The interview after a text, what is said, and whether the matter goes out now or waits for an answer."""

    interview: Interview
    say: str | None
    complete: bool


def begin(heard: Heard, placing: Placing, *, landlord: bool, by_menu: bool = False, elsewhere: bool = False) -> Turn:
    """The first text of a matter. `elsewhere`: it names a code that was given to another phone or chat."""
    interview = Interview(
        category=heard.category,
        urgency=heard.urgency,
        danger=heard.danger,
        about=heard.about,
        said=heard.tells,
        landlord=landlord,
        place=placing.place,
        options=placing.options,
        by_menu=by_menu,
        house=heard.house,
        street=heard.address.street or "" if heard.address and placing.verdict == "missing" else "",
    )
    if heard.danger or heard.about == "child":
        return danger_turn(interview)
    if interview.own or _asks_itself(interview):
        return finish(interview)
    if elsewhere and placing.verdict == "missing":
        return Turn(replace(interview, pending="where", asked=1, late=True), "code_elsewhere", complete=True)
    return _next_question(interview, placing.verdict)


def _asks_itself(interview: Interview) -> bool:
    """A landlord's arrears: their closing words ask for all that is needed."""
    return interview.category == "rent" and interview.landlord


def danger_turn(interview: Interview) -> Turn:
    """The emergency number first, in the words that fit: for oneself, for a child, with or without a place."""
    settled = replace(interview, pending=None, options=(), late=False)
    if interview.about == "child":
        return Turn(settled, "child", complete=True)
    if interview.about == "self":
        return Turn(settled, "danger_self", complete=True)
    if interview.place is None and interview.asked == 0:
        return Turn(replace(settled, pending="where", asked=1), "danger_where", complete=True)
    return Turn(settled, "danger", complete=True)


def _next_question(interview: Interview, verdict: Verdict) -> Turn:
    if verdict == "ask" and interview.asked < MAX_QUESTIONS:
        return _ask(interview, "which")
    if verdict == "missing" and interview.asked == 0:
        return _ask(interview, "where")
    if not interview.said and interview.asked < MAX_QUESTIONS:
        return _ask(interview, "what")
    if interview.by_menu and interview.asked == 0 and _names_no_flat(interview.place):
        return _ask(interview, "flat")
    return finish(interview)


def _ask(interview: Interview, pending: Pending) -> Turn:
    offered = interview.offered or pending == "which"
    asking = replace(interview, pending=pending, asked=interview.asked + 1, offered=offered)
    return Turn(asking, f"ask_{pending}", complete=interview.at_once)


def _names_no_flat(place: dict[str, Any] | None) -> bool:
    return place is not None and not place["floor"] and not place["door"]


def finish(interview: Interview) -> Turn:
    """No more questions: the words that close an interview."""
    done = replace(interview, pending=None, options=(), late=False)
    if done.danger or done.about == "child":
        return danger_turn(replace(done, asked=MAX_QUESTIONS))
    if done.own:
        return Turn(done, "self_help", complete=True)
    if _asks_itself(done):
        return Turn(done, "rent", complete=True)
    return Turn(done, "worry" if done.category == "welfare" else "confirm", complete=True)


def more(before: Interview, heard: Heard) -> Interview:
    """A better category, a higher urgency, and danger, if these words raise them. Nothing is ever lowered."""
    urgent = "urgent" in (before.urgency, heard.urgency)
    category = before.category
    guessed = heard.category == "self_help" and not heard.sure  # "det ved jeg ikke" is no cry for help
    if category == "other" and heard.intent == "report" and heard.category not in ("none", "other") and not guessed:
        category = heard.category
    return replace(
        before,
        category=category,
        urgency="urgent" if urgent else "normal",
        danger=before.danger or heard.danger,
        about=heard.about if heard.danger or heard.about == "child" else before.about,
        said=before.said or heard.tells,
        house=before.house or heard.house,
    )


def again(before: Interview, heard: Heard, placing: Placing) -> Interview:
    """A matter that was closed and begins again: as urgent as these words are, at the place it had."""
    fresh = more(replace(before, urgency="normal", danger=False), heard)
    return replace(fresh, place=before.place or placing.place, pending=None, options=(), late=False)


def further(before: Interview, closed: bool, text: str, heard: Heard, placing: Placing) -> Turn:
    """More words about a matter that stands already, whether it asks for them or not."""
    if closed:
        return finish(again(before, heard, placing))
    if before.pending is not None and not before.late:
        return answer(before, text, heard, placing)
    late = late_answer(before, text, heard, placing)
    if late is not None:
        return late
    interview = replace(more(before, heard), place=_closer(before.place, placing))
    if heard.danger or (heard.about == "child" and before.about != "child"):
        return danger_turn(interview)
    noted = before.place is None and interview.place is not None
    return Turn(interview, "place_noted" if noted else "added", complete=True)


def answer(before: Interview, text: str, heard: Heard, placing: Placing) -> Turn:
    """A text while a question is open. Whatever it is, it is never lost: what is no answer is more words."""
    interview = more(before, heard)
    if heard.danger:
        return danger_turn(replace(interview, place=interview.place or placing.place))
    if before.pending == "which":
        return _which(interview, text, placing)
    if before.pending == "what":
        return _what(interview, text, heard)
    if before.pending == "flat":
        return finish(replace(interview, place=_closer(interview.place, placing)))
    return _where(interview, placing)


def _closer(place: dict[str, Any] | None, placing: Placing) -> dict[str, Any] | None:
    """The place as it is known now: a first one, or the flat in the house that was known."""
    told = placing.place
    if place is None or told is None:
        return told or place
    return told if told["house"] == place["house"] and _names_no_flat(place) else place


def _where(interview: Interview, placing: Placing) -> Turn:
    if placing.verdict == "missing":
        said = "added" if interview.danger else "place_unknown"
        return Turn(replace(interview, pending=None, late=False), said, complete=True)
    if placing.verdict == "ask":
        return _next_question(replace(interview, options=placing.options), "ask")
    placed = replace(interview, place=placing.place, pending=None, options=(), late=False)
    if interview.danger:
        return Turn(placed, "place_noted", complete=True)
    return _next_question(placed, "one")


def _which(interview: Interview, text: str, placing: Placing) -> Turn:
    picked = _picked(interview, text)
    if picked:
        chosen_ = replace(interview, place=interview.options[picked - 1], options=(), pending=None)
        return _next_question(chosen_, "one")
    if placing.verdict == "one" and picked is None:
        return _next_question(replace(interview, place=placing.place, options=(), pending=None), "one")
    return Turn(replace(interview, pending=None, options=(), late=False), "none_fits", complete=True)


def _picked(interview: Interview, text: str) -> int | None:
    return short_answers.option(text, [(o["number"] or "", o["letter"]) for o in interview.options])


def _what(interview: Interview, text: str, heard: Heard) -> Turn:
    category = _category(interview, text, heard)
    return chosen(interview, category) if category else finish(replace(interview, said=True))


def _category(interview: Interview, text: str, heard: Heard) -> str | None:
    """What was picked from the menu, by its digit or by its word."""
    digit = short_answers.digit("what", text)
    if digit is not None:
        return menu(interview.landlord)[(int(digit) - 1) % 10]
    short = len(text.split()) <= 2 and heard.intent == "report"
    return heard.category if short and heard.category not in ("none", "other") else None


def chosen(interview: Interview, category: str) -> Turn:
    """A category picked from the menu, by digit, word or button."""
    about = "self" if category == "self_help" else interview.about
    urgency = menu_urgency(category, interview.urgency)
    return finish(replace(interview, category=category, about=about, urgency=urgency, said=True))


def menu_urgency(category: str, before: str) -> str:
    """Threats picked from a menu come without the words that would tell how bad it is."""
    return "urgent" if category == "threat" else before


def timed_out(interview: Interview) -> Turn:
    """Nobody answered in time: the matter goes out with what is known, and the reporter gets his code.

    The question stays open for an answer that comes later all the same.
    """
    turn = finish(interview)
    kept = replace(turn.interview, pending=interview.pending, options=interview.options, late=True)
    return replace(turn, interview=kept)


def late_answer(before: Interview, text: str, heard: Heard, placing: Placing) -> Turn | None:
    """An answer after its question's time; None where the text is something else. Nothing more is asked."""
    fits = {
        "which": _picked(before, text) is not None or placing.verdict == "one",
        "what": _category(before, text, heard) is not None,
        "flat": placing.verdict == "one" and not _names_no_flat(placing.place),
        "where": placing.verdict == "one" and not heard.tells,
    }
    if heard.danger or before.pending is None or not fits[before.pending]:
        return None
    turn = answer(replace(before, asked=MAX_QUESTIONS), text, heard, placing)
    settled = replace(turn.interview, pending=None, options=(), late=False)
    return Turn(settled, "place_noted" if settled.place != before.place else "added", complete=True)
