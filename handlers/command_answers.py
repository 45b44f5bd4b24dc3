"""Answers to an alert that name no act: yes, no, "ok", a thumb, or where somebody regrets to be.

A yes or no answers the alert only if nothing behind it answers something else: "no, he did not open".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.command_clauses import Clause
from handlers.command_text import CommandText
from handlers.command_words import words

_LETTER = re.compile(r"\w")
_THUMB = re.compile("[\U0001f44d\U0001f44c\U0001f64b\U0001fae1\u2705\u2714\u270b\U0001f44a\U0001f4aa]")
# Longer than any agreement with its code.
_AGREED = 60


def agreed(said: CommandText) -> bool:
    """Whether a message is an "ok" or a raised thumb and nothing else: that takes the only case it can mean."""
    if len(said.raw) > _AGREED or not (said.codes or len(said.open_codes) == 1) or "?" in said.raw:
        return False
    left = words("agree").sub("", said.view.text)
    return not _LETTER.search(left) and (left != said.view.text or bool(_THUMB.search(said.raw)))


def answered(said: CommandText, spoken: Sequence[Clause]) -> set[str]:
    """What a yes or no at the beginning stands for; with other news behind it, it answers something else."""
    told = [c for c in spoken if c.kind not in ("idle", "code", "leave")]
    if _refused_last(said, told):
        return {"pass"}
    if not told or told[0].kind not in ("yes", "no"):
        return set()
    behind = [c for c in told[1:] if c.kind != told[0].kind]
    if told[0].kind == "yes":
        firm = not behind or _firm(said, behind[0], "firm_yes")
        return {"take"} if firm and not (behind and _negated(said, behind[0])) else set()
    return {"pass"} if not behind or _firm(said, behind[0], "firm_no") or _of_oneself(said, behind[0]) else set()


def _refused_last(said: CommandText, told: Sequence[Clause]) -> bool:
    """Whether a reason ends in a no: "I've got the kids, so no"."""
    reasons = [c for c in told[:-1] if c.kind != "pass"]
    last = told[-1] if told else None
    if last is None or last.kind != "no" or not words("so").match(said.view.text, last.start):
        return False
    return all(_of_oneself(said, c) for c in reasons)


def regretted(said: CommandText, spoken: Sequence[Clause]) -> bool:
    """Whether all that is said is where the writer is or what he is at, with regret: "unfortunately I'm in Graz"."""
    text, told = said.view.text, [c for c in spoken if c.kind not in ("idle", "code", "leave")]
    return bool(told) and bool(words("regret").search(text, 0, told[0].end)) and all(_of_oneself(said, c) for c in told)


def _of_oneself(said: CommandText, clause: Clause) -> bool:
    """Whether a clause says of the writer alone that he is elsewhere or otherwise engaged."""
    text, at = said.view.text, said.word_from(clause.start)
    sorry = words("regret").match(text, at, clause.end)
    at = said.word_from(sorry.end()) if sorry else at
    return (
        (clause.kind == "other" or (bool(sorry) and clause.kind == "ask" and clause.end_mark != "?"))
        and bool(words("of_oneself").match(text, at, clause.end))
        and not any(
            words(name).search(text, at, clause.end) for name in ("deeds", "negation", "not_of_oneself", "doubt")
        )
    )


def _firm(said: CommandText, clause: Clause, name: str) -> bool:
    return bool(words(name).match(said.view.text, said.word_from(clause.start)))


def _negated(said: CommandText, clause: Clause) -> bool:
    return clause.kind == "other" and bool(words("negation").search(said.view.text, clause.start, clause.end))
