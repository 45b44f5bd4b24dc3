"""The rules for placements: one who is responsible on each day, the same tenancy on each row, few in one stairwell.

Nothing said here names a citizen: placement code, file and row are enough to find the row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from escalation.directory_faults import Fault
from escalation.directory_layout import Row, Sheet

FILE = "placements.csv"
MOST_IN_ONE_STAIRWELL = 2

_TENANCY = (
    "property",
    "floor",
    "door",
    "citizen_name",
    "citizen_phone",
    "landlord_consent_from",
    "landlord_consent_to",
    "clause_scope",
    "clause_from",
    "clause_to",
)
_DAY = timedelta(days=1)


def check_placements(sheet: Sheet) -> Iterator[Fault]:
    """Periods that overlap, rows of one placement that differ, clauses without a date or a date without a clause."""
    for (_, placement), rows in _by_placement(sheet).items():
        yield from _overlaps(placement, rows)
        yield from _differences(placement, rows)
    for row in sheet.rows:
        scope, begin = row.get("clause_scope"), row.get("clause_from")
        if "clause_scope" in row.cells and "clause_from" in row.cells and bool(scope) != bool(begin):
            missing = "clause_from" if scope else "clause_scope"
            yield Fault(
                FILE,
                row.number,
                missing,
                f"the clause has no {missing.removeprefix('clause_')}",
                "a clause has both its scope and its first day, or neither",
            )


def placement_warnings(sheets: Mapping[str, Sheet]) -> Iterator[Fault]:
    """Days nobody is responsible for, a third placement in one stairwell, a flat that dwellings.csv does not list."""
    sheet = sheets[FILE]
    for (_, placement), rows in _by_placement(sheet).items():
        yield from _gaps(placement, rows)
    yield from _crowded(sheet)
    yield from _unlisted(sheet, sheets["dwellings.csv"])


def _by_placement(sheet: Sheet) -> dict[tuple[str, str], list[Row]]:
    """The rows of each placement by their first day; rows whose dates cannot be read are left out."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sheet.rows:
        if all(name in row.cells for name in ("line", "placement", "from", "to")):
            found[row.cells["line"], row.cells["placement"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.cells["from"], row.number))
    return found


def _end(row: Row) -> date:
    last: date | None = row.cells["to"]
    return last or date.max


def _overlaps(placement: str, rows: list[Row]) -> Iterator[Fault]:
    longest: Row | None = None
    for row in rows:
        first: date = row.cells["from"]
        if longest is not None and first <= _end(longest):
            until = min(_end(longest), _end(row))
            span = f"{first} onwards" if until == date.max else f"{first} to {until}"
            yield Fault(
                FILE,
                max(row.number, longest.number),
                "from/to",
                f"the periods of {placement} overlap ({span})",
                "periods of one placement may not overlap",
                (min(row.number, longest.number),),
            )
        if longest is None or _end(row) > _end(longest):
            longest = row


def _differences(placement: str, rows: list[Row]) -> Iterator[Fault]:
    first = min(rows, key=lambda row: row.number)
    for row in sorted(rows, key=lambda row: row.number):
        differing = [
            name
            for name in _TENANCY
            if name in row.cells and name in first.cells and row.cells[name] != first.cells[name]
        ]
        if differing:
            yield Fault(
                FILE,
                row.number,
                "/".join(differing),
                f"the rows of {placement} differ",
                "each row of a placement has the same dwelling, citizen, consent and clause",
                (first.number,),
            )


def _gaps(placement: str, rows: list[Row]) -> Iterator[Fault]:
    for earlier, later in pairwise(rows):
        begin: date = later.cells["from"]
        if _end(earlier) < begin - _DAY:
            yield Fault(
                FILE,
                later.number,
                "from",
                f"nobody is responsible for {placement} from {_end(earlier) + _DAY} to {begin - _DAY}",
                "let the period begin the day after the one before it ends",
                (earlier.number,),
            )


def _crowded(sheet: Sheet) -> Iterator[Fault]:
    """The day on which a stairwell first has one placement too many, and the row that makes it so."""
    stairwells: dict[tuple[Any, Any], list[Row]] = defaultdict(list)
    for rows in _by_placement(sheet).values():
        for row in rows:
            stairwells[row.get("line"), row.get("property")].append(row)
    for (_, code), rows in stairwells.items():
        straw = _one_too_many(rows) if code else None
        if straw:
            yield Fault(
                FILE,
                straw.number,
                "property",
                f"from {straw.cells['from']} there are more than {MOST_IN_ONE_STAIRWELL} placements in {code}",
                f"landlords count on at most {MOST_IN_ONE_STAIRWELL} in a stairwell",
            )


def _one_too_many(rows: list[Row]) -> Row | None:
    # An end and a beginning on neighbouring days do not meet: ends (day after, 0) sort before beginnings (day, 1).
    turns: list[tuple[date, int, int, Row]] = []
    for row in rows:
        turns.append((row.cells["from"], 1, row.number, row))
        if row.cells["to"]:
            turns.append((row.cells["to"] + _DAY, 0, row.number, row))
    living: Counter[str] = Counter()
    for _, begins, _, row in sorted(turns, key=lambda turn: turn[:3]):
        placement = row.cells["placement"]
        living[placement] += 1 if begins else -1
        living += Counter()
        if begins and len(living) > MOST_IN_ONE_STAIRWELL:
            return row
    return None


def _unlisted(sheet: Sheet, dwellings: Sheet) -> Iterator[Fault]:
    """A flat that is not in its property's list: a slip of the pen, or a list that is not the whole stock."""
    if not dwellings.whole:
        return
    flats: dict[tuple[Any, Any], set[tuple[str, str]]] = defaultdict(set)
    for row in dwellings.rows:
        flats[row.get("line"), row.get("property")].add(_flat(row))
    for row in sheet.rows:
        listed = flats.get((row.get("line"), row.get("property")))
        if listed and "floor" in row.cells and "door" in row.cells and _flat(row) not in listed:
            yield Fault(
                FILE,
                row.number,
                "floor/door",
                f"the dwelling of {row.get('placement')} is not in dwellings.csv",
                "add it there, or mend floor and door here",
            )


def _flat(row: Row) -> tuple[str, str]:
    return flat_key(row.get("floor") or ""), flat_key(row.get("door") or "")


def flat_key(text: str) -> str:
    """How keys, floors and doors are compared: small letters, no dot at the end."""
    return text.casefold().rstrip(".")
