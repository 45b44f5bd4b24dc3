"""What most commands begin with: settings, and both databases opened and of this program's making."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.databases import keyring, office_url, open_front_for_office, open_office, owned_front_url
from bot.settings import Settings, load_here
from escalation.errors import Refused
from escalation.lines import LineConfig
from escalation.store import schema
from escalation.store.base import Database

SCHEMAS: tuple[schema.Schema, ...] = ("front", "office")


@dataclass(frozen=True, slots=True)
class Desks:
    """An operator's hold on an installation: its settings and both databases, as their owner."""

    settings: Settings
    front: Database
    office: Database


@contextmanager
def desks() -> Iterator[Desks]:
    """This folder's installation, open for the length of a command.

    A new data directory gets its tables. Raises SchemaOutOfDate for tables of another version.
    """
    settings = load_here()
    keyring(settings)
    make_ready(settings)
    front, office = open_front_for_office(settings), open_office(settings)
    try:
        yield Desks(settings, front, office)
    finally:
        front.close()
        office.close()


def make_ready(settings: Settings) -> None:
    """Make the tables of a data directory that has none yet; refuse those of another version."""
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        files = {"front": settings.front_db, "office": settings.office_db}
        for name in SCHEMAS:
            if not files[name].exists():
                schema.upgrade(url_of(settings, name), name)
    for name in SCHEMAS:
        schema.require_current(url_of(settings, name), name)


def url_of(settings: Settings, name: schema.Schema) -> str:
    """Where a desk's tables are, for their owner."""
    return owned_front_url(settings) if name == "front" else office_url(settings)


def line_of(settings: Settings, slug: str) -> LineConfig:
    """A configured line. Raises Refused naming those there are."""
    line = settings.lines.get(slug)
    if line is None:
        raise Refused(f"there is no line {slug[:40]!r}; configured: {', '.join(settings.lines) or 'none'}")
    return line


def chosen_lines(settings: Settings, slug: str | None) -> list[LineConfig]:
    """The one line asked for, or all of them."""
    return [line_of(settings, slug)] if slug else list(settings.lines.values())
