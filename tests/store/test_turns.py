"""Whose transaction is next: what a provider waits for goes before what was asked for earlier."""

from __future__ import annotations

import asyncio
import time

import pytest

from escalation.store import front_inbox
from escalation.store.base import Database, Unit
from tests.store.test_inbox_rows import arrival


@pytest.mark.asyncio
async def test_a_delivery_is_stored_before_work_that_was_waiting_already(front_db: Database) -> None:
    order: list[str] = []

    def work(unit: Unit, name: str) -> None:
        time.sleep(0.05)
        order.append(name)

    waiting = [asyncio.create_task(front_db.write(work, f"work {n}")) for n in range(6)]
    await asyncio.sleep(0.01)
    await front_db.write_first(front_inbox.add, [arrival("a")])
    order.append("stored")
    await asyncio.gather(*waiting)
    assert order.index("stored") <= 4
    assert front_db.read_now(front_inbox.backlog) == (1, 0)
