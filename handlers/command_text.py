"""A staff message made ready for reading: case codes found, spelling folded, every word still traceable.

The text of a reply must arrive exactly as it was typed, so matching happens on a folded copy and what is
cut out is cut from the original.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from escalation.unmask import View, unmask
from handlers.command_spelling import tidy
from handlers.command_words import words

_GAP = re.compile(r"[^\w#]*")
_BREAK = re.compile(r"[,.;:!\n–—]|\s-\s")
_CODE = re.compile(r"(?<![^\W_])[A-Za-z0-9]{4}(?![^\W_])")
_ALPHABET = frozenset("ACDEFGHJKMNPQRTUVWXYZ234679")
_MIXED = re.compile(r"(?<!\w)(?=\w*\d)(?=\w*[^\W\d_])\w{2,8}(?!\w)")
# Letters beside digits that are no misspelt code: times, sums, floors, flats.
_MEASURE = re.compile(
    r"\d+(?:min|mins|m|t|h|kr|tv|th|mf|st|nd|rd|uhr|pm|am|km|x|sal|e|er|dage|tage|times?|timer|[abcdf])|kl\d+|\d+h\d+",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"\s*[:]\s*|\s*[,.–—]\s+|\s+-\s+|\s+")
_BREATH = re.compile(r"[:\n]")
_CODE_AFTER = re.compile(r"[\s,–—-]*#")
_ADDRESSED = re.compile(
    r"(?:[^\W\d]+\W{1,2}){0,2}#(?=\W*:)|(?:om|vedr|re|about|uber|til|to|zu|for)\W+(?:sag\w*|sak\w*|case|fall)?\W*#"
)
_BETWEEN = r"[\s.\-]{0,2}"


class Rest(Enum):
    """What follows a phrase: nothing of weight, a new thought behind a comma, or the same sentence going on."""

    END = "end"
    PUNCTUATED = "punctuated"
    RUN_ON = "run_on"


@dataclass(frozen=True, slots=True)
class Body:
    """Where the text of a reply begins, the case named in front of it, and whether a colon announced it."""

    start: int
    code: str | None
    colon: bool


@dataclass(frozen=True, slots=True)
class CommandText:
    """A message as written and as folded; in the folded text `#` stands for a case code."""

    raw: str
    view: View
    codes: tuple[str, ...]
    open_codes: tuple[str, ...]
    code_ends: Mapping[int, int]

    @classmethod
    def read(cls, text: str, open_codes: tuple[str, ...]) -> CommandText:
        """Finds the codes: any among `open_codes`, and whatever our alphabet could have made."""
        marked = list(text.replace("#", " "))
        spans = {
            match.span(): match.group().upper() for match in _CODE.finditer(text) if _is_code(match.group(), open_codes)
        }
        spans.update(_spaced(text, open_codes))
        for start, end in spans:
            marked[start:end] = "#" + "\u200b" * (end - start - 1)
        codes = tuple(spans[span] for span in sorted(spans))
        return cls(text, tidy(unmask("".join(marked)), text), codes, open_codes, {start: end for start, end in spans})

    @property
    def question(self) -> bool:
        return self.raw.rstrip().endswith("?")

    @property
    def garbled(self) -> bool:
        """Whether something looks like a code mistyped: then it may not mean the case that happens to be open."""
        return self.garbled_before(len(self.view.text))

    def garbled_before(self, end: int) -> bool:
        """The same, in the words in front of a body."""
        return any(not _MEASURE.fullmatch(m.group()) for m in _MIXED.finditer(self.view.text, 0, end))

    def word_from(self, start: int) -> int:
        """Where the next word begins, behind gaps, codes and fillers."""
        return self.skip(start, words("fillers", lexicon="commands"))[0]

    def first_word(self, start: int) -> int:
        """Where the next word begins, behind gaps and codes alone."""
        return self.skip(start, None)[0]

    def addressed(self, start: int) -> str | None:
        """The case that the first words of a body seem to be for, "about K7M2: …", though not named before it."""
        text = self.view.text
        match = _ADDRESSED.match(text, start)
        return self.codes[text.count("#", 0, match.end() - 1)] if match else None

    def matches(self, pattern: re.Pattern[str], openings: tuple[int, ...], in_one_breath: bool = False) -> int:
        """Where the pattern ends if the message has it at one of the `openings`; else 0.

        `in_one_breath` lets it reach no further than the first colon or line break: there a body begins.
        """
        best = 0
        for start in openings:
            stop = _BREATH.search(self.view.text, start) if in_one_breath else None
            match = pattern.match(self.view.text, start, stop.start() if stop else len(self.view.text))
            best = max(best, match.end() if match else 0)
        return best

    def after(self, start: int) -> str:
        return self.view.text[start:]

    def follows(self, end: int, pattern: re.Pattern[str]) -> bool:
        """Whether the pattern comes next, behind codes and fillers."""
        position, _ = self.skip(end, words("fillers", lexicon="commands"))
        return bool(pattern.match(self.view.text, position))

    def rest(self, end: int, *harmless: re.Pattern[str]) -> Rest:
        """What is left behind `end`, not counting codes, fillers and the harmless words."""
        position, broken = end, False
        while True:
            start, gap_breaks = self.skip(position, words("fillers", lexicon="commands"))
            broken = broken or gap_breaks
            if start >= len(self.view.text):
                return Rest.END
            match = next((m for p in harmless if (m := p.match(self.view.text, start))), None)
            if not match:
                return Rest.PUNCTUATED if broken else Rest.RUN_ON
            position = match.end()

    def skip(self, position: int, idle: re.Pattern[str] | None) -> tuple[int, bool]:
        """The next position behind gaps, codes and `idle` words, and whether a comma or the like was passed.

        Behind such a mark words are no longer skipped: there a new thought begins.
        """
        text, broken = self.view.text, False
        while True:
            gap = _GAP.match(text, position)
            end = gap.end() if gap else position
            broken = broken or bool(_BREAK.search(text, position, end))
            if text.startswith("#", end):
                position = end + 1
                continue
            match = idle.match(text, end) if idle and not broken else None
            if not match:
                return end, broken
            position = match.end()

    def body_from(self, end: int) -> Body | None:
        """Where a body begins behind a verb; None if two different cases are named in front of it."""
        text = self.view.text
        named = self.codes[: text.count("#", 0, end)]
        if match := _CODE_AFTER.match(text, end):
            following = self.codes[len(named)]
            if named and following not in named:
                return None
            end, named = (end, named) if named else (match.end(), (following,))
        if len(set(named)) > 1:
            return None
        start = self._written_end(end)
        gap = _SEPARATOR.match(self.raw, start)
        begin = next((i for i, at in enumerate(self.view.at) if at >= (gap.end() if gap else start)), len(text))
        return Body(begin, named[0] if named else None, bool(gap and ":" in gap.group()))

    def opens_with_garble(self, start: int) -> bool:
        match = _MIXED.match(self.view.text, start)
        return bool(match and not _MEASURE.fullmatch(match.group()))

    def written_from(self, start: int) -> str | None:
        """The original text from a folded position on, trailing blanks aside; None if nothing is left."""
        if start >= len(self.view.at):
            return None
        return self.raw[self.view.at[start] :].rstrip() or None

    def _written_end(self, end: int) -> int:
        if end == 0:
            return 0
        last = self.view.at[end - 1]
        if self.view.text[end - 1] == "#":
            return self.code_ends[last]
        following = self.view.at[end] if end < len(self.view.at) else len(self.raw)
        doubled = (i for i in range(last + 1, following) if not self.raw[i].isalnum())
        return next(doubled, following)

    def openings(self) -> tuple[int, ...]:
        """Where a phrase may begin: in front of the code (it may be part of it) and behind code and fillers."""
        first = _GAP.match(self.view.text)
        behind, _ = self.skip(0, words("fillers", lexicon="commands"))
        return (first.end() if first else 0), behind


def _spaced(text: str, open_codes: tuple[str, ...]) -> dict[tuple[int, int], str]:
    """Open cases' codes typed with gaps inside, "7k q4"; codes of letters alone would be found in sentences."""
    found: dict[tuple[int, int], str] = {}
    for code in open_codes:
        if any(c.isdigit() for c in code) and any(c.isalpha() for c in code):
            written = r"(?<!\w)" + _BETWEEN.join(map(re.escape, code)) + r"(?!\w)"
            found.update({m.span(): code for m in re.finditer(written, text, re.IGNORECASE | re.ASCII)})
    return found


def _is_code(token: str, open_codes: tuple[str, ...]) -> bool:
    code = token.upper()
    if code in open_codes:
        return True
    mixed = any(c.isdigit() for c in code) and any(c.isalpha() for c in code)
    return mixed and _ALPHABET.issuperset(code) and not _MEASURE.fullmatch(token)
