"""Polling instead of webhooks: nothing is confirmed before it is stored, so a killed process loses nothing."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.published import Published
from tests.service import started

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_front_desk_that_polls_is_killed_and_loses_no_update(tmp_path: Path, rigs_data: Path) -> None:
    async with started(tmp_path, NABOLINJE_TELEGRAM_MODE="polling") as service:
        phones = [service.telegram_phone() for _ in range(20)]
        for n, phone in enumerate(phones):
            if n == 9:
                service.signal("front", signal.SIGKILL)
                await service.until(lambda: service.pid_of("front"), 20, "the parent started it again")
            service.sandbox.write(phone, f"larm og fest hele natten på Kajen {n + 2}, 3. tv")
        await service.until(lambda: all(service.heard(p.address, "telegram") for p in phones), 60, "all are answered")
        figures = await service.settled(30)
        assert (figures["inbox"]["received"], figures["cases"]["new"], figures["set_aside"]) == (20, 20, 0)
        calls = service.sandbox.calls("telegram")
        assert {"deleteWebhook", "getUpdates"} <= {call.operation for call in calls}
        assert Published(rigs_data).faults(calls) == []
