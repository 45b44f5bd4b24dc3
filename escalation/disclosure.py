"""Stands between staff's own words and a reporter: nothing leaves that tells whether somebody is supported.

Hard secrets (numbers, the names of the case) are blocked. Everything else that could tell is held: the
vocabulary of support, health, money and whereabouts, a denial as much as a yes, a wink, and any statement
about the person at all. Words that only repeat the reporter, ask, or offer help to everybody pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from escalation.clauses import Clause, clauses_of, speaks_of_tomorrow
from escalation.identifiers import all_digits, bare_digits, find_identifiers
from escalation.lexicons import load
from escalation.linear import Weights
from escalation.names import is_signed, names_stranger, names_team
from escalation.phrases import expression
from escalation.secret_names import Word, mentions_any, mentions_whole, words_of
from escalation.suspicion import features_of, is_held, weigh
from escalation.telling import Hit, hits_of
from escalation.unmask import View, fold, unmask

_LONGEST = 1000  # characters: no reply needs more, and what nobody has read does not leave
_UNIT = re.compile(r"(?<!\w)(st|stuen|kl|kalder|\d{1,2})\W{1,2}(?:sal\W{1,2})?(tv|th|mf)(?!\w)|(?<!\w)tur\W{1,2}(\d+)")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one case knows and its reporter may not.

    `citizen_names` are those of the whole line: in full such a name gives a citizen away anywhere, a lone first
    name only where he lives. `addresses_given` are places in the reporter's own words, which may be repeated;
    `neutral` are names and telephone numbers anybody may read, such as the line's own. All empty where nobody
    is supported: the rules for words hold all the same.
    """

    resident_names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    cprs: tuple[str, ...] = ()
    team_names: tuple[str, ...] = ()
    staff_names: tuple[str, ...] = ()
    citizen_names: tuple[str, ...] = ()
    addresses_given: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Secrets(...)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text may leave, why not, and which ready reply says the harmless part of it.

    `because` holds the words that decided where only what was learnt did.

    `suggestion_key` is "working", "tomorrow" or "tell_more"; None when the text passed.
    """

    verdict: Literal["pass", "hold", "block"]
    kinds: tuple[str, ...] = ()
    suggestion_key: str | None = None
    because: tuple[str, ...] = ()


def judge(text: str, secrets: Secrets, language: str | None = None, weights: Weights | None = None) -> Verdict:
    """The guard's word on a text that staff want to send to a reporter.

    "block" leaves only by rewording, "hold" may be released by a second look; what is too long to be read is held.
    `kinds` are those of the reply corpus (support_relationship, team_name, identity, homelessness, substance_use,
    health, whereabouts, economy, denial, hint) and "number" or "cpr". `language` is a hint for texts too short to
    tell; `weights` stand in for those learnt from the labelled replies. Never raises; knows nothing of who lives
    where beyond `secrets`.
    """
    read = text[:_LONGEST]
    view = _without_given(unmask(read), secrets)
    clauses, words = clauses_of(view.text, language), words_of(view)
    hits = tuple(hits_of(clauses, _winks(text)))
    hard = dict.fromkeys([*_number_kinds(view, secrets), *_name_kinds(view, words, secrets)])
    soft, because = _soft_kinds(clauses, hits, weights)
    unread = ["hint"] if len(read) < len(text) else []
    kinds = tuple(dict.fromkeys([*hard, *soft, *_unlisted_kinds(view, words, secrets), *unread]))
    if not kinds:
        return Verdict("pass")
    return Verdict("block" if hard else "hold", kinds, _suggestion(clauses), because)


def _soft_kinds(
    clauses: tuple[Clause, ...], hits: tuple[Hit, ...], weights: Weights | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds that the grammar tells, checked by what was learnt, or a "hint" with what decided."""
    features = features_of(clauses, hits)
    verdict = weigh(features, weights)
    if not is_held(verdict, bool(hits)):
        return (), ()
    return (tuple(kind for _, kind in hits), ()) if hits else (("hint",), verdict.because)


def signs_of(text: str, secrets: Secrets, language: str | None = None) -> dict[str, float]:
    """What is weighed of a text: for learning from labelled replies."""
    clauses = clauses_of(_without_given(unmask(text), secrets).text, language)
    return features_of(clauses, hits_of(clauses, _winks(text)))


def _winks(text: str) -> bool:
    return any(mark in text for mark in ("😉", ";)", ";-)", "😏", "🤫", "🤐"))


def _suggestion(clauses: tuple[Clause, ...]) -> str:
    """The ready reply nearest to what the text wanted to say, by its template key."""
    if clauses and clauses[-1].question:
        return "tell_more"
    return "tomorrow" if any(speaks_of_tomorrow(clause) for clause in clauses) else "working"


def _number_kinds(view: View, secrets: Secrets) -> Iterator[str]:
    for found in find_identifiers(view, secrets.neutral):
        yield from ("identity", "cpr") if found.kind == "cpr" else ("identity", "number")
    digits = all_digits(view)
    if len(digits) >= 6 and any(len(bare) >= 6 and bare in digits for bare in map(bare_digits, secrets.phones)):
        yield from ("identity", "number")
    for cpr in secrets.cprs:
        bare = "".join(c for c in fold(cpr) if c.isdigit())
        if (len(bare) >= 8 and bare in digits) or _birthday(bare).search(view.text):
            yield from ("identity", "cpr")


def _birthday(bare: str) -> re.Pattern[str]:
    """The birth date inside a personal number (its first six digits, in Austria its last), as people write it."""
    dates = []
    for part in (bare[:6], bare[4:10]):
        day, month, year = part[:2], part[2:4], part[4:6]
        if len(part) == 6 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            word = expression(load("disclosure_numbers")["months"][int(month) - 1])
            dates.append(rf"0?{int(day)}\W{{1,3}}(?:0?{int(month)}|{word})\W{{1,3}}(?:19|20)?{year}|{part}")
    return re.compile(rf"(?<!\d)(?:{'|'.join(dates)})(?!\d)") if dates else re.compile(r"(?!)")


def _name_kinds(view: View, words: Sequence[Word], secrets: Secrets) -> Iterator[str]:
    if mentions_any(view, words, (*secrets.resident_names, *secrets.other)) or mentions_whole(
        words, secrets.citizen_names
    ):
        yield "identity"
    marks = [fold(mark) for mark in secrets.other if any(c.isdigit() for c in mark)]
    if any(re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", view.text) for mark in marks):
        yield "identity"
    if mentions_any(view, words, secrets.staff_names):
        yield "support_relationship"
    if names_team(view, secrets.team_names) == "whole":
        yield "team_name"


def _unlisted_kinds(view: View, words: Sequence[Word], secrets: Secrets) -> Iterator[str]:
    if names_team(view, secrets.team_names) == "part" or is_signed(view, secrets.neutral):
        yield "team_name"
    if names_stranger(view, words) or _foreign_flat(view, secrets):
        yield "identity"


def _foreign_flat(view: View, secrets: Secrets) -> bool:
    """A flat that the reporter never named can only come from the register. Asking which one it is may."""
    given = {_flat(m) for place in secrets.addresses_given for m in _UNIT.finditer(fold(place))}
    numbers = {n for place in secrets.addresses_given for n in re.findall(r"\d+", place)}
    for match in _UNIT.finditer(view.text):
        sentence_end = re.search(r"[?!\n]|\.\s", view.text[match.end() :])
        asked = sentence_end is not None and sentence_end.group() == "?"
        if not asked and _flat(match) not in given and match.group(3) not in numbers:
            return True
    return False


def _flat(match: re.Match[str]) -> tuple[str, str]:
    floor, side, door = match.groups(default="")
    return ("st" if floor == "stuen" else floor, side) if not door else ("", door)


def _without_given(view: View, secrets: Secrets) -> View:
    """The view with the reporter's own places and the neutral names blanked: they may be repeated."""
    text = view.text
    for given in (*secrets.addresses_given, *(n for n in secrets.neutral if not n.strip("+ ").isdigit())):
        street = re.split(r"\d", fold(given))[0].strip(" ,.")
        if len(street) >= 4:
            text = re.sub(rf"(?<!\w){re.escape(street)}(?!\w)", lambda m: " " * len(m.group()), text)
    return View(text, view.at, view.length)
