"""What a stretch of a staff message says by itself: the words of one clause, weighed against each other.

The phrase that reaches furthest counts, unless what stands behind it makes it another thing.
"""

from __future__ import annotations

import re
from typing import Literal

from handlers.command_words import furthest, words

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

_SIGN = re.compile(r"[\w#]")
_LETTER = re.compile(r"\w")
_DIGIT = re.compile(r"\d")


def read(text: str, calm: str, start: int, end: int) -> tuple[Kind, int]:
    """What a clause of the text says, and where the phrase ends that says it; in `calm` idle words are blank."""
    first = _SIGN.search(calm, start, end)
    if not first:
        return "idle", end
    named = words("naming_only").match(calm, first.start(), end)
    if not _LETTER.search(calm, start, end) or (named and not _SIGN.search(calm, named.end(), end)):
        return "code", end
    if _needless(text, start, end):
        return "idle", end
    openings = _openings(calm, first.start(), end)
    for kind in ("yes", "no"):
        behind = furthest(kind, calm, _starts(calm, first.start(), end), end)
        if behind and not _LETTER.search(calm, behind, end):
            return kind, behind
    behind = 0 if "#" in calm[start:end] else furthest("stop", calm, openings, end)
    if behind and not _LETTER.search(calm, behind, end):
        return "stop", end
    if furthest("ask_which", calm, openings, end) and not words("someone_first").match(calm, openings[-1], end):
        return "ask_which", end
    said = _act(text, calm, openings, start, end)
    word = _LETTER.search(text, start, end)
    told = _told(text, calm, (start, first.start()), end)
    if said[0] == "pass" and word and words("clause", "ask_have").match(text, word.start(), end):
        return "ask", end
    if said[0] in ("pass", "keep") or (said[0] == "close" and words("polite").search(text, start, end)):
        return said
    for asking in ("ask_self", "ask"):
        if not told and furthest(asking, calm, openings, end):
            return "ask", end
        if said[0] == "take":
            return said
    if furthest("leave", calm, openings, end):
        return "leave", end
    return said


def _starts(calm: str, first: int, end: int) -> tuple[int, ...]:
    """Where a clause begins: at a code in front, and behind it."""
    word = _LETTER.search(calm, first, end)
    return (first,) if word is None or word.start() == first else (first, word.start())


def _openings(calm: str, first: int, end: int) -> tuple[int, ...]:
    """Where a phrase may begin: at a code in front, behind it, and behind a yes."""
    places = list(_starts(calm, first, end))
    behind = furthest("yes", calm, tuple(places), end)
    after = _SIGN.search(calm, behind, end) if behind else None
    named = words("naming_only").match(calm, first, end)
    if named and (next_sign := _SIGN.search(calm, named.end(), end)):
        places.append(next_sign.start())
    if after:
        places.append(after.start())
        if (second := _LETTER.search(calm, after.start(), end)) and second.start() != after.start():
            places.append(second.start())
    return tuple(dict.fromkeys(places))


def _act(text: str, calm: str, openings: tuple[int, ...], start: int, end: int) -> tuple[Kind, int]:
    """Take, pass, close: the phrase that reaches furthest, if what comes behind it leaves it standing."""
    raw = tuple(m.start() for p in ((_SIGN, start), (_LETTER, start)) if (m := p[0].search(text, p[1], end)))
    reach = {name: furthest(name, calm, openings, end) for name in ("take", "pass", "decline", "third", "close")}
    reach["finished"] = furthest("finished", calm, openings, end)
    whole = {name: furthest(f"{name}_whole", calm, openings, end) for name in ("take", "pass")}
    for name, raw_name in (("take", "arriving"), ("pass", "not_now")):
        alone = whole[name] if not _LETTER.search(calm, whole[name], end) else 0
        reach[name] = max(reach[name], alone, furthest(raw_name, text, raw, end))
    order = sorted(reach, key=lambda name: -reach[name])
    doubt = bool(words("doubt").search(text, start, end))
    nearly = bool(words("nearly").search(text, start, end))
    for name in order:
        behind = reach[name]
        if not behind:
            break
        if name in ("take", "pass", "decline", "third") and not doubt:
            kind = _standing(calm, name, start, behind, end)
            if kind:
                return kind, behind
        elif name in ("close", "finished") and not nearly and not words("doubt").search(text, start, behind):
            done = _ends_here(calm, behind, end) and not words("about_to").search(text, start, behind)
            if name == "close" or done:
                return name, behind  # type: ignore[return-value]  # both are kinds
    denied = nearly or bool(words("negation").search(text, start, end))
    if doubt or (denied and words("verbs").search(text, start, end)):
        return "keep", end
    return "other", end


def _needless(text: str, start: int, end: int) -> bool:
    """Whether a clause only says what need not be done: that forbids nothing."""
    word = _LETTER.search(text, start, end)
    return bool(word and words("no_need").match(text, word.start(), end))


def _told(text: str, calm: str, begin: tuple[int, int], end: int) -> bool:
    """Whether a verb in front of its subject asks nothing here: "so it is done", "K7M2 can I take", "was in the bath".

    Behind another clause a "was he asleep" has only lost its own subject.
    """
    start, first = begin
    opening, word = _LETTER.search(text, start, end), _LETTER.search(calm, first, end)
    if not opening or not word:
        return False
    behind = bool(_LETTER.search(calm, 0, first))
    return bool(
        words("told_first").match(text, opening.start())
        or words("topic_first").match(calm, first, end)
        or words("no_subject").match(calm, word.start(), end)
        or (behind and words("no_subject_behind").match(calm, word.start(), end))
    )


def _standing(calm: str, name: str, start: int, behind: int, end: int) -> Kind | None:
    """The act that a phrase does with the rest of its clause behind it, or None if the rest makes it another thing."""
    rest = _SIGN.search(calm, behind, end)
    while rest and calm[rest.start()] == "#":
        rest = _SIGN.search(calm, rest.end(), end)
    at = rest.start() if rest else end
    negated = bool(words("negation").search(calm, at, end)) and not words("reason").match(calm, at, end)
    if name == "take":
        if negated or conditional(calm, start, end) or words("later").search(calm, start, end):
            return "keep" if words("verbs").search(calm, start, end) else None
        going = words("going").search(calm, start, behind)
        if (going and _elsewhere(calm, at, end)) or words("idiom").match(calm, at, end):
            return None
        held = bool(words("object").search(calm, start, behind))
        goes_on = not rest or _goes_on(calm, at, "take", end) or (held and _goes_on(calm, at, "function", end))
        return "take" if goes_on else None
    if words("to_me").search(calm, start, end) or (name == "third" and _no_person(calm, start, end)):
        return None
    if words("in_touch").match(calm, at, end) or words("case_is").search(calm, start, end):
        return None
    if words("heading").search(calm, at, end) or furthest("take", calm, (at,), end):
        return None
    if negated and name == "decline":
        return "keep"
    if words("condition").search(calm, at, end) and (name == "decline" or not words("before").match(calm, at, end)):
        return "keep"
    if name == "decline" and words("before").match(calm, at, end):
        return "keep"
    handed = name == "pass" and bool(words("handing").search(calm, start, behind))
    goes_on = not rest or handed or _goes_on(calm, at, "pass", end)
    goes_on = goes_on or (_goes_on(calm, at, "function", end) and not words("motion").match(calm, at, end))
    return "pass" if goes_on else None


def conditional(calm: str, start: int, end: int) -> bool:
    """Whether what a clause says depends on something; not on the writer's own time, nor out of politeness."""
    return any(not _own(calm, found, end) for found in words("condition").finditer(calm, start, end))


def _own(calm: str, condition: re.Match[str], end: int) -> bool:
    at = condition.start()
    if words("courtesy").match(calm, at, end):
        return True
    when = words("own_time").match(calm, at, end)
    of = _LETTER.search(calm, when.end(), end) if when else None
    return bool(
        of
        and words("own_time_of").match(calm, of.start(), end)
        and not words("unsure").search(calm, of.start(), end)
        and not words("negation").search(calm, at, end)
    )


def _no_person(calm: str, start: int, end: int) -> bool:
    """Whether what would be a name is none: the writer, "nobody", the police, or a word like "close"."""
    return any(words(name).search(calm, start, end) for name in ("oneself", "closings"))


def _elsewhere(calm: str, at: int, end: int) -> bool:
    """Whether somebody on his way goes home, or to a place that is not the case's."""
    if words("homeward").match(calm, at, end):
        return True
    if not words("toward").match(calm, at, end) or words("toward_case").match(calm, at, end):
        return False
    after = words("own_time").match(calm, at, end)
    what = _LETTER.search(calm, after.end(), end) if after else None
    return not (what and words("own_time_of").match(calm, what.start(), end))


def _goes_on(calm: str, at: int, name: str, end: int) -> bool:
    return bool(words("tail", name).match(calm, at, end) or _DIGIT.match(calm, at, end))


def _ends_here(calm: str, behind: int, end: int) -> bool:
    rest = _LETTER.search(calm, behind, end)
    return rest is None or bool(words("tail", "ended").match(calm, rest.start(), end))
