"""What a clause tells a reporter: by telling words, by whom it speaks of, and by what is said in passing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from escalation.clauses import LANGUAGES, Clause, Lexicon, lexicon

_BARE_ANSWER = re.compile(
    r"(?:ja|jo|nej|yes|no|nein|korrekt|correct|exactly|genau|pracis|richtig|stimmt|yep|nope|rigtigt)"
    r"(?: (?:tak|det er det|it is|indeed|eben))?\W*"
)


Hit = tuple[str, str]  # the room of the lexicon it was found in, and the kind it tells


def hits_of(clauses: tuple[Clause, ...], wink: bool = False) -> Iterator[Hit]:
    """What the clauses tell, by room and by the kinds of the reply corpus; a hit may come twice.

    `wink` says that the text holds a winking mark: beside "I may not say" it says yes.
    """
    refuses = any(clause.speaks("formula") for clause in clauses)
    bare_answer = len(clauses) == 1 and bool(_BARE_ANSWER.fullmatch(clauses[0].text.strip()))
    if bare_answer or (refuses and (wink or any(_says_it_after_all(a, b) for a, b in pairwise(clauses)))):
        yield "hint", "hint"
    for clause in clauses:
        person = speaks_of_somebody(clause)
        for language in LANGUAGES:
            yield from _hits(clause, language, person, refuses)


def _hits(clause: Clause, language: str, person: bool, refuses: bool) -> Iterator[Hit]:
    """Telling words count in whatever language; pronouns and plain words only in the clause's own."""
    words = lexicon(language)
    own = language in clause.languages
    for kind, pattern in words.strong.items():
        if pattern.search(clause.text) and not _excused(clause, kind, person, refuses):
            yield "strong", kind
    always = words.always if own else {"team_name": words.always["team_name"]}
    for kind, pattern in always.items():
        if _always_told(clause, kind, pattern, refuses):
            yield "always", kind
    if not own:
        return
    if words.frames["outright"].search(clause.plain):
        yield "outright", "hint"
    for kind in _told_in_passing(clause, words):
        yield "passing", kind
    if person and not said_softly(clause):
        told = [kind for kind, pattern in words.weak.items() if pattern.search(clause.text)]
        for kind in told or ["support_relationship" if words.person["contact"].search(clause.text) else "identity"]:
            yield "person", kind


def _told_in_passing(clause: Clause, words: Lexicon) -> Iterator[str]:
    """What is said of whoever is neither the reader nor a tradesman nor the house, as kind colleagues say it."""
    if said_softly(clause) or clause.speaks("offer"):
        return
    text = clause.plain
    for kind, pattern in words.passing.items():
        match = pattern.search(text)
        if match and not any(trade.start() < match.end() for trade in words.person["trade"].finditer(text)):
            yield kind


def _says_it_after_all(refusal: Clause, following: Clause) -> bool:
    """ "I may not say, but …" says yes, unless the "but" only leads to what we do or what the reader may do."""
    but = _match(following, "adversative")
    if not but or not refusal.speaks("formula"):
        return False
    rest = following.text[but:].lstrip(" ,:–-")
    return bool(rest) and not any(lexicon(lang).frames["plain_but"].match(rest) for lang in following.languages)


def _match(clause: Clause, name: str) -> int:
    """Where the frame ends if the clause opens with it, else 0."""
    found = [lexicon(language).frames[name].match(clause.text) for language in clause.languages]
    return max((m.end() for m in found if m), default=0)


def said_softly(clause: Clause) -> bool:
    """Asked, repeated, refused, wished for, or "if …, then call": nothing is stated about anybody."""
    if clause.question or any(clause.speaks(frame) for frame in ("reported", "observe", "formula")):
        return True
    return clause.speaks("conditional") and clause.speaks("directed")


def _excused(clause: Clause, kind: str, person: bool, refuses: bool) -> bool:
    """A telling word may stand in what is repeated and refused, in a refusal, in an offer to all or to the reader."""
    if (clause.speaks("reported") or clause.question) and refuses and not clause.speaks("adversative"):
        return True
    if person:
        return False
    if clause.speaks("formula"):
        return True
    if kind == "homelessness":
        return False
    if clause.speaks("offer"):
        return True
    to_reader = clause.question or clause.speaks("conditional") or clause.speaks("directed")
    return to_reader and clause.speaks("you")


def _always_told(clause: Clause, kind: str, pattern: re.Pattern[str], refuses: bool) -> bool:
    match = pattern.search(clause.plain)
    if not match:
        return False
    if kind == "team_name":
        return not (clause.speaks("reported") and refuses)
    if kind == "hint":
        return not (clause.question or clause.speaks("formula"))
    if kind == "support_relationship":
        return not (clause.question or (clause.speaks("reported") and refuses))
    if kind == "denial":
        return not (clause.question or clause.speaks("formula") or (clause.speaks("reported") and refuses))
    if kind == "whereabouts" and any(_trade_before(clause, language, match.end()) for language in clause.languages):
        return False
    return not (said_softly(clause) or clause.speaks("offer"))


def _trade_before(clause: Clause, language: str, end: int) -> bool:
    return any(trade.start() < end for trade in lexicon(language).person["trade"].finditer(clause.text))


def speaks_of_somebody(clause: Clause) -> bool:
    """Whether a third person is spoken of who is no tradesman."""
    return clause.once("somebody", lambda: _mentions_somebody(clause))


def _mentions_somebody(clause: Clause) -> bool:
    for language in clause.languages:
        words = lexicon(language)
        trade = _Trade(clause, words)
        others = [lexicon(other).function for other in clause.languages if other != language]
        for match in words.person["mention"].finditer(clause.text):
            # "er" is "he" in German and "is" in Danish: of two possible languages the harmless one.
            if not any(match.group() in small for small in others) and not trade.is_meant_by(match):
                return True
    return False


class _Trade:
    """The tradesman, firm or animal a pronoun may stand for: "The caretaker comes tomorrow. He has a key"."""

    def __init__(self, clause: Clause, words: Lexicon) -> None:
        self._text, self._words = clause.text, words
        self._in_clause = words.person["trade"].search(clause.text)
        self._earlier = words.person["trade"].search(clause.before) is not None
        told = self._in_clause and words.person["says"].search(clause.text, self._in_clause.end())
        private = any(words.weak[kind].search(clause.text) for kind in ("substance_use", "health"))
        private = private or any(words.passing[kind].search(clause.text) for kind in ("hint", "support_relationship"))
        self._quoted = bool(told and private)

    def is_meant_by(self, mention: re.Match[str]) -> bool:
        """Not by a noun; by "him" only where the trade is not itself the one who acts on him."""
        if self._quoted or not self._words.person["pronoun"].fullmatch(mention.group()):
            return False
        subject = self._words.person["subject"].match(mention.group())
        trade = self._in_clause
        if trade is None or trade.start() > mention.end() + 20:
            return self._earlier
        between = self._text[trade.end() : mention.start()]
        return bool(subject or self._earlier or self._words.person["others"].search(between))
