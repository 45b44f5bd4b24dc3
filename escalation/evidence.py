"""Everything a text gives to judge it by, gathered once: words, language, places, rules, concepts and features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalation.addresses import Address, parse, property_code
from escalation.case_codes import case_codes, without_codes
from escalation.concepts import concepts, spoken_in
from escalation.features import by_sentence, danger_rules, features
from escalation.folding import Token, compose, tokens
from escalation.intents import Beside, Intent, Wishes, intent_of, wishes_in
from escalation.language import Guess, guess, related
from escalation.triage import Triage, triage

_STREET, _SHORTENED = "_street", 4  # "vesterg." too is the street
_LONGEST = 12_000  # nobody writes more in one message; the provider's limit is far below


@dataclass(frozen=True, slots=True)
class Evidence:
    """One text. `code` is a property's, `codes` are of cases; `features` are for its matter, its urgency and its
    intent, those of its `sentences` with the `danger_rules` for danger."""

    text: str
    words: tuple[Token, ...]
    spoken: Guess
    rules: Triage
    wishes: Wishes
    intent: Intent
    places: tuple[Address, ...]
    code: str | None
    codes: tuple[str, ...]
    features: Mapping[str, float]
    sentences: Sequence[Mapping[str, float]]
    danger_rules: Mapping[str, float]


def gather(text: str, *, country: str, languages: Sequence[str], words: Mapping[str, Any] | None = None) -> Evidence:
    """Read a text with a line's country, languages and own words."""
    text = compose(text)[:_LONGEST]
    folded = tokens(text)
    spoken = guess(text, languages, folded)
    read = triage(folded, related(spoken), words)
    codes = case_codes(text)
    named = parse(without_codes(text, codes), country)
    places = tuple(address for address in named if address.role == "place")
    code = property_code(text)
    placed = any(a.street for a in places) or code is not None
    wishes = wishes_in(folded)
    intent = intent_of(wishes, Beside(read.danger, read.evidence, placed, "?" in text))
    meant = concepts(folded)
    weighed = _without_streets(folded, named)
    return Evidence(
        text=text,
        words=tuple(folded),
        spoken=spoken,
        rules=read,
        wishes=wishes,
        intent=intent,
        places=places,
        code=code,
        codes=codes,
        features=features(weighed, spoken_in(meant, related(spoken)), read.reasons, _signs(text, read, intent, placed)),
        sentences=by_sentence(weighed, meant),
        danger_rules=danger_rules(read.reasons),
    )


def _without_streets(words: Sequence[Token], named: Sequence[Address]) -> Sequence[Token]:
    """The words with every street's name made the same: what is understood may not depend on where it happens."""
    streets = {token.word for address in named for token in tokens(address.street)}
    names = streets.union(street[:end] for street in streets for end in range(_SHORTENED, len(street)))
    return [token._replace(word=_STREET) if token.word in names else token for token in words]


def _signs(text: str, read: Triage, intent: Intent, placed: bool) -> Iterator[str]:
    yield f"intent {intent.name}"
    yield f"about {read.about}"
    for name, holds in (
        ("fishing", intent.fishing),
        ("place", placed),
        ("question", "?" in text),
        ("no matter", read.matter_evidence == 0),
    ):
        if holds:
            yield name
