"""Cases read out from outside: a responder with a telephone alone, a PIN made on the command line, a message played."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.calls import PhoneCall
from tests.postgres import fresh_database
from tests.service import LINE, Service, quick_calls, started
from tests.stories.calls.test_real_calls import LAST_RESORT, MADS, QUICK, calls

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-reading-out")]
OTHERS = ("+4520000001", "+4520000011", LAST_RESORT, "+4552500092")
WRONG = "000000#"


@pytest.fixture(scope="module")
def database_url(postgres_url: str) -> str:
    """PostgreSQL alone: in one process these stories are played on SQLite."""
    return fresh_database(postgres_url)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with started(tmp_path_factory.mktemp("reading"), database_url, furnish=quick_calls(QUICK)) as running:
        yield running


async def pin(service: Service) -> str:
    made = service.cli("staff", "pin", "--line", LINE, "mads-ravn").strip()
    return made if f"{made}#" != WRONG else await pin(service)


async def rung(service: Service, words: str) -> PhoneCall:
    """The responder's phone rings, and he answers it."""
    leg = await service.sandbox.until_rings(service.telephone(MADS), 20)
    leg.answer()
    await leg.until_hears(words)
    return leg


async def fetched(service: Service, url: str) -> tuple[int, str]:
    async with service.http.get(url) as response:
        await response.read()
        return response.status, response.content_type


async def a_message_was_left(service: Service) -> str:
    """Nobody took the call, so words were left on it; the code of their case."""
    for phone in (MADS, *OTHERS):
        service.sandbox.expect(service.telephone(phone), "decline")
    call = await calls(service)
    await call.until_hears("beep", 40)
    call.say("Der er vand i opgangen")
    await asyncio.sleep(0.5)  # five seconds on the telephone
    call.press("#")
    await call.until_hears("Vil du ringes op")
    call.hang_up()
    await service.until(lambda: not service.sandbox.recordings(), 20, "the message is fetched")
    service.sandbox.expect(service.telephone(MADS), "")
    return str((await service.cases())[-1]["code"])


async def test_a_message_is_heard_by_call_after_the_pin_and_its_address_is_worth_nothing_else(service: Service) -> None:
    code, secret = await a_message_was_left(service), await pin(service)
    phone = service.telephone(MADS)
    service.sandbox.write(phone, f"{code} JA")
    await service.settled()
    service.sandbox.write(phone, f"{code} HØR")
    leg = await rung(service, "Tast din pinkode")
    leg.press(WRONG)
    await leg.until_hears("passer ikke")
    leg.press(f"{secret}#")
    await leg.until_hears("Her er en indtalt besked")
    played = await leg.until_hears("/office/twilio/voice/media/")
    other = played.words.replace(played.words.split("/")[-2], "0" * 32)
    renamed = f"{played.words[:-32]}{'0' * 32}"
    assert [await fetched(service, url) for url in (played.words, other, renamed)] == [
        (200, "audio/mpeg"), (404, "text/plain"), (404, "text/plain")]  # fmt: skip
    leg.hang_up()
    await leg.until_ended()
    await service.until(lambda: _gone(service, played.words), 10, "the address is worth nothing after the call")
    assert service.sandbox.voice_faults == []


async def _gone(service: Service, url: str) -> bool:
    return (await fetched(service, url))[0] == 404


async def test_a_responder_with_a_telephone_alone_takes_a_case_and_hears_where_it_is(service: Service) -> None:
    secret = await pin(service)
    service.sandbox.expect(service.telephone(MADS), "")
    await service.post_sms("+4530999001", "han råber og truer med at slå naboen, vestergade 12 b 3 tv")
    await service.settled()
    await service.advance("+5m5s")
    leg = await rung(service, "En sag haster")
    leg.press("1")
    await leg.until_hears("Vil du høre stedet og ordene")
    assert "Vestergade" not in " ".join(leg.words())
    leg.press(f"{secret}#")
    await leg.until_hears("Stedet er Vestergade 12 B, 3. sal, til venstre.")
    await leg.until_hears("han råber og truer")
    leg.press("1")
    await leg.until(lambda: " ".join(leg.words()).count("Stedet er Vestergade") == 2, "it again")
    leg.hang_up()
    await leg.until_ended()
    assert secret not in service.log.read_text("utf-8")
    assert service.sandbox.voice_faults == []
