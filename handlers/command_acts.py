"""What a staff message as a whole asks to be done with a case: taken, passed on, closed, or nothing that is plain.

One clause that says so is enough, as long as no other says the contrary, takes it back, asks or puts it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.command_answers import agreed, answered, regretted
from handlers.command_beside import meant, opens_body, put_off, undone, weighed
from handlers.command_clauses import READ, Clause, clauses
from handlers.command_closing import closing_of
from handlers.command_line import asks_for_help, leaving
from handlers.command_text import CommandText
from handlers.command_words import words

# Whoever tells more than this beside an act tells a story in which something is taken or passed.
_NEWS = 3
_DIGITS = frozenset({"1", "2"})
Deed = Literal["help", "stop", "take", "pass", "close", "where", "ring", "hear", "show", "tomorrow", "snooze"]


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done, the codes of the cases named for it, and a closing's outcome as written."""

    action: Deed
    codes: tuple[str, ...]
    body: str | None = None


def act_in(said: CommandText) -> Act | None:
    """The one act a message plainly asks for; None where it asks for none, for several, or takes it back."""
    if agreed(said):
        return Act("take", said.codes)
    spoken = clauses(said.view.text)
    return _on_a_case(said, spoken) or (Act("help", ()) if asks_for_help(said, spoken) else None)


def _on_a_case(said: CommandText, spoken: Sequence[Clause]) -> Act | None:
    ended = leaving(said, spoken)
    if ended is not None:
        return Act("stop", ()) if ended else None
    spoken = weighed(said, spoken)
    closing = next((c for c in spoken if c.kind in ("close", "finished")), None)
    if closing is not None:
        closed = closing_of(said, spoken, closing)
        return Act("close", *closed) if closed else None
    if (
        len(said.view.text) > READ
        or sum(c.kind == "other" for c in spoken) > _NEWS
        or undone(said, spoken)
        or put_off(said, spoken)
    ):
        return None
    if (digits := _digits(spoken, said)) is not None:
        return digits if len(said.open_codes) == 1 or said.codes else None
    return _taken_or_passed(said, spoken)


def _taken_or_passed(said: CommandText, spoken: Sequence[Clause]) -> Act | None:
    if regretted(said, spoken):
        return Act("pass", meant(said, spoken))
    kinds = {c.kind for c in spoken}
    if kinds & {"ask", "keep"} or (spoken and said.question and not _fact_asked(spoken)):
        return None
    acts = kinds & {"take", "pass"} | answered(said, spoken)
    if acts == {"take"} and _told_of_the_place(said, spoken):
        return None
    if len(acts) != 1 or _contradicted(spoken, acts) or any(opens_body(said, c) for c in spoken[1:]):
        return None
    return Act("take" if "take" in acts else "pass", meant(said, spoken))


def _told_of_the_place(said: CommandText, spoken: Sequence[Clause]) -> bool:
    """Whether the writer says no more than that he is there and what he finds: "I'm outside, nobody opens"."""
    text = said.view.text
    takes = [c for c in spoken if c.kind in ("take", "yes")]
    there = all(words("present").match(text, said.word_from(c.start), c.end) for c in takes)
    news = (c for c in spoken if c.kind == "other")
    return there and any(words(name).search(text, c.start, c.end) for c in news for name in ("negation", "unmet"))


def _digits(spoken: Sequence[Clause], said: CommandText) -> Act | None:
    """A bare 1 takes and a bare 2 passes on, as the alert offers it."""
    written = [words("polite").sub(" ", said.view.text[c.start : c.end]).replace("#", " ").split() for c in spoken]
    alone = [word for clause in written for word in clause]
    if len(alone) != 1 or alone[0] not in _DIGITS:
        return None
    return Act("take" if alone[0] == "1" else "pass", said.codes)


def _fact_asked(spoken: Sequence[Clause]) -> bool:
    """Whether the only question is for a fact behind the act, "I take it, which floor?", or for another person."""
    if spoken[-1].end_mark != "?":
        return False
    if spoken[-1].kind == "pass":
        return True
    return spoken[-1].kind in ("ask_which", "leave") and any(c.kind in ("take", "pass") for c in spoken[:-1])


def _contradicted(spoken: Sequence[Clause], acts: set[str]) -> bool:
    return any(c.kind == ("no" if "take" in acts else "yes") for c in spoken) or any(
        c.kind == "code" and c.joint in ("or", "oder", "eller") for c in spoken
    )
