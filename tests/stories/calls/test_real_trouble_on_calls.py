"""Calls from outside when something is wrong: forged requests, a provider that fails, an office that is killed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from secrets import token_hex
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox.calls import PhoneCall
from tests.service import ROOT, VOICE_NUMBER, Service, number, quick_calls, signature, started
from tests.stories.calls.test_real_calls import MADS, QUICK, calls

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-trouble-on-calls")]
FRONT, OFFICE = "/webhooks/twilio/voice", "/office/twilio/voice"
LEG = "0" * 32
CALLERS = (
    FRONT,
    f"{FRONT}-status",
    *(f"{FRONT}/{step}/da" for step in ("menu", "choice", "wait", "queued", "message", "recorded", "callback")),
)
STEPS = ("answered/{}", "pressed/{}", "joined/{}", "status/{}", "pin/{}/1", "again/{}/2")
CALLEES = tuple(f"{OFFICE}/{step.format(LEG)}" for step in STEPS)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fallback() -> AsyncIterator[str]:
    """The provider's own page: the document that an operator stores there, given out whatever our desks do."""

    async def give(_request: web.Request) -> web.Response:
        return web.Response(text=(ROOT / "docs" / "fallback.xml").read_text("utf-8"), content_type="text/xml")

    app = web.Application()
    app.router.add_post("/fallback", give)
    async with TestServer(app) as server:
        yield str(server.make_url("/fallback"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(database_url: str, fallback: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    def furnish(service: Service) -> None:
        quick_calls(QUICK)(service)
        service.voice_fallback = fallback

    async with started(tmp_path_factory.mktemp("trouble"), database_url, furnish=furnish) as running:
        yield running


async def posted(service: Service, path: str, *, forged: bool = False, without: str = "") -> int:
    """The answer to a request of a call, at the desk whose path it is."""
    url = (service.office_url if path.startswith(OFFICE) else service.front_url) + path
    whole = {"CallSid": f"CA{token_hex(16)}", "From": number(), "To": VOICE_NUMBER, "CallStatus": "in-progress"}
    form = [(name, value) for name, value in whole.items() if name != without]
    signed = signature(url, form, "another-token") if forged else signature(url, form)
    headers = {"X-Twilio-Signature": signed, "Content-Type": "application/x-www-form-urlencoded"}
    async with service.http.post(url, data=urlencode(form), headers=headers) as response:
        await response.read()
        return response.status


async def is_led_to_an_end(call: PhoneCall) -> None:
    """He is asked for a message. (His clock is ten times as fast as the desks': silence is measured elsewhere.)"""
    await call.until_hears("Læg en besked", 40)
    call.hang_up()
    await call.until_ended()


@pytest.mark.parametrize("path", [*CALLERS, *CALLEES])
async def test_a_forged_request_is_refused(service: Service, path: str) -> None:
    assert await posted(service, path, forged=True) == 403


@pytest.mark.parametrize("path", CALLERS)
async def test_a_request_that_names_no_call_is_refused(service: Service, path: str) -> None:
    assert await posted(service, path, without="CallSid") == 400


@pytest.mark.parametrize("path", CALLEES[:3])
async def test_a_leg_that_nobody_rang_is_not_found(service: Service, path: str) -> None:
    assert await posted(service, path) == 404


async def test_refusals_leave_no_traceback(service: Service) -> None:
    assert "Traceback" not in service.log.read_text("utf-8")


async def test_a_provider_that_rings_nobody_still_leads_to_a_message(service: Service) -> None:
    call = await calls(service)
    service.sandbox.set_chaos(server_error=1.0)
    await is_led_to_an_end(call)
    service.sandbox.set_chaos(server_error=0.0)
    assert "Traceback" not in service.log.read_text("utf-8")


async def test_an_office_that_is_killed_strands_no_caller(service: Service) -> None:
    before = len(await service.cases())
    call = await calls(service)
    await service.sandbox.until_rings(service.telephone(MADS), 20)
    service.signal("office")
    await is_led_to_an_end(call)
    await service.settled()
    assert len(await service.cases()) == before + 1


async def test_a_front_desk_that_is_killed_strands_no_caller(service: Service) -> None:
    """Whatever the provider asks meanwhile goes unanswered: it reads out its own page, and nobody rings on for ever."""
    before = len(await service.cases())
    call = await calls(service)
    leg = await service.sandbox.until_rings(service.telephone(MADS), 20)
    service.signal("front")
    await call.until_hears("Ring igen om lidt", 20)
    await call.until_ended()
    assert any(words.startswith("Er nogen i fare") for words in call.words()[-6:])
    await leg.until_ended(60)
    await service.until_ready()
    await service.settled()
    assert len(await service.cases()) == before + 1
    await is_led_to_an_end(await calls(service))
