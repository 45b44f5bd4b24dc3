"""Statements that every transaction asks for, written once: to write one anew costs more than to carry it out."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, Table, Update, bindparam, select, update


@cache
def row(table: Table, *, lock: bool = True) -> Select[Any]:
    """The row whose id is `:id`, locked for the transaction."""
    found = select(table).where(table.c.id == bindparam("id"))
    return found.with_for_update() if lock else found


@cache
def change(table: Table) -> Update:
    """The row whose id is `:row` gets the values that are named beside it."""
    return update(table).where(table.c.id == bindparam("row"))


@cache
def rows(table: Table, by: str, *order: str) -> Select[Any]:
    """The rows in whose column `by` stands `:value`, in this order."""
    return select(table).where(table.c[by] == bindparam("value")).order_by(*(table.c[name] for name in order))
