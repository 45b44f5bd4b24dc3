"""What an import would change is told by keys and counts, without personal data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from escalation.directory import Directory
from escalation.directory_diff import diff, removed_staff
from escalation.directory_files import read, write

SOUND = Path(__file__).parent / "directory_broken" / "sound"
EKSEMPELBY = ({"eksempelby"}, {"eksempelby": "DK"})


@pytest.fixture
def directory() -> Directory:
    return read({file.name: file.read_bytes() for file in SOUND.iterdir()}, *EKSEMPELBY)


def test_an_export_changes_nothing(directory: Directory) -> None:
    assert diff(directory, read(write(directory), *EKSEMPELBY)).empty


def test_the_order_of_rows_is_no_change(directory: Directory) -> None:
    assert diff(directory, replace(directory, rota=directory.rota[::-1])).lines() == []


def test_rows_are_added_changed_and_removed_by_their_keys(directory: Directory) -> None:
    boligsocial, cti, aftenvagt = directory.teams
    new = replace(directory, teams=(boligsocial, replace(cti, name="CTI"), replace(aftenvagt, team="nat")))
    changes = diff(directory, new)
    assert not changes.empty
    assert changes.lines() == [
        "teams.csv: 1 added (eksempelby nat), 1 changed (eksempelby cti), 1 removed (eksempelby aftenvagt)"
    ]


def test_a_first_import_names_no_citizen_and_no_phone(directory: Directory) -> None:
    lines = diff(Directory(), directory).lines()
    assert "contacts.csv: 2 added (eksempelby eab caretaker, eksempelby eab landlord)" in lines
    assert "placements.csv: 3 added (eksempelby P101 2026-08-01, eksempelby P101 2026-08-29, " in lines[-1]
    assert not any(word in "\n".join(lines) for word in ("Kim", "Birgit", "+45"))


def test_a_long_list_of_keys_is_cut(directory: Directory) -> None:
    (line,) = diff(directory, replace(directory, rota=())).lines()
    assert line.startswith("rota.csv: 18 removed (")
    assert line.endswith(", and 8 more)")


def test_staff_who_are_gone_are_named_and_those_who_only_change_are_not(directory: Directory) -> None:
    anne, pia, *others = directory.staff
    new = replace(directory, staff=(replace(pia, role="admin"), *others))
    assert removed_staff(directory, new) == (("eksempelby", anne.staff),)
    assert removed_staff(new, directory) == ()
