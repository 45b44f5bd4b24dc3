"""Calls from outside: both desks as real processes, telephones that ring, a provider that is unkind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.calls import PhoneCall
from tests.service import VOICE_NUMBER, Service, number, quick_calls, started

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-calls")]
MADS, LAST_RESORT = "+4520000013", "+4552500091"
# A caller waits nine seconds instead of ninety, and everything on the telephone goes by as much quicker.
QUICK = 'calls = { total = "12s", ring = "10s", next = "3s" }'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with started(tmp_path_factory.mktemp("calls"), database_url, furnish=quick_calls(QUICK)) as running:
        yield running


async def calls(service: Service, keys: str = "0") -> PhoneCall:
    call = service.sandbox.call(service.telephone(number()), VOICE_NUMBER)
    await call.until_hears("tryk 0")
    call.press(keys)
    return call


async def test_a_caller_reaches_the_duty_and_they_talk(service: Service) -> None:
    call = await calls(service)
    leg = await service.sandbox.until_rings(service.telephone(MADS), 10)
    assert leg.display == VOICE_NUMBER
    leg.answer()
    await leg.until_hears("Tryk 1 for at tage det")
    leg.press("1")
    await leg.until_connected()
    call.say("Der er larm igen")
    await leg.until_hears("Der er larm igen")
    leg.hang_up()
    await call.until_ended()
    [case] = await service.cases()
    assert case["state"] == "taken"
    assert service.sandbox.voice_faults == []


async def test_a_mailbox_is_no_answer_and_the_next_phone_rings(service: Service) -> None:
    service.sandbox.expect(service.telephone(MADS), "mailbox")
    call = await calls(service)
    leg = await service.sandbox.until_rings(service.telephone("+4520000001"), 20)
    leg.answer()
    await leg.until_hears("Tryk 1")
    leg.press("1")
    await call.until_connected()
    call.hang_up()
    await leg.until_ended()


async def test_with_nobody_there_a_message_is_left_and_heard_by_who_takes_the_case(service: Service) -> None:
    for phone in (MADS, "+4520000001", "+4520000011", LAST_RESORT, "+4552500092"):
        service.sandbox.expect(service.telephone(phone), "decline")
    call = await calls(service)
    await call.until_hears("Lige nu kan ingen tage telefonen", 30)
    await call.until_hears("beep", 10)
    call.say("Der er vand i opgangen")
    await asyncio.sleep(0.5)  # five seconds on the telephone
    call.press("#")
    await call.until_hears("Vil du ringes op")
    call.press("1")
    await call.until_ended()
    assert "Du får svar senest" in " ".join(call.words())
    assert service.sandbox.voice_faults == []
    await service.until(lambda: not service.sandbox.recordings(), 20, "the provider's copy is deleted")
    case = (await service.cases())[-1]
    service.sandbox.write(service.telephone(MADS), f"{case['code']} JA")
    await service.settled()
    assert "vil gerne ringes op" in "".join(service.heard(MADS))
