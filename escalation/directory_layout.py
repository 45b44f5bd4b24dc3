"""The nine files as a table: which columns, what a cell may hold, what names a row (INTERFACE, "Directory files")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from escalation import directory_cells as cells
from escalation.directory import (
    Contact,
    Directory,
    Dwelling,
    Organisation,
    PlacementPeriod,
    Property,
    RotaOverride,
    RotaRow,
    Staff,
    Team,
)
from escalation.directory_faults import BadCell


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `optional` may be missing or empty, `empty` must stand in the header but may be empty.

    `attribute` is the value's field where it is not the column's name, `personal` keeps the cell out of messages.
    """

    name: str
    parse: cells.Parse
    attribute: str = ""
    optional: bool = False
    empty: bool = False
    personal: bool = False
    nothing: Any = None

    @property
    def field(self) -> str:
        return self.attribute or self.name

    @property
    def may_be_empty(self) -> bool:
        return self.optional or self.empty

    @property
    def is_phone(self) -> bool:
        return self.parse in (cells.phone, cells.emergency_phone)


@dataclass(frozen=True, slots=True)
class Layout:
    """One file. `key` are the columns no two rows share, `label` what a row is called on paper."""

    file: str
    attribute: str
    make: Callable[..., Any]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    label: tuple[str, ...] = ()
    guarded: bool = False
    by_name: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name.update({column.name: column for column in self.columns})

    def key_of(self, value: Any) -> tuple[Any, ...]:
        """The row's identity within its file."""
        return tuple(getattr(value, self.by_name[name].field) for name in self.key)

    def label_of(self, value: Any) -> str:
        """The row's name for a person, without personal data."""
        return " ".join(
            filter(None, (cells.shown(getattr(value, self.by_name[name].field)) for name in self.label or self.key))
        )


@dataclass(slots=True)
class Row:
    """A row as far as it could be read: a cell that is wrong is not in `cells`."""

    number: int
    cells: dict[str, Any]

    def get(self, column: str) -> Any:
        return self.cells.get(column)


@dataclass(slots=True)
class Sheet:
    """One read file. If not `whole`, rows are missing, so nothing may be said to be absent from it."""

    layout: Layout
    rows: list[Row]
    whole: bool


_LINE = Column("line", cells.key)
_TEAM = Column("team", cells.key)
_STAFF = Column("staff", cells.key)
_ORGANISATION = Column("organisation", cells.key)
_PROPERTY = Column("property", cells.property_code)
_ORDER = Column("order", cells.order)
_FLOOR = Column("floor", cells.flat, empty=True, nothing="")
_DOOR = Column("door", cells.flat, empty=True, nothing="")
_SINCE = Column("from", cells.day, "valid_from", optional=True)
_UNTIL = Column("to", cells.day, "valid_to", optional=True)
# Staff and contacts are written to by the service: da, en and de have texts, nb and sv are understood.
_SPOKEN = cells.one_of("da", "en", "de", "nb", "sv")


def _dates(name: str) -> tuple[Column, Column]:
    return Column(f"{name}_from", cells.day, empty=True), Column(f"{name}_to", cells.day, empty=True)


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "teams.csv",
        "teams",
        Team,
        ("line", "team"),
        (_LINE, _TEAM, Column("name", cells.words), Column("kind", cells.one_of("internal", "external"))),
    ),
    Layout(
        "staff.csv",
        "staff",
        Staff,
        ("line", "staff"),
        (
            _LINE,
            _STAFF,
            Column("name", cells.words, personal=True),
            _TEAM,
            Column("role", cells.one_of("responder", "coordinator", "admin")),
            Column("phone", cells.phone),
            Column("email", cells.email),
            Column("language", _SPOKEN),
            _SINCE,
            _UNTIL,
        ),
    ),
    Layout(
        "rota.csv",
        "rota",
        RotaRow,
        ("line", "team", "days", "from", "to", "staff"),
        (
            _LINE,
            _TEAM,
            Column("days", cells.days),
            Column("from", cells.hour, "start"),
            Column("to", cells.hour, "end"),
            _STAFF,
            _ORDER,
        ),
    ),
    Layout(
        "rota_overrides.csv",
        "overrides",
        RotaOverride,
        ("line", "team", "from", "to", "staff"),
        (_LINE, _TEAM, Column("from", cells.moment, "start"), Column("to", cells.moment, "end"), _STAFF, _ORDER),
    ),
    Layout(
        "organisations.csv",
        "organisations",
        Organisation,
        ("line", "organisation"),
        (
            _LINE,
            _ORGANISATION,
            Column("name", cells.words),
            Column("email", cells.email),
            Column("emergency", cells.emergency_phone, optional=True),
        ),
    ),
    Layout(
        "properties.csv",
        "properties",
        Property,
        ("line", "property"),
        (
            _LINE,
            _PROPERTY,
            Column("street", cells.words),
            Column("number", cells.house_number),
            Column("postcode", cells.postcode),
            Column("city", cells.words),
            _ORGANISATION,
            Column("area", cells.words),
            Column("team", cells.key, optional=True),
        ),
    ),
    Layout(
        "dwellings.csv", "dwellings", Dwelling, ("line", "property", "floor", "door"), (_LINE, _PROPERTY, _FLOOR, _DOOR)
    ),
    Layout(
        "contacts.csv",
        "contacts",
        Contact,
        ("line", "organisation", "phone", "from"),
        (
            _LINE,
            _ORGANISATION,
            Column("name", cells.words, personal=True),
            Column("role", cells.one_of("landlord", "caretaker")),
            Column("phone", cells.phone, personal=True),
            Column("language", _SPOKEN, optional=True),
            Column("email", cells.email, optional=True, personal=True),
            Column("properties", cells.property_codes, optional=True, nothing=()),
            _SINCE,
            _UNTIL,
        ),
        label=("line", "organisation", "role"),
        guarded=True,
    ),
    Layout(
        "placements.csv",
        "placements",
        PlacementPeriod,
        ("line", "placement", "from"),
        (
            _LINE,
            Column("placement", cells.placement_code),
            _PROPERTY,
            _FLOOR,
            _DOOR,
            Column("citizen_name", cells.words, personal=True),
            Column("citizen_phone", cells.phone, empty=True, personal=True),
            Column("citizen_language", cells.language),
            Column("method", cells.one_of("CTI", "ICM", "ACT", "85")),
            _TEAM,
            Column("contact_person", cells.key),
            Column("from", cells.day, "valid_from"),
            Column("to", cells.day, "valid_to", empty=True),
            *_dates("landlord_consent"),
            Column("clause_scope", cells.scopes, empty=True, nothing=()),
            *_dates("clause"),
        ),
        guarded=True,
    ),
)

FILES = tuple(layout.file for layout in LAYOUTS)


def rows_of(directory: Directory, layout: Layout) -> tuple[Any, ...]:
    """The directory's rows of one file."""
    rows: tuple[Any, ...] = getattr(directory, layout.attribute)
    return rows


def row_cells(layout: Layout, row: Any) -> dict[str, str]:
    """The row as text by column, for keeping it somewhere; empty cells are left out."""
    texts = {column.name: cells.shown(getattr(row, column.field)) for column in layout.columns}
    return {name: text for name, text in texts.items() if text}


def row_of_cells(layout: Layout, texts: Mapping[str, str]) -> Any:
    """The row that `row_cells` took apart. Raises BadCell for texts that never were a row of this file."""
    made: dict[str, Any] = {}
    for column in layout.columns:
        text = texts.get(column.name)
        if text is None and not column.may_be_empty:
            raise BadCell("is empty", f"{layout.file} needs {column.name}", shown=False)
        made[column.field] = column.nothing if text is None else column.parse(text, None)
    return layout.make(**made)
