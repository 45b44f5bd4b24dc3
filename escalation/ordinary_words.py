"""Words that people use in what they report, gathered from every list the line understands by.

A street's name is told from the word beside it by this, never by its capital: half of all people write none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from escalation.folding import fold
from escalation.lexicons import concept_tables, load

_LISTS = ("da", "en", "de", "nb", "sv", "language", "intents", "house", "disclosure_da", "disclosure_de", "meetings")
_WORD = re.compile(r"(?<![\w*])[^\W\d_]{2,}(?![\w*])")


@cache
def ordinary_words() -> frozenset[str]:
    """Every whole word of the lexicons, folded. Stems with an asterisk are left out."""
    texts = [text for name in _LISTS for text in _texts(load(name))]
    texts += [text for _, languages in concept_tables() for text in languages.values()]
    names = {fold(word) for word in load("addresses")["words"]["not_ordinary"].split()}
    written = {word for text in texts for word in _WORD.findall(text)}  # the same ones again and again
    return frozenset(map(fold, written)) - names


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
