"""What the office publishes to the front desk: the public stock, its contacts, and whose words pass unread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from escalation.store.base import Unit
from escalation.store.front_tables import (
    marks,
    pub_contacts,
    pub_dwellings,
    pub_organisations,
    pub_properties,
    pub_staff,
)
from escalation.store.outbox import insert_ignoring


@dataclass(frozen=True, slots=True)
class PublicProperty:
    line: str
    code: str
    street: str
    number: str
    postcode: str
    city: str
    organisation: str


@dataclass(frozen=True, slots=True)
class PublicContact:
    """A registered landlord or caretaker, known by the blind index of the phone alone."""

    organisation: str
    role: str
    language: str | None
    properties: tuple[str, ...]


def bump(unit: Unit, name: str) -> int:
    """Raise a version mark so that every replica loads anew."""
    unit.conn.execute(insert_ignoring(unit, marks).values(name=name, value=0))
    raised = marks.update().where(marks.c.name == name).values(value=marks.c.value + 1).returning(marks.c.value)
    return int(unit.conn.scalars(raised).one())


def claim_day(unit: Unit, name: str, day: int) -> bool:
    """True for the one caller that may do a daily task on this day (a day's number)."""
    unit.conn.execute(insert_ignoring(unit, marks).values(name=name, value=0))
    won = unit.conn.execute(marks.update().where(marks.c.name == name, marks.c.value < day).values(value=day))
    return won.rowcount == 1


def mark(unit: Unit, name: str) -> int:
    return unit.conn.scalar(select(marks.c.value).where(marks.c.name == name)) or 0


def replace_stock(
    unit: Unit,
    properties: Sequence[dict[str, Any]],
    dwellings: Sequence[dict[str, Any]],
    organisations: Sequence[dict[str, Any]],
    contacts: Sequence[dict[str, Any]],
) -> None:
    """Put the whole published directory in place of the old one."""
    bump(unit, "published")  # first: its row lock makes a second publisher wait instead of colliding
    for table, rows in (
        (pub_properties, properties),
        (pub_dwellings, dwellings),
        (pub_organisations, organisations),
        (pub_contacts, contacts),
    ):
        unit.conn.execute(delete(table))
        if rows:
            unit.conn.execute(table.insert(), list(rows))


def replace_staff(unit: Unit, endpoints: Iterable[tuple[str, str]]) -> None:
    """(line, blind index) of every verified staff endpoint: pass on unread."""
    bump(unit, "staff")  # first, as above
    unit.conn.execute(delete(pub_staff))
    rows = [{"line": line, "index": index} for line, index in sorted(set(endpoints))]
    if rows:
        unit.conn.execute(pub_staff.insert(), rows)


def is_staff(unit: Unit, line: str, index: str) -> bool:
    found = unit.conn.scalar(select(pub_staff.c.index).where(pub_staff.c.line == line, pub_staff.c.index == index))
    return found is not None


def properties(unit: Unit, line: str) -> list[PublicProperty]:
    found = unit.conn.execute(
        select(pub_properties).where(pub_properties.c.line == line).order_by(pub_properties.c.code)
    )
    return [PublicProperty(*row) for row in found]


def dwellings(unit: Unit, line: str) -> list[tuple[str, str, str]]:
    d = pub_dwellings.c
    return [tuple(row) for row in unit.conn.execute(select(d.property, d.floor, d.door).where(d.line == line))]


def contact(unit: Unit, line: str, phone_index: str, today: date) -> PublicContact | None:
    """The registered contact with this phone, if valid today."""
    c = pub_contacts.c
    row = unit.conn.execute(
        select(pub_contacts)
        .where(
            c.line == line,
            c.phone == phone_index,
            c.from_day.is_(None) | (c.from_day <= today),
            c.to_day.is_(None) | (c.to_day >= today),
        )
        .limit(1)
    ).first()
    if row is None:
        return None
    listed = tuple(p for p in (row.properties or "").split(",") if p)
    if not listed:
        of_organisation = select(pub_properties.c.code).where(
            pub_properties.c.line == line, pub_properties.c.organisation == row.organisation
        )
        listed = tuple(unit.conn.scalars(of_organisation.order_by(pub_properties.c.code)))
    return PublicContact(row.organisation, row.role, row.language, listed)


def emergency_number(unit: Unit, line: str, property_code: str) -> str | None:
    """The organisation's own number for water, heating and lift, the same for all its addresses."""
    return unit.conn.scalar(
        select(pub_organisations.c.emergency)
        .join(
            pub_properties,
            (pub_properties.c.line == pub_organisations.c.line)
            & (pub_properties.c.organisation == pub_organisations.c.organisation),
        )
        .where(pub_properties.c.line == line, pub_properties.c.code == property_code)
    )
