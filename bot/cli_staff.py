"""`nabolinje staff`: a link with which a staff member's Telegram becomes his, and his PIN for the telephone."""

from __future__ import annotations

from datetime import timedelta

import click

from bot.cli_desks import desks, line_of
from escalation import pins
from escalation.clock import SystemClock, new_pin, new_secret
from escalation.errors import NotConfigured, Refused
from escalation.register import Register
from escalation.store import audit, office_people, office_pins
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
    _must_be_known(unit, line, person)
    code, now = new_secret(), SystemClock().now()
    office_people.invite(unit, line, person, code, now + VALID_FOR)
    audit.record(unit, line, "operator", "invite", person, now)
    return code


@staff.command()
@click.option("--line", required=True, help="The line for which the PIN is.")
@click.option("--off", is_flag=True, help="Take the PIN away instead.")
@click.argument("person", metavar="STAFF")
def pin(line: str, person: str, off: bool) -> None:
    """Print a new PIN with which a staff member hears place and words of his cases by telephone.

    The one before is worth nothing from now on, locked or not. It is shown this once; give it to nobody else.
    """
    with desks() as at:
        config = line_of(at.settings, line)
        if off:
            at.office.write_now(_take_away, line, person)
            return
        if config.voice_number is None:
            raise NotConfigured(f"line {line} can ring nobody; set voice_number in nabolinje.toml")
        made = at.office.write_now(_give, line, person)
    click.echo(made)


def _give(unit: Unit, line: str, person: str) -> str:
    _must_be_known(unit, line, person)
    made, now = new_pin(pins.LENGTH), SystemClock().now()
    office_pins.put(unit, line, person, made, now)
    audit.record(unit, line, "operator", "pin", person, now)
    return made


def _take_away(unit: Unit, line: str, person: str) -> None:
    if not office_pins.remove(unit, line, person):
        raise Refused(f"{person[:40]!r} on line {line} has no PIN")
    audit.record(unit, line, "operator", "pin_off", person, SystemClock().now())


def _must_be_known(unit: Unit, line: str, person: str) -> None:
    known = sorted(one.staff for one in Register(stored(unit)).staff_of(line))
    if person not in known:
        first = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
        raise Refused(f"there is no staff member {person[:40]!r} on line {line}; known: {first or 'none'}")
