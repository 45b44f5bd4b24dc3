"""`check` looks at the next two weeks: is there always somebody, can he be reached, and could he see a case?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.doctor_findings import Finding
from escalation.lines import LineConfig
from escalation.policy import ON_DUTY, SPOKEN, TEAM_PREFIX, channels
from escalation.register import Register
from escalation.rota import Shift
from escalation.store.office_people import Endpoint
from handlers.overview import team_week

AHEAD = timedelta(days=14)
_NAMED = 8

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Reach:
    """Who on a line's staff has an endpoint that works, by channel."""

    by_channel: dict[str, frozenset[str]]

    @classmethod
    def of(cls, endpoints: Sequence[Endpoint], line: str) -> Reach:
        usable = [e for e in endpoints if e.line == line and e.disabled_at is None]
        return cls({c: frozenset(e.staff for e in usable if e.channel == c) for c in SPOKEN})

    def through(self, channels: Collection[str]) -> frozenset[str]:
        return frozenset().union(*(self.by_channel[c] for c in channels if c in self.by_channel))


def examine(
    register: Register, line: LineConfig, endpoints: Sequence[Endpoint], now: datetime, hearing: frozenset[str]
) -> Iterator[Finding]:
    """Everything about a line's shifts in the next 14 days that would leave a case lying.

    `hearing` are those who can have a case read out to them by telephone.
    """
    reach = Reach.of(endpoints, line.slug)
    reached = reach.through(_channels(line))
    seeing = reach.through(("telegram",) if line.sms_detail == "none" else SPOKEN) | hearing
    for team in answering_teams(register, line, now):
        week = team_week(register, line, team, now, now + AHEAD)
        shifts = [s for s in week.shifts if (s.staff, s.day) not in week.left]
        empty = [(gap.start, gap.end) for gap in week.gaps]
        yield from _said(
            line, empty, f"nobody answers for team {team}", "add a shift to rota.csv, or use `nabolinje rota override`"
        )
        unreached = _spans(shifts, now, lambda staff: staff in reached)
        yield from _said(
            line,
            unreached,
            f"nobody on duty for team {team} can be reached",
            "let them write to the line again, or invite them with `nabolinje staff invite`",
        )
        blind = _spans(shifts, now, lambda staff: staff in seeing or staff not in reached)
        yield from _said(
            line,
            blind,
            f"nobody on duty for team {team} could see a case (they have SMS alone)",
            "invite them to Telegram with `nabolinje staff invite`, give them a PIN for the telephone with `nabolinje "
            'staff pin`, or set sms_detail = "address"',
        )


def answering_teams(register: Register, line: LineConfig, now: datetime) -> list[str]:
    """The teams a case of this line can go to in the coming two weeks."""
    first, last = now.astimezone(line.zone).date(), (now + AHEAD).astimezone(line.zone).date()
    directory = register.directory
    wanted = {line.front_team}
    wanted |= {p.team for p in directory.properties if p.line == line.slug and p.team}
    wanted |= {
        p.team for p in directory.placements
        if p.line == line.slug and p.valid_from <= last and (p.valid_to is None or p.valid_to >= first)
    }  # fmt: skip
    wanted |= {name.removeprefix(TEAM_PREFIX) for name in _notified(line) if name.startswith(TEAM_PREFIX)}
    return sorted(wanted & {team.team for team in register.teams_of(line.slug)})


def _notified(line: LineConfig) -> set[str]:
    return {name for policy in line.escalation.values() for step in policy.steps for name in step.notify}


def _channels(line: LineConfig) -> set[str]:
    """The channels by which any step rings whoever is on a shift."""
    return {
        channel
        for policy in line.escalation.values() for step in policy.steps for channel in channels(step.by, SPOKEN)
        if any(name == ON_DUTY or name.startswith(TEAM_PREFIX) for name in step.notify)
    }  # fmt: skip


def _spans(shifts: Sequence[Shift], now: datetime, fine: Callable[[str], bool]) -> list[Span]:
    """The stretches in which somebody is on duty, but nobody who is `fine`; touching ones joined."""
    edges = sorted({min(max(at, now), now + AHEAD) for s in shifts for at in (s.start, s.end)})
    found: list[Span] = []
    for start, end in pairwise(edges):
        present = [s.staff for s in shifts if s.start <= start and s.end >= end]
        if not present or any(fine(staff) for staff in present):
            continue
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return found


def _said(line: LineConfig, spans: Sequence[Span], what: str, remedy: str) -> Iterator[Finding]:
    for start, end in spans[:_NAMED]:
        yield Finding(f"{line.slug}: {what} from {_local(start, line)} to {_local(end, line)}; {remedy}")
    if len(spans) > _NAMED:
        yield Finding(f"{line.slug}: {what} in {len(spans) - _NAMED} more stretches; {remedy}")


def _local(moment: datetime, line: LineConfig) -> str:
    return f"{moment.astimezone(line.zone):%a %Y-%m-%d %H:%M}"
