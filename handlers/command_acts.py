"""What a staff message as a whole asks to be done with a case: taken, passed on, closed, or nothing that is plain.

One clause that says so is enough, as long as no other says the contrary, takes it back, asks or puts it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.command_clauses import READ, Clause, clauses
from handlers.command_text import CommandText
from handlers.command_words import words

_BUT = frozenset({"but", "men", "aber"})
_DIGITS = frozenset({"1", "2"})


Deed = Literal["stop", "take", "pass", "close", "where", "ring", "show", "tomorrow", "snooze"]


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done, the codes of the cases named for it, and a closing's outcome as written."""

    action: Deed
    codes: tuple[str, ...]
    body: str | None = None


def act_in(said: CommandText) -> Act | None:
    """The one act a message plainly asks for; None where it asks for none, for several, or takes it back."""
    spoken = clauses(said.view.text)
    if any(c.kind == "stop" for c in spoken):
        return None if said.codes or not all(_leaving(said, c) for c in spoken) else Act("stop", ())
    closing = next((c for c in spoken if c.kind in ("close", "finished")), None)
    if closing is not None:
        return _closing(said, spoken, closing)
    if len(said.view.text) > READ or words("undo").search(said.view.text) or _put_off(said, spoken):
        return None
    if (digits := _digits(spoken, said)) is not None:
        return digits if len(said.open_codes) == 1 or said.codes else None
    kinds = {c.kind for c in spoken}
    if kinds & {"ask", "keep"} or (spoken and spoken[-1].end_mark == "?" and not _fact_asked(spoken)):
        return None
    acts = kinds & {"take", "pass"} | _answers(said, spoken)
    if any(c.kind == "take" and c.joint in _BUT for c in spoken[1:]):
        acts.discard("pass")
    if len(acts) != 1 or _contradicted(spoken, acts) or any(_opens_body(said, c) for c in spoken[1:]):
        return None
    return Act("take" if "take" in acts else "pass", _codes(said, [c for c in spoken if c.kind != "leave"]))


def _put_off(said: CommandText, spoken: Sequence[Clause]) -> bool:
    """Whether a clause beside the act begins with "if" or "when"."""
    starts = (said.word_from(c.start) for c in spoken if c.kind not in ("take", "pass", "close", "finished"))
    return any(words("condition").match(said.view.text, at) for at in starts)


def _leaving(said: CommandText, clause: Clause) -> bool:
    """Whether a clause asks for no more messages, or says why."""
    at = said.word_from(clause.start)
    return clause.kind in ("stop", "idle") or (
        clause.end_mark != "?" and bool(words("clause", "gone").match(said.view.text, at, clause.end))
    )


def _digits(spoken: Sequence[Clause], said: CommandText) -> Act | None:
    """A bare 1 takes and a bare 2 passes on, as the alert offers it."""
    written = [words("polite").sub(" ", said.view.text[c.start : c.end]).replace("#", " ").split() for c in spoken]
    alone = [word for clause in written for word in clause]
    if len(alone) != 1 or alone[0] not in _DIGITS:
        return None
    return Act("take" if alone[0] == "1" else "pass", said.codes)


def _answers(said: CommandText, spoken: Sequence[Clause]) -> set[str]:
    """What a yes or no at the beginning stands for; with other news behind it, it answers something else."""
    told = [c for c in spoken if c.kind not in ("idle", "code")]
    if not told or told[0].kind not in ("yes", "no"):
        return set()
    firm = words("firm_yes" if told[0].kind == "yes" else "firm_no")
    behind = [c for c in told[1:] if c.kind != told[0].kind]
    if not behind or firm.match(said.view.text, said.word_from(behind[0].start)):
        return {"take"} if told[0].kind == "yes" else {"pass"}
    return set()


def _fact_asked(spoken: Sequence[Clause]) -> bool:
    """Whether the only question is for a fact, behind the act: "I take it, which floor?"."""
    return spoken[-1].kind == "ask_which" and any(c.kind in ("take", "pass") for c in spoken[:-1])


def _contradicted(spoken: Sequence[Clause], acts: set[str]) -> bool:
    return any(c.kind == ("no" if "take" in acts else "yes") for c in spoken) or any(
        c.kind == "code" and c.joint in ("or", "oder", "eller") for c in spoken
    )


def _opens_body(said: CommandText, clause: Clause) -> bool:
    """Whether a second command begins here, one with a text of its own."""
    return bool(words("body_verbs").match(said.view.text, said.word_from(clause.start)))


def _codes(said: CommandText, spoken: Sequence[Clause]) -> tuple[str, ...]:
    text = said.view.text
    found: list[str] = []
    for clause in spoken:
        first = text.count("#", 0, clause.start)
        found += said.codes[first : first + text.count("#", clause.start, clause.end)]
    return tuple(dict.fromkeys(found))


def _closing(said: CommandText, spoken: Sequence[Clause], closing: Clause) -> Act | None:
    """Closes with what is said behind it as the outcome; "not", "wait", "later" or "the door" close nothing."""
    index = spoken.index(closing)
    before = spoken[:index]
    if said.question or any(c.kind not in ("other", "code", "idle") for c in before) or _put_off(said, before):
        return None
    start, closing = _outcome_start(said, spoken, closing)
    if words("undo").search(said.view.text, 0, start) or words("yes_first").match(said.view.text, said.word_from(0)):
        return None
    behind = [c for c in spoken if c.start >= closing.end]
    if not _is_outcome(said, start, closing, behind):
        return None
    text = said.view.text
    codes = set(said.codes[: text.count("#", 0, start)]) | set(_codes(said, [c for c in behind if c.kind == "code"]))
    if not codes and "#" in text[start:]:
        codes = _named_last(said, start)
        if not codes:
            return None
    if not codes and said.garbled_before(start):
        return None
    return Act("close", tuple(codes), said.written_from(start))


def _outcome_start(said: CommandText, spoken: Sequence[Clause], closing: Clause) -> tuple[int, Clause]:
    """Where the outcome begins: behind "done, close it" as a whole."""
    start, _ = said.skip(closing.behind, words("tail", "filler_body", lexicon="commands"))
    for clause in spoken[spoken.index(closing) + 1 :]:
        if start < closing.end or clause.kind not in ("close", "finished", "idle"):
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
    if same_clause and (words("clause", "not_the_case").match(outcome) or _denies(text[start : closing.end])):
        return False
    wrong = any(c.kind in ("take", "pass", "yes", "no", "ask") or _opens_body(said, c) for c in behind)
    return not wrong and not any(words("still").match(text, said.word_from(c.start)) for c in behind)


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
