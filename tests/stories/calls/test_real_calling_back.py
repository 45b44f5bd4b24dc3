"""A reporter is called back, from outside: both desks as real processes, telephones that ring, an unkind provider."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from secrets import token_hex

import pytest
import pytest_asyncio

from bot.sandbox.calls import PhoneCall
from bot.sandbox.config import PhoneSetup
from tests.postgres import fresh_database
from tests.service import LINE, VOICE_NUMBER, Service, number, quick_calls, started
from tests.stories.calls.test_real_calls import MADS, QUICK

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-calling-back")]


@pytest.fixture(scope="module")
def database_url(postgres_url: str) -> str:
    """PostgreSQL alone: in one process these stories are played on SQLite."""
    return fresh_database(postgres_url)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with started(tmp_path_factory.mktemp("back"), database_url, furnish=quick_calls(QUICK)) as running:
        yield running


async def with_a_message(service: Service) -> tuple[str, str]:
    """A new reporter left words, and Mads has the case: the reporter's number, and the code."""
    reporter = number()
    return reporter, await leaves_a_message(service, reporter)


async def leaves_a_message(service: Service, reporter: str) -> str:
    """He leaves words by telephone and wants a call; Mads takes the case, whose code is given."""
    call = service.sandbox.call(service.telephone(reporter), VOICE_NUMBER)
    await call.until_hears("tryk 0")
    call.press("1057")
    await call.until_hears("lægge en besked")
    call.press("2")
    await call.until_hears("beep")
    call.say("Ring til mig, når I kan")
    await asyncio.sleep(0.5)  # five seconds on the telephone
    call.press("#")
    await call.until_hears("Vil du ringes op")
    call.press("1")
    await call.until_ended()
    await service.settled()
    code = str((await service.cases())[-1]["code"])
    service.sandbox.write(service.telephone(MADS), f"{code} JA")
    await service.settled()
    return code


async def ring(service: Service, reporter: str, code: str) -> tuple[PhoneCall, PhoneCall]:
    """Both phones, ringing: Mads's and the reporter's."""
    service.sandbox.write(service.telephone(MADS), f"{code} RING")
    own = await service.sandbox.until_rings(service.telephone(MADS), 20)
    theirs = await service.sandbox.until_rings(service.telephone(reporter), 20)
    assert own.display == theirs.display == VOICE_NUMBER
    return own, theirs


async def test_a_message_is_answered_by_a_call_and_they_talk(service: Service) -> None:
    reporter, code = await with_a_message(service)
    own, theirs = await ring(service, reporter, code)
    theirs.answer()
    await theirs.until_hears("Du bad om at blive ringet op")
    own.answer()
    await own.until_hears("Tryk 1")
    own.press("1")
    await own.until_connected()
    own.say("Hej, det er vagten")
    await theirs.until_hears("det er vagten")
    theirs.hang_up()
    await own.until_ended()
    await service.settled()
    assert "talt sammen" not in "".join(service.heard(MADS))
    assert service.sandbox.voice_faults == []


async def test_a_reporter_who_declines_ends_it_and_mads_may_try_again(service: Service) -> None:
    reporter, code = await with_a_message(service)
    own, theirs = await ring(service, reporter, code)
    own.answer()
    theirs.decline()
    await own.until_hears("Tryk 1")
    own.press("1")
    await own.until_hears("ingen i den anden ende", 20)
    await own.until_ended()
    await service.until(lambda: f"{code} RING for at prøve igen" in "".join(service.heard(MADS)), 20, "he is told")
    assert service.sandbox.voice_faults == []


async def test_staff_who_decline_leave_the_reporter_with_a_sentence(service: Service) -> None:
    reporter, code = await with_a_message(service)
    own, theirs = await ring(service, reporter, code)
    theirs.answer()
    await theirs.until_hears("Du bad om at blive ringet op")
    own.decline()
    await theirs.until_hears("Vi fik desværre ikke fat i medarbejderen", 20)
    await theirs.until_ended()
    assert service.sandbox.voice_faults == []


async def test_a_mailbox_of_staff_is_no_call_back(service: Service) -> None:
    reporter, code = await with_a_message(service)
    service.sandbox.expect(service.telephone(MADS), "mailbox")
    service.sandbox.write(service.telephone(MADS), f"{code} RING")
    theirs = await service.sandbox.until_rings(service.telephone(reporter), 20)
    theirs.answer()
    await theirs.until_hears("Vi fik desværre ikke fat i medarbejderen", 20)
    await theirs.until_ended()
    service.sandbox.expect(service.telephone(MADS), "")


async def test_a_mailbox_of_the_reporter_is_heard_by_staff_who_hang_up(service: Service) -> None:
    reporter, code = await with_a_message(service)
    service.sandbox.expect(service.telephone(reporter), "mailbox")
    service.sandbox.write(service.telephone(MADS), f"{code} RING")
    own = await service.sandbox.until_rings(service.telephone(MADS), 20)
    own.answer()
    await own.until_hears("Tryk 1")
    own.press("1")
    await own.until_connected()
    own.hang_up()
    await own.until_ended()
    assert service.sandbox.voice_faults == []


@pytest.mark.parametrize("step", ["answered", "wait", "queued", "status"])
async def test_a_forged_word_of_a_call_back_is_refused(service: Service, step: str) -> None:
    form = [("CallSid", f"CA{token_hex(16)}"), ("CallStatus", "completed"), ("QueueResult", "bridged")]
    path = f"/webhooks/twilio/voice/leg/{step}/{'0' * 32}"
    assert await service.post_form(form, path, "not the token") == 403
    assert await service.post_form(form, path) == (204 if step == "status" else 404)


async def test_a_landline_is_asked_by_a_call_how_it_is_now(service: Service) -> None:
    reporter = number()
    landline = service.sandbox.add_phone(PhoneSetup("landline", "reporter", "sms", reporter, LINE, kind="landline"))
    code = await leaves_a_message(service, reporter)
    await service.until(lambda: f"{code} RING for at ringe op" in "".join(service.heard(MADS)), 20, "no text arrives")
    service.sandbox.write(service.telephone(MADS), f"{code} LUK ryddet")
    await service.settled()
    await service.advance("+14d")
    await service.advance("+11h")
    call = await service.sandbox.until_rings(landline, 20)
    call.answer()
    await call.until_hears("Tryk 1, hvis det er blevet bedre")
    call.press("2")
    await call.until_hears("Du får svar senest")
    await call.until_ended()
    await service.settled()
    assert [case["state"] for case in await service.cases() if case["code"] == code] == ["new"]
    assert service.sandbox.voice_faults == []
