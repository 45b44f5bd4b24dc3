"""The sender: what was perhaps taken is looked up before it is sent again, and no row waits for another's trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import outgoing
from bot.channels.base import DeliveryError
from bot.outgoing import Sender
from escalation.clock import FixedClock
from escalation.store import office_tables
from escalation.store.base import Database, Unit, open_database
from escalation.store.office_outbox import OFFICE
from escalation.store.outbox import MEDIA_KIND, Post, Settled
from handlers import posting
from handlers.messages import DeliveryUpdate, Outbound, Sent
from tests.town import keyring

NOW = datetime(2026, 11, 20, 22, 38, tzinfo=UTC)
PHONE, OTHER = "+4520000001", "+4520000002"


@dataclass
class Provider:
    """Meets each send of an address with the next of its `fates`; keeps what it took, and can be asked unless mute."""

    mute: bool = False
    fates: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Outbound] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    unlisted: int = 0

    async def send(self, out: Outbound) -> Sent:
        fate = (self.fates.get(out.address) or ["ok"]).pop(0)
        if fate == "busy":
            raise DeliveryError("temporary", "429", 30.0)
        if fate == "strange":
            raise LookupError("Ole Jensen")
        if fate != "dropped before":
            self.taken.append(out)
        if fate == "stall":
            await asyncio.sleep(60)
        if fate.startswith("dropped"):
            raise DeliveryError("unknown", "broken-off")
        return Sent(f"SM{len(self.taken)}")

    async def find(self, out: Outbound, since: datetime) -> Sent | None:
        if self.mute:
            raise DeliveryError("permanent", "cannot-ask")
        self.asked.append(out.address)
        if self.unlisted:
            self.unlisted -= 1
            raise DeliveryError("temporary", "lookup")
        return Sent("SM1") if any(t.address == out.address for t in self.taken) else None


@dataclass
class Desk:
    """One desk's outgoing side, its time in the test's hand."""

    database: Database
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    provider: Provider = field(default_factory=Provider)
    settled: list[Settled] = field(default_factory=list)
    media: bytes | None = None

    def __post_init__(self) -> None:
        channels = {"sms": self.provider, "telegram": self.provider}
        self.sender = Sender(self.database, OFFICE, channels, self.clock, str, self._settled, self._media)

    def _settled(self, unit: Unit, row: Settled, now: datetime) -> None:
        self.settled.append(row)

    async def _media(self, uid: str) -> bytes | None:
        return self.media

    def put(self, address: str = PHONE, channel: str = "sms", last: bool = False, **body: object) -> str:
        kind = MEDIA_KIND if "media_uid" in body else "alert"
        content = {**posting.body("Sag K7M2", **body), "last": last}  # type: ignore[arg-type]  # names of its parameters
        post = Post("by", channel, address, kind, content, self.clock.now(), owner="alert:1")
        return self.database.write_now(OFFICE.put, post, self.clock.now())

    async def run(self, seconds: float, channel: str = "sms") -> None:
        """Let so many seconds pass, looking every half second."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() <= until:
            await self.sender.lanes[channel].once()
            await self.sender.drain(5)
            self.clock.at += timedelta(seconds=0.5)

    def states(self) -> list[str]:
        return [row.state for row in self.settled]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = open_database(f"sqlite:///{tmp_path / 'office.db'}", "office", keyring())
    office_tables.office.create_all(database.engine)
    yield Desk(database)
    database.close()


async def settled(desk: Desk, count: int) -> list[str]:
    """The recipients' channels of the first rows that came to an end, as soon as there are so many."""
    async with asyncio.timeout(5):
        while len(desk.settled) < count:
            await asyncio.sleep(0.01)
    return [row.channel for row in desk.settled]


async def test_a_provider_that_stalls_delays_only_its_own_channel(desk: Desk) -> None:
    for n in range(outgoing.IN_FLIGHT + 1):
        desk.provider.fates[f"+4520001{n:03}"] = ["stall"]
        desk.put(f"+4520001{n:03}")
    desk.put("811001", "telegram")
    await desk.sender.lanes["sms"].once()
    waiting = asyncio.create_task(desk.sender.lanes["sms"].once())
    await desk.sender.lanes["telegram"].once()
    assert await settled(desk, 1) == ["telegram"]
    assert not waiting.done(), "the slow channel has no room left, and its lane waits"


async def test_a_phone_that_stalls_holds_up_no_other_phone(desk: Desk) -> None:
    desk.provider.fates[PHONE] = ["stall"]
    desk.put(PHONE)
    desk.put(OTHER)
    await desk.sender.lanes["sms"].once()
    assert await settled(desk, 1) == ["sms"]
    assert [out.address for out in desk.provider.taken] == [PHONE, OTHER]


@pytest.mark.parametrize("fate", ["dropped after", "dropped before"])
async def test_a_text_of_unknown_fate_is_looked_up_and_arrives_once(desk: Desk, fate: str) -> None:
    desk.provider.fates[PHONE] = [fate, "ok"]
    desk.put()
    await desk.run(20)
    assert (len(desk.provider.taken), desk.states()) == (1, ["sent"])
    assert len(desk.provider.asked) == 1


async def test_a_text_is_not_looked_up_before_the_providers_list_can_show_it(desk: Desk) -> None:
    desk.provider.fates[PHONE] = ["dropped after"]
    desk.put()
    await desk.run(3)
    assert desk.provider.asked == []
    await desk.run(2)
    assert desk.provider.asked == [PHONE]


async def test_a_look_up_that_fails_is_made_again_and_nothing_is_sent_blindly(desk: Desk) -> None:
    desk.provider.fates[PHONE], desk.provider.unlisted = ["dropped after"], 3
    desk.put()
    await desk.run(20)
    assert (len(desk.provider.taken), len(desk.provider.asked), desk.states()) == (1, 4, ["sent"])


async def test_who_cannot_be_asked_gets_at_most_one_duplicate_and_it_is_counted(desk: Desk) -> None:
    desk.provider.mute, desk.provider.fates[PHONE] = True, ["dropped after"] * 9
    desk.put(channel="telegram")
    await desk.run(30, "telegram")
    assert (len(desk.provider.taken), desk.states()) == (2, ["unknown"])
    assert desk.database.read_now(OFFICE.resent) == 1


async def test_a_refused_second_try_is_not_counted_as_a_duplicate(desk: Desk) -> None:
    desk.provider.mute, desk.provider.fates[PHONE] = True, ["dropped after", "busy"]
    desk.put(channel="telegram")
    await desk.run(10, "telegram")
    assert desk.database.read_now(OFFICE.resent) == 0


async def test_one_row_told_to_wait_half_a_minute_holds_up_no_other(desk: Desk) -> None:
    desk.provider.fates[PHONE] = ["busy"]
    desk.put(last=True)
    desk.put(OTHER)
    await desk.run(1)
    assert [out.address for out in desk.provider.taken] == [OTHER]
    await desk.run(30)
    assert [out.address for out in desk.provider.taken] == [OTHER, PHONE]


async def test_an_alert_that_has_another_channel_does_not_wait_for_this_one(desk: Desk) -> None:
    desk.provider.fates[PHONE] = ["busy"]
    desk.put()
    await desk.run(1)
    assert desk.states() == ["failed"]


async def test_what_no_channel_foresaw_holds_no_row_for_ever(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.provider.fates[PHONE] = ["strange", "ok"]
    desk.put()
    await desk.run(10)
    assert desk.states() == ["sent"]
    assert "send failed" in caplog.text and "Jensen" not in caplog.text


async def test_a_try_ends_before_its_lease_and_is_looked_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outgoing.TRY_SECONDS < outgoing.LEASE_SECONDS
    monkeypatch.setattr(outgoing, "TRY_SECONDS", 0.05)
    desk.provider.fates[PHONE] = ["stall"]
    desk.put()
    await desk.run(4)
    assert (len(desk.provider.taken), desk.states()) == (1, ["sent"])


async def test_a_picture_that_is_still_being_fetched_is_waited_for(desk: Desk) -> None:
    desk.put(channel="telegram", action="photo", media_uid="m1")
    await desk.run(1, "telegram")
    desk.media = b"picture"
    await desk.run(8, "telegram")
    assert [out.media for out in desk.provider.taken] == [b"picture"]


@pytest.mark.parametrize("words", [("delivered", "sent", "queued"), ("queued", "delivered", "sent", "delivered")])
async def test_statuses_in_any_order_even_before_the_answer_end_in_the_furthest(desk: Desk, words: str) -> None:
    uid = desk.put()
    for word in words:
        update = DeliveryUpdate("SM1", word, None, NOW, uid)
        desk.database.write_now(desk.sender.heard, update)
    await desk.run(2)
    assert desk.database.read_now(OFFICE.by_state) == {"delivered": 1}
    assert desk.provider.taken == []


async def test_a_failure_reported_before_the_answer_sends_the_alert_on_at_once(desk: Desk) -> None:
    uid = desk.put()
    desk.database.write_now(desk.sender.heard, DeliveryUpdate("SM1", "undelivered", "30003", NOW, uid))
    assert [(row.state, row.code) for row in desk.settled] == [("failed", "30003")]
