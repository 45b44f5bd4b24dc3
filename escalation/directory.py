"""The directory as values: who runs a line, who is on its rota, which houses it covers, who is placed where.

Nine files make one `Directory`. Reading them is `directory_files`, judging them `directory_checks`.
What tells people apart from the outside (names, phones, flats) stays out of every repr.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache

from escalation.directory_faults import Fault
from escalation.wall_clock import parse_days

CLAUSE_SCOPES = ("rent", "damage", "conduct", "cleaning")

_NUMBER = re.compile(r"([0-9]+(?:-[0-9]+)?) ?([A-Za-zÆØÅÄÖÜæøåäöü]?)(?:/([0-9A-Za-z]+))?")


@dataclass(frozen=True, slots=True)
class Team:
    """Those who answer together on a rota; `kind` is internal or external."""

    line: str
    team: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who takes cases. `valid_to` includes its day; None is open on either side."""

    line: str
    staff: str
    name: str = field(repr=False)
    team: str
    role: str
    phone: str = field(repr=False)
    email: str = field(repr=False)
    language: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return within(day, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class RotaRow:
    """A weekly shift of one person for one team, in the line's local time.

    `end` before `start` runs past midnight and belongs to the day it starts; `order` 1 is called first.
    On public holidays only rows with `on_holidays` apply (INTERFACE, "Directory files").
    """

    line: str
    team: str
    days: str
    start: time
    end: time
    staff: str
    order: int

    @property
    def weekdays(self) -> frozenset[int]:
        """The days the shift starts on, Monday 0 to Sunday 6."""
        return parse_days(self.days)[0]

    @property
    def on_holidays(self) -> bool:
        return parse_days(self.days)[1]

    @property
    def overnight(self) -> bool:
        return self.end < self.start


@dataclass(frozen=True, slots=True)
class RotaOverride:
    """Replaces the team's rota from `start` to `end`, both local times of the line without a zone."""

    line: str
    team: str
    start: datetime
    end: datetime
    staff: str
    order: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """A housing organisation; `emergency` is its own number for water, heating and lift."""

    line: str
    organisation: str
    name: str
    email: str
    emergency: str | None = None


@dataclass(frozen=True, slots=True)
class Property:
    """A stairwell under its public four-digit code. `number` is as the municipality writes it: ``12B``."""

    line: str
    property: str
    street: str
    number: str
    postcode: str
    city: str
    organisation: str
    area: str
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A flat of a property; floor or door is empty where the house has none."""

    line: str
    property: str
    floor: str
    door: str


@dataclass(frozen=True, slots=True)
class Contact:
    """An organisation's landlord or caretaker. No `properties` means all of the organisation's."""

    line: str
    organisation: str
    name: str = field(repr=False)
    role: str
    phone: str = field(repr=False)
    language: str | None = None
    email: str | None = field(default=None, repr=False)
    properties: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return within(day, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class PlacementPeriod:
    """One period of responsibility for a citizen's tenancy; `valid_to` includes its day, None is open."""

    line: str
    placement: str
    property: str = field(repr=False)
    floor: str = field(repr=False)
    door: str = field(repr=False)
    citizen_name: str = field(repr=False)
    citizen_phone: str | None = field(repr=False)
    citizen_language: str = field(repr=False)
    method: str = field(repr=False)
    team: str
    contact_person: str
    valid_from: date
    valid_to: date | None = None
    landlord_consent_from: date | None = None
    landlord_consent_to: date | None = None
    clause_scope: tuple[str, ...] = ()
    clause_from: date | None = None
    clause_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return within(day, self.valid_from, self.valid_to)

    def consented_on(self, day: date) -> bool:
        """True if the citizen's consent towards the landlord stands on `day`; without a date there is none."""
        consent = self.landlord_consent_from
        return consent is not None and within(day, consent, self.landlord_consent_to)

    def clause_on(self, day: date) -> tuple[str, ...]:
        """What the lease lets the landlord tell on `day`: some of rent, damage, conduct, cleaning; else nothing."""
        if self.clause_from is None or not within(day, self.clause_from, self.clause_to):
            return ()
        return self.clause_scope


@dataclass(frozen=True, slots=True)
class Directory:
    """All nine files, rows in the files' order. `warnings` are findings that did not stop the reading."""

    teams: tuple[Team, ...] = ()
    staff: tuple[Staff, ...] = ()
    rota: tuple[RotaRow, ...] = ()
    overrides: tuple[RotaOverride, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    properties: tuple[Property, ...] = ()
    dwellings: tuple[Dwelling, ...] = ()
    contacts: tuple[Contact, ...] = ()
    placements: tuple[PlacementPeriod, ...] = ()
    warnings: tuple[Fault, ...] = field(default=(), compare=False)


def within(day: date, first: date | None, last: date | None) -> bool:
    """True if `day` lies from `first` to `last`, both included; None leaves that side open."""
    return (first is None or first <= day) and (last is None or day <= last)


@lru_cache(maxsize=512)
def split_number(number: str) -> tuple[str, str | None, str | None]:
    """A house number in its parts: ``12B`` is 12 and B, ``112/2`` is 112 and staircase 2, ``203-207`` stays whole.

    The letter comes back in upper case. A number that cannot be split comes back as it is, without letter or staircase.
    """
    found = _NUMBER.fullmatch(number.strip())
    if not found:
        return number.strip(), None, None
    digits, letter, staircase = found.groups()
    return digits, letter.upper() or None, staircase
