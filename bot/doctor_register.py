"""`check` looks at a line and its directory: whom its steps name, its last resort, its houses, its phones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.doctor_findings import Finding, note
from escalation.lines import LineConfig
from escalation.policy import COORDINATOR
from escalation.register import Register
from escalation.store.office_people import Endpoint
from handlers.directory import missing_teams

REVEALING = 0.2
LAST_RESORT_PEOPLE = 2


def examine(register: Register, line: LineConfig, endpoints: Sequence[Endpoint], now: datetime) -> Iterator[Finding]:
    """Everything about a line that does not depend on the hour."""
    yield from _last_resort(line)
    yield from _steps(line)
    if not register.teams_of(line.slug):
        yield Finding(f"{line.slug}: the directory says nothing about this line; run `nabolinje import DIR`")
        return
    yield from _people(register, line, now)
    yield from _houses(register, line, now)
    yield from _phones(register, line, endpoints, now)


def _last_resort(line: LineConfig) -> Iterator[Finding]:
    people = line.last_resort.notify if "sms" in line.last_resort.by else ()
    if len(set(people)) < LAST_RESORT_PEOPLE:
        yield Finding(
            f"{line.slug}: {len(set(people))} last-resort people can be reached; name at least two phones in "
            f'last_resort.notify, with "sms" in last_resort.by'
        )


def _steps(line: LineConfig) -> Iterator[Finding]:
    voice = any("voice" in step.by for policy in line.escalation.values() for step in policy.steps)
    if line.voice_number is None and (voice or "voice" in line.last_resort.by):
        yield note(
            f'{line.slug}: "voice" in `by` rings nobody, because the line has no voice_number; '
            "the next channel of the step, or whatever else reaches somebody, is used at once"
        )
    if line.child_tel is None:
        yield note(f"{line.slug}: no child-welfare number; texts name {line.emergency} instead (child_tel sets it)")


def _people(register: Register, line: LineConfig, now: datetime) -> Iterator[Finding]:
    if line.front_team not in {team.team for team in register.teams_of(line.slug)}:
        yield Finding(
            f"{line.slug}: front team {line.front_team} is not in teams.csv; add it and import, or change front_team"
        )
    for team in missing_teams(register.directory, line):
        yield Finding(
            f"{line.slug}: an escalation step names team {team}, which is not in teams.csv; add it and "
            "import, or change the step"
        )
    named = any(COORDINATOR in step.notify for policy in line.escalation.values() for step in policy.steps)
    if named and not register.coordinators(line, now):
        yield Finding(
            f"{line.slug}: an escalation step names the coordinator, and nobody in staff.csv is one today; "
            "give somebody the role"
        )


def _houses(register: Register, line: LineConfig, now: datetime) -> Iterator[Finding]:
    directory = register.directory
    silent = [o.organisation for o in directory.organisations if o.line == line.slug and not o.emergency]
    if silent:
        yield Finding(
            f"{line.slug}: no emergency number for water, heating and lift: {', '.join(sorted(silent))}; "
            "fill in organisations.csv, column emergency, and import"
        )
    today = now.astimezone(line.zone).date()
    houses = {p.property for p in directory.properties if p.line == line.slug}
    placed = {p.property for p in directory.placements if p.line == line.slug and p.holds_on(today)} & houses
    if len(placed) > REVEALING * len(houses):
        yield Finding(
            f"{line.slug}: more than one in five properties has a placement, so that being listed says "
            "something about who lives there; import the organisations' whole stock"
        )


def _phones(register: Register, line: LineConfig, endpoints: Sequence[Endpoint], now: datetime) -> Iterator[Finding]:
    """Named by staff id: the number itself is nobody's business on a terminal."""
    here = {s.staff for s in register.staff_of(line.slug) if register.staff(line, s.staff, now)}
    own = [e for e in endpoints if e.line == line.slug and e.staff in here]
    silent = sorted({e.staff for e in own if e.channel == "sms" and e.heard_at is None})
    if silent:
        yield note(f"{line.slug}: phones that never answered: {', '.join(silent)}; let each send HELP to the line once")
    closed = sorted({f"{e.staff} ({e.channel})" for e in own if e.disabled_at is not None})
    if closed:
        yield note(
            f"{line.slug}: closed by their owners or their networks: {', '.join(closed)}; a message from them "
            "to the line opens them again"
        )
