"""What each clause of a staff message says, whatever it is about: take it, pass it on, close it, or not yet.

Reading clause by clause keeps a reason apart from the command beside it: "cannot, my child is ill".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from handlers.command_reading import Kind, read
from handlers.command_words import words

# Whoever writes more than this in front of a command has not plainly given one.
READ = 600
_PAUSE = r"[,;!?\n…/+&()\[\]\"]|\.(?!\d)|:(?!\d)|[–—]|\s-+(?=\s|\w)|(?<=\w)-\s|[\u2600-\u27BF\U0001F300-\U0001FAFF]"
_SIGN = re.compile(r"[\w#]")
_LETTER = re.compile(r"\w")
_WORD = re.compile(r"\w+")
_QUOTING = frozenset(':"')
# Beginnings of a sentence that are tried in one clause: more are no message anybody types.
_TRIED = 4
_ACTS = frozenset({"take", "pass", "close", "finished", "stop"})
_WHOLE = frozenset({"idle", "code", "ask_which", "yes", "no"})
_FINISHED = frozenset({"take", "pass", "yes", "no", "finished", "stop"})


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
    marks = [(m.start(), m.end(), m.group()) for m in _split().finditer(window)]
    for start, end, mark in [*marks, (len(window), len(window), "")]:
        if _SIGN.search(window, position, start):
            read_here = list(_sentences(window, calm, (position, start), joint, mark.strip()))
            found += [replace(clause, kind="other") for clause in read_here] if quoted else read_here
            quoted = quoted or (found[-1].kind == "other" and mark.strip() in _QUOTING)
            joint = ""
        joint, position = mark.strip() or joint, end
    return found


@cache
def _split() -> re.Pattern[str]:
    """What parts two clauses: a pause, a word that joins them, or a "so" in front of what is done about it."""
    joints, so, then = (words(name).pattern for name in ("joints", "so", "so_then"))
    return re.compile(rf"{_PAUSE}|{joints}|(?={so}\W+{then})")


def _sentences(text: str, calm: str, span: tuple[int, int], joint: str, mark: str) -> Iterator[Clause]:
    """The clauses between two pauses: one, unless an answer is complete where another sentence begins."""
    begin, end = span
    kind, behind = read(text, calm, begin, end)
    reach, first = behind if kind in _ACTS else begin, begin
    starts = () if kind in _WHOLE else islice(words("begins").finditer(calm, begin, end), _TRIED)
    for found in starts:
        at = found.start()
        if at < reach or at == begin or not _SIGN.search(calm, begin, at):
            continue
        before, reached = read(text, calm, begin, at)
        if before in _FINISHED and not _LETTER.search(calm, reached, at) and not _inverted(calm, before, begin, at):
            yield Clause(begin, at, joint, "", before, reached)
            begin, joint = at, ""
    if begin != first:
        kind, behind = read(text, calm, begin, end)
    if mark == "?" and kind != "ask_which" and not (kind == "pass" and _asks_others(calm, begin, end)):
        kind = "ask"
    yield Clause(begin, end, joint, mark, kind, behind)


def _inverted(calm: str, kind: Kind, begin: int, at: int) -> bool:
    """Whether the last word in front is a verb whose subject follows: "den tager | jeg"."""
    if kind not in ("take", "pass"):
        return False
    last = max((m.start() for m in _WORD.finditer(calm, begin, at)), default=begin)
    return bool(words("inverts").fullmatch(calm[last:at].strip()))


def _asks_others(calm: str, begin: int, end: int) -> bool:
    """Whether a question asks for somebody else: that passes the case on, politely."""
    first = _LETTER.search(calm, begin, end)
    return bool(first and words("asks_others").match(calm, first.start(), end))
