"""`nabolinje staff pin`, and what `check` says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from escalation.store import audit, office_pins
from handlers.directory import stored
from tests.installation import EXAMPLE, Installation

LINE, NOW = "eksempelby", datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
GIVE = ("staff", "pin", "--line", LINE)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation(tmp_path, monkeypatch)
    made.furnish("import", str(EXAMPLE))
    return made


def fits(home: Installation, pin: str) -> bool:
    with home.office() as office:
        return office.write_now(office_pins.fits, LINE, "pia-thuesen", pin)


def checked(home: Installation, words: str) -> list[str]:
    return [line for line in home.refused("check") if words in line]


def test_a_pin_is_six_digits_and_nothing_else_and_replaces_the_one_before(home: Installation) -> None:
    first = home.said(*GIVE, "pia-thuesen")
    assert (len(first), first.strip().isdecimal()) == (7, True)
    assert fits(home, first.strip())
    second = home.said(*GIVE, "pia-thuesen").strip()
    assert [fits(home, pin) for pin in (first.strip(), second)] == [False, True]


def test_the_audit_trail_says_that_one_was_made_and_not_which(home: Installation) -> None:
    pin = home.said(*GIVE, "pia-thuesen").strip()
    home.said(*GIVE, "--off", "pia-thuesen")
    with home.office() as office:
        looks = office.read_now(audit.looks, "pia-thuesen")
    assert [(actor, action) for _, actor, action in looks] == [("operator", "pin"), ("operator", "pin_off")]
    assert pin not in str(looks)


def test_one_that_is_taken_away_fits_no_more(home: Installation) -> None:
    pin = home.said(*GIVE, "pia-thuesen").strip()
    assert home.said(*GIVE, "--off", "pia-thuesen") == ""
    assert not fits(home, pin)
    assert home.refused(*GIVE, "--off", "pia-thuesen") == [f"'pia-thuesen' on line {LINE} has no PIN"]


def test_somebody_unknown_gets_none(home: Installation) -> None:
    assert "no staff member 'pia'" in home.refused(*GIVE, "pia")[0]


def test_a_line_that_cannot_ring_gives_none(home: Installation) -> None:
    home.configure('voice_number = "+4552500002"\n', "")
    assert "voice_number" in home.refused(*GIVE, "pia-thuesen")[0]


def test_a_pin_goes_with_its_owner(home: Installation) -> None:
    with home.office() as office:
        office.write_now(office_pins.put, LINE, "emil-juhl", "402177", NOW)
    home.said("import", str(home.directory("small")))
    with home.office() as office:
        assert office.read_now(office_pins.all_pins) == []


def test_a_locked_one_is_a_finding_with_its_remedy(home: Installation) -> None:
    home.said(*GIVE, "pia-thuesen")
    assert not checked(home, "locked after wrong tries")
    assert not any(fits(home, "1") for _ in range(5))
    (line,) = checked(home, "locked after wrong tries")
    assert "pia-thuesen" in line and "nabolinje staff pin" in line


def test_who_has_a_pin_can_see_a_case_without_telegram(home: Installation) -> None:
    assert checked(home, "nobody can ever see a case")
    before = checked(home, "could see a case")
    with home.office() as office:
        for person in office.read_now(stored).staff:
            office.write_now(office_pins.put, LINE, person.staff, "402177", NOW)
    assert before and not checked(home, "see a case")
