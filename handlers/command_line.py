"""What staff write about the line itself: how it is used, and that they want no more of it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.command_clauses import Clause
from handlers.command_text import CommandText
from handlers.command_words import words


def asks_for_help(said: CommandText, spoken: Sequence[Clause]) -> bool:
    """Whether a clause asks how the line is used, behind "help" or "I'm new here", and none wants anything else."""
    if said.codes or any(c.kind in ("take", "pass", "close", "finished", "stop", "yes") for c in spoken):
        return False
    return any(_asked(said, said.word_from(c.start)) for c in spoken)


def _asked(said: CommandText, start: int) -> bool:
    cry = words("start", "help", lexicon="commands").match(said.view.text, start)
    openings = (start, said.word_from(cry.end())) if cry else (start,)
    asked = words("start", "help_asked", lexicon="commands")
    what = bool(cry) and bool(words("help_whole").fullmatch(said.view.text[openings[-1] :].strip(" .!?")))
    return what or any(asked.match(said.view.text, opening) for opening in openings)


def leaving(said: CommandText, spoken: Sequence[Clause]) -> bool | None:
    """Whether a message asks for no more messages and nothing else; None if it does not speak of that.

    A reason may stand beside it: gone for good or, beside a plain wish, off duty.
    """
    reasoned = any(_gone(said, c) for c in spoken) and any(_stops_with_reason(said, c) for c in spoken)
    if not reasoned and all(c.kind != "stop" for c in spoken):
        return None
    plain = any(c.kind == "stop" and words("bare_stop").fullmatch(_alone(said, c)) is None for c in spoken)
    return not said.codes and all(
        c.kind in ("stop", "idle")
        or (c.end_mark != "?" and (_gone(said, c) or (plain and c.kind == "pass") or _stops_with_reason(said, c)))
        for c in spoken
    )


def _alone(said: CommandText, clause: Clause) -> str:
    return words("polite").sub("", said.view.text[clause.start : clause.end]).strip()


def _gone(said: CommandText, clause: Clause) -> bool:
    at = said.word_from(clause.start)
    return bool(words("clause", "gone").match(said.view.text, at, clause.end))


def _stops_with_reason(said: CommandText, clause: Clause) -> bool:
    return bool(words("clause", "stop_with_reason").fullmatch(_alone(said, clause)))
