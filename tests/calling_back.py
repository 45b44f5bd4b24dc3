"""A town in which somebody is called back: a message was left, and whoever has the case rings its reporter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from escalation.store import front_tables, office_calls
from escalation.store.base import Unit
from escalation.store.front_calls import LEGS
from escalation.store.legs import Leg
from handlers import front_callbacks
from handlers.call_verbs import Document
from tests.calling import CallingTown

TAKER = "mads-ravn"
RECORDING = "https://api.example/Recordings/RE1"


class CallingBackTown(CallingTown):
    """`TAKER` has the case; what the reporter's phone does is up to the story."""

    def leaves_a_message(self, *, wants_call: bool = False) -> None:
        """Nobody took the call: words are left, and whoever is on duty takes the case."""
        self.waits()
        self.after(90)
        self.asks("queued/da", result="leave")
        after = self.asks("recorded/da", recording=RECORDING, seconds=12)
        self.presses_keys(after, "1" if wants_call else "")
        self.hangs_up()
        self.writes(TAKER, "CODE JA")

    def rings_back(self) -> str:
        """The answer to the command, with both phones ringing."""
        self.writes(TAKER, "CODE RING")
        self.rings()
        return self.told(TAKER)[-1]

    def reporter_legs(self, purpose: str = "callback") -> list[Leg]:
        return self.front.read_now(_legs, purpose)

    def reporter_picks_up(self) -> Document:
        return self._of_reporter("whisper")

    def reporter_waits(self) -> Document:
        return self._of_reporter("wait")

    def reporter_is_out_of_the_queue(self, result: str) -> Document:
        return self._of_reporter("queued", result)

    def reporter_leg_ends(self, status: str) -> None:
        self._of_reporter("leg_ended", status)

    def _of_reporter(self, step: str, *said: object) -> Document:
        leg, now = self.reporter_legs()[-1], self.clock.now()
        work: Any = getattr(front_callbacks, step)
        document: Document = self.front.write_now(lambda unit: work(unit, self.front_desk, leg, *said, now))
        self.settle()
        return document

    def state(self) -> str:
        """What the last call back came to."""
        leg = self.leg(TAKER)
        call = self.office.write_now(office_calls.waiting, leg.token)
        assert call is not None
        return call.state


def _legs(unit: Unit, purpose: str) -> list[Leg]:
    legs = front_tables.legs
    found = unit.conn.scalars(select(legs.c.id).where(legs.c.purpose == purpose).order_by(legs.c.n))
    return [leg for leg in (LEGS.leg(unit, uid) for uid in found) if leg is not None]
