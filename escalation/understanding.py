"""One reading of one text: intent, matter, danger, urgency, language and place. The only door to the word lists.

Pure and quick; nothing here decides what happens next, it only says what was understood and why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from escalation.addresses import Address, parse, property_code
from escalation.folding import compose, tokens
from escalation.intents import Beside, intent_of, wanted_language
from escalation.language import guess, related
from escalation.triage import About, Triage, triage

_LONGEST = 12_000  # nobody writes more in one message; the provider's limit is far below
_CODE = re.compile(r"(?<![\w/-])[ACDEFGHJKMNPQRTUVWXYZ234679]{4}(?![\w]|-\d)", re.IGNORECASE)
_NO_CODE = re.compile(
    r"\d+(?:th|rd|nd|st|tv|mf|er|te|ten|de|dre|ma|mdr|uhr|am|pm|km|kwh|mm|cm|kr|etg|ere|a|år|gg|x)|h\d+|\d{2,3}[a-z]"
    r"|[a-z]\d{3}", re.IGNORECASE
)  # fmt: skip
_CODE_NAMED = re.compile(
    r"\b(?:sag|sagen|case|fall|kode|code|ref|nr|receipt|kvittering|bestätigung|#)\W{0,3}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text says. `category` is ``none`` unless `intent` is ``report``; `address` is the one place meant,
    None where none or several are named (`addresses` has all places). `because` gives reasons and their words."""

    intent: str
    category: str
    sure: bool
    also: tuple[str, ...]
    danger: bool
    about: About
    urgency: Literal["urgent", "normal"]
    fishing: bool
    language: str | None
    language_sure: bool
    wanted_language: str | None
    addresses: tuple[Address, ...]
    address: Address | None
    property_code: str | None
    case_codes: tuple[str, ...]
    because: tuple[str, ...]
    vague: bool  # nothing in it says what it is about: "it is worse now", "my number is ..."


def understand(
    text: str, *, country: str, languages: Sequence[str], words: Mapping[str, Any] | None = None
) -> Understanding:
    """Read a reporter's text. `country` and `languages` are the line's, `words` its own lexicon words by category
    name or ``danger``."""
    text = compose(text)[:_LONGEST]
    folded = tokens(text)
    spoken = guess(text, languages, folded)
    read = triage(folded, related(spoken), words)
    places = tuple(address for address in parse(text, country) if address.role == "place")
    code = property_code(text)
    intent = intent_of(folded, _beside(text, read, places, code))
    is_report = intent.name == "report"
    category, sure, also = _matter(read, intent.fishing, is_report)
    return Understanding(
        intent=intent.name,
        category=category,
        sure=sure,
        also=also,
        danger=read.danger and is_report,
        about=read.about if is_report and (read.danger or not intent.fishing) else "place",
        urgency=read.urgency if is_report else "normal",
        fishing=intent.fishing,
        language=spoken.language,
        language_sure=spoken.sure,
        wanted_language=wanted_language(folded) if intent.name == "language" else None,
        addresses=places,
        address=places[0] if len(places) == 1 else None,
        property_code=code,
        case_codes=case_codes(text),
        because=(*intent.because, *read.because),
        vague=is_report and read.evidence == 0,
    )


def _beside(text: str, read: Triage, places: Sequence[Address], code: str | None) -> Beside:
    return Beside(read.danger, read.evidence, any(a.street for a in places) or code is not None, "?" in text)


def _matter(read: Triage, fishing: bool, is_report: bool) -> tuple[str, bool, tuple[str, ...]]:
    if not is_report:
        return "none", True, ()
    if fishing and not read.danger and read.matter_evidence < 3.0:
        return "other", True, read.also
    return read.category, read.sure, read.also


def case_codes(text: str) -> tuple[str, ...]:
    """Case codes named in a text, in capitals: four characters of the code alphabet with a letter and a digit.

    Ordinals, house numbers and times of that shape are no codes unless a word such as "sag" stands before them.
    """
    found = []
    for match in _CODE.finditer(text):
        code = match[0].upper()
        if code.isdigit() or code.isalpha():
            continue
        named = _CODE_NAMED.search(text[max(0, match.start() - 14) : match.start()])
        if named or not _NO_CODE.fullmatch(code):
            found.append(code)
    return tuple(dict.fromkeys(found))
