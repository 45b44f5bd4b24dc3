"""What is wrong with a directory, said so that the person with the spreadsheet finds the cell and mends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from escalation.errors import Refused

_LISTED = 12
_COMPARED = 500
_DATE_LIKE = re.compile(r"[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}")
_KEY_LIKE = re.compile(r"[0-9]{4}|(?=[a-z0-9_-]{1,32}\Z)[a-z][a-z_-]*[a-z0-9]{0,4}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong cell. Row 1 is the header, as a spreadsheet counts; row 0 means the file as a whole.

    `column` may name several (``from/to``) or be empty; `also` are further rows the fault is about.
    Neither text ever repeats a citizen's name or phone. Prints as one line.
    """

    file: str
    row: int
    column: str
    wrong: str
    allowed: str
    also: tuple[int, ...] = ()

    def __str__(self) -> str:
        where = self.file
        if self.also:
            rows = sorted({self.row, *self.also})
            where += f" rows {', '.join(map(str, rows[:-1]))} and {rows[-1]}"
        elif self.row:
            where += f" row {self.row}"
        if self.column:
            where += f", {'columns' if '/' in self.column else 'column'} {self.column}"
        return f"{where}: {self.wrong}; {self.allowed}"


class DirectoryFaults(Refused):
    """The directory is not taken in. `faults` are all of them, in file and row order; nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        count = len(faults)
        super().__init__(f"the directory has {count} fault{'s' if count != 1 else ''}; nothing was imported")
        self.faults = tuple(faults)


class BadCell(Refused):
    """A cell that cannot be read: what it is not, and what is allowed. It never carries the cell itself."""

    def __init__(self, wrong: str, allowed: str, shown: bool = True) -> None:
        super().__init__(allowed)
        self.wrong = wrong
        self.allowed = allowed
        self.shown = shown


def quoted(value: str) -> str:
    """The value between backticks, short, without line breaks or characters that steer a terminal."""
    flat = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value).replace("`", "'")
    return f"`{flat[:39]}\N{HORIZONTAL ELLIPSIS}`" if len(flat) > 40 else f"`{flat}`"


def quoted_if_harmless(value: str) -> str:
    """As `quoted`, but only for what looks like a key or a date.

    In a file about citizens a shifted column can put a name or a phone number into any cell.
    """
    return quoted(value) if _DATE_LIKE.fullmatch(value) or _KEY_LIKE.fullmatch(value) else "the value"


def listed(known: Iterable[str]) -> str:
    """The known values, sorted, the first twelve of them."""
    names = sorted(known)
    if not names:
        return "none are known"
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return "known: " + ", ".join(names[:_LISTED]) + more


def hinted(value: str, known: Iterable[str]) -> str:
    """What is allowed instead of `value`: the nearest known one first, if there is a near one."""
    names = sorted(known)
    near = nearest(value, names)
    return (f"did you mean {near}? " if near else "") + listed(names)


def nearest(value: str, known: Sequence[str]) -> str:
    """The known name that `value` is most likely a slip for, or an empty text."""
    # Comparing is quadratic; in a long list, and among numbers, the nearest name is luck anyway.
    if len(known) > _COMPARED or value.isdigit():
        return ""
    longer = [name for name in known if len(name) > 1 and (value.startswith(name) or name.startswith(value))]
    return next(iter(longer or get_close_matches(value, known, 1, 0.6)), "")
