"""A town whose staff can be spoken as by name: everybody has a Telegram chat and a phone, unless a story takes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from bot.office import RegisterShelf
from escalation.lines import LineConfig
from escalation.store import office_incidents, office_people, office_tables
from escalation.store.base import Unit
from escalation.store.office_people import Endpoint
from handlers.directory import import_directory
from handlers.front_desk import FrontDesk
from handlers.office_desk import OfficeDesk
from tests.privacy.worlds import WatchedTown
from tests.town import LINE, NEIGHBOUR

PARTY = "der er fest igen vestergade 12 b 3 tv, vi skal op kl 5"
DUTY, CONTACT = "mads-ravn", "lone-krogh"


class StaffedTown(WatchedTown):
    """On the Friday night `mads-ravn` of the external evening service is alone on duty for every team."""

    def _endpoints(self, staff: str, channel: str) -> list[Endpoint]:
        found = self.office.read_now(office_people.endpoints_of, LINE, staff)
        return [e for e in found if e.channel == channel]

    def chat(self, staff: str) -> str:
        return self._endpoints(staff, "telegram")[0].address

    def phone(self, staff: str) -> str:
        return self._endpoints(staff, "sms")[0].address

    def writes(self, staff: str, words: str) -> None:
        self.telegram(self._coded(words), self.chat(staff))

    def texts(self, staff: str, words: str) -> None:
        self.text(self._coded(words), self.phone(staff))

    def _coded(self, words: str) -> str:
        return words.replace("CODE", self.code()) if "CODE" in words else words

    def presses(self, staff: str, label: str) -> None:
        self.press(label, self.chat(staff))

    def told(self, staff: str) -> list[str]:
        """All one member of staff was told, on whatever channel, oldest first."""
        own = {e.address for e in self.office.read_now(office_people.endpoints_of, LINE, staff)}
        return [str(out.text) for _, out in self.phones.log if out.address in own and out.text]

    def reporter(self) -> list[str]:
        return self.heard(NEIGHBOUR)

    def case(self, code: str | None = None) -> dict[str, object]:
        found = [c for c in self.cases() if code in (None, c["code"])]
        return found[-1]

    def only_sms(self, *staff: str) -> None:
        for name in staff:
            for endpoint in self._endpoints(name, "telegram"):
                self.office.write_now(office_people.remove_endpoint, endpoint.id)

    def nowhere(self, *staff: str) -> None:
        for name in staff:
            for endpoint in self.office.read_now(office_people.endpoints_of, LINE, name):
                self.office.write_now(office_people.remove_endpoint, endpoint.id)

    def audited(self, action: str) -> list[str]:
        """Who did something that the audit trail keeps, oldest first."""
        return self.office.read_now(_audited, action)

    def timeline(self, kind: str) -> list[datetime]:
        return self.office.read_now(_entries, self.code(), kind)

    def notes(self, code: str | None = None) -> list[str]:
        """What staff noted on a case, oldest first."""
        return self.office.read_now(_notes, code or self.code())

    def with_line(self, **changes: Any) -> None:
        """Run the line with other settings from now on."""
        line: LineConfig = replace(self.lines[LINE], **changes)
        self.lines: Mapping[str, LineConfig] = {**self.lines, LINE: line}
        self.front_desk = FrontDesk(self.lines, self.front_desk.stock)
        self.office_desk = OfficeDesk(self.lines, self.office_desk.register)

    def directory(self, name: str, *edits: tuple[str, str]) -> None:
        """Import the example municipality with one of its files changed."""
        folder = files("bot.sandbox").joinpath("eksempelby")
        content = {f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith(".csv")}
        text = content[name].decode()
        for before, after in edits:
            assert before in text
            text = text.replace(before, after)
        content[name] = text.encode()
        import_directory(self.office, self.front, self.lines, content, self.clock.now())
        # The register in memory is shared by towns that keep the municipality as it is.
        self.office_desk = OfficeDesk(self.lines, RegisterShelf())
        self.settle()


def _audited(unit: Unit, action: str) -> list[str]:
    query = select(office_tables.audit.c.actor).where(office_tables.audit.c.action == action)
    return list(unit.conn.scalars(query.order_by(office_tables.audit.c.n)))


def _entries(unit: Unit, code: str, kind: str) -> list[datetime]:
    incident = office_incidents.by_code(unit, LINE, code, lock=False)
    assert incident is not None
    return [entry.at for entry in office_incidents.timeline(unit, incident.id) if entry.kind == kind]


def _notes(unit: Unit, code: str) -> list[str]:
    incident = office_incidents.by_code(unit, LINE, code, lock=False)
    assert incident is not None
    return [str(entry.body["text"]) for entry in office_incidents.timeline(unit, incident.id, ("note",))]
