"""Recognises people and teams nobody has listed, and a team of the case by any of its names.

The names of one case are the business of `escalation.secret_names`. Capitals prove nothing here either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from escalation.lexicons import load
from escalation.phrases import any_of
from escalation.secret_names import SHORT_WORDS, Word, as_letters, is_masked, stands_as_name
from escalation.suspicion import is_common
from escalation.unmask import View, fold

_DATA = load("disclosure_names")
_ORDINARY = frozenset(fold(_DATA["ordinary"]).split())
_FIRST_NAMES = frozenset(fold(_DATA["first_names"]).split())
_NOT_NAMES = frozenset(fold(_DATA["not_names"]).split())
_ONLY_NAMES = _FIRST_NAMES - _ORDINARY
_PLAIN_TEAM = frozenset(fold(_DATA["plain_team_words"]).split())
_SIGNER = frozenset(fold(_DATA["signers"]).split()) | _PLAIN_TEAM | _NOT_NAMES
_ROLES = any_of(_DATA["roles"])
_PLACES = any_of(_DATA["places"])
_GREETING = re.compile(r"\W*" + any_of(_DATA["greetings"]).pattern + r" (?:[^\W\d]+\.? ){0,1}[^\W\d]+(?=[,!.\n])")
_TITLE = re.compile(any_of(_DATA["titles"]).pattern + r"\W{1,3}([^\W\d_]+)(\.?)")
_SPOKEN_TO = re.compile(any_of(_DATA["spoken_to"]).pattern + r" ([^\W\d_]{3,})")
_SIGNED = re.compile(
    any_of(_DATA["closings"]).pattern + r"[\W_]{1,3}([^.!?\n]{2,40})\W*$|(?<!\w)/\s?([^\W\d_][^.!?\n/]{1,30})$"
)
_NAMELIKE = any_of(_DATA["no_name"])


def names_team(view: View, teams: Iterable[str]) -> str | None:
    """Whether a team is named: "whole" for its full name, "part" for a telling word or its initials, else None."""
    told = re.findall(r"\w+", view.text)
    line = " ".join(told)
    verdict = None
    for team in teams:
        parts = tuple(re.findall(r"\w+", fold(team)))
        if not parts:
            continue
        if re.search(rf"\b{re.escape(' '.join(parts))}\w{{0,3}}\b", line) or _run_together(parts, told):
            return "whole"
        if (
            is_masked(view, parts)
            or _short_team(parts).search(line)
            or any(_telling(word, part) for part in parts for word in told)
        ):
            verdict = "part"
    return verdict


def is_signed(view: View, neutral: Iterable[str]) -> bool:
    """Whether the text ends with somebody's name: a team's or a colleague's, for nobody else signs a reply."""
    match = _SIGNED.search(view.text)
    if not match:
        return False
    known = _SIGNER | {word for name in neutral for word in re.findall(r"[^\W\d_]+", fold(name))}
    words = re.findall(r"[^\W\d_]+", match.group(1) or match.group(2))
    return any(word not in known and not _ROLES.match(word) for word in words)


def names_stranger(view: View, words: Sequence[Word]) -> bool:
    """Whether somebody is named whom no list knows: after a title, or by a common first name.

    The reader's own name in a greeting is his to read, and so is that of the caretaker.
    """
    greeted = _GREETING.match(view.text)
    reader = greeted.end() if greeted else 0
    if any(_after_title(match) for match in _TITLE.finditer(view.text, reader)):
        return True
    if any(_is_unknown(match.group(1)) for match in _SPOKEN_TO.finditer(view.text, reader)):
        return True
    named = (word for word in words if word.start >= reader and _is_first_name(word))
    return any(not _is_place(view, word) and not _has_a_trade(view, word) for word in named)


def _after_title(match: re.Match[str]) -> bool:
    """ "Hr. P." names somebody as "Hr. Poulsen" does; "the lady has" and "Frau Doktor" name nobody."""
    word, dot = match.group(1), match.group(2)
    if len(word) == 1:
        return bool(dot)
    return word not in _NOT_NAMES and not _ROLES.match(word) and not _NAMELIKE.fullmatch(word)


def _is_unknown(word: str) -> bool:
    """Whether a word that stands where names do is no trade, no small word and none that replies are made of."""
    return not (word in SHORT_WORDS or is_common(word) or _ROLES.match(word) or _NAMELIKE.fullmatch(word))


def _is_first_name(word: Word) -> bool:
    plain = word.plain.partition("'")[0]
    if plain in _ORDINARY:
        return plain in _FIRST_NAMES and stands_as_name(word)
    return plain not in _NOT_NAMES and (plain in _FIRST_NAMES or plain.removesuffix("s") in _ONLY_NAMES)


def _has_a_trade(view: View, word: Word) -> bool:
    start = max(view.text.rfind(mark, 0, word.start) for mark in ".!?\n") + 1
    end = min((at for at in (view.text.find(mark, word.end) for mark in ".!?\n") if at >= 0), default=len(view.text))
    return any(_ROLES.match(role) for role in re.findall(r"[^\W\d_]+", view.text[start:end]))


def _is_place(view: View, word: Word) -> bool:
    after = view.text[word.end : word.end + 14]
    return bool(_PLACES.fullmatch(word.plain) or re.match(r"\W{1,2}\d", after) or _PLACES.match(after.lstrip()))


def _run_together(parts: Sequence[str], told: Sequence[str]) -> bool:
    """ "hjemloeseteamsyd" and "H o m e 0utreach": without its gaps, with more of them, with figures for letters."""
    whole = "".join(parts)
    told = [as_letters(word) for word in told]
    if len(parts) == 1 and whole in _PLAIN_TEAM:
        return False
    return len(whole) >= 5 and any(_begins(told, index, whole) for index in range(len(told)))


def _begins(told: Sequence[str], index: int, whole: str) -> bool:
    built = ""
    for piece in told[index : index + len(whole)]:
        built += piece
        if built.startswith(whole):
            return len(built) <= len(whole) + 3
        if not whole.startswith(built):
            return False
    return False


@lru_cache(maxsize=256)
def _short_team(parts: tuple[str, ...]) -> re.Pattern[str]:
    """ "HF-teamet", "MBW West", "Bostøtte N.": its initials from the front, and its first word with an initial."""
    named = [part for part in parts if not part.startswith("team")]
    initials = [part[0] for part in named]
    shorts = {"".join(initials[:count]) for count in range(2, len(initials) + 1)}
    forms = list(_initials(shorts))
    forms += [part for part in parts if 2 <= len(part) <= 4 and part not in SHORT_WORDS and part not in _PLAIN_TEAM]
    if len(named) > 1 and len(named[0]) >= 4:
        forms.append(rf"{named[0]} {initials[1]}(?!\w)")
    return re.compile(r"(?<!\w)(?:" + "|".join(forms) + ")") if forms else re.compile("(?!)")


def _initials(shorts: Iterable[str]) -> Iterator[str]:
    for short in shorts:
        yield " ".join(short) + r"(?!\w)"
        if short not in SHORT_WORDS:
            yield short + r"s?(?!\w)"


def _telling(word: str, part: str) -> bool:
    """A long word of a team's name counts with any ending and one slip of the pen, a short one only whole."""
    if part in _PLAIN_TEAM or len(part) <= 4:
        return False
    if len(part) >= 8 and word.startswith(part[:-2]):
        return True
    return word == part or (len(part) >= 7 and OSA.distance(word, part, score_cutoff=1) <= 1)
