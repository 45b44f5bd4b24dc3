"""Reads a reply clause by clause: which language, how it speaks (asks, repeats, offers), and what it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from escalation.lexicons import load
from escalation.phrases import any_of
from escalation.unmask import fold

LANGUAGES = ("da", "en", "de")
_ABBREVIATED = r"(?<![\d.])(?<!\bkl)(?<!\bst)(?<!\bnr)(?<!\bhr)(?<!\bfr)(?<!\bdr)(?<!\bmr)(?<!\bms)"
_SENTENCE = re.compile(rf"(?<=[!?…])\s+|{_ABBREVIATED}\.\s+|\n+|;\s")
_BARE_ANSWER = re.compile(
    r"(?:ja|jo|nej|yes|no|nein|korrekt|correct|exactly|genau|pracis|richtig|stimmt|yep|nope|rigtigt)"
    r"(?: (?:tak|det er det|it is|indeed|eben))?\W*"
)
_REPORT_VERB = re.compile(r"\b(?:siger|sagt|sagde|at|dass|that|says|said|told|talt|med|with|mit|meint|erzahl\w*)\b")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a folded text with the languages it may be in and what stands around it."""

    text: str
    languages: tuple[str, ...]
    question: bool
    before: str


@dataclass(frozen=True, slots=True)
class _Lexicon:
    function: frozenset[str]
    frames: Mapping[str, re.Pattern[str]]
    person: Mapping[str, re.Pattern[str]]
    strong: Mapping[str, re.Pattern[str]]
    weak: Mapping[str, re.Pattern[str]]
    always: Mapping[str, re.Pattern[str]]


def _read(language: str) -> _Lexicon:
    told = load(f"disclosure_{language}")
    groups = dict(told["groups"])
    rooms = {
        room: {name: any_of(phrases, groups) for name, phrases in told[room].items()}
        for room in ("frames", "person", "strong", "weak", "always")
    }
    return _Lexicon(frozenset(fold(told["function"]).split()), **rooms)


_LEXICONS = {language: _read(language) for language in LANGUAGES}


def _lexicon(language: str) -> _Lexicon:
    return _LEXICONS[language]


def clauses_of(folded: str, language: str | None = None) -> tuple[Clause, ...]:
    """The clauses of a folded text in order. `language` decides only where the words do not."""
    overall = _languages(folded, (language,) if language in LANGUAGES else LANGUAGES)
    clauses: list[Clause] = []
    before = ""
    for sentence in (s for s in _sentences(folded) if s.strip()):
        spoken = _languages(sentence, overall)
        question = sentence.rstrip(" \"')*").endswith("?")
        for part in _parts(sentence, spoken):
            clauses.append(Clause(part, spoken, question, before))
        before = sentence
    return tuple(clauses)


def word_kinds(clauses: tuple[Clause, ...], wink: bool = False) -> Iterator[str]:
    """What the clauses tell, by the kinds of the reply corpus; a kind may come twice.

    `wink` says that the text holds a winking mark: beside "I may not say" it says yes.
    """
    refuses = any(_frame(clause, "formula") for clause in clauses)
    bare_answer = len(clauses) == 1 and bool(_BARE_ANSWER.fullmatch(clauses[0].text.strip()))
    if bare_answer or (refuses and (wink or any(_says_it_after_all(a, b) for a, b in pairwise(clauses)))):
        yield "hint"
    for clause in clauses:
        for language in LANGUAGES:
            yield from _kinds(clause, language, refuses)


def speaks_of_tomorrow(clause: Clause) -> bool:
    return _frame(clause, "tomorrow")


def _kinds(clause: Clause, language: str, refuses: bool) -> Iterator[str]:
    """Telling words count in whatever language; pronouns and plain words only in the clause's own."""
    words = _lexicon(language)
    own = language in clause.languages
    person = _speaks_of_somebody(clause)
    strong = [kind for kind, pattern in words.strong.items() if pattern.search(clause.text)]
    told = [kind for kind in strong if not _excused(clause, kind, person, refuses)]
    if own and words.frames["outright"].search(_without_harmless(clause)):
        told.append("hint")
    always = words.always if own else {"team_name": words.always["team_name"]}
    told += [kind for kind, pattern in always.items() if _always_told(clause, kind, pattern, refuses)]
    if own and person and not _said_softly(clause):
        told += [kind for kind, p in words.weak.items() if p.search(clause.text)]
        if not told:
            told.append("support_relationship" if words.person["contact"].search(clause.text) else "identity")
    yield from told


def _says_it_after_all(refusal: Clause, following: Clause) -> bool:
    """ "I may not say, but …" says yes, unless the "but" only leads to what we do or what the reader may do."""
    but = _match(following, "adversative")
    if not but or not _frame(refusal, "formula"):
        return False
    rest = following.text[but:].lstrip(" ,:–-")
    return bool(rest) and not any(_lexicon(lang).frames["plain_but"].match(rest) for lang in following.languages)


def _match(clause: Clause, name: str) -> int:
    """Where the frame ends if the clause opens with it, else 0."""
    found = [_lexicon(language).frames[name].match(clause.text) for language in clause.languages]
    return max((m.end() for m in found if m), default=0)


def _said_softly(clause: Clause) -> bool:
    """Asked, repeated, refused, wished for, or "if …, then call": nothing is stated about anybody."""
    if clause.question or any(_frame(clause, frame) for frame in ("reported", "observe", "formula")):
        return True
    return _frame(clause, "conditional") and _frame(clause, "directed")


def _excused(clause: Clause, kind: str, person: bool, refuses: bool) -> bool:
    """A telling word may stand in what is repeated and refused, in a refusal, in an offer to all or to the reader."""
    if (_frame(clause, "reported") or clause.question) and refuses and not _frame(clause, "adversative"):
        return True
    if person:
        return False
    if _frame(clause, "formula"):
        return True
    if kind == "homelessness":
        return False
    if _frame(clause, "offer"):
        return True
    to_reader = clause.question or _frame(clause, "conditional") or _frame(clause, "directed")
    return to_reader and _frame(clause, "you")


def _always_told(clause: Clause, kind: str, pattern: re.Pattern[str], refuses: bool) -> bool:
    if not pattern.search(_without_harmless(clause)):
        return False
    if kind == "team_name":
        return not (_frame(clause, "reported") and refuses)
    if kind == "hint":
        return not (clause.question or _frame(clause, "formula"))
    if kind == "support_relationship":
        return not (clause.question or (_frame(clause, "reported") and refuses))
    if kind == "denial":
        return not (clause.question or _frame(clause, "formula") or (_frame(clause, "reported") and refuses))
    return not (_said_softly(clause) or _frame(clause, "offer"))


def _speaks_of_somebody(clause: Clause) -> bool:
    for language in clause.languages:
        words = _lexicon(language)
        match = words.person["mention"].search(clause.text)
        if match and not _means_a_trade(clause, words, match):
            return True
    return False


def _means_a_trade(clause: Clause, words: _Lexicon, match: re.Match[str]) -> bool:
    """ "The caretaker comes tomorrow. He has a key": the pronoun is the caretaker's, if only as a subject."""
    subject = words.person["subject"].match(clause.text, match.start())
    if not subject:
        return False
    earlier = clause.text[: match.start()]
    if _REPORT_VERB.search(earlier):
        return False
    return any(words.person["trade"].search(text) for text in (earlier, clause.before))


def _frame(clause: Clause, name: str) -> bool:
    return any(_lexicon(language).frames[name].search(clause.text) for language in clause.languages)


def _without_harmless(clause: Clause) -> str:
    text = clause.text
    for language in clause.languages:
        text = _lexicon(language).frames["harmless"].sub(" ", text)
    return text


def _sentences(folded: str) -> Iterator[str]:
    position = 0
    for match in _SENTENCE.finditer(folded):
        yield folded[position : match.start()]
        position = match.end()
    yield folded[position:]


def _parts(sentence: str, languages: tuple[str, ...]) -> list[str]:
    """A sentence cut before its "but": what is said behind it is said outright."""
    cuts = {0, len(sentence)}
    for language in languages:
        cuts |= {m.start() for m in _lexicon(language).frames["adversative"].finditer(sentence)}
    marks = sorted(cuts)
    return [sentence[a:b] for a, b in pairwise(marks) if sentence[a:b].strip()]


def _languages(text: str, fallback: tuple[str, ...]) -> tuple[str, ...]:
    """The language with most of its small words in the text; several on a tie, `fallback` without any."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text)
    counts = {language: sum(w in _lexicon(language).function for w in words) for language in LANGUAGES}
    most = max(counts.values())
    if most == 0:
        return fallback
    best = tuple(language for language, count in counts.items() if count == most)
    both = tuple(language for language in best if language in fallback)
    return both or best
