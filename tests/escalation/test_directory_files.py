"""The form of the nine files: what is read, what is refused, where the fault is said to be, and the way back."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from escalation.directory import Directory, Organisation
from escalation.directory_faults import DirectoryFaults, Fault
from escalation.directory_files import read, write
from escalation.directory_layout import LAYOUTS, Layout, row_cells, row_of_cells, rows_of
from escalation.errors import Refused

BROKEN = Path(__file__).parent / "directory_broken"
EXAMPLE = Path(__file__).parents[2] / "bot" / "sandbox" / "eksempelby"


def folder(*names: str) -> dict[str, bytes]:
    """The sound little directory with the changed files of each named folder laid over it."""
    return {file.name: file.read_bytes() for name in ("sound", *names) for file in (BROKEN / name).iterdir()}


def taken_in(files: dict[str, bytes]) -> Directory:
    return read(files, {"eksempelby"}, {"eksempelby": "DK"})


def faults(files: dict[str, bytes]) -> tuple[Fault, ...]:
    with pytest.raises(DirectoryFaults) as refused:
        taken_in(files)
    return refused.value.faults


def with_text(file: str, old: str, new: str) -> dict[str, bytes]:
    files = folder()
    assert old.encode() in files[file]
    return files | {file: files[file].replace(old.encode(), new.encode())}


REFUSED = {
    "overlapping-periods": "placements.csv rows 2 and 3, columns from/to: the periods of P101 overlap "
    "(2026-08-29 to 2026-09-04); periods of one placement may not overlap",
    "unknown-team": "placements.csv row 3, column team: `cti-korps` is not in teams.csv; did you mean cti? "
    "known: aftenvagt, boligsocial, cti",
    "bad-date": "placements.csv row 4, column from: `2026-02-30` is not a date; "
    "write YYYY-MM-DD with a day that exists",
    "duplicate-property-code": "properties.csv row 4, column property: code 1057 is used twice, first in row 2 "
    "(Vestergade 12B and Østergade 3); codes are unique within a line",
    "rota-from-equals-to": "rota.csv row 8, columns from/to: from and to are both 08:00, the shift would have no "
    "length; a full day is written as two shifts, e.g. 08:00-20:00 and 20:00-08:00",
    "bad-phone": "staff.csv row 4, column phone: `2000-05 lok. 12` is not a phone number; write it as +4520000005",
    "missing-column": "staff.csv row 1, column role: column `role` is missing; "
    "expected: line, staff, name, team, role, phone, email, language",
    "extra-column": "contacts.csv row 1, column note: column `note` is not known; allowed: line, organisation, name, "
    "role, phone, language, email, properties, from, to",
    "latin1": "properties.csv row 3, column street: the file is not UTF-8 (byte 0xF8; it looks like Latin-1 or "
    'Windows-1252); save it as "CSV UTF-8"',
    "formula-in-name": "contacts.csv row 3, column name: the value begins as a formula does; a spreadsheet would run "
    "a value that begins with =, +, -, @, a tab or a line break; write it without",
    "empty-file": "contacts.csv: the file is empty, the header row is missing; "
    "a file with nothing to say holds the header only",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_folder_is_refused_with_exactly_one_line_that_names_the_cell(name: str) -> None:
    assert [str(fault) for fault in faults(folder(name))] == [REFUSED[name]]


def test_every_broken_folder_is_tried() -> None:
    assert {path.name for path in BROKEN.iterdir()} == {*REFUSED, "sound", "bom-and-crlf"}


def test_a_sound_folder_is_read_as_values() -> None:
    directory = taken_in(folder())
    assert [team.team for team in directory.teams] == ["boligsocial", "cti", "aftenvagt"]
    night = directory.rota[1]
    assert (night.start, night.end, night.overnight) == (time(16), time(8), True)
    assert (night.weekdays, night.on_holidays) == (frozenset(range(5)), False)
    assert directory.overrides[0].start == datetime.fromisoformat("2026-12-24T08:00")
    assert directory.placements[0].valid_to == date(2026, 8, 28)
    assert directory.placements[2].clause_on(date(2026, 3, 1)) == ("rent",)
    assert directory.warnings == ()


def test_byte_order_marks_and_windows_line_ends_make_no_difference() -> None:
    assert taken_in(folder("bom-and-crlf")) == taken_in(folder())


def test_commas_separate_as_well_as_semicolons() -> None:
    files = {name: data.replace(b"sat,sun", b'"sat,sun"').replace(b";", b",") for name, data in folder().items()}
    assert taken_in(files) == taken_in(folder())


def test_faults_of_several_files_come_at_once_in_file_and_row_order() -> None:
    found = faults(folder("bad-date", "rota-from-equals-to", "bad-phone", "duplicate-property-code"))
    assert [(fault.file, fault.row) for fault in found] == [
        ("staff.csv", 4),
        ("rota.csv", 8),
        ("properties.csv", 4),
        ("placements.csv", 4),
    ]


def test_two_faults_in_one_row_are_both_said_from_left_to_right() -> None:
    found = faults(with_text("staff.csv", "cti;responder;+4520000005", "ctj;boss;+4520000005"))
    assert [(fault.row, fault.column) for fault in found] == [(4, "team"), (4, "role")]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_no_file_may_be_missing_and_its_absence_is_the_only_fault(layout: Layout) -> None:
    files = folder()
    del files[layout.file]
    assert [(fault.file, fault.wrong) for fault in faults(files)] == [(layout.file, "the file is missing")]


def test_header_only_files_are_a_directory_with_nobody_in_it() -> None:
    files = {name: data.split(b"\n")[0] + b"\n" for name, data in folder().items()}
    assert taken_in(files) == Directory()


def test_a_misspelt_file_name_is_pointed_out() -> None:
    files = folder()
    files["placement.csv"] = files.pop("placements.csv")
    assert [(fault.file, fault.wrong) for fault in faults(files)] == [
        ("placements.csv", "the file is missing"),
        ("placement.csv", "is none of the directory's files"),
    ]
    assert "did you mean placements.csv?" in faults(files)[1].allowed


def test_what_is_no_csv_file_is_left_alone() -> None:
    extra = {"README.md": b"\xff", ".staff.csv": b"\xff", "~$staff.csv": b"\xff"}
    assert taken_in(folder() | extra) == taken_in(folder())


def test_a_file_without_its_header_never_has_its_first_person_repeated() -> None:
    files = folder()
    files["placements.csv"] = files["placements.csv"].split(b"\n", 1)[1]
    (fault,) = faults(files)
    assert (fault.row, fault.wrong) == (1, "this is not the header row")
    assert "Kim" not in str(fault)


def test_a_first_person_who_slipped_into_the_header_is_not_repeated_either() -> None:
    text = "\n".join(map(str, faults(with_text("placements.csv", "clause_to\n", "clause_to;"))))
    assert "column number 24 is not known" in text
    assert "Overgaard" not in text and "20000201" not in text


def test_a_misspelt_column_comes_with_the_one_that_was_meant() -> None:
    found = faults(with_text("placements.csv", "citizen_language", "citizen_langauge"))
    assert "column `citizen_langauge` is not known; did you mean citizen_language?" in str(found[0])


def test_a_column_that_stands_twice_is_refused() -> None:
    (fault,) = faults(with_text("teams.csv", "line;team;name;kind", "line;team;name;kind;kind"))
    assert fault.wrong == "column `kind` stands twice"


def test_a_row_that_lost_a_separator_is_refused_and_blamed_for_nothing_else() -> None:
    (fault,) = faults(with_text("staff.csv", "anne-lund;Anne Lund;", "anne-lund;Anne Lund "))
    assert (fault.row, fault.wrong) == (2, "the row has 7 cells, the header has 8")


def test_blank_rows_and_trailing_separators_of_a_spreadsheet_are_no_rows_but_are_counted() -> None:
    files = with_text("staff.csv", "eksempelby;pia", ";;;;;;;\n\neksempelby;pia")
    assert taken_in(files) == taken_in(folder())
    files["staff.csv"] = files["staff.csv"].replace(b"+4520000003", b"nil")
    assert faults(files)[0].row == 5


def test_a_quote_left_open_is_one_fault_in_its_row() -> None:
    (fault,) = faults(with_text("teams.csv", "CTI-korpset", '"CTI-korpset'))
    assert (fault.file, fault.row) == ("teams.csv", 3)
    assert "a quote is left open" in fault.wrong


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\N{FULLWIDTH EQUALS SIGN}"])
def test_a_value_that_a_spreadsheet_would_run_is_refused_and_not_repeated(start: str) -> None:
    (fault,) = faults(with_text("teams.csv", "CTI-korpset", f'"{start}EVIL()"'))
    assert (fault.file, fault.row, fault.column) == ("teams.csv", 3, "name")
    assert "EVIL" not in str(fault)


@pytest.mark.parametrize("character", ["\x1b", "\x00", "\n", "\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_invisible_characters_are_refused(character: str) -> None:
    (fault,) = faults(with_text("teams.csv", "CTI-korpset", f'"CTI{character}korpset"'))
    assert fault.wrong == "the value holds a line break or an invisible character"


def test_a_shifted_column_does_not_bring_a_citizen_into_a_message() -> None:
    found = faults(
        with_text(
            "placements.csv",
            "citizen_name;citizen_phone;citizen_language;method;team",
            "team;method;citizen_language;citizen_phone;citizen_name",
        )
    )
    text = "\n".join(map(str, found))
    assert found and not any(word in text for word in ("Kim", "Henrik", "20000201", "20000202"))


@pytest.mark.parametrize("phone", ["20 00", "+45 2000 0201 0000", "privat", "=+4520000201"])
def test_a_citizens_wrong_phone_is_refused_without_being_repeated(phone: str) -> None:
    (fault, *_) = faults(with_text("placements.csv", "+4520000202", phone))
    assert (fault.row, fault.column) == (4, "citizen_phone")
    assert phone not in str(fault) and "Henrik" not in str(fault)


def test_utf16_is_named_as_such() -> None:
    (fault,) = faults(folder() | {"teams.csv": folder()["teams.csv"].decode().encode("utf-16")})
    assert "UTF-16" in fault.wrong


def test_the_first_bad_byte_is_found_in_quoted_rows_and_in_the_header() -> None:
    files = folder()
    files["teams.csv"] = b'line;team;name;kind\n"eksempelby";"a";"b\n\n";internal\neksempelby;\xe6;b;internal\n'
    files["staff.csv"] = b"line;st\xe6ff\n"
    found = {fault.file: (fault.row, fault.column) for fault in faults(files)}
    assert found == {"staff.csv": (1, ""), "teams.csv": (3, "team")}


def test_national_phone_numbers_belong_to_the_lines_country() -> None:
    files = with_text("staff.csv", "+4520000005", "20 00 00 05")
    assert taken_in(files) == taken_in(folder())
    assert faults(with_text("staff.csv", "+4520000005", "+45 2000"))[0].column == "phone"


def test_what_is_written_is_read_back_the_same() -> None:
    directory = taken_in({file.name: file.read_bytes() for file in EXAMPLE.iterdir()})
    assert taken_in(write(directory)) == directory
    assert write(taken_in(write(directory))) == write(directory)


def test_the_example_municipality_is_exported_byte_for_byte() -> None:
    files = {file.name: file.read_bytes() for file in EXAMPLE.glob("*.csv")}
    assert write(taken_in(files)) == files


def test_an_empty_directory_is_nine_headers_that_can_be_read() -> None:
    files = write(Directory())
    assert files["teams.csv"] == b"line;team;name;kind\n"
    assert taken_in(files) == Directory()


@pytest.mark.parametrize("name", ["=1+1", " Eab", "Eab\nx", "A\N{COMBINING RING ABOVE}s"])
def test_a_value_that_could_not_be_read_back_is_never_written(name: str) -> None:
    bad = Directory(organisations=(Organisation("eksempelby", "eab", name, "a@b.example"),))
    with pytest.raises(Refused, match=r"organisations\.csv row 2, column name"):
        write(bad)


def test_rows_taken_apart_into_text_go_together_again() -> None:
    directory = taken_in({file.name: file.read_bytes() for file in EXAMPLE.iterdir()})
    for layout in LAYOUTS:
        rows = rows_of(directory, layout)
        assert tuple(row_of_cells(layout, row_cells(layout, row)) for row in rows) == rows


def test_no_repr_shows_who_somebody_is() -> None:
    text = repr(taken_in(folder()))
    assert not any(word in text for word in ("Kim", "Lund", "20000201", "Birgit", "citizen", "anne.lund"))


def test_a_hundred_thousand_dwellings_are_read() -> None:
    rows = [b"line;property;floor;door"]
    rows += [b"eksempelby;1057;%d;%d" % (floor, door) for floor in range(100) for door in range(1000)]
    rows += [b"eksempelby;1057;3;tv", b"eksempelby;1104;st;tv"]
    assert len(taken_in(folder() | {"dwellings.csv": b"\n".join(rows)}).dwellings) == 100_002
