"""Masks what reporters volunteer about other people: personal numbers, telephones, accounts, diagnoses.

The words stay with the case only for those who need them; everywhere else the mask is shown. Words of
acute danger (blood, pills, unconscious) are never masked: they are why somebody comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from escalation.identifiers import find_identifiers
from escalation.lexicons import load
from escalation.phrases import any_of
from escalation.unmask import View, unmask

MARK = "[…]"
_DIAGNOSES = any_of(load("disclosure_names")["diagnoses"])


@dataclass(frozen=True, slots=True)
class Redacted:
    """The masked text and what was masked in it: "cpr", "number", "iban", "email", "health", each once."""

    text: str
    kinds: tuple[str, ...]


def redact(text: str, mark: str = MARK, keep: Iterable[str] = (), public: Iterable[str] = ()) -> Redacted:
    """The text with every identifier and diagnosis replaced by `mark`.

    `keep` names kinds that stay visible; `public` are telephone numbers anybody may read. What is not
    masked stays exactly as it was written.
    """
    kept = frozenset(keep)
    found = [span for span in _spans(unmask(text), tuple(public)) if span[2] not in kept]
    pieces: list[str] = []
    position = 0
    for start, end, _ in found:
        if start >= position:
            pieces += [text[position:start], mark]
        position = max(position, end)
    pieces.append(text[position:])
    return Redacted("".join(pieces), tuple(dict.fromkeys(kind for _, _, kind in found)))


def _spans(view: View, public: tuple[str, ...]) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = [(i.start, i.end, i.kind) for i in find_identifiers(view, public)]
    spans += [(*view.span(m.start(), m.end()), "health") for m in _DIAGNOSES.finditer(view.text)]
    return sorted(spans)
