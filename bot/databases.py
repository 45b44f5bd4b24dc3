"""Opens the two databases of an installation, each as the desk that asks may see it.

The front desk imports this, so nothing here knows the office's tables.
"""

from __future__ import annotations

from bot.settings import Settings
from escalation.store import schema
from escalation.store.base import Database, open_database
from escalation.store.crypto import Keyring


def keyring(settings: Settings) -> Keyring:
    """The installation's keys. Raises NotConfigured when there are none."""
    return Keyring(settings.keys, settings.index_key)


def front_url(settings: Settings) -> str:
    """Where the front desk's tables are, with the front desk's own credentials where it has some."""
    return settings.front_database_url or owned_front_url(settings)


def owned_front_url(settings: Settings) -> str:
    """Where the front desk's tables are, for their owner."""
    return settings.database_url or f"sqlite:///{settings.front_db}"


def office_url(settings: Settings) -> str:
    """Where the office's tables are, for their owner."""
    return settings.database_url or f"sqlite:///{settings.office_db}"


def open_front(settings: Settings) -> Database:
    """The front desk's database as the front desk itself sees it.

    On PostgreSQL with credentials of its own, or else in the role `<database>_front`, which `migrate` makes.
    """
    own_role = settings.database_url and not settings.front_database_url
    role = schema.front_role(settings.database_url) if own_role else None
    return open_database(front_url(settings), "front", keyring(settings), role=role)


def open_front_for_office(settings: Settings) -> Database:
    """The front desk's database as the office sees it: for the hatch and for publishing."""
    return open_database(owned_front_url(settings), "front", keyring(settings), writers=2)


def open_office(settings: Settings) -> Database:
    """The office's database."""
    return open_database(office_url(settings), "office", keyring(settings))
