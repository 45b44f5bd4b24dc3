"""Recognises people in a text: the names of one case however misspelt, and names nobody has listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from escalation.lexicons import load
from escalation.phrases import any_of
from escalation.unmask import View, fold

_DATA = load("disclosure_names")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SPELLED = re.compile(r"(?<!\w)(?:[^\W\d_]\W{1,2}){2,}[^\W\d_](?!\w)")
_START = re.compile(r"(?:^|[.!?…:\n\"“„»(–-])\W*$")
_PARTICLES = frozenset("van von de der den da di el al bin ben la le af og und and zu du".split())
_ORDINARY = frozenset(fold(_DATA["ordinary"]).split())
_FIRST_NAMES = frozenset(fold(_DATA["first_names"]).split())
_NOT_NAMES = frozenset(fold(_DATA["not_names"]).split())
_PLAIN_TEAM = frozenset(fold(_DATA["plain_team_words"]).split())
_ROLES = any_of(_DATA["roles"])
_PLACES = any_of(_DATA["places"])
_BEFORE = re.compile("(?:" + any_of(_DATA["before_names"]).pattern + r")\W{1,3}$")
_AFTER = re.compile(r"\W{1,2}" + any_of(_DATA["after_names"]).pattern)
_GREETING = re.compile(r"\W*" + any_of(_DATA["greetings"]).pattern + r" (?:[^\W\d]+\.? ){0,1}[^\W\d]+(?=[,!.\n])")
_TITLE = re.compile("(?:" + any_of(_DATA["titles"]).pattern + r")\W{1,3}$")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, folded, with its place there and how it was written."""

    plain: str
    start: int
    end: int
    capital: bool
    opening: bool


def words_of(text: str, view: View) -> list[Word]:
    """The words of a text, and the words somebody spelled letter by letter to slip them through."""
    found = [_word(text, view, m.start(), m.end(), m.group()) for m in _WORD.finditer(view.text)]
    for match in _SPELLED.finditer(view.text):
        letters = "".join(c for c in match.group() if c.isalpha())
        found.append(_word(text, view, match.start(), match.end(), letters))
    return found


def mentions_any(words: Iterable[Word], names: Iterable[str]) -> bool:
    """Whether one of the names, or a part of one, stands in the text, exactly or misspelt.

    From five letters on one slip of the pen still counts, from nine on two. A name that is an ordinary
    word as well ("Bo", "Mark") counts only when capitalised in the middle of a sentence, or before a verb.
    """
    split = [_parts(name) for name in names]
    parts = {part for name in split for part in name}
    joined = {"".join(name) for name in split if len(name) > 1}
    for word in words:
        plain = word.plain.removesuffix("'s").rstrip("'")
        if any(whole in plain for whole in joined) or any(_same(word, plain, part) for part in parts):
            return True
    return False


def mentions_whole(words: Sequence[Word], names: Iterable[str]) -> bool:
    """Whether one of the names stands in the text in full: its first and its last part, exactly or misspelt."""
    for name in names:
        parts = _parts(name)
        if len(parts) > 1 and all(any(_same(w, w.plain, p) for w in words) for p in (parts[0], parts[-1])):
            return True
    return False


def names_team(view: View, teams: Iterable[str]) -> str | None:
    """Whether a team is named: "whole" for its full name, "part" for a telling word of it, else None."""
    told = " ".join(re.findall(r"\w+", view.text))
    verdict = None
    for team in teams:
        parts = re.findall(r"\w+", fold(team))
        if parts and re.search(rf"\b{re.escape(' '.join(parts))}\w{{0,3}}\b", told):
            return "whole"
        for part in parts:
            if part not in _PLAIN_TEAM and len(part) > 2 and re.search(_telling(part), told):
                verdict = "part"
    return verdict


def names_stranger(view: View, words: Iterable[Word], shouting: bool) -> bool:
    """Whether somebody is named whom no list knows: after a title, where names stand, or by a common first name.

    The reader's own name in a greeting is his to read. `shouting` says that the whole text is in capitals,
    so that a capital proves nothing.
    """
    if shouting:
        return False
    greeted = _GREETING.match(view.text)
    reader = greeted.end() if greeted else 0
    return any(
        word.capital and word.start >= reader and not _is_place(view, word) and _looks_like_name(view, word)
        for word in words
    )


def _looks_like_name(view: View, word: Word) -> bool:
    before, after = view.text[max(0, word.start - 40) : word.start], view.text[word.end : word.end + 20]
    if _TITLE.search(before):
        return word.plain not in _NOT_NAMES and not _ROLES.match(word.plain)
    if len(word.plain) < 2 or word.plain in _NOT_NAMES or _ROLES.match(word.plain):
        return False
    bare = word.plain.removesuffix("'s")
    if bare in _FIRST_NAMES or bare.removesuffix("s") in _FIRST_NAMES:
        return bare not in _ORDINARY or not word.opening
    if bare in _ORDINARY:
        return not word.opening and bool(_BEFORE.search(before) or _AFTER.match(after))
    return bool(_BEFORE.search(before))


def _is_place(view: View, word: Word) -> bool:
    after = view.text[word.end : word.end + 14]
    return bool(_PLACES.fullmatch(word.plain) or re.match(r"\W{1,2}\d", after) or _PLACES.match(after.lstrip()))


def _word(text: str, view: View, start: int, end: int, plain: str) -> Word:
    capital = text[view.at[start]].isupper()
    return Word(plain, start, end, capital, bool(_START.search(view.text, 0, start)))


def _parts(name: str) -> list[str]:
    return [p for p in re.findall(r"[^\W\d_]+", fold(name)) if len(p) > 1 and p not in _PARTICLES]


def _same(word: Word, plain: str, part: str) -> bool:
    if plain in {part, part + "s", part + "es"}:
        return (part not in _ORDINARY and len(part) > 2) or (word.capital and not word.opening)
    if len(part) < 5 or plain in _ORDINARY or plain in _NOT_NAMES:
        return False
    if plain[0] != part[0] and not (word.capital and not word.opening):
        return False
    allowed = 2 if len(part) >= 9 else 1
    return OSA.distance(plain, part, score_cutoff=allowed) <= allowed


def _telling(part: str) -> str:
    """A long word of a team's name counts with any ending, a short one only whole."""
    return rf"\b{re.escape(part[:-2])}" if len(part) >= 8 else rf"\b{re.escape(part)}\b"
