"""Turns what database drivers raise into this service's own errors, for programs that must answer in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, OperationalError

from escalation.errors import NotConfigured, SchemaOutOfDate

_REFUSED = {
    "28P01": "it does not accept the password",
    "28000": "it does not let this user in",
    "3D000": "there is no such database",
    "42501": "this user may not do that",
    "53300": "it has no connection left",
    "22023": "it does not know the front desk's role; run `nabolinje migrate`",
    "53100": "its disk is full",
}
_MISSING = ("3F000", "42P01", "42703")
_SQLITE = {
    "unable to open": "the file or its folder cannot be opened",
    "readonly": "the file or its folder cannot be written to",
    "locked": "another program has locked it for too long",
    "full": "the disk is full",
    "not a database": "the file is not a SQLite database",
    "malformed": "the file is damaged; restore it from a backup",
    "no such table": "",
    "no such column": "",
}


@contextmanager
def plain_errors() -> Iterator[None]:
    """Raise NotConfigured or SchemaOutOfDate instead of a database's own error.

    The driver's text is dropped: it may hold host names, users and values. What is a fault of this program
    (a broken constraint, a wrong statement) stays what it is.
    """
    try:
        yield
    except DatabaseError as error:
        remedy = _remedy(error)
        if remedy is None:
            raise
        raise remedy from None


def _remedy(error: DatabaseError) -> NotConfigured | SchemaOutOfDate | None:
    state = getattr(error.orig, "sqlstate", None)
    said = str(error.orig)
    if state is None and "psycopg" in type(error.orig).__module__:
        return _unreachable(_login_refused(said))
    if state in _MISSING:
        return SchemaOutOfDate("the database does not have this program's tables; run `nabolinje migrate`")
    if state is not None:
        reason = _REFUSED.get(state) or ("it ended the connection" if isinstance(error, OperationalError) else None)
        return _unreachable(reason) if reason else None
    reason = next((words for sign, words in _SQLITE.items() if sign in said), None)
    if reason == "":
        return SchemaOutOfDate("the database does not have this program's tables; run `nabolinje migrate`")
    return _unreachable(reason, "NABOLINJE_DATA_DIR") if reason else None


def _login_refused(said: str) -> str:
    """psycopg gives no code for what failed before the connection stood."""
    for sign, reason in (
        ("authentication failed", "it does not accept the password"), ("database", "there is no such database"),
        ("role", "it does not let this user in, or does not know the front desk's role; run `nabolinje migrate`"),
    ):  # fmt: skip
        if "FATAL" in said and sign in said.partition("FATAL")[2]:
            return reason
    return "it does not answer"


def _unreachable(reason: str, setting: str = "NABOLINJE_DATABASE_URL") -> NotConfigured:
    return NotConfigured(f"the database cannot be used: {reason}; see {setting}")
