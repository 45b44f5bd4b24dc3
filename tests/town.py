"""A whole town in one process for stories: both desks on real databases, a passed-in clock, and phones to read.

The phones are a channel like any other; only the providers' network is left out. Stories that need
the providers run against the sandbox, with both desks as real processes.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Table, func, select

from bot.channels.base import DeliveryError
from bot.front import StockShelf
from bot.office import RegisterShelf
from bot.outgoing import Sender
from bot.webhooks import arrival
from escalation.clock import FixedClock
from escalation.lines import LineConfig
from escalation.store import (
    front_inbox,
    front_tables,
    hatch,
    office_calls,
    office_due,
    office_hatch,
    office_people,
    office_tables,
)
from escalation.store.base import Database, Unit, open_database
from escalation.store.crypto import Keyring
from escalation.store.front_outbox import FRONT
from escalation.store.hatch import Outward
from escalation.store.legs import Leg
from escalation.store.office_outbox import OFFICE
from escalation.store.outbox import Outbox
from handlers import (
    alerting,
    calling_back,
    cases,
    inbox,
    inward,
    ringing,
    speaking,
    staff,
    staff_presence,
    ticking,
    voice_alerts,
)
from handlers.directory import import_directory
from handlers.front_desk import FrontDesk
from handlers.messages import Inbound, Outbound, Sent
from handlers.office_desk import OfficeDesk

FRIDAY_NIGHT = datetime(2026, 11, 20, 22, 38, tzinfo=UTC)
LINE = "eksempelby"
NEIGHBOUR = "+4530111201"
_NEXT_QUESTION = select(func.min(front_tables.threads.c.due_at))


@dataclass
class Phones:
    """A channel that keeps what was sent, by address; `refuse` makes an address fail in a chosen way."""

    sent: dict[str, list[Outbound]] = field(default_factory=lambda: defaultdict(list))
    refuse: dict[str, DeliveryError] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    async def send(self, out: Outbound) -> Sent:
        if out.address in self.refuse:
            raise self.refuse[out.address]
        if out.action in ("send", "edit", "photo", "voice", "document"):
            self.sent[out.address].append(out)
        return Sent(ref=out.ref or str(next(self.numbers)))

    async def find(self, out: Outbound, since: datetime) -> Sent | None:
        raise DeliveryError("permanent", "cannot-ask")


class Town:
    """Both desks and everybody's phones."""

    def __init__(self, front: Database, office: Database, lines: Mapping[str, LineConfig], now: datetime) -> None:
        self.front, self.office, self.lines = front, office, lines
        self.clock = FixedClock(now)
        self.phones = Phones()
        self.front_desk = FrontDesk(lines, StockShelf(lines))
        self.office_desk = OfficeDesk(lines, RegisterShelf())
        self._keys = count(1)
        channels = {"sms": self.phones, "telegram": self.phones}
        self._front_sender = Sender(front, FRONT, channels, self.clock, str, self._front_settled, self._no_media)
        self._office_sender = Sender(office, OFFICE, channels, self.clock, str, self._office_settled, self._no_media)
        self._loop = asyncio.Runner()
        self.office_stopped = False

    def close(self) -> None:
        self._loop.close()
        self.front.close()
        self.office.close()

    async def _no_media(self, uid: str) -> bytes | None:
        return b"picture"

    def _front_settled(self, unit: Unit, row: object, now: datetime) -> None:
        inward.delivered(unit, self.front_desk, row, now)  # type: ignore[arg-type]  # rows the sender itself made

    def _office_settled(self, unit: Unit, row: object, now: datetime) -> None:
        alerting.settled(unit, self.office_desk, row, now)  # type: ignore[arg-type]  # rows the sender itself made

    def text(self, words: str, sender: str = NEIGHBOUR, **fields: object) -> None:
        """A text message arrives and everything it sets off happens."""
        self.receive(Inbound("twilio", f"SM{next(self._keys)}", LINE, "sms", sender, "text", words), **fields)

    def telegram(self, words: str, sender: str, kind: str = "text", **fields: object) -> None:
        self.receive(
            Inbound("telegram", f"{LINE}:{next(self._keys)}", LINE, "telegram", sender, "text", words),
            kind=kind,
            **fields,
        )

    def press(self, label: str, sender: str) -> None:
        """Press the button that says `label` on the newest message that has one."""
        for out in reversed(self.phones.sent[sender]):
            for choice in (c for row in out.choices for c in row):
                if choice.label == label:
                    self.telegram("", sender, "button", button=choice.data, button_ref="q1", ref="1")
                    return
        raise AssertionError(f"no button {label!r}; there are {self.buttons(sender)}")

    def buttons(self, sender: str) -> list[str]:
        return [c.label for out in self.phones.sent[sender] for row in out.choices for c in row]

    def receive(self, inbound: Inbound, **fields: object) -> None:
        inbound = replace(inbound, **fields)  # type: ignore[arg-type]  # the names are fields of Inbound
        self.front.write_now(front_inbox.add, [arrival(inbound, self.clock.now())])
        self.settle()

    def wait(self, **span: float) -> None:
        """Let time pass, stopping at everything that falls due on the way."""
        until = self.clock.now() + timedelta(**span)
        while self.clock.now() < until:
            self.clock.at = min(until, self._next_stop(until))
            self.settle()

    def _next_stop(self, until: datetime) -> datetime:
        due = self.office.read_now(office_due.next_due)
        question = self.front.read_now(_next_question)
        soon = self.clock.now() + timedelta(seconds=1)
        return max(soon, min([t for t in (due, question) if t is not None], default=until))

    def settle(self) -> None:
        """Everything that is due now happens, on both desks, until nothing more does. Slots pass with it.

        Each desk is looked at in one transaction: thousands of conversations are played, and most looks find nothing.
        """
        for _ in range(1000):
            front = self.front.read_now(_front_work, self.clock.now())
            if self._front_round(front):
                continue
            leaving = front.leaving
            if not self.office_stopped:
                office = self.office.read_now(_office_work, self.clock.now())
                if self._office_round(front.outward, office):
                    continue
                leaving = leaving + office.leaving
            if any(at <= self.clock.now() for at in leaving) and self._loop.run(self._send()):
                continue
            if not self._skip_to_slot(front.leaving):
                return
        raise AssertionError("the town never comes to rest")

    def _skip_to_slot(self, ahead: Sequence[datetime]) -> bool:
        soon = [t for t in ahead if timedelta() < t - self.clock.now() <= timedelta(seconds=3)]
        if soon:
            self.clock.at = min(soon)
        return bool(soon)

    def _front_round(self, found: _FrontWork) -> bool:
        now, worked = self.clock.now(), False
        for n in found.arrived:
            worked |= self.front.write_now(inbox.work_off, self.front_desk, n, now)
        for n in found.told:
            worked |= self.front.write_now(inward.work_off, self.front_desk, n, now)
        while found.overdue and self.front.write_now(speaking.questions_overdue, self.front_desk, now):
            worked = True
        return bool(worked)

    def _office_round(self, outward: Sequence[Outward], found: _OfficeWork) -> bool:
        now, worked = self.clock.now(), False
        for row in outward:
            if row.kind == "staff":
                self.office.write_now(staff.receive, self.office_desk, row, now)
            elif row.kind == "enrol":
                self.office.write_now(staff_presence.enrol, self.office_desk, row, now, now)
            elif not self.office.write_now(cases.receive, self.office_desk, row, now):
                continue
            self.front.write_now(hatch.mark_taken, [row.n], now)
            worked = True
        for n in found.due:
            worked |= self.office.write_now(ticking.tick, self.office_desk, n, now)
        for leg in self.office.write_now(office_calls.LEGS.claim, "queued", 50) if found.phones else ():
            self.office.write_now(office_calls.LEGS.dialled, leg.id, f"CA{leg.id[:8]}")
            self.ring(leg)
            worked = True
        for relay in found.relays:
            self.front.write_now(_carry, relay, now)
            self.office.write_now(office_hatch.moved, [relay.n], now)
            worked = True
        return bool(worked)

    def ring(self, leg: Leg) -> None:
        """Nobody hears his telephone, unless a story says so."""
        rung = {"alert": voice_alerts, "callback": calling_back}.get(leg.purpose, ringing)
        self.office.write_now(rung.leg_ended, self.office_desk, leg, "no-answer", self.clock.now())

    async def _send(self) -> bool:
        sent = False
        for sender in (self._front_sender, self._office_sender):
            if sender is self._office_sender and self.office_stopped:
                continue
            for name in ("sms", "telegram"):
                sent |= await sender.lanes[name].once()
            await sender.drain(5)
        return sent

    def heard(self, address: str) -> list[str]:
        """The texts on a phone, oldest first."""
        return [str(out.text) for out in self.phones.sent[address]]

    def last(self, address: str) -> str:
        return self.heard(address)[-1]

    def forget_what_was_heard(self) -> None:
        self.phones.sent.clear()

    def cases(self) -> list[dict[str, object]]:
        return self.office.read_now(_cases)

    def code(self) -> str:
        """The code of the newest case."""
        return str(self.cases()[-1]["code"])

    def enrol(self, staff_id: str, chat: str) -> None:
        """Give a staff member a Telegram phone."""
        now = self.clock.now()
        self.office.write_now(office_people.add_endpoint, LINE, staff_id, "telegram", chat, now)
        self.republish()

    def republish(self) -> None:
        from handlers.directory import republish

        self.front.write_now(lambda front: self.office.write_now(lambda office: republish(front, office)))


@dataclass(frozen=True)
class _FrontWork:
    """What waits at the front desk; `leaving` is when something is to leave next, by channel."""

    arrived: list[int]
    told: list[int]
    overdue: bool
    outward: list[Outward]
    leaving: list[datetime]


@dataclass(frozen=True)
class _OfficeWork:
    due: list[int]
    phones: bool
    relays: list[office_hatch.Relay]
    leaving: list[datetime]


def _front_work(unit: Unit, now: datetime) -> _FrontWork:
    question = _next_question(unit)
    overdue = question is not None and question <= now
    arrived, told = front_inbox.waiting(unit, now), hatch.due_in(unit, now)
    return _FrontWork(arrived, told, overdue, hatch.left_out(unit), _leaving(unit, FRONT))


def _office_work(unit: Unit, now: datetime) -> _OfficeWork:
    due, phones = office_due.due_timers(unit, now), office_calls.LEGS.anything_to_do(unit)
    return _OfficeWork(due, phones, office_hatch.unmoved(unit), _leaving(unit, OFFICE))


def _leaving(unit: Unit, outbox: Outbox) -> list[datetime]:
    return list(unit.conn.scalars(_earliest(outbox.rows)))


@cache
def _earliest(rows: Table) -> Select[Any]:
    return select(func.min(rows.c.not_before)).where(rows.c.state == "queued").group_by(rows.c.channel)


def _next_question(unit: Unit) -> datetime | None:
    found: datetime | None = unit.conn.scalar(_NEXT_QUESTION)
    return found


def _carry(unit: Unit, relay: office_hatch.Relay, now: datetime) -> None:
    hatch.put_in(
        unit,
        notice=relay.notice,
        line=relay.line,
        thread=relay.thread,
        kind=relay.kind,
        body=relay.body,
        not_before=relay.not_before,
        now=now,
    )


def _cases(unit: Unit) -> list[dict[str, object]]:
    from escalation.store import office_incidents

    return [
        {
            "code": office_incidents.first_code(unit, i.id),
            "state": i.state,
            "category": i.category,
            "urgency": i.urgency,
            "danger": i.danger,
            "team": i.team,
            "taken_by": i.taken_by,
            "place": i.place["display"] if i.place else None,
            "tags": i.tags,
            "contact": i.contact_person,
        }
        for i in office_incidents.opened(unit)
    ]


def keyring() -> Keyring:
    return Keyring((b"k" * 32,), b"i" * 32)


def build(front_url: str, office_url: str, lines: Mapping[str, LineConfig], now: datetime = FRIDAY_NIGHT) -> Town:
    """A town on two databases whose schema is up to date, with the example municipality imported."""
    keys = keyring()
    front, office = open_database(front_url, "front", keys), open_database(office_url, "office", keys)
    folder = files("bot.sandbox").joinpath("eksempelby")
    import_directory(
        office, front, lines, {f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith(".csv")}, now
    )
    return Town(front, office, lines, now)


def sqlite_town(folder: Path, lines: Mapping[str, LineConfig], now: datetime = FRIDAY_NIGHT) -> Town:
    front_url, office_url = f"sqlite:///{folder / 'front.db'}", f"sqlite:///{folder / 'office.db'}"
    keys = keyring()
    for url, metadata, name in ((front_url, front_tables.front, "front"), (office_url, office_tables.office, "office")):
        database = open_database(url, name, keys)
        metadata.create_all(database.engine)
        database.close()
    return build(front_url, office_url, lines, now)
