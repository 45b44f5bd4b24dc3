"""`nabolinje demo`: a town to play with."""

from __future__ import annotations

from pathlib import Path

import click

from bot import demo as playing


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
