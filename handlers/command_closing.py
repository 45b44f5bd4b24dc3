"""Closing a case: which one, with what outcome, and what beside it keeps it open.

A case closed by mistake costs a person help, so "not", "wait", "later" and "the door" close nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.command_beside import codes_in, opens_body, put_off
from handlers.command_clauses import Clause
from handlers.command_text import CommandText
from handlers.command_words import words

# The codes of the cases to be closed, and the outcome.
Closed = tuple[tuple[str, ...], str | None]


def closing_of(said: CommandText, spoken: Sequence[Clause], closing: Clause) -> Closed | None:
    """The codes to be closed and what is said behind it as the outcome; None where nothing is to be closed."""
    index = spoken.index(closing)
    before = spoken[:index]
    if said.question or any(c.kind not in ("other", "code", "idle") for c in before) or put_off(said, before):
        return None
    start, closing = _outcome_start(said, spoken, closing)
    if words("undo").search(said.view.text, 0, start) or words("yes_first").match(said.view.text, said.word_from(0)):
        return None
    behind = [c for c in spoken if c.start >= closing.end]
    if not _is_outcome(said, start, closing, behind):
        return None
    text = said.view.text
    codes = set(said.codes[: text.count("#", 0, min(start, closing.end))])
    codes |= set(codes_in(said, [c for c in behind if c.kind == "code"]))
    if not codes and "#" in text[start:]:
        codes = _named_last(said, start)
        if not codes:
            return None
    if not codes and said.garbled_before(start):
        return None
    return tuple(codes), said.written_from(start)


def _outcome_start(said: CommandText, spoken: Sequence[Clause], closing: Clause) -> tuple[int, Clause]:
    """Where the outcome begins: behind "done, close it" as a whole."""
    start, _ = said.skip(closing.behind, words("tail", "filler_body", lexicon="commands"))
    for clause in spoken[spoken.index(closing) + 1 :]:
        if start < closing.end or clause.kind not in ("close", "finished", "idle"):
            break
        if said.skip(clause.behind, words("tail", "filler_body", lexicon="commands"))[0] < clause.end:
            break
        closing = clause
        start, _ = said.skip(max(clause.behind, start), words("tail", "filler_body", lexicon="commands"))
    return start, closing


def _is_outcome(said: CommandText, start: int, closing: Clause, behind: Sequence[Clause]) -> bool:
    text = said.view.text
    gap, outcome = text[closing.behind : start], said.after(start)
    if ":" in gap or words("outcomes", lexicon="commands").fullmatch(outcome.strip(" .!")):
        return True
    if (
        words("undo").search(outcome)
        or words("put_off").match(outcome)
        or words("condition").match(outcome)
        or words("not").fullmatch(outcome.strip(" .!"))
    ):
        return False
    same_clause = start < closing.end
    thing = closing.kind == "close" and words("clause", "not_the_case").match(text, said.word_from(start))
    if same_clause and (thing or _denies(text[start : closing.end])):
        return False
    wrong = any(c.kind in ("take", "pass", "yes", "no", "ask") or opens_body(said, c) for c in behind)
    return not wrong and not any(_not_yet(said, c) for c in behind)


def _not_yet(said: CommandText, clause: Clause) -> bool:
    """Whether a clause behind the closing holds it back: "not yet", "not until I rang"; not "nothing to see"."""
    text, at = said.view.text, said.word_from(clause.start)
    still = words("still").match(text, at, clause.end)
    if not still or "#" in text[clause.start : at]:
        return False
    behind = said.word_from(still.end())
    return behind >= clause.end or any(words(n).match(text, behind) for n in ("put_off", "condition", "before"))


def _denies(outcome: str) -> bool:
    """Whether a "not" belongs to the closing: right behind it, or at the end of the clause."""
    written = outcome.split()
    return bool(words("not").search(" ".join(written[:2])) or words("still").search(" ".join(written[-2:])))


def _named_last(said: CommandText, start: int) -> set[str]:
    """The case named at the very end, "close false alarm K7M2", unless it is only compared with."""
    text = said.view.text.rstrip(" .!")
    if text.count("#", start) != 1 or not text.endswith("#") or words("naming").search(text[start:]):
        return set()
    return {said.codes[-1]}
