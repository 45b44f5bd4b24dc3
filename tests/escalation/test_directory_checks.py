"""What rows say about each other: references, duplicates, spans, and the rules for placements."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.directory import Directory
from escalation.directory_faults import DirectoryFaults, Fault
from escalation.directory_files import read

SOUND = Path(__file__).parent / "directory_broken" / "sound"
P103 = "eksempelby;P103;{place};Ida Holm;;da;ACT;cti;lone-krogh;{days};;;;;"


def taken_in(**changes: tuple[str, str]) -> Directory:
    """The sound directory with a text replaced in some files; an empty old text adds a row."""
    files = {file.name: file.read_text(encoding="utf-8") for file in SOUND.iterdir()}
    for name, (old, new) in changes.items():
        text = files[f"{name}.csv"]
        assert old in text
        files[f"{name}.csv"] = text.replace(old, new) if old else text.rstrip("\n") + f"\n{new}\n"
    return read({name: text.encode() for name, text in files.items()}, {"eksempelby"}, {"eksempelby": "DK"})


def faults(**changes: tuple[str, str]) -> tuple[Fault, ...]:
    with pytest.raises(DirectoryFaults) as refused:
        taken_in(**changes)
    return refused.value.faults


def warnings(**changes: tuple[str, str]) -> list[str]:
    return [str(warning) for warning in taken_in(**changes).warnings]


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "wrong"),
    [
        ("staff", "cti;responder", "ctj;responder", "team", "`ctj` is not in teams.csv"),
        ("rota", "lone-krogh", "lone", "staff", "`lone` is not in staff.csv"),
        ("rota_overrides", "mads-ravn", "mads", "staff", "`mads` is not in staff.csv"),
        (
            "properties",
            "50;6999;Eksempelby;eab",
            "50;6999;Eksempelby;eba",
            "organisation",
            "`eba` is not in organisations.csv",
        ),
        ("dwellings", "1104;st", "1105;st", "property", "`1105` is not in properties.csv"),
        ("contacts", "eab;Karsten", "eba;Karsten", "organisation", "`eba` is not in organisations.csv"),
        ("placements", "1104;st", "1105;st", "property", "`1105` is not in properties.csv"),
        ("placements", "lone-krogh", "lone", "contact_person", "`lone` is not in staff.csv"),
    ],
)
def test_a_reference_to_nothing_is_a_fault(file: str, old: str, new: str, column: str, wrong: str) -> None:
    (fault,) = faults(**{file: (old, new)})
    assert (fault.file, fault.column, fault.wrong) == (f"{file}.csv", column, wrong)


def test_an_unknown_line_is_said_once_for_its_row_and_explains_the_rest() -> None:
    (fault,) = faults(rota_overrides=("eksempelby;", "eksempleby;"))
    assert (fault.row, fault.column) == (2, "line")
    assert fault.allowed == "did you mean eksempelby? known: eksempelby"


def test_a_row_with_a_wrong_cell_still_counts_for_those_who_refer_to_it() -> None:
    (fault,) = faults(staff=("+4520000005", "none"))
    assert (fault.file, fault.column) == ("staff.csv", "phone")


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("teams", "eksempelby;cti;CTI again;internal", "team"),
        ("staff", "eksempelby;Anne-Lund;A;cti;admin;+4520000099;a@b.example;da", "staff"),
        ("rota", "eksempelby;cti;holidays;20:00;08:00;mads-ravn;2", "team/days/from/to/staff"),
        ("rota_overrides", "eksempelby;cti;2026-12-24T08:00;2026-12-24T16:00;mads-ravn;2", "team/from/to/staff"),
        ("organisations", "eksempelby;eab;Again;a@b.example", "organisation"),
        ("dwellings", "eksempelby;1104;St.;TV", "property/floor/door"),
        ("contacts", "eksempelby;eab;Again;caretaker;20000102", "organisation/phone/from"),
    ],
)
def test_a_key_stands_once_in_each_file(file: str, row: str, column: str) -> None:
    (fault,) = faults(**{file: ("", row)})
    assert (fault.column, "the same as in row" in fault.wrong) == (column, True)
    assert "20000102" not in str(fault)


@pytest.mark.parametrize(
    ("old", "new", "columns"),
    [
        ("2026-08-01;2026-08-28", "2026-08-01;2026-07-28", "from/to"),
        (
            "2026-03-01;;;;rent;2026-03-01;",
            "2026-03-01;;2026-05-01;2026-04-01;rent;2026-03-01;",
            "landlord_consent_from/landlord_consent_to",
        ),
        (
            "2026-03-01;;;;rent;2026-03-01;",
            "2026-03-01;;;2026-04-01;rent;2026-03-01;",
            "landlord_consent_from/landlord_consent_to",
        ),
        ("rent;2026-03-01;", "rent;2026-03-01;2026-02-28", "clause_from/clause_to"),
        ("rent;2026-03-01;", "rent;;", "clause_from"),
        ("rent;2026-03-01;", ";2026-03-01;", "clause_scope"),
        ("rent;2026-03-01;", "noise;2026-03-01;", "clause_scope"),
        ("CTI;boligsocial", "IPS;boligsocial", "method"),
        ("2026-03-01;;;;rent", "9999-12-31;;;;rent", "from"),
        ("P102", "010190-1234", "placement"),
    ],
)
def test_a_placement_that_contradicts_itself_is_refused(old: str, new: str, columns: str) -> None:
    (fault, *_) = faults(placements=(old, new))
    assert (fault.file, fault.column) == ("placements.csv", columns)


@pytest.mark.parametrize(
    ("old", "new", "columns"),
    [
        ("1057;3;tv;Kim Overgaard;+4520000201;da;CTI;cti", "1057;st;tv;Kim Overgaard;+4520000201;da;CTI;cti", "floor"),
        ("2026-08-29;;;;;;", "2026-08-29;;2026-08-29;;;;", "landlord_consent_from"),
    ],
)
def test_each_row_of_a_placement_tells_of_the_same_tenancy(old: str, new: str, columns: str) -> None:
    (fault,) = faults(placements=(old, new))
    assert (fault.row, fault.also, fault.column) == (3, (2,), columns)
    assert "Kim" not in str(fault)


def test_an_override_ends_after_it_begins() -> None:
    (fault,) = faults(rota_overrides=("2026-12-24T16:00", "2026-12-24T07:00"))
    assert fault.column == "from/to"


def test_a_contact_may_not_be_given_another_organisations_house() -> None:
    organisations = ("", "eksempelby;solhjem;Solhjem;a@solhjem.example")
    contacts = (
        "line;organisation;name;role;phone\neksempelby;eab;Birgit Sloth;landlord;+4520000101\n"
        "eksempelby;eab;Karsten Bay;caretaker;+4520000102",
        "line;organisation;name;role;phone;properties\neksempelby;solhjem;Birgit Sloth;landlord;+4520000101;1057,1104",
    )
    found = faults(organisations=organisations, contacts=contacts)
    assert [fault.wrong for fault in found] == [
        "property 1057 belongs to eab, not solhjem",
        "property 1104 belongs to eab, not solhjem",
    ]


def test_two_people_behind_one_phone_are_warned_of() -> None:
    (warning,) = warnings(staff=("+4520000005", "+4520000003"))
    assert warning.startswith("staff.csv row 4, column phone: lone-krogh has the same phone as pia-thuesen (row 3)")


def test_days_without_anybody_responsible_are_warned_of() -> None:
    (warning,) = warnings(placements=("2026-08-28", "2026-08-25"))
    assert "nobody is responsible for P101 from 2026-08-26 to 2026-08-28" in warning


def test_a_third_placement_in_one_stairwell_is_warned_of_on_its_first_day() -> None:
    third = "\n".join(
        P103.format(place=place, days=days).replace("P103", code)
        for code, place, days in (("P103", "1057;st;tv", "2026-09-01;"), ("P104", "1057;st;tv", "2026-10-01;"))
    )
    (warning,) = warnings(placements=("", third))
    assert warning.startswith("placements.csv row 6, column property: from 2026-10-01 there are more than 2")


def test_a_placement_that_begins_when_another_has_ended_is_no_third() -> None:
    rows = "\n".join(
        P103.format(place="1057;st;tv", days=days).replace("P103", code)
        for code, days in (("P103", "2026-09-01;2026-09-30"), ("P104", "2026-10-01;"))
    )
    assert warnings(placements=("", rows)) == []


def test_a_flat_that_the_list_of_dwellings_does_not_have_is_warned_of() -> None:
    (warning,) = warnings(placements=("1104;st;tv", "1104;st;th"))
    assert warning.startswith("placements.csv row 4, columns floor/door: the dwelling of P102 is not in dwellings.csv")


def test_a_dwelling_is_the_same_however_its_floor_is_dotted() -> None:
    assert warnings(placements=("1104;st;tv", "1104;St.;TV")) == []


def test_a_property_without_a_list_of_dwellings_takes_any_flat() -> None:
    assert warnings(dwellings=("eksempelby;1104;st;tv\n", ""), placements=("1104;st;tv", "1104;9;99")) == []
