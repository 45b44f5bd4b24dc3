"""`nabolinje import` and `nabolinje export`: the directory's nine CSV files."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli_desks import desks
from escalation.clock import SystemClock
from handlers.directory import export, import_directory


@click.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
def import_(folder: Path, dry_run: bool) -> None:
    """Take in the nine CSV files of DIR: all of it, or nothing.

    Every fault names file, row, column, what is wrong and what is allowed.
    """
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix.lower() == ".csv"}
    with desks() as at:
        done = import_directory(at.office, at.front, at.settings.lines, files, SystemClock().now(), dry_run=dry_run)
    for warning in done.warnings:
        click.echo(f"warning: {warning}", err=True)
    for line in done.changes.lines():
        click.echo(line)
    if done.changes.empty:
        click.echo("nothing changes")
    elif dry_run:
        click.echo("dry run: nothing was written")


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export_(folder: Path) -> None:
    """Write the directory as nine CSV files into DIR. Importing them changes nothing.

    They hold personal data: staff, contacts and residents.
    """
    with desks() as at:
        files = at.office.read_now(export)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.touch(0o600)
        path.chmod(0o600)
        path.write_bytes(content)
    click.echo(f"{len(files)} files written")
