"""What one cell cannot know: whether rows contradict each other and whether what they refer to is there.

Works on rows as far as they could be read, so that one wrong cell never hides the next fault. A file that could not
be read whole is never blamed for what may stand in its missing rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from escalation.directory_cells import shown
from escalation.directory_faults import Fault, hinted, quoted, quoted_if_harmless
from escalation.directory_layout import Row, Sheet
from escalation.directory_placements import check_placements, flat_key, placement_warnings

Sheets = Mapping[str, Sheet]
Known = dict[str, set[str]]
"""Per line, the keys a file holds."""

_REFERENCES = (
    ("staff.csv", "team", "teams.csv", "team"),
    ("rota.csv", "team", "teams.csv", "team"),
    ("rota.csv", "staff", "staff.csv", "staff"),
    ("rota_overrides.csv", "team", "teams.csv", "team"),
    ("rota_overrides.csv", "staff", "staff.csv", "staff"),
    ("properties.csv", "organisation", "organisations.csv", "organisation"),
    ("properties.csv", "team", "teams.csv", "team"),
    ("dwellings.csv", "property", "properties.csv", "property"),
    ("contacts.csv", "organisation", "organisations.csv", "organisation"),
    ("contacts.csv", "properties", "properties.csv", "property"),
    ("placements.csv", "property", "properties.csv", "property"),
    ("placements.csv", "team", "teams.csv", "team"),
    ("placements.csv", "contact_person", "staff.csv", "staff"),
)
_DAY_SPANS = (
    ("staff.csv", "from", "to"),
    ("contacts.csv", "from", "to"),
    ("placements.csv", "from", "to"),
    ("placements.csv", "landlord_consent_from", "landlord_consent_to"),
    ("placements.csv", "clause_from", "clause_to"),
)


def check(sheets: Sheets, lines: Collection[str]) -> tuple[list[Fault], list[Fault]]:
    """Faults that refuse the directory, and warnings that do not. Neither is in any order."""
    faults: list[Fault] = []
    for sheet in sheets.values():
        faults += _unknown_lines(sheet, lines)
        faults += _duplicates(sheet)
    faults += _unknown_references(sheets, lines)
    for file, first, last in _DAY_SPANS:
        faults += _backwards(sheets[file], first, last)
    faults += _rota_lengths(sheets)
    faults += _foreign_properties(sheets)
    faults += check_placements(sheets["placements.csv"])
    warnings = [*_shared_phones(sheets["staff.csv"]), *placement_warnings(sheets)]
    return faults, warnings


def _unknown_lines(sheet: Sheet, lines: Collection[str]) -> Iterator[Fault]:
    naming = quoted_if_harmless if sheet.layout.guarded else quoted
    for row in sheet.rows:
        line = row.get("line")
        if line is not None and line not in lines:
            yield Fault(
                sheet.layout.file, row.number, "line", f"{naming(line)} is not a configured line", hinted(line, lines)
            )


def _duplicates(sheet: Sheet) -> Iterator[Fault]:
    """The second and every further row under a key. Placements have their own words for it: they overlap."""
    layout = sheet.layout
    if layout.file == "placements.csv":
        return
    first: dict[tuple[Any, ...], Row] = {}
    for row in sheet.rows:
        if any(name not in row.cells for name in layout.key):
            continue
        key = tuple(_folded(row.cells[name]) for name in layout.key)
        earlier = first.setdefault(key, row)
        if earlier is row:
            continue
        if layout.file == "properties.csv":
            yield Fault(
                layout.file,
                row.number,
                "property",
                f"code {key[1]} is used twice, first in row {earlier.number} ({_house(earlier)} and {_house(row)})",
                "codes are unique within a line",
            )
        else:
            columns = "/".join(name for name in layout.key if name != "line")
            yield Fault(
                layout.file, row.number, columns, f"the same as in row {earlier.number}", "each stands once in the file"
            )


def _folded(value: Any) -> Any:
    return flat_key(value) if isinstance(value, str) else value


def _house(row: Row) -> str:
    return f"{row.get('street') or ''} {row.get('number') or ''}".strip() or "no address"


def _keys(sheet: Sheet, column: str) -> Known:
    known: Known = defaultdict(set)
    for row in sheet.rows:
        if "line" in row.cells and column in row.cells:
            known[row.cells["line"]].add(row.cells[column])
    return known


def _unknown_references(sheets: Sheets, lines: Collection[str]) -> Iterator[Fault]:
    keys = {(file, column): _keys(sheets[file], column) for _, _, file, column in _REFERENCES}
    for file, column, target, target_column in _REFERENCES:
        if not sheets[target].whole:
            continue
        known = keys[target, target_column]
        naming = quoted_if_harmless if sheets[file].layout.guarded else quoted
        hints: dict[tuple[str, str], str] = {}
        for row in sheets[file].rows:
            line, value = row.get("line"), row.get(column)
            if not value or line not in lines:
                continue
            for one in value if isinstance(value, tuple) else (value,):
                if one in known.get(line, ()):
                    continue
                if (line, one) not in hints:
                    hints[line, one] = hinted(one, known.get(line, ()))
                yield Fault(file, row.number, column, f"{naming(one)} is not in {target}", hints[line, one])


def _backwards(sheet: Sheet, first: str, last: str) -> Iterator[Fault]:
    columns = f"{first}/{last}"
    for row in sheet.rows:
        begin, end = row.get(first), row.get(last)
        if begin and end and end < begin:
            yield Fault(
                sheet.layout.file,
                row.number,
                columns,
                f"{begin} comes after {end}",
                "the last day is not before the first; both days are included",
            )
        elif end and not begin and first in row.cells and first != "from":
            yield Fault(
                sheet.layout.file,
                row.number,
                columns,
                f"there is an end, {end}, without a beginning",
                f"write the first day in {first}, or leave both empty",
            )


def _rota_lengths(sheets: Sheets) -> Iterator[Fault]:
    for row in sheets["rota.csv"].rows:
        start, end = row.get("from"), row.get("to")
        if start is not None and start == end:
            yield Fault(
                "rota.csv",
                row.number,
                "from/to",
                f"from and to are both {shown(start)}, the shift would have no length",
                "a full day is written as two shifts, e.g. 08:00-20:00 and 20:00-08:00",
            )
    for row in sheets["rota_overrides.csv"].rows:
        start, end = row.get("from"), row.get("to")
        if start is not None and end is not None and end <= start:
            yield Fault(
                "rota_overrides.csv",
                row.number,
                "from/to",
                f"{shown(start)} is not before {shown(end)}",
                "an override ends after it begins; past midnight it ends on the next day",
            )


def _foreign_properties(sheets: Sheets) -> Iterator[Fault]:
    """A contact may act for the houses of the organisation it is listed under, and for no others."""
    owner = {(row.get("line"), row.get("property")): row.get("organisation") for row in sheets["properties.csv"].rows}
    for row in sheets["contacts.csv"].rows:
        own = row.get("organisation")
        for code in row.get("properties") or ():
            theirs = owner.get((row.get("line"), code))
            if own and theirs and theirs != own:
                yield Fault(
                    "contacts.csv",
                    row.number,
                    "properties",
                    f"property {code} belongs to {theirs}, not {own}",
                    "only properties of the contact's own organisation",
                )


def _shared_phones(staff: Sheet) -> Iterator[Fault]:
    owners: dict[tuple[Any, Any], Row] = {}
    for row in staff.rows:
        line, phone = row.get("line"), row.get("phone")
        if line is None or phone is None:
            continue
        earlier = owners.setdefault((line, phone), row)
        if earlier is not row:
            yield Fault(
                "staff.csv",
                row.number,
                "phone",
                f"{row.get('staff')} has the same phone as {earlier.get('staff')} (row {earlier.number})",
                "the line cannot tell who answers from it; give each a number of their own",
            )
