"""What the clauses of a staff message do to each other: a reason, a time or another's doing beside an act.

Only what is plainly an aside is set aside; whatever takes an act back, or is another act, still counts against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.command_clauses import Clause
from handlers.command_reading import conditional
from handlers.command_text import CommandText
from handlers.command_words import words

_BUT = frozenset({"but", "men", "aber"})


def weighed(said: CommandText, spoken: Sequence[Clause]) -> list[Clause]:
    """The clauses without the acts that another one beside them makes mere circumstances."""
    found = list(spoken)
    for index, clause in enumerate(spoken):
        beside = [*spoken[:index], *spoken[index + 1 :]]
        overruled = clause.kind == "pass" and any(_in_spite(said, spoken, c) for c in spoken[index + 1 :])
        conceded = clause.kind in ("pass", "keep", "no") and bool(words("concession").fullmatch(clause.joint))
        busy = clause.kind in ("take", "pass") and _busy(said, clause, [c for c in beside if c.kind in ("pass", "no")])
        excused = _excused(said, clause, spoken[:index], beside)
        if overruled or conceded or busy or excused or _aside(said, clause, spoken[:index]):
            found[index] = replace(clause, kind="leave")
    return found


def _aside(said: CommandText, clause: Clause, before: Sequence[Clause]) -> bool:
    """Whether a clause behind an act only says when, or asks for what is needed for it or who else could."""
    text, at = said.view.text, said.word_from(clause.start)
    kinds = {c.kind for c in before}
    if "take" in kinds and clause.kind in ("pass", "keep", "other"):
        timed = words("late").match(text, at, clause.end) and not words("later").search(text, at, clause.end)
        return bool(timed) and clause.end_mark != "?" and clause.joint in {*_BUT, ","}
    at = said.first_word(clause.start)
    asked = "asks_fact" if "take" in kinds else "asks_someone" if "pass" in kinds else None
    if not asked or clause.kind != "ask" or words("negation").search(text, at, clause.end):
        return False
    return bool(words(asked).match(text, at, clause.end))


def _excused(said: CommandText, clause: Clause, before: Sequence[Clause], beside: Sequence[Clause]) -> bool:
    """Whether "not finished" or "done" is only said of what else the writer is at, beside what he asks for."""
    text, at = said.view.text, said.word_from(clause.start)
    if clause.kind == "keep":
        return any(c.kind == "pass" for c in beside) and bool(words("unfinished").match(text, at, clause.end))
    freed = clause.kind == "finished" and any(c.kind == "take" for c in before)
    return freed and bool(words("freed").match(text, at, clause.end))


def _in_spite(said: CommandText, spoken: Sequence[Clause], clause: Clause) -> bool:
    """Whether a case is taken although something was said against it: "I'm off but I'll take it"."""
    if clause.kind != "take":
        return False
    behind = spoken[spoken.index(clause) + 1 :][:1]
    end = behind[0].end if behind and behind[0].joint in _BUT else clause.end
    text, at = said.view.text, said.first_word(clause.start)
    therefore = words("so").match(text, at) and words("oneself_said").search(text, at, clause.end)
    return clause.joint in _BUT or bool(therefore or words("nevertheless").search(text, clause.start, end))


def _busy(said: CommandText, clause: Clause, beside: Sequence[Clause]) -> bool:
    """Whether a case is only named as what the writer is busy with, another one being declined."""
    here, there = codes_in(said, [clause]), codes_in(said, beside)
    at = said.word_from(clause.start)
    return bool(here and there and words("busy_with").match(said.view.text, at, clause.end) and here != there)


def meant(said: CommandText, spoken: Sequence[Clause]) -> tuple[str, ...]:
    """The codes an act is for: those beside it, else those of the message; what is left alone counts for nothing."""
    told = [c for c in spoken if c.kind != "leave"]
    own = codes_in(said, [c for c in told if c.kind in ("take", "pass", "yes", "no", "code")])
    rest = [c for c in told if c.kind == "other" and not (own and _of_another(said, c))]
    return tuple(dict.fromkeys((*own, *codes_in(said, rest))))


def _of_another(said: CommandText, clause: Clause) -> bool:
    """Whether a clause says what somebody else does, or where the writer is: its case is not the one acted on."""
    at = said.word_from(clause.start)
    busy = words("busy_with").match(said.view.text, at, clause.end)
    return bool(busy or words("by_another").match(said.view.text, at, clause.end))


def codes_in(said: CommandText, spoken: Sequence[Clause]) -> tuple[str, ...]:
    text = said.view.text
    found: list[str] = []
    for clause in spoken:
        first = text.count("#", 0, clause.start)
        found += said.codes[first : first + text.count("#", clause.start, clause.end)]
    return tuple(dict.fromkeys(found))


def opens_body(said: CommandText, clause: Clause) -> bool:
    """Whether a second command begins here, one with a text of its own."""
    verb = words("body_verbs").match(said.view.text, said.word_from(clause.start))
    behind = said.word_from(verb.end()) if verb else 0
    return bool(verb) and not words("tail", "not_reply", lexicon="commands").match(said.view.text, behind)


def put_off(said: CommandText, spoken: Sequence[Clause]) -> bool:
    """Whether a clause beside the act begins with "if" or "when"."""
    beside = [c for c in spoken if c.kind not in ("take", "pass", "close", "finished", "leave")]
    starts = ((said.word_from(c.start), c.end) for c in beside)
    text = said.view.text
    return any(words("condition").match(text, at) and conditional(text, at, end) for at, end in starts)


def undone(said: CommandText, spoken: Sequence[Clause]) -> bool:
    """Whether something is taken back; "I can't after all" is a refusal."""
    text = said.view.text
    if any(words("moment").fullmatch(text[c.start : c.end].strip()) for c in spoken):
        return True
    return bool(words("undo").search(text)) or any(
        _minded_otherwise(said, c) and not words("clause", "cannot").search(text, c.start, c.end) for c in spoken
    )


def _minded_otherwise(said: CommandText, clause: Clause) -> bool:
    """Whether a clause says "after all not" of an act, or nothing else."""
    written = said.view.text[clause.start : clause.end]
    left = words("idle").sub("", words("after_all").sub("", written))
    changed = bool(words("after_all").search(written))
    return changed and (len(left.split()) <= 1 or bool(words("verbs").search(left)))
