"""Finds numbers that point at a person: telephone, personal and account numbers, e-mail addresses, handles.

Every disguise people use is looked through (spaces, dots, words, other scripts); dates, times, sums of
money, house numbers and public emergency numbers are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from escalation.lexicons import load
from escalation.unmask import View, fold

IdentifierKind = Literal["number", "cpr", "iban", "email"]
_SHORTEST = 7  # digits: shorter runs are dates, prices and door numbers far more often than telephones

_NO_DIGIT = re.compile(r"\D")
_TENS = re.compile(r"[2-9]0")
_TOKEN = re.compile(r"\d[\doil]*|[oil]+\d[\doil]*|[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[^\w@]{0,4}|_{1,3}")
_DATE = re.compile(
    r"(?<!\d)(?:(?:0?[1-9]|[12]\d|3[01])[./-] ?(?:0?[1-9]|1[0-2])[./-] ?(?:(?:19|20)\d\d|\d\d)"
    r"|20\d\d-[01]\d-[0-3]\d)(?!\d)"
)
_TIME = r"(?:[01]?\d|2[0-4])[.:][0-5][05]"
_TIMES = re.compile(rf"(?<![\d.:]){_TIME}(?:\s*[-–,/]\s*{_TIME}|\s+{_TIME})*(?![\d:]|[.:]\d)")
_DATE_TIME = re.compile(rf"{_DATE.pattern}\W{{1,3}}{_TIME}(?:\W{{1,3}}{_TIME})*")
_SUM = re.compile(r"\d{1,3}(?:[. ]\d{3})+(?:,\d\d)?|\d+(?:,\d\d)?")
_CURRENCY = re.compile(r"\W{0,2}(?:kr|dkk|nok|euro?|€|,-)")
_HOUSE = re.compile(r"\d{1,3}[a-z]?(?:[-/]\d{1,3}){1,4}")
_STREET_BEFORE = re.compile(
    r"(?:gade|vej|alle|parken|vanget|stien|torv|plads|boulevarden|gasse|strasse|str|weg|platz|veien|gata|street|road)\W{1,2}$"
)
_BIRTH = re.compile(r"(?:0[1-9]|[12]\d|3[01]|[67]\d|8\d|9[01]|4[1-9]|5\d)(?:0[1-9]|1[0-2]|4[1-9]|5[0-2])\d\d")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:[ .-]?[a-z0-9]{4}){3,7}(?:[ .-]?[a-z0-9]{1,3})?(?!\w)")
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+\s?(?:@|[(\[](?:at|snabel-?a)[)\]]|\bsnabel-?a\b)\s?[\w-]+(?:\s?(?:\.|\b(?:dot|punktum|punkt)\b)\s?[a-z]{2,})+"
    r"|(?<![\w@])@\w{4,}|(?:t|wa)\.me/\w+"
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A finding: its kind, its place in the original text (end not included) and its bare digits."""

    kind: IdentifierKind
    start: int
    end: int
    digits: str


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    digits: str
    spoken: bool = False
    prose: bool = False


def _spoken_words() -> dict[str, str]:
    told = load("disclosure_numbers")
    words = {fold(word): digits for word, digits in told["words"].items()}
    for ten, digit in told["tens"].items():
        words[fold(ten)] = digit + "0"
        for unit, value in told["units"].items():
            words[fold(f"{unit}og{ten}")] = words[fold(f"{unit}und{ten}")] = digit + value
    return words


_SPOKEN = _spoken_words()
_PROSE = frozenset(fold(word) for word in load("disclosure_numbers")["prose"])
_DOUBLE = frozenset(load("disclosure_numbers")["double"])
_PUBLIC = frozenset(load("disclosure_numbers")["public"])


def find_identifiers(view: View, public: Iterable[str] = ()) -> tuple[Identifier, ...]:
    """Everything in the text that points at a person, in order of place.

    `public` are further telephone numbers that anybody may be given, such as the line's own.
    """
    allowed = _PUBLIC | {bare_digits(number) for number in public}
    found = [_identifier(view, "email", m) for m in _EMAIL.finditer(view.text)]
    found += [_identifier(view, "iban", m) for m in _IBAN.finditer(view.text)]
    taken = [(i.start, i.end) for i in found]
    for run in _runs(view.text):
        kind = _kind_of(view.text, run, allowed)
        start, end = view.span(run[0].start, run[-1].end)
        if kind and not any(start < e and s < end for s, e in taken):
            found.append(Identifier(kind, start, end, _joined(run)))
    return tuple(sorted(found, key=lambda i: i.start))


def all_digits(view: View) -> str:
    """Every digit of the text in order, spelled ones too: a secret number spread over a sentence shows here."""
    return "".join(piece.digits for run in _runs(view.text) for piece in run)


def bare_digits(number: str) -> str:
    """A telephone number without separators, leading zero and the prefix of a country the line meets."""
    digits = _NO_DIGIT.sub("", number)
    if number.strip().startswith("+") or digits.startswith("00"):
        digits = re.sub(r"^(?:00)?(?:45|47|43|49|46)", "", digits)
    return digits if len(digits) < _SHORTEST else digits.lstrip("0")


def _identifier(view: View, kind: IdentifierKind, match: re.Match[str]) -> Identifier:
    start, end = view.span(match.start(), match.end())
    return Identifier(kind, start, end, "".join(c for c in match.group() if c.isdigit()))


def _runs(text: str) -> Iterator[list[_Piece]]:
    run: list[_Piece] = []
    for piece in _pieces(text):
        if run and _BETWEEN.fullmatch(text, run[-1].end, piece.start):
            run.append(piece)
            continue
        yield from _without_prose(run)
        run = [piece]
    yield from _without_prose(run)


def _pieces(text: str) -> Iterator[_Piece]:
    factor = 1
    for match in _TOKEN.finditer(text):
        word = match.group()
        if any(c.isdigit() for c in word):
            digits = word.translate(str.maketrans("oil", "011"))
            yield _Piece(match.start(), match.end(), digits * factor)
        elif word in _SPOKEN:
            yield _Piece(match.start(), match.end(), _SPOKEN[word] * factor, spoken=True, prose=word in _PROSE)
        elif word in {"oo", "ooo"}:
            yield _Piece(match.start(), match.end(), "0" * len(word), spoken=True)
        factor = 2 if word in _DOUBLE else 1


def _without_prose(run: list[_Piece]) -> Iterator[list[_Piece]]:
    """Cuts a run at words that are digits only among digits: "from 10 to 12" is no telephone number."""
    part: list[_Piece] = []
    for index, piece in enumerate(run):
        beside = [run[i] for i in (index - 1, index + 1) if 0 <= i < len(run)]
        if piece.prose and not any(other.spoken for other in beside):
            if part:
                yield part
            part = []
            continue
        part.append(piece)
    if part:
        yield part


def _joined(run: list[_Piece]) -> str:
    """The digits of a run; English tens swallow the unit behind them ("twenty one")."""
    digits = ""
    previous = ""
    for piece in run:
        if piece.spoken and _TENS.fullmatch(previous) and piece.digits in "123456789":
            digits = digits[:-1] + piece.digits
        else:
            digits += piece.digits
        previous = piece.digits if piece.spoken else ""
    return digits


def _kind_of(text: str, run: list[_Piece], allowed: frozenset[str]) -> IdentifierKind | None:
    digits = _joined(run)
    if len(digits) < _SHORTEST or _is_public(run, digits, allowed):
        return None
    written = text[run[0].start : run[-1].end]
    if len(digits) in {10, 11} and not _DATE_TIME.fullmatch(written) and _is_personal(digits):
        return "cpr"
    if any(piece.spoken for piece in run):
        return "number"
    if _SUM.fullmatch(written) and _CURRENCY.match(text, run[-1].end):
        return None
    if _HOUSE.fullmatch(written) and _STREET_BEFORE.search(text, 0, run[0].start):
        return None
    left = _TIMES.sub(" ", _DATE.sub(" ", written))
    return "number" if sum(c.isalnum() for c in left) >= _SHORTEST else None


def _is_public(run: list[_Piece], digits: str, allowed: frozenset[str]) -> bool:
    bare = digits.removeprefix("00")
    if any(form in allowed for form in (digits, bare, bare[2:], digits.lstrip("0"), bare[2:].lstrip("0"))):
        return True
    return all(piece.digits in allowed for piece in run)


def _is_personal(digits: str) -> bool:
    """CPR (day first; replacement numbers add 60 to the day), Norwegian numbers, Austrian ones (birth date last)."""
    return bool(_BIRTH.match(digits) or _BIRTH.fullmatch(digits[4:10]))
