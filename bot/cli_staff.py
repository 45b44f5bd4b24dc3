"""`nabolinje staff invite`: a one-time link with which a staff member's Telegram becomes his."""

from __future__ import annotations

from datetime import timedelta

import click

from bot.cli_desks import desks, line_of
from escalation.clock import SystemClock, new_secret
from escalation.errors import NotConfigured, Refused
from escalation.register import Register
from escalation.store import audit, office_people
from escalation.store.base import Unit
from handlers.directory import stored

VALID_FOR = timedelta(days=7)


@click.group()
def staff() -> None:
    """Enrol staff."""


@staff.command()
@click.option("--line", required=True, help="The line whose bot the link opens.")
@click.argument("person", metavar="STAFF")
def invite(line: str, person: str) -> None:
    """Print a one-time link for a staff member's Telegram. Valid for seven days; give it to nobody else."""
    with desks() as at:
        config = line_of(at.settings, line)
        if config.telegram_username is None:
            raise NotConfigured(f"line {line} has no bot; set telegram_username in nabolinje.toml")
        code = at.office.write_now(_invite, line, person)
    click.echo(f"https://t.me/{config.telegram_username}?start={code}")


def _invite(unit: Unit, line: str, person: str) -> str:
    """Store an invitation, only its hash. Invitations run on real time even in a rehearsal (INTERFACE)."""
    known = sorted(one.staff for one in Register(stored(unit)).staff_of(line))
    if person not in known:
        first = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
        raise Refused(f"there is no staff member {person[:40]!r} on line {line}; known: {first or 'none'}")
    code, now = new_secret(), SystemClock().now()
    office_people.invite(unit, line, person, code, now + VALID_FOR)
    audit.record(unit, line, "operator", "invite", person, now)
    return code
