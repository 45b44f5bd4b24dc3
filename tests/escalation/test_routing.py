"""Which team answers for a place: facts of the example municipality on and around 22 November 2026."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from escalation.register_values import Placement
from escalation.rota import RotaRow
from escalation.routing import Route, contact_person_counts, route

TODAY = date(2026, 11, 22)
FRONT = Route("boligsocial")


@dataclass(frozen=True)
class House:
    team: str | None = None


@dataclass(frozen=True)
class Line:
    front_team: str = "boligsocial"


def period(name: str, place: str, flat: str, team: str, person: str, start: str, end: str = "") -> Placement:
    floor, _, door = flat.partition(" ")
    last = date.fromisoformat(end) if end else None
    return Placement(name, place, floor, door, team, person, date.fromisoformat(start), last)


HOUSES = {code: House() for code in ("1042", "1057", "1063", "1078", "1104")} | {"3012": House("cti")}
PLACEMENTS = (
    period("P101", "1057", "3 tv", "boligsocial", "rasmus-holt", "2026-08-01", "2026-08-28"),
    period("P101", "1057", "3 tv", "cti", "lone-krogh", "2026-08-29"),
    period("P109", "1057", "st th", "hjemloese", "jesper-vang", "2026-11-12"),
    period("P110", "1063", "1 mf", "boligsocial", "pia-thuesen", "2026-11-01", "2026-11-28"),
    period("P110", "1063", "1 mf", "cti", "fatma-demir", "2026-11-29"),
    period("P102", "1104", "st tv", "hjemloese", "jesper-vang", "2026-03-29"),
    period("P111", "1078", "4 th", "cti", "sanne-bruun", "2026-04-01", "2026-12-31"),
)


def routed(place: str | None, floor: str | None = None, door: str | None = None, today: date = TODAY) -> Route:
    return route(place, floor, door, today, PLACEMENTS, HOUSES, Line())


def test_a_flat_with_a_placement_goes_to_its_team_and_contact_person() -> None:
    assert routed("1057", "3", "tv") == Route("cti", "lone-krogh", "P101")


def test_the_flat_next_door_goes_to_the_front_team() -> None:
    assert routed("1057", "3", "th") == FRONT


@pytest.mark.parametrize(("floor", "door"), [("3.", "t.v."), ("03", "TV"), ("3", "TV")])
def test_floor_and_door_are_compared_as_people_write_them(floor: str, door: str) -> None:
    assert routed("1057", floor, door).placement == "P101"


@pytest.mark.parametrize("place", [None, "9999"])
def test_an_unknown_or_unclear_place_goes_to_the_front_team(place: str | None) -> None:
    assert routed(place, "3", "tv") == FRONT


@pytest.mark.parametrize(
    ("today", "team", "person"),
    [(date(2026, 11, 28), "boligsocial", "pia-thuesen"), (date(2026, 11, 29), "cti", "fatma-demir")],
)
def test_responsibility_changes_by_date_without_a_gap(today: date, team: str, person: str) -> None:
    assert routed("1063", "1", "mf", today) == Route(team, person, "P110")


def test_before_a_placement_begins_nobody_is_placed_there() -> None:
    assert routed("1063", "1", "mf", date(2026, 10, 31)) == FRONT


def test_a_stairwell_with_one_placement_means_that_one() -> None:
    assert routed("1078") == Route("cti", "sanne-bruun", "P111")


def test_a_stairwell_with_several_placements_means_none_of_them() -> None:
    assert routed("1057") == FRONT


def test_a_floor_alone_is_enough_where_one_placement_lies_on_it() -> None:
    assert routed("1057", "3").placement == "P101"
    assert routed("1057", "2") == FRONT


def test_a_property_of_a_team_goes_there_when_no_placement_claims_it() -> None:
    assert routed("3012", "2", "tv") == Route("cti")


def test_two_tenancies_in_one_flat_with_one_contact_person_go_to_that_person() -> None:
    both = (*PLACEMENTS, period("P199", "1057", "3 tv", "cti", "lone-krogh", "2026-09-01"))
    assert route("1057", "3", "tv", TODAY, both, HOUSES, Line()) == Route("cti", "lone-krogh")


def test_a_placement_and_a_route_do_not_show_themselves_in_a_log() -> None:
    shown = f"{PLACEMENTS[0]!r} {routed('1057', '3', 'tv')!r}"
    assert "1057" not in shown
    assert "P101" not in shown


def test_consent_and_clause_count_only_on_their_days() -> None:
    it = Placement("P113", "1081", "2", "tv", "hjemloese", None, date(2025, 9, 15), None, date(2026, 1, 10),
                   date(2026, 6, 30), ("rent",), date(2025, 9, 15), date(2026, 9, 14))  # fmt: skip
    assert (it.consented_on(date(2026, 6, 30)), it.consented_on(date(2026, 7, 1))) == (True, False)
    assert (it.clause_on(date(2026, 9, 14)), it.clause_on(date(2026, 9, 15))) == (("rent",), ())


@pytest.mark.parametrize(("hour", "counts"), [(10, True), (20, False)])
def test_a_contact_person_counts_only_while_on_any_rota(hour: int, counts: bool) -> None:
    rows = (RotaRow("hjemloese", "mon-fri", time(8), time(16), "lone-krogh", 1),)
    zone = ZoneInfo("Europe/Copenhagen")
    moment = datetime(2026, 11, 20, hour, tzinfo=zone).astimezone(UTC)
    assert contact_person_counts("lone-krogh", moment, rows, (), zone, lambda _: False) is counts
    assert not contact_person_counts(None, moment, rows, (), zone, lambda _: False)
