"""Finds the codes of cases in a text, and reads it without them."""

from __future__ import annotations

import re
from collections.abc import Collection

_CODE = re.compile(r"(?<![\w/-])[ACDEFGHJKMNPQRTUVWXYZ234679]{4}(?![\w]|-\d)", re.IGNORECASE)
_NO_CODE = re.compile(
    r"\d+(?:th|rd|nd|st|tv|mf|er|te|ten|de|dre|ma|mdr|uhr|am|pm|km|kwh|mm|cm|kr|etg|ere|a|år|gg|x)|h\d+|\d{2,3}[a-z]"
    r"|[a-z]\d{3}", re.IGNORECASE
)  # fmt: skip
_CODE_NAMED = re.compile(
    r"\b(?:sag|sagen|case|fall|kode|code|ref|nr|receipt|kvittering|bestätigung|#)\W{0,3}$", re.IGNORECASE
)


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


def without_codes(text: str, codes: Collection[str]) -> str:
    """The text with blanks for its case codes, for whoever looks for places: "kvittering AU4T" names no street Au.

    A code begins with a letter (`escalation.clock.new_case_code`), so "2ter" stays a storey.
    """
    return _CODE.sub(lambda m: " " * 4 if m[0].upper() in codes and m[0][0].isalpha() else m[0], text)
