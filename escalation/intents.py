"""What a text wants when it reports nothing: stop, help, thanks, status and the like; also fishing for residents.

In doubt a text is a report: no report may be taken for a farewell, and only a clear wish is a STOP.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from escalation.folding import Token, fold, tokens
from escalation.lexicons import load
from escalation.phrase_matcher import Matcher

# Where two fit, the first is meant: "stop texting me, thanks" is a stop, "how does this work, who sees it" is help.
ORDER = (
    "stop", "forget", "start", "spam", "resolved", "status", "receipt", "help", "who_sees", "quiet", "unquiet",
    "data", "language", "wrong_number", "new_case", "thanks", "greeting",
)  # fmt: skip
_OPENING_WORDS = 4
_CHAT_SIGNS = 2
_MILD_EVIDENCE = 2.9


@dataclass(frozen=True, slots=True)
class Intent:
    """The intent's name (``report`` in doubt), whether residents are fished for, and the phrases that decided."""

    name: str
    fishing: bool
    because: tuple[str, ...]
    whole: bool = False  # the text is that command and nothing else
    turned: bool = False  # thanks, or that it is over, and words that turn it round: "thanks, it goes on"
    supposed: bool = False  # no phrase says so, only the weights of its words
    doubt: float = 0.0  # how likely it is a report all the same, as a share of 1


@dataclass(frozen=True, slots=True)
class Beside:
    """What triage and the address reader found in the same text, which decides how much a phrase may mean."""

    danger: bool
    evidence: float
    place: bool
    question: bool


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@cache
def _lexicon() -> tuple[Matcher, tuple[tuple[str, str], ...], dict[str, str], dict[str, dict[str, Any]]]:
    matcher, labels, whole = Matcher(), list[tuple[str, str]](), dict[str, str]()
    tables = load("intents")
    for name in (*ORDER, "chat", "fishing"):
        table = tables[name]
        for kind in ("phrases", "mild", "blocked"):
            for phrase in _lines(table.get(kind, "")):
                if phrase in ("?", "/start"):
                    continue
                labels.append((name, kind))
                matcher.add(phrase, len(labels) - 1, {})
        for line in _lines(table.get("whole", "")):
            key = " ".join(token.word for token in tokens(line))
            if key:
                whole.setdefault(key, name)
    return matcher, tuple(labels), whole, tables


def intent_of(words: Sequence[Token], beside: Beside) -> Intent:
    """The intent of a text given as folded words (`folding.tokens`). Danger makes everything a report but a
    bare command word."""
    matcher, labels, whole, tables = _lexicon()
    exact = whole.get(" ".join(token.word for token in words))
    if exact is not None:
        return Intent(exact, False, (f"{exact}: whole text",), whole=True)
    if not words:
        return Intent("report", False, ())
    found: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for hit in matcher.find(words):
        found[labels[hit.label]].append((hit.at[0], hit.source))
    fishing = bool(found["fishing", "phrases"])
    if not beside.danger:
        for name in ORDER:
            hits = found[name, "phrases"] + (found[name, "mild"] if beside.evidence < _MILD_EVIDENCE else [])
            if hits and _fits(name, tables[name], words, beside, hits, bool(found[name, "blocked"]), fishing):
                return Intent(name, fishing, tuple(f"{name}: {source}" for _, source in hits[:3]))
        chat = {source for _, source in found["chat", "phrases"]}
        if len(chat) >= _CHAT_SIGNS and beside.evidence < 0.8 + len(chat) and not beside.place:
            reasons = tuple(f"wrong_number: {source}" for source in sorted(chat)[:3])
            return Intent("wrong_number", False, reasons)
    reasons = tuple(f"fishing: {source}" for _, source in found["fishing", "phrases"][:2])
    turned = bool(found["thanks", "blocked"] or found["resolved", "blocked"])
    return Intent("report", fishing, reasons, turned=turned)


def _barred(name: str, table: Mapping[str, Any], beside: Beside, blocked: bool) -> bool:
    """Whether a wish cannot be meant: words that turn it round, a place it has no use for, thanks that ask."""
    return blocked or (beside.place and not table["address"]) or (name in ("thanks", "resolved") and beside.question)


def _fits(
    name: str, table: dict[str, Any], words: Sequence[Token], beside: Beside, hits: Sequence[tuple[int, str]],
    blocked: bool, fishing: bool,
) -> bool:  # fmt: skip
    if fishing or _barred(name, table, beside, blocked):
        return False
    if len(words) > table["words"] or beside.evidence > table["evidence"]:
        return False
    if len({source for _, source in hits}) < table.get("need", 1):
        return False
    return not table.get("opens") or hits[0][0] < _OPENING_WORDS


def wanted_language(words: Sequence[Token]) -> str | None:
    """The language a text names, by code; None where it names none."""
    names = {fold(word): code for code, line in load("intents")["names"].items() for word in line.split()}
    return next((names[token.word] for token in words if token.word in names), None)
