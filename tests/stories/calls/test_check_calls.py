"""A check-back to a telephone that takes no texts: it rings in the daytime, and keys do what the same text would."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

import pytest
from aiohttp import web

from bot.channels import sms_forms
from bot.channels.base import DeliveryError
from bot.front_legs import MAY_TALK
from bot.leg_webhooks import LegWebhooks
from escalation.store.front_calls import LEGS
from handlers import check_calls, front_callbacks
from handlers.call_verbs import Document, HangUp
from tests.calling import words
from tests.calling_back import TAKER, CallingBackTown
from tests.privacy.worlds import World
from tests.stories.office.staffed import PARTY
from tests.town import FRIDAY_NIGHT, NEIGHBOUR

R = TypeVar("R")


class NoDoor:
    """Nobody comes in."""

    async def signed_form(self, request: web.Request) -> sms_forms.Items:
        raise AssertionError

    async def read(self, reader: Callable[[sms_forms.Items], R], items: sms_forms.Items) -> R:
        raise AssertionError


class CheckingTown(CallingBackTown):
    """A landline left a message, and its case is closed."""

    def answers(self, step: str, *said: object) -> Document:
        """What the reporter hears, or nothing, when the last check-back's call has gone so far."""
        leg, now = self.reporter_legs("check")[-1], self.clock.now()
        work = getattr(check_calls, step)
        document: Document = self.front.write_now(lambda unit: work(unit, self.front_desk, leg, *said, now))
        self.settle()
        return document

    def rung(self) -> int:
        self.rings()
        return len(self.reporter_legs("check"))

    def hears_nothing_more(self) -> None:
        """The provider's last word is lost."""
        self.clock.at += timedelta(minutes=3)
        answers = {"callback": front_callbacks, "check": check_calls}
        legs = LegWebhooks(NoDoor(), self.front, LEGS, self.front_desk, self.clock, {}, answers, lambda: None)
        asyncio.run(legs.end_unheard_of(MAY_TALK))
        self.settle()

    def a_day_later(self) -> int:
        self.wait(days=1, minutes=5)
        return self.rung()


@pytest.fixture
def town(eksempelby: World) -> Iterator[CheckingTown]:
    """The day on which it is asked how it is now."""
    town = eksempelby.town(FRIDAY_NIGHT, CheckingTown)
    assert isinstance(town, CheckingTown)
    town.phones.refuse[NEIGHBOUR] = DeliveryError("permanent", "30006")
    town.leaves_a_message()
    town.writes(TAKER, "CODE LUK ryddet")
    town.clock.at += timedelta(days=13, hours=23)
    town.wait(hours=12)
    yield town
    town.close()


def test_a_landline_is_rung_in_the_daytime_and_told_no_place(town: CheckingTown) -> None:
    assert town.rung() == 1
    [leg] = town.reporter_legs("check")
    assert (leg.address, leg.created_at.astimezone(town.lines["eksempelby"].zone).hour) == (NEIGHBOUR, 10)
    question = words(town.answers("whisper"))
    assert "Tryk 1, hvis det er blevet bedre, 2, hvis det er det samme eller værre" in question
    assert not [word for word in ("Vestergade", town.code()) if word in question]


def test_one_says_that_it_is_better(town: CheckingTown) -> None:
    town.rung()
    town.answers("whisper")
    thanks = town.answers("pressed", "1")
    assert words(thanks) == "Tak. Det er godt at høre. Farvel."
    assert town.answers("pressed", "1") == thanks
    assert len(town.timeline("wish_better")) == 1
    assert town.case()["state"] == "closed"
    town.answers("leg_ended", "completed")
    assert town.a_day_later() == 1


def test_two_opens_the_case_again_and_names_a_time(town: CheckingTown) -> None:
    town.rung()
    town.answers("whisper")
    told = town.answers("pressed", "2")
    assert words(told).startswith("Tak, fordi du siger det. Du får svar senest ")
    assert town.answers("pressed", "2") == told
    assert town.case()["state"] == "new"
    assert len(town.timeline("wish_worse")) == 1


def test_three_ends_it(town: CheckingTown) -> None:
    town.rung()
    assert words(town.answers("pressed", "3")) == "Tak. Vi ringer ikke om det igen. Farvel."
    assert town.timeline("wish_checkback_off")
    assert town.a_day_later() == 1


@pytest.mark.parametrize("ends", ["no-answer", "busy", "failed", "completed"])
def test_who_does_not_answer_is_rung_once_more_on_the_next_day_and_then_no_more(town: CheckingTown, ends: str) -> None:
    town.rung()
    town.answers("leg_ended", ends)
    assert town.a_day_later() == 2
    town.answers("leg_ended", ends)
    assert town.a_day_later() == 2
    assert town.a_day_later() == 2


@pytest.mark.parametrize("keys", ["", "7"])
def test_a_mailbox_has_not_answered(town: CheckingTown, keys: str) -> None:
    town.rung()
    town.answers("whisper")
    assert town.answers("pressed", keys) == (HangUp(),)
    town.answers("leg_ended", "completed")
    assert town.a_day_later() == 2


@pytest.mark.parametrize("steps", [(), ("whisper",)])
def test_a_call_of_which_nothing_more_is_heard_was_not_answered(town: CheckingTown, steps: tuple[str, ...]) -> None:
    town.rung()
    for step in steps:
        town.answers(step)
    town.hears_nothing_more()
    assert town.a_day_later() == 2


def test_whoever_is_called_back_may_talk_for_long_before_anything_is_heard(eksempelby: World) -> None:
    town = eksempelby.town(FRIDAY_NIGHT, CheckingTown)
    assert isinstance(town, CheckingTown)
    town.leaves_a_message(wants_call=True)
    town.rings_back()
    town.reporter_picks_up()
    town.hears_nothing_more()
    assert [leg.state for leg in town.reporter_legs()] == ["answered"]
    town.close()


def test_a_key_of_which_the_end_of_the_call_was_heard_before_still_counts(town: CheckingTown) -> None:
    town.rung()
    town.answers("leg_ended", "completed")
    town.answers("pressed", "1")
    assert town.timeline("wish_better")
    assert town.a_day_later() == 1


def test_a_telephone_that_takes_texts_is_asked_by_a_text(eksempelby: World) -> None:
    town = eksempelby.town(FRIDAY_NIGHT, CheckingTown)
    assert isinstance(town, CheckingTown)
    town.text(PARTY)
    town.writes(TAKER, "CODE JA")
    town.writes(TAKER, "CODE LUK ryddet")
    town.clock.at += timedelta(days=13, hours=23)
    town.wait(hours=12)
    assert "Hvordan går det nu?" in town.reporter()[-1]
    assert town.rung() == 0
    town.close()


def test_whoever_has_the_case_of_a_landline_is_told_to_call_back(eksempelby: World) -> None:
    town = eksempelby.town(FRIDAY_NIGHT, CheckingTown)
    assert isinstance(town, CheckingTown)
    town.phones.refuse[NEIGHBOUR] = DeliveryError("permanent", "21614")
    town.leaves_a_message()
    assert f"Skriv {town.code()} RING for at ringe op." in town.told(TAKER)[-1]
    assert "Vi ringer op" in town.rings_back()
    town.close()


def test_who_wants_no_more_is_not_rung_a_second_time(town: CheckingTown) -> None:
    town.phones.refuse.clear()
    town.text("STOP")
    assert town.rung() == 1
    town.answers("leg_ended", "no-answer")
    assert town.a_day_later() == 1
