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


@dataclass(frozen=True, slots=True)
class Wishes:
    """The phrases of wishes found in a text of so many words, by the wish's name and the kind of phrase, each with
    where it begins; `whole` is the command that the text is, if it is nothing else."""

    whole: str | None
    words: int
    found: Mapping[tuple[str, str], Sequence[tuple[int, str]]]

    def of(self, name: str, kind: str = "phrases") -> Sequence[tuple[int, str]]:
        """The phrases of one kind that say a wish."""
        return self.found.get((name, kind), ())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@cache
def _lexicon() -> tuple[Matcher, tuple[tuple[str, str], ...], dict[str, str]]:
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
    return matcher, tuple(labels), whole


def wishes_in(words: Sequence[Token]) -> Wishes:
    """What is found of wishes in a text given as folded words (`folding.tokens`), whatever stands beside them."""
    matcher, labels, whole = _lexicon()
    found: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for hit in matcher.find(words):
        found[labels[hit.label]].append((hit.at[0], hit.source))
    return Wishes(whole.get(" ".join(token.word for token in words)), len(words), found)


def intent_of(wishes: Wishes, beside: Beside) -> Intent:
    """The intent of a text. Danger makes everything a report but a bare command word."""
    if wishes.whole is not None:
        return Intent(wishes.whole, False, (f"{wishes.whole}: whole text",), whole=True)
    if not wishes.words:
        return Intent("report", False, ())
    fishing = bool(wishes.of("fishing"))
    if not beside.danger:
        for name in ORDER:
            mild = wishes.of(name, "mild") if beside.evidence < _MILD_EVIDENCE else ()
            hits = [*wishes.of(name), *mild]
            if hits and not fishing and _fits(name, wishes, beside, hits):
                return Intent(name, fishing, tuple(f"{name}: {source}" for _, source in hits[:3]))
        chat = {source for _, source in wishes.of("chat")}
        if len(chat) >= _CHAT_SIGNS and beside.evidence < 0.8 + len(chat) and not beside.place:
            reasons = tuple(f"wrong_number: {source}" for source in sorted(chat)[:3])
            return Intent("wrong_number", False, reasons)
    reasons = tuple(f"fishing: {source}" for _, source in wishes.of("fishing")[:2])
    turned = bool(wishes.of("thanks", "blocked") or wishes.of("resolved", "blocked"))
    return Intent("report", fishing, reasons, turned=turned)


def _barred(name: str, table: Mapping[str, Any], beside: Beside, blocked: bool) -> bool:
    """Whether a wish cannot be meant: words that turn it round, a place it has no use for, thanks that ask."""
    return blocked or (beside.place and not table["address"]) or (name in ("thanks", "resolved") and beside.question)


def _fits(name: str, wishes: Wishes, beside: Beside, hits: Sequence[tuple[int, str]]) -> bool:
    table = load("intents")[name]
    if _barred(name, table, beside, bool(wishes.of(name, "blocked"))):
        return False
    if wishes.words > table["words"] or beside.evidence > table["evidence"]:
        return False
    if len({source for _, source in hits}) < table.get("need", 1):
        return False
    return not table.get("opens") or hits[0][0] < _OPENING_WORDS


def wanted_language(words: Sequence[Token]) -> str | None:
    """The language a text names, by code; None where it names none."""
    names = {fold(word): code for code, line in load("intents")["names"].items() for word in line.split()}
    return next((names[token.word] for token in words if token.word in names), None)
