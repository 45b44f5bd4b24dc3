"""The command line `nabolinje`: finds a command, runs it, and says in plain lines what went wrong.

A command's module is loaded when it is run, so that a front desk never has the office's modules in memory.
"""

from __future__ import annotations

import errno
import importlib
import io
import sys
from importlib import metadata
from typing import IO, Any

import click

from escalation.directory_faults import DirectoryFaults
from escalation.errors import NabolinjeError
from escalation.store.failures import plain_errors

COMMANDS = {
    "demo": ("bot.cli_demo:demo", "The whole service on this machine, with phones to play with."),
    "serve": ("bot.cli_serve:serve", "Run the service: front desk and back office."),
    "migrate": ("bot.cli_setup:migrate", "Bring the database schema up to date."),
    "check": ("bot.cli_setup:check", "Look for what is wrong or missing in this installation."),
    "keys": ("bot.cli_setup:keys", "Make keys."),
    "import": ("bot.cli_directory:import_", "Take in a directory of CSV files."),
    "export": ("bot.cli_directory:export_", "Write the directory's CSV files."),
    "rota": ("bot.cli_rota:rota", "Who is on duty."),
    "cases": ("bot.cli_cases:cases", "List cases."),
    "status": ("bot.cli_cases:status", "What went in and out, what is due."),
    "explain": ("bot.cli_explain:explain", "How the line understands texts."),
    "staff": ("bot.cli_staff:staff", "Enrol staff."),
}


class Plainly(click.ClickException):
    """What a person can mend, as it is, one line each, on standard error."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file or sys.stderr)


class Commands(click.Group):
    """Commands by name; every error somebody can cause leaves as plain lines and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with plain_errors():
                return super().invoke(ctx)
        except DirectoryFaults as error:
            raise Plainly("\n".join([*map(str, error.faults), error.remedy])) from None
        except NabolinjeError as error:
            raise Plainly(error.remedy) from None
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click ends quietly when nobody reads on
            raise Plainly(_about(error)) from None


def _about(error: OSError) -> str:
    where = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{where}{(error.strerror or type(error).__name__).lower()}; nothing was done"


def _version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    try:
        click.echo(f"nabolinje {metadata.version('nabolinje')}")
    except metadata.PackageNotFoundError:
        click.echo("nabolinje, run from its source without being installed")
    context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def main() -> None:
    """A neutral first line for neighbours of people in supported housing.

    Settings come from NABOLINJE_ variables or a .env file in this folder; the lines from nabolinje.toml.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show a letter gets its number instead of a crash.
        sys.stdout.reconfigure(errors="backslashreplace")
