"""Between the nine CSV files and a `Directory`: everything wrong with them is said at once, or nothing is.

All nine must be there. An absent or empty file is refused, never read as "delete all"; a file with nothing to say
holds its header only.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from escalation import directory_cells as cells
from escalation.directory import Directory
from escalation.directory_checks import check
from escalation.directory_faults import BadCell, DirectoryFaults, Fault, hinted, nearest, quoted, quoted_if_harmless
from escalation.directory_layout import FILES, LAYOUTS, Column, Layout, Row, Sheet, rows_of
from escalation.errors import Refused

_HEADER_ONLY = "a file with nothing to say holds the header only"
_MARK = "x"
_COLUMN_LIKE = re.compile(r"[a-z][a-z_-]{0,39}")


def read(files: Mapping[str, bytes], lines: Collection[str], countries: Mapping[str, str]) -> Directory:
    """The directory the files describe; `lines` are the configured slugs, `countries` says each one's country code.

    UTF-8 with or without byte order mark, ``;`` or ``,``, any line ends. Raises DirectoryFaults with every fault in
    file and row order. What did not stop the reading is in the result's `warnings`.
    """
    faults = _strangers(files)
    sheets: dict[str, Sheet] = {}
    for layout in LAYOUTS:
        sheets[layout.file], found = _read_sheet(layout, files.get(layout.file), countries)
        faults += found
    found, warnings = check(sheets, lines)
    faults += found
    if faults:
        raise DirectoryFaults(sorted(faults, key=_place))
    made = {sheet.layout.attribute: tuple(_made(sheet)) for sheet in sheets.values()}
    return Directory(**made, warnings=tuple(sorted(warnings, key=_place)))


def write(directory: Directory) -> dict[str, bytes]:
    """The nine files as UTF-8, ``;`` and LF, rows in the directory's order: what `read` takes back unchanged.

    An optional column nobody uses is left out. Raises Refused for a value that `read` would not take.
    """
    return {layout.file: _write_sheet(layout, rows_of(directory, layout)) for layout in LAYOUTS}


def _place(fault: Fault) -> tuple[int, str, int, int, str]:
    file = FILES.index(fault.file) if fault.file in FILES else len(FILES)
    column = -1
    if file < len(FILES):
        names = list(LAYOUTS[file].by_name)
        first = fault.column.split("/")[0]
        column = names.index(first) if first in names else -1
    return file, fault.file, fault.row, column, fault.column


def _strangers(files: Mapping[str, bytes]) -> list[Fault]:
    # A misspelt file name would otherwise be an absent file and a silent leftover.
    return [
        Fault(name, 0, "", "is none of the directory's files", hinted(name, FILES))
        for name in files
        if name.lower().endswith(".csv") and name not in FILES and not name.startswith((".", "~"))
    ]


def _made(sheet: Sheet) -> Iterator[Any]:
    fields = [(column.name, column.field) for column in sheet.layout.columns]
    for row in sheet.rows:
        yield sheet.layout.make(**{attribute: row.cells[name] for name, attribute in fields})


def _read_sheet(layout: Layout, data: bytes | None, countries: Mapping[str, str]) -> tuple[Sheet, list[Fault]]:
    """The rows of one file and what is wrong with its form; an unreadable file gives one fault and no rows."""
    nothing = Sheet(layout, [], whole=False)
    if data is None:
        return nothing, [Fault(layout.file, 0, "", "the file is missing", _HEADER_ONLY)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return nothing, [_undecodable(layout, data, error.start)]
    records, broken = _records(text)
    if not records or not any(records[0]):
        missing = Fault(layout.file, 0, "", "the file is empty, the header row is missing", _HEADER_ONLY)
        return nothing, [missing]
    header = [name.strip() for name in records[0]]
    while header and not header[-1]:
        header.pop()
    faults = _header_faults(layout, header)
    if faults:
        return nothing, faults
    sheet = Sheet(layout, [], whole=not broken)
    faults = list(_read_rows(sheet, header, records, countries))
    if broken:
        faults.append(
            Fault(
                layout.file,
                len(records) + 1,
                "",
                f"the row cannot be read ({broken})",
                'put a value with quotes or separators in quotes and write its quotes twice: "a ""b"" c"',
            )
        )
    return sheet, faults


def _records(text: str) -> tuple[list[list[str]], str]:
    """All records up to the first that cannot be read, and why that one cannot."""
    head = re.split(r"[\r\n]", text, maxsplit=1)[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",", strict=True)
    records: list[list[str]] = []
    try:
        for record in lines:
            records.append(record)
    except csv.Error as error:
        reasons = {"unexpected end": "a quote is left open", "field limit": "a value is far too long"}
        found = (reason for words, reason in reasons.items() if words in str(error))
        return records, next(found, "its quotes do not match")
    return records, ""


def _undecodable(layout: Layout, data: bytes, at: int) -> Fault:
    """Where the first byte stands that is not UTF-8. What stands before it may be quoted nowhere."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Fault(layout.file, 0, "", "the file is not UTF-8 (it looks like UTF-16)", 'save it as "CSV UTF-8"')
    records, _ = _records(data[:at].decode("utf-8-sig", errors="ignore") + _MARK)
    column = ""
    if records and len(records) > 1 and len(records[-1]) <= len(records[0]):
        name = records[0][len(records[-1]) - 1].strip()
        column = name if name in layout.by_name else ""
    wrong = f"the file is not UTF-8 (byte 0x{data[at]:02X}; it looks like Latin-1 or Windows-1252)"
    return Fault(layout.file, max(1, len(records)), column, wrong, 'save it as "CSV UTF-8"')


def _header_faults(layout: Layout, header: list[str]) -> list[Fault]:
    known = layout.by_name
    required = [column.name for column in layout.columns if not column.optional]
    absent = [name for name in required if name not in header]
    if len(absent) * 2 > len(required):
        # A file without a header begins with somebody's data: none of it is repeated.
        return [Fault(layout.file, 1, "", "this is not the header row", "expected: " + ", ".join(required))]
    faults = [
        Fault(layout.file, 1, name, f"column {quoted(name)} is missing", "expected: " + ", ".join(required))
        for name in absent
    ]
    for index, name in enumerate(header):
        if name not in known:
            faults.append(_unknown_column(layout, index, name))
        elif name in header[:index]:
            faults.append(Fault(layout.file, 1, name, f"column {quoted(name)} stands twice", "name each column once"))
    return faults


def _unknown_column(layout: Layout, index: int, name: str) -> Fault:
    # A lost line break puts the first person's row into the header: only what could be a column's name is repeated.
    plain = name.isprintable() and bool(name) and (not layout.guarded or bool(_COLUMN_LIKE.fullmatch(name)))
    near = nearest(name.lower(), list(layout.by_name)) if plain else ""
    return Fault(
        layout.file,
        1,
        name if plain else "",
        f"column {quoted(name) if plain else f'number {index + 1}'} is not known",
        (f"did you mean {near}? " if near else "") + "allowed: " + ", ".join(layout.by_name),
    )


def _read_rows(
    sheet: Sheet, header: list[str], records: list[list[str]], countries: Mapping[str, str]
) -> Iterator[Fault]:
    layout = sheet.layout
    reader = _CellReader(layout, header)
    absent = {column.name: column.nothing for column in layout.columns if column.name not in header}
    for number, record in enumerate(records[1:], 2):
        if not any(cell.strip() for cell in record):
            continue
        while len(record) > len(header) and not record[-1].strip():
            record.pop()
        if len(record) != len(header):
            sheet.whole = False
            yield Fault(
                layout.file,
                number,
                "",
                f"the row has {len(record)} cells, the header has {len(header)}",
                "write every separator, and quotes around a value that holds one",
            )
            continue
        row = Row(number, dict(absent))
        yield from reader.fill(row, record, countries)
        sheet.rows.append(row)
        if any(name not in row.cells for name in layout.key):
            sheet.whole = False


class _CellReader:
    """Reads the cells of one file. The same text gives the same value, so each text is parsed once."""

    def __init__(self, layout: Layout, header: list[str]) -> None:
        self._layout = layout
        self._columns = [layout.by_name[name] for name in header]
        self._line = header.index("line")
        self._seen: dict[tuple[str, str, str | None], Any] = {}

    def fill(self, row: Row, record: list[str], countries: Mapping[str, str]) -> Iterator[Fault]:
        country = countries.get(record[self._line].strip())
        for column, raw in zip(self._columns, record, strict=True):
            remembered = (column.name, raw, country)
            if remembered not in self._seen:
                self._seen[remembered] = _parsed(column, raw, country)
            value = self._seen[remembered]
            if isinstance(value, BadCell):
                yield self._fault(row.number, column, raw, value)
            else:
                row.cells[column.name] = value

    def _fault(self, number: int, column: Column, raw: str, bad: BadCell) -> Fault:
        subject = "the value"
        if bad.shown and raw.strip() and not column.personal:
            subject = (quoted_if_harmless if self._layout.guarded else quoted)(raw.strip())
        return Fault(self._layout.file, number, column.name, f"{subject} {bad.wrong}", bad.allowed)


def _parsed(column: Column, raw: str, country: str | None) -> Any:
    try:
        text = cells.clean(raw, phone=column.is_phone)
        if text:
            return column.parse(text, country)
    except BadCell as bad:
        return bad.with_traceback(None)
    if column.may_be_empty:
        return column.nothing
    return BadCell("is empty", "it must be filled in", shown=False)


def _write_sheet(layout: Layout, rows: tuple[Any, ...]) -> bytes:
    used = [
        column
        for column in layout.columns
        if not column.optional or any(getattr(row, column.field) != column.nothing for row in rows)
    ]
    page = io.StringIO(newline="")
    writer = csv.writer(page, delimiter=";", lineterminator="\n")
    writer.writerow([column.name for column in used])
    for number, row in enumerate(rows, 2):
        writer.writerow([_safe(layout, number, column, getattr(row, column.field)) for column in used])
    return page.getvalue().encode("utf-8")


def _safe(layout: Layout, number: int, column: Column, value: Any) -> str:
    text = cells.shown(value)
    try:
        if cells.clean(text, phone=column.is_phone) == text:
            return text
    except BadCell as bad:
        raise Refused(str(Fault(layout.file, number, column.name, f"the value {bad.wrong}", bad.allowed))) from None
    raise Refused(
        str(
            Fault(
                layout.file,
                number,
                column.name,
                "the value is not written as it is read",
                "write it without margins, in composed form",
            )
        )
    )
