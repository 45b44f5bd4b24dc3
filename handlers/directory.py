"""Taking in a directory, all or nothing, giving it back, and telling the front desk its public part.

The office's own transaction comes first, publishing after it. Publishing always writes what the office
holds at that moment, so a crash in between is mended by whoever publishes next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from escalation.directory import Directory
from escalation.directory_diff import Changes, diff, removed_staff
from escalation.directory_faults import DirectoryFaults, Fault, hinted, quoted
from escalation.directory_files import read, write
from escalation.directory_layout import LAYOUTS, row_of_cells, rows_of
from escalation.errors import Refused
from escalation.lines import LineConfig
from escalation.policy import TEAM_PREFIX
from escalation.register import last_resort_id
from escalation.store import office_incidents, office_people, office_pins, published
from escalation.store.base import Database, Unit
from handlers import holding, last_resort

Lines = Mapping[str, LineConfig]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changes, or would change, and what is odd about the directory without stopping it."""

    changes: Changes
    warnings: tuple[Fault, ...]


def import_directory(
    office: Database, front: Database, lines: Lines, files: Mapping[str, bytes], now: datetime, *, dry_run: bool = False
) -> Imported:
    """Take in the nine files of a folder, by file name, and publish what the front desk may know.

    Raises DirectoryFaults for what is wrong in the files, Refused where staff with open cases would vanish;
    then nothing was written. `dry_run` says what would change.
    """
    directory = judged(files, lines)
    if dry_run:
        changes = office.read_now(_compare, directory)
    else:
        changes = office.write_now(_take_in, directory, lines, now)
        front.write_now(lambda f: office.read_now(lambda o: _publish(f, o, renewed=not changes.empty)))
    return Imported(changes, (*directory.warnings, *_unserved(directory, lines)))


def add_override(office: Database, front: Database, lines: Lines, cells: Mapping[str, str], now: datetime) -> Imported:
    """Add one row to rota_overrides.csv, given as text by column. Raises as an import does, and BadCell's remedy."""
    layout = next(layout for layout in LAYOUTS if layout.attribute == "overrides")
    before = office.read_now(stored)
    after = replace(before, overrides=(*before.overrides, row_of_cells(layout, cells)))
    return import_directory(office, front, lines, write(after), now)


def judged(files: Mapping[str, bytes], lines: Lines) -> Directory:
    """The directory these files describe, held against the configured lines. Raises DirectoryFaults."""
    directory = read(files, list(lines), {slug: line.country for slug, line in lines.items()})
    faults = [fault for line in lines.values() for fault in _no_front_team(directory, line)]
    if faults:
        raise DirectoryFaults(faults)
    return directory


def stored(unit: Unit) -> Directory:
    """The directory as last imported; empty before the first import. Lines that are no longer configured count."""
    files = office_people.load_directory(unit)
    if not files:
        return Directory()
    # The first column of every file is the line, and no cell we write holds a line break.
    rows = (row for body in files.values() for row in body.decode("utf-8").splitlines()[1:])
    return read(files, {row.partition(";")[0] for row in rows}, {})


def export(unit: Unit) -> dict[str, bytes]:
    """The nine files back; taking them in again changes nothing."""
    return write(stored(unit))


def _compare(unit: Unit, directory: Directory) -> Changes:
    before = stored(unit)
    _refuse_losing_cases(unit, before, directory)
    return diff(before, directory)


def _take_in(unit: Unit, directory: Directory, lines: Lines, now: datetime) -> Changes:
    before = stored(unit)
    _refuse_losing_cases(unit, before, directory)
    changes = diff(before, directory)
    if not changes.empty or not office_people.load_directory(unit):
        office_people.save_directory(unit, write(directory))
    _settle_endpoints(unit, before, directory, now)
    for line, staff in removed_staff(before, directory):
        office_pins.remove(unit, line, staff)
    holding.watch_last_days(unit, directory.staff, lines)
    last_resort.settle(unit, lines, now)
    return changes


def _refuse_losing_cases(unit: Unit, before: Directory, after: Directory) -> None:
    """Nobody who holds an open case may vanish: the case would be nobody's."""
    held = []
    for line, staff in removed_staff(before, after):
        cases = [i for i in office_incidents.held_by(unit, line, staff) if i.merged_into is None]
        if cases:
            codes = ", ".join(sorted(office_incidents.first_code(unit, case.id) for case in cases))
            held.append(
                f"staff.csv: {quoted(staff)} of line {line} holds open cases and cannot be removed: {codes}; "
                f"close them or hand them on first, or write a last day in `to`"
            )
    if held:
        raise Refused("\n".join(held))


def _settle_endpoints(unit: Unit, before: Directory, after: Directory, now: datetime) -> None:
    """Phones of staff.csv speak for their owners. What somebody enrolled himself stays as long as he does."""
    wanted = {(s.line, s.staff, s.phone) for s in after.staff}
    vanished = {(s.line, s.staff, s.phone) for s in before.staff} - wanted
    people = {(s.line, s.staff) for s in after.staff}
    known = set()
    for endpoint in office_people.all_endpoints(unit):
        owned = (endpoint.line, endpoint.staff, endpoint.address)
        if endpoint.staff.startswith(last_resort_id("")):
            continue
        gone = (endpoint.line, endpoint.staff) not in people
        if gone or (endpoint.channel == "sms" and owned in vanished):
            office_people.remove_endpoint(unit, endpoint.id)
        elif endpoint.channel == "sms":
            known.add(owned)
    for line, staff, phone in sorted(wanted - known):
        office_people.add_endpoint(unit, line, staff, "sms", phone, now)


def republish(front: Unit, office: Unit) -> bool:
    """Bring the front desk's copy up to what the office holds: whose words pass unread always, the stock if it changed.

    For the office's start, where it finishes an import that died half way, and after an enrolment. True when
    the stock was published anew.
    """
    return _publish(front, office, renewed=False)


def _publish(front: Unit, office: Unit, *, renewed: bool) -> bool:
    # The row's lock comes before the office is read: of two publishers the later one writes the later state.
    published.bump(front, "publishing")
    published.replace_staff(front, ((e.line, e.index) for e in office_people.all_endpoints(office)))
    version, held = office_people.mark(office, "directory"), published.mark(front, "directory")
    if version == held and not renewed:
        return False
    _publish_stock(front, stored(office))
    # After a restore from a backup the copy may be ahead; then it is simply published again each time.
    for _ in range(version - held):
        published.bump(front, "directory")
    return True


def _publish_stock(front: Unit, directory: Directory) -> None:
    """The whole stock and the registered contacts: nothing of who is placed where, no team, no name."""
    published.replace_stock(
        front,
        properties=[
            {
                "line": p.line,
                "code": p.property,
                "street": p.street,
                "number": p.number,
                "postcode": p.postcode,
                "city": p.city,
                "organisation": p.organisation,
            }
            for p in directory.properties
        ],
        dwellings=[
            {"line": d.line, "property": d.property, "floor": d.floor, "door": d.door} for d in directory.dwellings
        ],
        organisations=[
            {"line": o.line, "organisation": o.organisation, "emergency": o.emergency} for o in directory.organisations
        ],
        contacts=[
            {
                "line": c.line,
                "phone": front.keys.endpoint_index("sms", c.phone),
                "organisation": c.organisation,
                "role": c.role,
                "language": c.language,
                "properties": ",".join(c.properties),
                "from_day": c.valid_from,
                "to_day": c.valid_to,
            }
            for c in directory.contacts
        ],
    )


def _teams(directory: Directory, line: str) -> list[str]:
    return [team.team for team in directory.teams if team.line == line]


def _mentioned(directory: Directory, line: str) -> bool:
    return any(row.line == line for layout in LAYOUTS for row in rows_of(directory, layout))


def _no_front_team(directory: Directory, line: LineConfig) -> Iterable[Fault]:
    teams = _teams(directory, line.slug)
    if line.front_team not in teams and _mentioned(directory, line.slug):
        yield Fault(
            "teams.csv",
            0,
            "team",
            f"{quoted(line.front_team)}, the front team of line {line.slug}, is not there",
            f"add it, or change front_team in nabolinje.toml; {hinted(line.front_team, teams)}",
        )


def missing_teams(directory: Directory, line: LineConfig) -> tuple[str, ...]:
    """Teams that the line's escalation steps name and teams.csv does not: those steps alert nobody."""
    named = {
        name.removeprefix(TEAM_PREFIX)
        for policy in line.escalation.values()
        for step in policy.steps
        for name in step.notify
        if name.startswith(TEAM_PREFIX)
    }
    return tuple(sorted(named - set(_teams(directory, line.slug))))


def _unserved(directory: Directory, lines: Lines) -> Iterable[Fault]:
    """Configured lines the directory does not serve, wholly or in one step of their escalation."""
    for line in lines.values():
        if not _mentioned(directory, line.slug):
            yield Fault(
                "teams.csv",
                0,
                "line",
                f"no file says anything about line {line.slug}",
                "until one does, its cases alert the last resort only",
            )
            continue
        for team in missing_teams(directory, line):
            yield Fault(
                "teams.csv",
                0,
                "team",
                f"{quoted(team)} is not there, and an escalation step of line {line.slug} names it",
                f"add it, or change the step in nabolinje.toml; {hinted(team, _teams(directory, line.slug))}",
            )
