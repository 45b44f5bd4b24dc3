"""A PIN fits its owner alone, is counted when it is wrong, and locks before anybody guesses it."""

from __future__ import annotations

from sqlalchemy import select

from escalation.store import office_pins
from escalation.store.base import Database
from escalation.store.office_tables import pins
from tests.store.homes import NOW, Home, at_once


def given(office_db: Database, pin: str, staff: str = "s1", line: str = "by") -> bool:
    return office_db.write_now(office_pins.fits, line, staff, pin)


def wrong(office_db: Database) -> int:
    pin = office_db.read_now(office_pins.pin_of, "by", "s1")
    assert pin is not None
    return pin.wrong


def test_a_pin_fits_its_owner_on_his_line_alone(office_db: Database) -> None:
    office_db.write_now(office_pins.put, "by", "s1", "402177", NOW)
    office_db.write_now(office_pins.put, "by", "s2", "998001", NOW)
    assert given(office_db, "402177")
    assert not given(office_db, "402177", staff="s2")
    assert not given(office_db, "402177", line="land")


def test_a_right_one_forgets_the_wrong_ones_before(office_db: Database) -> None:
    office_db.write_now(office_pins.put, "by", "s1", "402177", NOW)
    assert [given(office_db, pin) for pin in ("402178", "", "40217", "4021777")] == [False] * 4
    assert wrong(office_db) == 4
    assert given(office_db, "402177")
    assert wrong(office_db) == 0


def test_five_wrong_ones_lock_it_until_a_new_one_is_made(office_db: Database) -> None:
    office_db.write_now(office_pins.put, "by", "s1", "402177", NOW)
    assert not any(given(office_db, "000000") for _ in range(5))
    assert not given(office_db, "402177")
    office_db.write_now(office_pins.put, "by", "s1", "118822", NOW)
    assert (given(office_db, "402177"), given(office_db, "118822")) == (False, True)


def test_two_calls_at_once_do_not_guess_more_often(home: Home) -> None:
    desks = [home.open("office") for _ in range(4)]
    desks[0].write_now(office_pins.put, "by", "s1", "402177", NOW)
    at_once(4, lambda n: [given(desks[n], "000000") for _ in range(2)])
    assert wrong(desks[0]) == 5


def test_the_same_digits_look_different_in_every_row(office_db: Database) -> None:
    for staff in ("s1", "s2"):
        office_db.write_now(office_pins.put, "by", staff, "402177", NOW)
    one, other = office_db.read_now(lambda unit: list(unit.conn.scalars(select(pins.c.hash))))
    assert one != other
