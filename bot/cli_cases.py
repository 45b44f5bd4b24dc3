"""`nabolinje cases` and `nabolinje status`: what there is, and what a monitor counts with."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from bot.cli_desks import Desks, chosen_lines, desks
from escalation.clock import SystemClock
from escalation.register import Register
from handlers import overview
from handlers.directory import stored
from handlers.overview import CaseRow

_COLUMNS = (
    "code",
    "line",
    "state",
    "category",
    "urgency",
    "danger",
    "address",
    "opened_at",
    "taken_at",
    "closed_at",
    "reports",
    "messages",
)
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)


@click.command()
@click.option("--line", help="Only this line.")
@click.option("--state", type=click.Choice(overview.STATES), help="Only cases in this state.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
    help="How to write them.",
)  # fmt: skip
def cases(line: str | None, state: str | None, form: str) -> None:
    """List cases: when they came, when they were taken and closed, how much was written.

    That somebody looked is put on the audit trail.
    """
    with desks() as at:
        looked_at = [one.slug for one in chosen_lines(at.settings, line)]
        at.office.write_now(overview.record_look, looked_at, state, SystemClock().now())
        register = Register(at.office.read_now(stored))
        rows = at.office.read_now(overview.cases, register, at.settings.lines, line, state)
    click.echo(_WRITERS[form](rows), nl=False)


def _values(row: CaseRow) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(row).items()}


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _json(rows: Sequence[CaseRow]) -> str:
    return json.dumps([_values(row) for row in rows], ensure_ascii=False, indent=2) + "\n"


def _csv(rows: Sequence[CaseRow]) -> str:
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        values = _values(row)
        writer.writerow([_cell(values[name]) for name in _COLUMNS])
    return page.getvalue()


def _cell(value: Any) -> str:
    """A cell no spreadsheet runs: an address may be a reporter's own words."""
    if value is None:
        return ""
    text = _shown(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _shown(value: Any) -> str:
    """On one line, and nothing that steers a terminal."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "".join(c if c.isprintable() else " " for c in str(value))


def _table(rows: Sequence[CaseRow]) -> str:
    titles = (
        "code",
        "line",
        "state",
        "category",
        "urgency",
        "address",
        "opened",
        "taken",
        "closed",
        "reports",
        "messages",
    )
    body = [
        (
            row.code,
            row.line,
            row.state,
            row.category,
            "danger" if row.danger else row.urgency,
            row.address or "-",
            _minute(row.opened_at),
            _minute(row.taken_at),
            _minute(row.closed_at),
            row.reports,
            row.messages,
        )
        for row in rows
    ]
    texts = [titles, *(tuple(_shown(value) for value in one) for one in body)]
    widths = [max(len(one[column]) for one in texts) for column in range(len(titles))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(one, widths, strict=True)).rstrip() for one in texts)
    return "\n".join(lines) + "\n"


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"


_WRITERS = {"json": _json, "csv": _csv, "table": _table}


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status(form: str) -> None:
    """What came in, went out, waits and is late; works while the service runs.

    A timer counts as overdue when it is more than two seconds late.
    """
    with desks() as at:
        found = _status(at)
    click.echo(json.dumps(found) if form == "json" else _in_words(found))


def _status(at: Desks) -> dict[str, Any]:
    real_now = SystemClock().now()
    now = at.office.read_now(overview.service_time, real_now)
    front = at.front.read_now(overview.front_figures, now)
    office = at.office.read_now(overview.office_figures, now)
    return overview.status(front, office, real_now)


def _in_words(found: dict[str, Any]) -> str:
    def row(title: str, figures: dict[str, Any]) -> str:
        return f"{title:<9}" + "  ".join(f"{name} {n}" for name, n in figures.items())

    age = found["tick_age_s"]
    return "\n".join([
        *(row(name, found[name]) for name in ("inbox", "cases", "notices", "timers", "hatch")),
        row("tick", {"age": "never" if age is None else f"{age:g} s"}),
        row("care", {"perhaps sent twice": found["resent"], "set aside": found["set_aside"]}),
    ])  # fmt: skip
