"""A call while the office stands still: both desks as real processes, and a last resort whose telephone rings."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.postgres import fresh_database
from tests.service import VOICE_NUMBER, Service, number, quick_calls, started

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-silence")]
MADS, LAST_RESORT, SECOND = "+4520000013", "+4552500091", "+4552500092"
STAFF = (MADS, "+4520000001", "+4520000011")
# Long enough for ten seconds of silence; everything on the telephone goes by ten times as quickly.
PATIENT = 'calls = { total = "40s", ring = "10s", next = "3s" }'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """On PostgreSQL alone: test_the_office_is_silent.py has the same rows on SQLite, and this takes its time."""
    url = fresh_database(postgres_url)
    async with started(tmp_path_factory.mktemp("silence"), url, furnish=quick_calls(PATIENT)) as running:
        yield running


async def test_a_caller_reaches_the_last_resort_while_the_office_stands_still(service: Service) -> None:
    service.signal("office", signal.SIGSTOP)
    service.sandbox.expect(service.telephone(LAST_RESORT), "mailbox")
    call = service.sandbox.call(service.telephone(number()), VOICE_NUMBER)
    await call.until_hears("tryk 0")
    call.press("0")
    leg = await service.sandbox.until_rings(service.telephone(SECOND), 35)
    assert leg.display == VOICE_NUMBER
    leg.answer()
    await leg.until_hears("Tryk 1 for at tage det")
    leg.press("1")
    await leg.until_connected()
    call.say("Der er larm igen")
    await leg.until_hears("Der er larm igen")
    service.signal("office", signal.SIGCONT)
    await service.until(lambda: service.figures()["cases"]["new"] == 1, 20, "the office goes on")
    call.hang_up()
    await leg.until_ended()
    await service.until(lambda: service.heard(MADS), 60, "the case is alerted about like any other")
    assert not [call for phone in STAFF for call in service.sandbox.phone_calls(service.telephone(phone))]
    assert service.sandbox.voice_faults == []


async def test_nobody_rings_the_last_resort_by_a_forged_word_of_a_leg(service: Service) -> None:
    form = [("CallSid", "CA" + "0" * 32), ("CallStatus", "completed"), ("Digits", "1")]
    for step in ("answered", "pressed", "joined", "status"):
        path = f"/webhooks/twilio/voice/leg/{step}/{'0' * 32}"
        assert await service.post_form(form, path, "not the token") == 403
    assert await service.post_form(form, f"/webhooks/twilio/voice/leg/answered/{'0' * 32}") == 404
