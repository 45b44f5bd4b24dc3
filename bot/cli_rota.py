"""`nabolinje rota`: who is on duty in a week, with the gaps marked; and `rota override`, which adds an exception."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from bot.cli_desks import chosen_lines, desks, line_of
from escalation import rota as rules
from escalation.clock import SystemClock
from escalation.errors import Refused
from escalation.lines import LineConfig
from escalation.register import Register
from escalation.rota_ical import ical as calendar
from handlers.directory import add_override, stored
from handlers.overview import TeamWeek, current_week, team_week


@click.group(invoke_without_command=True)
@click.option("--week", help="An ISO week, such as 2026-W48; this week if left out.")
@click.option("--line", help="Only this line.")
@click.option("--team", help="Only this team.")
@click.option("--ical", "ical_file", type=click.Path(path_type=Path), help="Write one line's calendar as well.")
@click.pass_context
def rota(context: click.Context, week: str | None, line: str | None, team: str | None, ical_file: Path | None) -> None:
    """Who is on duty, per line and team, in local time; stretches with nobody are marked GAP."""
    if context.invoked_subcommand is not None:
        return
    now = SystemClock().now()
    with desks() as at:
        lines = chosen_lines(at.settings, line)
        register = Register(at.office.read_now(stored))
    if ical_file is not None and len(lines) != 1:
        raise Refused("--ical writes one line's calendar; say which with --line")
    shown = {one.slug: _weeks(register, one, week or current_week(one, now), team) for one in lines}
    if team is not None and not any(shown.values()):
        raise Refused(f"there is no team {team[:40]!r}; known: {', '.join(_known(register, lines)) or 'none'}")
    for one in lines:
        click.echo(_page(one, week or current_week(one, now), shown[one.slug]))
    if ical_file is not None:
        shifts = [shift for each in shown[lines[0].slug] for shift in each.shifts]
        ical_file.write_text(calendar(shifts, lines[0].slug, now), encoding="utf-8", newline="")


def _known(register: Register, lines: list[LineConfig]) -> list[str]:
    return sorted({team.team for line in lines for team in register.teams_of(line.slug)})


def _weeks(register: Register, line: LineConfig, week: str, team: str | None) -> list[TeamWeek]:
    start, end = rules.week_span(week, line.zone)
    teams = [one.team for one in register.teams_of(line.slug) if team in (None, one.team)]
    return [team_week(register, line, one, start, end) for one in teams]


def _page(line: LineConfig, week: str, teams: list[TeamWeek]) -> str:
    texts = [f"{line.slug}, week {week.upper()}, {line.timezone}"]
    if not teams:
        texts.append("  no team is known; import a directory first")
    for each in teams:
        texts += ["", f"  {each.team}" + ("" if each.gaps else ", no gaps"), *_rows(line, each)]
    return "\n".join(texts) + "\n"


def _rows(line: LineConfig, each: TeamWeek) -> list[str]:
    rows = [(shift.start, f"{shift.order:>3}  {shift.staff}{_gone(each, shift)}", shift.end) for shift in each.shifts]
    rows += [(gap.start, "GAP  nobody answers", gap.end) for gap in each.gaps]
    return [f"    {_span(start, end, line)}  {text}" for start, text, end in sorted(rows)]


def _gone(each: TeamWeek, shift: rules.Shift) -> str:
    return "  (no longer employed: counts as nobody)" if (shift.staff, shift.day) in each.left else ""


def _span(start: datetime, end: datetime, line: LineConfig) -> str:
    begins, ends = start.astimezone(line.zone), end.astimezone(line.zone)
    far = begins.date() != ends.date()
    return f"{begins:%a %Y-%m-%d %H:%M}-{ends:%H:%M}{f' ({ends:%a})' if far else '':<6}"


@rota.command()
@click.option("--line", required=True)
@click.option("--team", required=True, help="The team answered for.")
@click.option("--from", "start", required=True, help="Local time, such as 2026-12-24T08:00.")
@click.option("--to", "end", required=True, help="Local time, such as 2026-12-24T16:00.")
@click.option("--staff", required=True, help="Who answers; may belong to another team.")
@click.option("--order", type=click.IntRange(1, 99), default=1, show_default=True, help="1 is called first.")
def override(line: str, team: str, start: str, end: str, staff: str, order: int) -> None:
    """Add one exception: for its span it replaces the team's rota. Judged as in an import."""
    cells = {"line": line, "team": team, "from": start, "to": end, "staff": staff, "order": str(order)}
    with desks() as at:
        line_of(at.settings, line)
        done = add_override(at.office, at.front, at.settings.lines, cells, SystemClock().now())
    for changed in done.changes.lines():
        click.echo(changed)
