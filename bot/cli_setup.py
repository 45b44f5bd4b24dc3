"""`nabolinje migrate`, `check` and `keys`: what an installation needs before it serves."""

from __future__ import annotations

import base64

import click

from bot import doctor
from bot.cli_desks import SCHEMAS, url_of
from bot.settings import load_here
from escalation.clock import SystemClock, random_bytes
from escalation.store import schema


@click.command()
def migrate() -> None:
    """Bring the database schema up to date.

    On PostgreSQL it also makes the front desk's role, or prints the SQL for an administrator and exits 1.
    """
    settings = load_here()
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        schema.upgrade(url_of(settings, name), name)
    if settings.database_url:
        schema.ensure_front_role(settings.database_url)
    click.echo("the schema is up to date")


@click.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Look for what is wrong or missing: one plain line each, with its remedy. Exit status 1 if something is.

    Asks the providers that have credentials. Notes are worth knowing and leave the exit status 0.
    """
    found = doctor.examine(load_here(), SystemClock().now())
    for finding in found:
        click.echo(str(finding), err=finding.grave)
    if any(finding.grave for finding in found):
        context.exit(1)
    click.echo("nothing found that must be mended")


@click.group()
def keys() -> None:
    """Make keys."""


@keys.command()
def generate() -> None:
    """Print a new key: 32 random bytes in base64.

    One for NABOLINJE_KEYS, another for NABOLINJE_INDEX_KEY. Keep both with the backups, and apart from them.
    """
    click.echo(base64.b64encode(random_bytes(32)).decode("ascii"))
