"""`nabolinje serve` and `nabolinje demo`: the commands that stay."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from bot import demo as playing
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


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Of the page with phones.")
@click.option(
    "--data-dir", type=click.Path(path_type=Path, file_okay=False), default=Path("var/demo"), show_default=True,
    help="Where the example municipality's database is kept.",
)  # fmt: skip
@click.option("--reset", is_flag=True, help="Start anew from an empty town.")
def demo(port: int, data_dir: Path, reset: bool) -> None:
    """The whole service on this machine, with no account anywhere.

    An embedded database, the provider sandbox, an example municipality, and a web page with phones to play
    reporter and staff. Prints its address.
    """
    playing.run(port, data_dir.absolute(), reset)
