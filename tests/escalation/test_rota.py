"""Who is on duty: the example municipality's evenings, holidays, overrides and both clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.errors import Refused
from escalation.holidays_calendar import holiday_test
from escalation.rota import (
    Gap,
    OnCall,
    Override,
    RotaRow,
    duty,
    gaps,
    next_shift,
    on_any_rota,
    on_call,
    shift_end,
    week,
)
from escalation.rota_ical import ical

ZONE = ZoneInfo("Europe/Copenhagen")
DANISH = holiday_test("DK")


def row(team: str, days: str, start: str, end: str, staff: str, order: int = 1) -> RotaRow:
    return RotaRow(team, days, time.fromisoformat(start), time.fromisoformat(end), staff, order)


def local_override(day: str, staff: str) -> Override:
    start, end = (datetime.fromisoformat(f"{day}T{clock}") for clock in ("08:00", "16:00"))
    return Override("cti", start, end, staff, 1)


ROWS = (
    row("cti", "mon,wed,fri", "08:00", "16:00", "lone-krogh"),
    row("cti", "mon,wed,fri", "08:00", "16:00", "emil-juhl", 2),
    row("cti", "tue,thu", "08:00", "16:00", "sanne-bruun"),
    row("cti", "mon-fri", "16:00", "23:00", "kirsten-aagaard"),
    row("cti", "mon-fri", "16:00", "23:00", "bettina-skov", 2),
    row("cti", "mon-fri", "23:00", "08:00", "mads-ravn"),
    row("cti", "sat,sun", "08:00", "20:00", "bettina-skov"),
    row("cti", "sat,sun", "20:00", "08:00", "mads-ravn"),
    row("cti", "holidays", "08:00", "20:00", "kirsten-aagaard"),
    row("cti", "holidays", "20:00", "08:00", "mads-ravn"),
)
CHRISTMAS_EVE = local_override("2026-12-24", "kirsten-aagaard")
SICK_DAY = local_override("2026-11-30", "fatma-demir")
OVERRIDES = (CHRISTMAS_EVE, SICK_DAY)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE).astimezone(UTC)


def present(at: str) -> list[str]:
    return [o.staff for o in on_call("cti", wall(at), ROWS, OVERRIDES, ZONE, DANISH)]


@pytest.mark.parametrize(
    ("at", "staff"),
    [
        ("11-20 10:00", ["lone-krogh", "emil-juhl"]),
        ("11-20 16:00", ["kirsten-aagaard", "bettina-skov"]),
        ("11-20 23:38", ["mads-ravn"]),
        ("11-21 07:59", ["mads-ravn"]),
        ("11-21 08:00", ["bettina-skov"]),
        ("11-30 12:00", ["fatma-demir"]),
        ("12-24 10:00", ["kirsten-aagaard"]),
        ("12-25 07:00", ["mads-ravn"]),
        ("12-25 10:00", ["kirsten-aagaard"]),
        ("12-26 10:00", ["kirsten-aagaard"]),
        ("12-27 10:00", ["bettina-skov"]),
    ],
)
def test_who_answers_depends_on_hour_weekday_holiday_and_override(at: str, staff: list[str]) -> None:
    assert present(at) == staff


def test_a_shift_past_midnight_belongs_to_the_day_it_starts() -> None:
    (night,) = on_call("cti", wall("11-21 02:00"), ROWS, (), ZONE, DANISH)
    assert night == OnCall("mads-ravn", 1, wall("11-21 08:00"))
    assert duty("cti", wall("11-21 02:00"), wall("11-21 02:01"), ROWS, (), ZONE, DANISH)[0].day == date(2026, 11, 20)


def test_a_day_shift_ends_where_an_override_cuts_it() -> None:
    away = Override("cti", wall("11-20 12:00"), wall("11-20 14:00"), "fatma-demir", 1)
    (first, _) = on_call("cti", wall("11-20 10:00"), ROWS, (away,), ZONE, DANISH)
    assert first.until == wall("11-20 12:00")
    assert shift_end("cti", wall("11-20 13:00"), ROWS, (away,), ZONE, DANISH) == wall("11-20 14:00")
    assert [o.staff for o in on_call("cti", wall("11-20 14:00"), ROWS, (away,), ZONE, DANISH)] == present("11-20 10:00")


def test_an_override_of_one_team_leaves_the_others_alone() -> None:
    other = replace(SICK_DAY, team="hjemloese")
    assert on_call("cti", wall("11-30 12:00"), ROWS, (other,), ZONE, DANISH)[0].staff == "lone-krogh"


def test_somebody_on_two_rows_is_rung_once_at_the_better_place() -> None:
    twice = (*ROWS, row("cti", "fri", "09:00", "12:00", "emil-juhl", 1))
    found = on_call("cti", wall("11-20 10:00"), twice, (), ZONE, DANISH)
    assert [(o.staff, o.order) for o in found] == [("emil-juhl", 1), ("lone-krogh", 1)]


def test_a_team_without_rows_has_nobody() -> None:
    assert on_call("nobody", wall("11-20 10:00"), ROWS, OVERRIDES, ZONE, DANISH) == ()
    assert shift_end("nobody", wall("11-20 10:00"), ROWS, OVERRIDES, ZONE, DANISH) is None


@pytest.mark.parametrize("zone", ["Europe/Copenhagen", "Europe/Vienna", "Europe/Oslo"])
@pytest.mark.parametrize("change", ["2026-03-28", "2026-10-24", "2027-03-27", "2027-10-30"])
@pytest.mark.parametrize("meet", ["02:30", "03:00", "08:00"])
def test_through_a_clock_change_exactly_one_answers_at_every_half_minute(zone: str, change: str, meet: str) -> None:
    here = ZoneInfo(zone)
    rows = (row("t", "mon-sun", "20:00", meet, "night"), row("t", "mon-sun", meet, "20:00", "day"))
    start = datetime.fromisoformat(change).replace(tzinfo=here).astimezone(UTC)
    shifts = duty("t", start, start + timedelta(hours=48), rows, (), here, lambda _: False)
    walk = [start + timedelta(seconds=30 * n) for n in range(48 * 120)]
    assert {sum(s.start <= moment < s.end for s in shifts) for moment in walk} == {1}


def test_handovers_stay_at_eight_when_the_clocks_go_back() -> None:
    monday = wall("10-26 08:00")
    assert on_call("cti", monday - timedelta(seconds=1), ROWS, (), ZONE, DANISH)[0].staff == "mads-ravn"
    assert on_call("cti", monday, ROWS, (), ZONE, DANISH)[0].staff == "lone-krogh"


def test_the_example_has_no_gap_over_christmas_and_new_year() -> None:
    start, end = wall("12-20 00:00"), wall("12-20 00:00") + timedelta(days=14)
    assert gaps("cti", start, end, ROWS, OVERRIDES, ZONE, DANISH) == ()


def test_a_gap_is_told_from_when_to_when() -> None:
    no_holidays = [r for r in ROWS if r.days != "holidays"]
    found = gaps("cti", wall("12-25 00:00"), wall("12-28 00:00"), no_holidays, (), ZONE, DANISH)
    assert found == (Gap(wall("12-25 08:00"), wall("12-27 08:00")),)


def test_somebodys_last_day_shows_the_hole_it_leaves() -> None:
    def works(staff: str, day: date) -> bool:
        return staff != "sanne-bruun" or day < date(2026, 11, 26)

    found = gaps("cti", wall("11-23 00:00"), wall("11-30 00:00"), ROWS, (), ZONE, DANISH, works)
    assert found == (Gap(wall("11-26 08:00"), wall("11-26 16:00")),)


def test_a_contact_person_who_is_off_comes_back_with_the_next_shift() -> None:
    friday_night = wall("11-20 23:38")
    assert not on_any_rota("emil-juhl", friday_night, ROWS, OVERRIDES, ZONE, DANISH)
    assert next_shift("emil-juhl", friday_night, ROWS, OVERRIDES, ZONE, DANISH) == wall("11-23 08:00")
    assert next_shift("fatma-demir", friday_night, ROWS, OVERRIDES, ZONE, DANISH) == wall("11-30 08:00")
    assert next_shift("anne-lund", friday_night, ROWS, OVERRIDES, ZONE, DANISH) is None


def test_a_week_shows_the_night_that_runs_into_it() -> None:
    shifts = week("cti", "2026-W48", ROWS, OVERRIDES, ZONE, DANISH)
    assert (shifts[0].staff, shifts[0].start) == ("mads-ravn", wall("11-22 20:00"))
    assert shifts[-1].end == wall("11-30 08:00")


@pytest.mark.parametrize("text", ["2026-48", "2026-W54", "W48", "2026-W0", "2026-Wxx", ""])
def test_a_week_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="2026-W48"):
        week("cti", text, ROWS, (), ZONE, DANISH)


def test_a_calendar_event_keeps_its_identity_when_its_times_move() -> None:
    shifts = week("cti", "2026-W48", ROWS, (), ZONE, DANISH)
    moved = [replace(s, start=s.start + timedelta(minutes=30), end=s.end + timedelta(hours=1)) for s in shifts]
    before, after = (ical(s, "eksempelby", wall("11-20 12:00")) for s in (shifts, moved))
    assert uids(before) == uids(after)
    assert len(set(uids(before))) == len(shifts)


def uids(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("UID:")]


def test_a_calendar_is_escaped_folded_and_in_utc() -> None:
    odd = row("æøå;" * 20, "mon", "08:00", "16:00", "a,b\\c")
    shifts = duty(odd.team, wall("11-23 00:00"), wall("11-24 00:00"), (odd,), (), ZONE, DANISH)
    text = ical(shifts, "eksempelby", wall("11-20 12:00"))
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    unfolded = text.replace("\r\n ", "")
    assert "DTSTART:20261123T070000Z\r\n" in unfolded
    assert "æøå\\;" in unfolded and "a\\,b\\\\c\r\n" in unfolded
