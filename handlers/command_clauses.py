"""What each clause of a staff message says, whatever it is about: take it, pass it on, close it, or not yet.

Reading clause by clause keeps a reason apart from the command beside it: "cannot, my child is ill".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from handlers.command_words import phrases, words

Kind = Literal[
    "take",
    "pass",
    "close",
    "finished",
    "yes",
    "no",
    "keep",
    "ask",
    "ask_which",
    "leave",
    "code",
    "idle",
    "stop",
    "other",
]

# Whoever writes more than this in front of a command has not plainly given one.
READ = 600
_SPLIT = re.compile(
    r"[,;!?\n…/+&()\[\]\"]|\.(?!\d)|:(?!\d)|[–—]|\s-+(?=\s|\w)|(?<=\w)-\s"
    r"|(?<!\w)(?:og|and|und|men|but|aber|fordi|because|weil|eller|or|oder|sondern)(?!\w)"
    r"|(?<!\w)s[ao](?=\s+(?:jeg|ich|i|ill|tager|tar|k[jo]o?r\w*|nehm|er\s+den\s+min)(?!\w))"
)
_SIGN = re.compile(r"[\w#]")
_LETTER = re.compile(r"\w")
_QUOTING = frozenset(':"')
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the folded text without a pause, and what it says.

    `joint` is what stands in front of it, `end_mark` what ends it, `behind` where the phrase ends that says it.
    """

    start: int
    end: int
    joint: str
    end_mark: str
    kind: Kind
    behind: int


def clauses(text: str) -> list[Clause]:
    """The clauses of a folded text in which `#` stands for a case code, as far as it is read, in order.

    What is put behind a colon or in quotation marks after other words is somebody's words and does nothing.
    """
    window = text[:READ]
    calm = words("idle").sub(lambda m: " " * len(m.group()), window)
    found: list[Clause] = []
    joint, position, quoted = "", 0, False
    marks = [(m.start(), m.end(), m.group()) for m in _SPLIT.finditer(window)]
    for start, end, mark in [*marks, (len(window), len(window), "")]:
        if _SIGN.search(window, position, start):
            clause = _clause(window, calm, (position, start), joint, mark)
            found.append(replace(clause, kind="other") if quoted else clause)
            quoted = quoted or (clause.kind == "other" and mark.strip() in _QUOTING)
            joint = ""
        joint, position = mark.strip() or joint, end
    return found


def _clause(text: str, calm: str, span: tuple[int, int], joint: str, mark: str) -> Clause:
    kind, behind = _read(text, calm, *span)
    if mark == "?" and kind != "ask_which":
        kind = "ask"
    return Clause(*span, joint, mark.strip(), kind, behind)


def _read(text: str, calm: str, start: int, end: int) -> tuple[Kind, int]:
    first = _SIGN.search(calm, start, end)
    if not first:
        return "idle", end
    named = words("naming_only").match(calm, first.start(), end)
    if not _LETTER.search(calm, start, end) or (named and not _SIGN.search(calm, named.end(), end)):
        return "code", end
    openings = _openings(calm, first.start(), end)
    for kind in ("yes", "no"):
        behind = _longest(phrases("clause", kind), calm, openings[:2], end)
        if behind and not _LETTER.search(calm, behind, end):
            return kind, behind
    behind = 0 if "#" in calm[start:end] else _longest(phrases("clause", "stop"), calm, openings, end)
    if behind and not _LETTER.search(calm, behind, end):
        return "stop", end
    if _longest(phrases("clause", "ask_which"), calm, openings, end) and not words("someone_first").match(
        calm, openings[-1], end
    ):
        return "ask_which", end
    said = _act(text, calm, openings, start, end)
    word = _LETTER.search(text, start, end)
    told = bool(word and words("told_first").match(text, word.start()))
    if said[0] == "pass" and word and words("clause", "ask_have").match(text, word.start(), end):
        return "ask", end
    if said[0] in ("pass", "keep") or (said[0] == "close" and words("polite").search(text, start, end)):
        return said
    for asking in ("ask_self", "ask"):
        if not told and _longest(phrases("clause", asking), calm, openings, end):
            return "ask", end
        if said[0] == "take":
            return said
    if _longest(phrases("clause", "leave"), calm, openings, end):
        return "leave", end
    return said


def _openings(calm: str, first: int, end: int) -> tuple[int, ...]:
    """Where a phrase may begin: at a code in front, behind it, and behind a yes."""
    word = _LETTER.search(calm, first, end)
    places = [first] if word is None else [first, word.start()]
    behind = _longest(phrases("clause", "yes"), calm, tuple(places), end)
    after = _SIGN.search(calm, behind, end) if behind else None
    if after:
        places.append(after.start())
        if (second := _LETTER.search(calm, after.start(), end)) and second.start() != after.start():
            places.append(second.start())
    return tuple(dict.fromkeys(places))


def _longest(patterns: tuple[re.Pattern[str], ...], text: str, openings: tuple[int, ...], end: int) -> int:
    found = (pattern.match(text, start, end) for pattern in patterns for start in openings)
    return max((match.end() for match in found if match), default=0)


def _act(text: str, calm: str, openings: tuple[int, ...], start: int, end: int) -> tuple[Kind, int]:
    """Take, pass, close: the phrase that reaches furthest, if what comes behind it leaves it standing."""
    raw = tuple(m.start() for p in ((_SIGN, start), (_LETTER, start)) if (m := p[0].search(text, p[1], end)))
    reach = {
        name: _longest(phrases("clause", name), calm, openings, end)
        for name in ("take", "pass", "decline", "third", "close")
    }
    reach["finished"] = _longest(phrases("clause", "finished"), calm, openings, end)
    whole = {name: _longest(phrases("clause", f"{name}_whole"), calm, openings, end) for name in ("take", "pass")}
    for name, raw_name in (("take", "arriving"), ("pass", "not_now")):
        alone = whole[name] if not _LETTER.search(calm, whole[name], end) else 0
        reach[name] = max(reach[name], alone, _longest(phrases("clause", raw_name), text, raw, end))
    order = sorted(reach, key=lambda name: -reach[name])
    doubt = bool(words("doubt").search(text, start, end))
    for name in order:
        behind = reach[name]
        if not behind:
            break
        if name in ("take", "pass", "decline", "third") and not doubt:
            kind = _standing(calm, name, start, behind, end)
            if kind:
                return kind, behind
        elif name in ("close", "finished") and not words("doubt").search(text, start, behind):
            done = _ends_here(calm, behind, end) and not words("about_to").search(text, start, behind)
            if name == "close" or done:
                return name, behind  # type: ignore[return-value]  # both are kinds
    if doubt or (words("negation").search(text, start, end) and words("verbs").search(text, start, end)):
        return "keep", end
    return "other", end


def _standing(calm: str, name: str, start: int, behind: int, end: int) -> Kind | None:
    """The act that a phrase does with the rest of its clause behind it, or None if the rest makes it another thing."""
    rest = _SIGN.search(calm, behind, end)
    while rest and calm[rest.start()] == "#":
        rest = _SIGN.search(calm, rest.end(), end)
    at = rest.start() if rest else end
    negated = bool(words("negation").search(calm, at, end)) and not words("reason").match(calm, at, end)
    if name == "take":
        if negated or words("condition").search(calm, start, end) or words("later").search(calm, start, end):
            return "keep" if words("verbs").search(calm, start, end) else None
        return "take" if not rest or _goes_on(calm, at, "take", end) else None
    if words("to_me").search(calm, start, end) or (name == "third" and words("oneself").search(calm, start, end)):
        return None
    if words("heading").search(calm, at, end) or _longest(phrases("clause", "take"), calm, (at,), end):
        return None
    if negated and name == "decline":
        return "keep"
    if words("condition").search(calm, at, end) and (name == "decline" or not words("before").match(calm, at, end)):
        return "keep"
    if name == "decline" and words("before").match(calm, at, end):
        return "keep"
    handed = name == "pass" and bool(words("handing").search(calm, start, behind))
    return "pass" if not rest or handed or _goes_on(calm, at, "pass", end) else None


def _goes_on(calm: str, at: int, name: str, end: int) -> bool:
    return bool(words("tail", name).match(calm, at, end) or _DIGIT.match(calm, at, end))


def _ends_here(calm: str, behind: int, end: int) -> bool:
    rest = _LETTER.search(calm, behind, end)
    return rest is None or bool(words("tail", "ended").match(calm, rest.start(), end))
