"""Taking in a directory: whose phone speaks for whom, what the front desk learns, and a crash in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from escalation.directory_faults import DirectoryFaults
from escalation.errors import Refused
from escalation.lines import LineConfig, line_for
from escalation.store import front_tables, office_incidents, office_people, published, schema
from escalation.store.base import Database, Unit, open_database
from escalation.store.crypto import Keyring
from handlers.directory import Imported, import_directory, republish, stored
from tests.matters import open_case
from tests.source_tree import ROOT

LINE = "eksempelby"
LINES: dict[str, LineConfig] = {LINE: line_for(LINE, "Nabolinjen", "Eksempelby", "DK", "+4552500001", "boligsocial")}
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KEYS = Keyring((bytes([1]) * 32,), bytes([2]) * 32)
Files = dict[str, bytes]


def sound() -> Files:
    folder = ROOT / "tests/escalation/directory_broken/sound"
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def changed(files: Files, file: str, old: str, new: str) -> Files:
    assert old.encode() in files[file]
    return {**files, file: files[file].replace(old.encode(), new.encode())}


def without_staff(files: Files, staff: str, instead: str) -> Files:
    """Somebody leaves, and another one stands in every place of his."""
    rows = [row for row in files["staff.csv"].splitlines(keepends=True) if f";{staff};".encode() not in row]
    gone = {name: body.replace(staff.encode(), instead.encode()) for name, body in files.items()}
    return {**gone, "staff.csv": b"".join(rows)}


class Office:
    """Both databases, with the sound small directory taken in."""

    def __init__(self, folder: Path) -> None:
        self.made: dict[str, Database] = {}
        for name in ("front", "office"):
            url = f"sqlite:///{folder / name}.db"
            schema.upgrade(url, "front" if name == "front" else "office")
            self.made[name] = open_database(url, name, KEYS)
        self.front, self.office = self.made["front"], self.made["office"]
        self.take_in(sound())

    def take_in(self, files: Files, *, dry_run: bool = False) -> Imported:
        return import_directory(self.office, self.front, LINES, files, NOW, dry_run=dry_run)

    def republish(self) -> bool:
        return self.front.write_now(lambda front: self.office.write_now(lambda office: republish(front, office)))

    def endpoints(self) -> set[tuple[str, str, str]]:
        return {(e.staff, e.channel, e.address) for e in self.office.read_now(office_people.all_endpoints)}

    def passes_unread(self, channel: str, address: str) -> bool:
        return self.front.read_now(published.is_staff, LINE, KEYS.endpoint_index(channel, address))

    def codes(self) -> set[str]:
        return {p.code for p in self.front.read_now(published.properties, LINE)}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    for database in made.made.values():
        database.close()


def test_every_phone_of_staff_speaks_for_its_owner(desks: Office) -> None:
    assert ("lone-krogh", "sms", "+4520000005") in desks.endpoints()
    assert desks.passes_unread("sms", "+4520000005")
    assert not desks.passes_unread("sms", "+4530111201")


def test_a_new_phone_takes_the_place_of_the_old_one(desks: Office) -> None:
    desks.take_in(changed(sound(), "staff.csv", "+4520000005", "+4520000055"))
    assert [a for s, _, a in desks.endpoints() if s == "lone-krogh"] == ["+4520000055"]
    assert desks.passes_unread("sms", "+4520000055")
    assert not desks.passes_unread("sms", "+4520000005")


def test_what_somebody_enrolled_himself_survives_an_import(desks: Office) -> None:
    desks.office.write_now(office_people.add_endpoint, LINE, "lone-krogh", "telegram", "700002", NOW)
    desks.take_in(changed(sound(), "staff.csv", "+4520000005", "+4520000055"))
    assert ("lone-krogh", "telegram", "700002") in desks.endpoints()
    assert desks.passes_unread("telegram", "700002")


def test_whoever_leaves_takes_every_endpoint_along(desks: Office) -> None:
    desks.office.write_now(office_people.add_endpoint, LINE, "lone-krogh", "telegram", "700002", NOW)
    desks.take_in(without_staff(sound(), "lone-krogh", "pia-thuesen"))
    assert not [s for s, _, _ in desks.endpoints() if s == "lone-krogh"]
    assert not desks.passes_unread("telegram", "700002")


def test_an_import_opens_no_channel_that_its_owner_closed(desks: Office) -> None:
    index = KEYS.endpoint_index("sms", "+4520000005")
    desks.office.write_now(office_people.disable, LINE, "sms", index, "stopped", NOW)
    desks.take_in(changed(sound(), "staff.csv", "Lone Krogh", "Lone K. Krogh"))
    (endpoint,) = desks.office.read_now(office_people.endpoints_of, LINE, "lone-krogh")
    assert endpoint.disabled_at == NOW


def test_the_front_desk_learns_the_stock_and_the_contacts(desks: Office) -> None:
    assert len(desks.codes()) == 2
    contact = stored_contact(desks)
    assert (contact.organisation, contact.role) == ("eab", "landlord")


def stored_contact(desks: Office) -> published.PublicContact:
    phone = next(c.phone for c in desks.office.read_now(stored).contacts if c.role == "landlord")
    found = desks.front.read_now(published.contact, LINE, KEYS.endpoint_index("sms", phone), date(2026, 11, 24))
    assert found
    return found


def test_no_resident_no_name_and_no_number_stands_on_the_front_desk(desks: Office) -> None:
    directory = desks.office.read_now(stored)
    secret = {p.citizen_name for p in directory.placements} | {c.name for c in directory.contacts}
    secret |= {c.phone for c in directory.contacts} | {s.phone for s in directory.staff} | {"boligsocial"}
    told = desks.front.read_now(everything)
    assert not [text for text in secret if text in told]


def everything(unit: Unit) -> str:
    return "\n".join(
        str(tuple(row)) for table in front_tables.front.sorted_tables for row in unit.conn.execute(select(table))
    )


def test_the_same_files_change_nothing_and_publish_nothing(desks: Office) -> None:
    before = desks.front.read_now(published.mark, "published")
    assert desks.take_in(sound()).changes.empty
    assert desks.front.read_now(published.mark, "published") == before


def test_a_dry_run_leaves_both_desks_alone(desks: Office) -> None:
    done = desks.take_in(changed(sound(), "staff.csv", "+4520000005", "+4520000055"), dry_run=True)
    assert not done.changes.empty
    assert desks.passes_unread("sms", "+4520000005")
    assert desks.take_in(sound()).changes.empty


def test_a_crash_before_publishing_is_mended_at_the_next_start(desks: Office) -> None:
    renamed = changed(sound(), "properties.csv", ";1057;", ";1058;")
    files = {name: body.replace(b";1057;", b";1058;") for name, body in renamed.items()}
    desks.office.write_now(office_people.save_directory, files)
    assert "1057" in desks.codes()
    assert desks.republish() is True
    assert "1058" in desks.codes()
    assert desks.republish() is False


def test_an_enrolment_is_published_without_the_stock(desks: Office) -> None:
    desks.office.write_now(office_people.add_endpoint, LINE, "lone-krogh", "telegram", "700002", NOW)
    assert desks.republish() is False
    assert desks.passes_unread("telegram", "700002")


def test_a_copy_ahead_of_a_restored_office_is_published_again(desks: Office) -> None:
    desks.front.write_now(published.bump, "directory")
    assert desks.republish() is True


def test_staff_with_open_cases_stay_until_they_are_handed_on(desks: Office) -> None:
    incident = desks.office.write_now(open_case, "K7M2")
    desks.office.write_now(office_incidents.take, incident.id, "lone-krogh", NOW)
    with pytest.raises(Refused, match="`lone-krogh` of line eksempelby holds open cases and cannot be removed: K7M2"):
        desks.take_in(without_staff(sound(), "lone-krogh", "pia-thuesen"))
    assert ("lone-krogh", "sms", "+4520000005") in desks.endpoints()


def test_a_closed_case_keeps_nobody_in_the_directory(desks: Office) -> None:
    desks.office.write_now(open_case, "K7M2", state="closed", taken_by="lone-krogh", closed_at=NOW)
    assert not desks.take_in(without_staff(sound(), "lone-krogh", "pia-thuesen")).changes.empty


def test_a_line_without_its_front_team_is_refused(desks: Office) -> None:
    other = {LINE: line_for(LINE, "Nabolinjen", "Eksempelby", "DK", "+4552500001", "boligteam")}
    with pytest.raises(DirectoryFaults) as refused:
        import_directory(desks.office, desks.front, other, sound(), NOW)
    assert "boligteam" in str(refused.value.faults[0])


def test_what_was_imported_can_be_read_after_its_line_is_gone_from_the_configuration(desks: Office) -> None:
    assert {team.line for team in desks.office.read_now(stored).teams} == {LINE}
    with pytest.raises(DirectoryFaults):
        import_directory(desks.office, desks.front, {}, sound(), NOW)
