"""`nabolinje serve`: the command that stays."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from bot import serving
from bot.settings import load_here, with_clock_file


@click.command()
@click.option("--only", type=click.Choice(["front", "office"]), help="Run one of the two desks alone.")
@click.option(
    "--clock-file",
    type=click.Path(path_type=Path),
    help="Rehearsal: the service's time is the real time plus the offset (+3d4h) this file holds. Forward only, and "
    "only with every provider's URL on loopback.",
)
@click.option("--supervised", is_flag=True, hidden=True)
def serve(only: Literal["front", "office"] | None, clock_file: Path | None, supervised: bool) -> None:
    """Run the service: front desk and back office, two processes under one command.

    Applies migrations on SQLite; refuses an out-of-date PostgreSQL schema.
    """
    settings = load_here()
    if clock_file is not None:
        settings = with_clock_file(settings, clock_file.absolute())
        if not supervised:
            click.echo("REHEARSAL: the service's time follows a file, not the clock on the wall", err=True)
    serving.run(settings, only, supervised=supervised)
