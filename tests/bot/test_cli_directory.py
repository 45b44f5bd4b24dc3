"""`nabolinje import`, `export`, `rota`: what is said about a directory, and that refused means untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.directory import stored
from tests.installation import EXAMPLE, Installation, edit


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation(tmp_path, monkeypatch)
    made.furnish("migrate")
    return made


BROKEN = {
    "overlapping-periods": ("placements.csv rows 2 and 3", "overlap"),
    "unknown-team": ("placements.csv row 3, column team", "did you mean cti?"),
    "bad-date": ("placements.csv row 4, column from", "YYYY-MM-DD"),
    "duplicate-property-code": ("properties.csv row 4, column property", "unique within a line"),
    "rota-from-equals-to": ("rota.csv row 8, columns from/to", "no length"),
    "bad-phone": ("staff.csv row 4, column phone", "+4520000005"),
    "missing-column": ("staff.csv row 1, column role", "expected: line, staff"),
    "extra-column": ("contacts.csv row 1, column note", "allowed: line"),
    "latin1": ("properties.csv row 3, column street", "UTF-8"),
    "formula-in-name": ("contacts.csv row 3, column name", "a spreadsheet would run"),
    "empty-file": ("contacts.csv", "the header row is missing"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_faulty_directory_is_refused_with_the_cell(home: Installation, broken: str) -> None:
    fault, summary = home.refused("import", str(home.directory("new", broken)))
    assert all(part in fault for part in BROKEN[broken])
    assert summary == "the directory has 1 fault; nothing was imported"


@pytest.mark.parametrize("broken", BROKEN)
def test_a_dry_run_says_the_same(home: Installation, broken: str) -> None:
    folder = str(home.directory("new", broken))
    assert home.refused("import", folder, "--dry-run") == home.refused("import", folder)


def test_what_is_refused_leaves_what_was_there(home: Installation) -> None:
    home.said("import", str(home.directory("good")))
    home.refused("import", str(home.directory("bad", "bad-phone", "rota-from-equals-to")))
    assert home.said("import", str(home.folder / "good")) == "nothing changes\n"


def test_two_faulty_files_are_both_told_in_order(home: Installation) -> None:
    faults = home.refused("import", str(home.directory("bad", "rota-from-equals-to", "bad-phone")))
    assert [line.split(" ")[0] for line in faults[:2]] == ["staff.csv", "rota.csv"]
    assert faults[2] == "the directory has 2 faults; nothing was imported"


def test_byte_order_mark_and_line_ends_make_no_difference(home: Installation) -> None:
    home.said("import", str(home.directory("good")))
    assert home.said("import", str(home.directory("windows", "bom-and-crlf"))) == "nothing changes\n"


def test_an_import_tells_what_changes_without_a_name_or_a_number(home: Installation) -> None:
    folder = home.directory("good")
    home.said("import", str(folder))
    edit(folder, "staff.csv", "+4520000003", "+4520000077")
    done = home.run("import", str(folder))
    assert (done.exit_code, done.stdout) == (0, "staff.csv: 1 changed (eksempelby pia-thuesen)\n")


def test_a_dry_run_changes_nothing(home: Installation) -> None:
    said = home.said("import", str(EXAMPLE), "--dry-run")
    assert said.endswith("dry run: nothing was written\n")
    assert home.said("import", str(EXAMPLE), "--dry-run") == said


def test_an_export_comes_back_unchanged_and_readable_by_its_owner_only(home: Installation) -> None:
    home.furnish("import", str(EXAMPLE))
    home.said("export", "out")
    assert home.said("import", "out") == "nothing changes\n"
    assert {path.stat().st_mode & 0o777 for path in (home.folder / "out").iterdir()} == {0o600}


def test_an_export_before_any_import_is_nine_headers(home: Installation) -> None:
    home.said("export", "out")
    assert len(list((home.folder / "out").iterdir())) == 9
    assert home.said("import", "out") == "nothing changes\n"


def test_a_folder_that_is_not_there_is_one_line(home: Installation) -> None:
    (line,) = home.refused("import", "nowhere")
    assert line.startswith("nowhere: no such file or directory")


def test_a_front_team_nobody_defined_is_a_fault(home: Installation) -> None:
    home.configure('front_team = "boligsocial"', 'front_team = "boligteam"')
    fault, _ = home.refused("import", str(home.directory("new")))
    assert "`boligteam`, the front team of line eksempelby, is not there" in fault


def test_a_line_the_directory_forgets_is_warned_of(home: Installation) -> None:
    text = (home.folder / "nabolinje.toml").read_text("utf-8")
    second = text.replace("eksempelby", "nabokoebing").replace("+455250", "+455260").partition("# Extra words")[0]
    (home.folder / "nabolinje.toml").write_text(text + second[second.index("[lines") :], "utf-8")
    assert "no file says anything about line nabokoebing" in home.run("import", str(home.directory("new"))).stderr


def test_the_rota_shows_who_is_on_duty(home: Installation) -> None:
    home.furnish("import", str(EXAMPLE))
    shown = home.said("rota", "--week", "2026-W48", "--team", "cti")
    assert "cti, no gaps" in shown
    assert "Mon 2026-11-23 08:00-16:00          1  lone-krogh" in shown
    assert "boligsocial" not in shown


def test_the_rota_marks_gaps(home: Installation) -> None:
    folder = home.directory("new")
    edit(folder, "rota.csv", "boligsocial;mon-fri;16:00", "boligsocial;mon-thu;16:00")
    home.said("import", str(folder))
    assert "Fri 2026-11-27 16:00-08:00 (Sat)  GAP  nobody answers" in home.said("rota", "--week", "2026-W48")


@pytest.mark.parametrize("week", ["2026-W54", "week 48", "2026-48"])
def test_a_week_that_does_not_exist_is_refused(home: Installation, week: str) -> None:
    (line,) = home.refused("rota", "--week", week)
    assert "2026-W48" in line


def test_a_team_that_does_not_exist_is_refused_with_those_that_do(home: Installation) -> None:
    home.furnish("import", str(EXAMPLE))
    (line,) = home.refused("rota", "--team", "ctt")
    assert line.endswith("known: aftenvagt, boligsocial, cti, hjemloese")


def test_the_rota_leaves_as_a_calendar_without_names(home: Installation) -> None:
    home.furnish("import", str(EXAMPLE))
    home.said("rota", "--week", "2026-W48", "--ical", "rota.ics")
    text = (home.folder / "rota.ics").read_bytes()
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"SUMMARY:cti 1: lone-krogh" in text
    assert b"Lone Krogh" not in text


ADDED = ["--line", "eksempelby", "--team", "cti", "--from", "2026-12-01T08:00", "--to", "2026-12-01T16:00"]


def test_an_override_replaces_the_rota_for_its_span(home: Installation) -> None:
    home.furnish("import", str(EXAMPLE))
    home.said("rota", "override", *ADDED, "--staff", "pia-thuesen")
    shown = home.said("rota", "--week", "2026-W49", "--team", "cti")
    assert [line for line in shown.splitlines() if "Tue 2026-12-01 08:00" in line] == [
        "    Tue 2026-12-01 08:00-16:00          1  pia-thuesen"]  # fmt: skip
    with home.office() as office:
        assert office.read_now(stored).overrides[-1].staff == "pia-thuesen"


@pytest.mark.parametrize(("staff", "to"), [("nobody", "2026-12-01T16:00"), ("pia-thuesen", "2026-12-01T07:00")])
def test_an_override_is_judged_like_an_import(home: Installation, staff: str, to: str) -> None:
    home.furnish("import", str(EXAMPLE))
    fault, _ = home.refused("rota", "override", *ADDED[:-1], to, "--staff", staff)
    assert fault.startswith("rota_overrides.csv row 9")


def test_an_override_before_any_import_is_refused(home: Installation) -> None:
    assert "`cti` is not in teams.csv" in home.refused("rota", "override", *ADDED, "--staff", "x")[0]
