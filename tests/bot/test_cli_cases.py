"""`nabolinje cases`, `status` and `staff invite`: the shapes outside checks read, and what they leave behind."""

from __future__ import annotations

import csv
import io
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from escalation.store import audit, front_inbox, office_due, office_hatch, office_incidents, office_people
from escalation.store.front_inbox import Arrival
from escalation.store.front_outbox import FRONT
from tests.installation import EXAMPLE, Installation
from tests.matters import OPENED, add_report, open_case

NOW = datetime.now(UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation(tmp_path, monkeypatch)
    made.furnish("import", str(EXAMPLE))
    return made


def test_a_case_is_listed_with_the_address_as_the_directory_spells_it(home: Installation) -> None:
    with home.office() as office:
        office.write_now(open_case, "K7M2", "larm", "larmer stadig")
    assert home.json("cases") == [{
        "code": "K7M2", "line": "eksempelby", "state": "new", "category": "noise", "urgency": "normal", "danger": False,
        "address": "Vestergade 12B, 3. tv", "opened_at": "2026-11-20T23:38:00+01:00", "taken_at": None,
        "closed_at": None, "reports": 1, "messages": 2,
    }]  # fmt: skip


def test_a_house_nobody_listed_stands_as_it_was_written(home: Installation) -> None:
    place = {"display": "Ukendtvej 3", "house": "ukendtvej|3"}
    with home.office() as office:
        office.write_now(open_case, "K7M2", place=place, property=None)
    assert home.json("cases")[0]["address"] == "Ukendtvej 3"


def test_two_reports_of_one_matter_are_one_case_under_the_first_code(home: Installation) -> None:
    with home.office() as office:
        incident = office.write_now(open_case, "ZZ99")
        office.write_now(add_report, incident, "AA22", "vi kan heller ikke sove", "stadig")
    (case,) = home.json("cases")
    assert (case["code"], case["reports"], case["messages"]) == ("ZZ99", 2, 3)


def test_cases_can_be_chosen_by_line_and_state(home: Installation) -> None:
    with home.office() as office:
        office.write_now(open_case, "K7M2")
        office.write_now(open_case, "W9TC", state="closed", opened_at=OPENED + timedelta(hours=1), closed_at=NOW)
    assert [c["code"] for c in home.json("cases", "--state", "closed")] == ["W9TC"]
    assert [c["code"] for c in home.json("cases", "--line", "eksempelby")] == ["K7M2", "W9TC"]


def test_a_line_that_does_not_exist_is_refused_with_those_that_do(home: Installation) -> None:
    assert home.refused("cases", "--line", "x") == ["there is no line 'x'; configured: eksempelby"]


def test_a_spreadsheet_runs_nothing_a_reporter_wrote(home: Installation) -> None:
    with home.office() as office:
        office.write_now(open_case, "K7M2", place={"display": "=1+1\n2", "house": "x"}, property=None)
    (row,) = csv.DictReader(io.StringIO(home.said("cases", "--format", "csv")))
    assert (row["address"], row["danger"], row["taken_at"]) == ("'=1+1 2", "no", "")


def test_the_table_steers_no_terminal(home: Installation) -> None:
    with home.office() as office:
        office.write_now(open_case, "K7M2", place={"display": "a\x1b[2Jb", "house": "x"}, property=None)
    shown = home.said("cases").splitlines()
    assert shown[0].split()[:3] == ["code", "line", "state"]
    assert "a [2Jb" in shown[1]


def test_every_look_is_on_the_audit_trail(home: Installation) -> None:
    home.said("cases", "--state", "new")
    with home.office() as office:
        ((_, actor, action),) = office.read_now(audit.looks, "new")
        assert office.read_now(audit.first_broken) is None
    assert (actor, action) == ("operator", "cases")


def test_status_counts_what_came_in_and_what_came_twice(home: Installation) -> None:
    text = Arrival("twilio", "SM1", "eksempelby", "sms", "+4530111201", "text", {}, NOW)
    with home.front() as front:
        front.write_now(front_inbox.add, [text])
        front.write_now(front_inbox.add, [text])
        front.write_now(FRONT.count, "rejected", NOW)
    assert home.json("status")["inbox"] == {"received": 1, "duplicates": 1, "rejected": 1}


def test_status_tells_waiting_from_late(home: Installation) -> None:
    with home.office() as office:
        incident = office.write_now(open_case, "K7M2")
        office.write_now(office_due.set_timer, incident.id, "step", NOW + timedelta(hours=1))
        office.write_now(office_due.set_timer, incident.id, "late", NOW - timedelta(minutes=1))
    found = home.json("status")
    assert found["timers"] == {"pending": 2, "overdue": 1}
    assert found["cases"]["new"] == 1


def test_in_a_rehearsal_late_is_what_is_late_on_the_services_clock(home: Installation) -> None:
    with home.office() as office:
        incident = office.write_now(open_case, "K7M2")
        office.write_now(office_due.set_timer, incident.id, "step", NOW + timedelta(hours=1))
        office.write_now(office_people.set_mark, "clock_offset", 7200)
    assert home.json("status")["timers"] == {"pending": 1, "overdue": 1}


def test_status_knows_how_long_ago_the_office_last_looked(home: Installation) -> None:
    with home.office() as office:
        office.write_now(office_people.set_mark, "tick", int(datetime.now(UTC).timestamp()) - 5)
    assert 4 <= home.json("status")["tick_age_s"] <= 30


def test_status_sees_what_waits_in_the_hatch(home: Installation) -> None:
    with home.office() as office:
        office.write_now(office_hatch.relay, "eksempelby", "t", "taken", {}, NOW, NOW)
    assert home.json("status")["hatch"] == {"outward": 0, "inward": 1}


def test_status_waits_for_whoever_writes_just_then(home: Installation) -> None:
    with home.office() as office:
        writing = office.engine.connect()
        writing.begin()
        release = threading.Timer(1.0, writing.close)
        release.start()
        assert home.json("status")["cases"]["new"] == 0
        release.join()


def test_status_for_people_names_the_same_figures(home: Installation) -> None:
    shown = home.said("status")
    assert "received 0  duplicates 0  rejected 0" in shown
    assert "age never" in shown


def test_an_invitation_is_a_link_and_nothing_else(home: Installation) -> None:
    link = home.said("staff", "invite", "--line", "eksempelby", "pia-thuesen")
    found = re.fullmatch(r"https://t\.me/nabolinjen_eksempelby_bot\?start=([A-Za-z0-9_-]{16,64})\n", link)
    assert found
    with home.office() as office:
        assert office.write_now(office_people.redeem, "eksempelby", found[1], NOW) == "pia-thuesen"
        assert office.write_now(office_people.redeem, "eksempelby", found[1], NOW) is None


def test_an_invitation_lasts_a_week(home: Installation) -> None:
    code = home.said("staff", "invite", "--line", "eksempelby", "pia-thuesen").strip().partition("start=")[2]
    late = datetime.now(UTC) + timedelta(days=7, minutes=1)
    with home.office() as office:
        assert office.write_now(office_people.redeem, "eksempelby", code, late) is None


def test_somebody_unknown_is_not_invited(home: Installation) -> None:
    (line,) = home.refused("staff", "invite", "--line", "eksempelby", "pia")
    assert "no staff member 'pia'" in line
    assert "pia-thuesen" in line


def test_a_line_without_a_bot_invites_nobody(home: Installation) -> None:
    home.configure('telegram_username = "nabolinjen_eksempelby_bot"\n', "")
    (line,) = home.refused("staff", "invite", "--line", "eksempelby", "pia-thuesen")
    assert "telegram_username" in line


def test_staff_with_an_open_case_cannot_be_removed(home: Installation) -> None:
    with home.office() as office:
        incident = office.write_now(open_case, "K7M2")
        office.write_now(office_incidents.take, incident.id, "sanne-bruun", NOW)
    small = str(home.directory("small"))
    (line,) = home.refused("import", small)
    assert "`sanne-bruun` of line eksempelby holds open cases and cannot be removed: K7M2" in line
    assert home.refused("import", small, "--dry-run") == [line]
    assert home.said("import", str(EXAMPLE)) == "nothing changes\n"
