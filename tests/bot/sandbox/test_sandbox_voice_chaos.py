"""The unkind weather on calls: refusals, lost answers, callbacks that come late, twice and in any order."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException

LINE, NABO, VAGT = "+4552500002", "+4552501001", "+4552501200"
EVENTS = ["initiated", "ringing", "answered", "completed"]


@pytest.fixture
def place(sandbox, service, twilio):
    async def call(to: str = VAGT, n: int = 0, **more):
        sandbox.expect(sandbox.phone("Vagt"), "answer")
        told = {"status_callback": f"{service.url}/told?n={n}", "status_callback_event": EVENTS}
        return await twilio.calls.create_async(to=to, from_=LINE, url=service.url + "/leg", **(told | more))

    return call


@pytest.mark.parametrize(("weather", "code"), [("rate_limited", 20429), ("server_error", 20500)])
async def test_a_refused_call_rings_nowhere(sandbox, place, weather, code):
    sandbox.set_chaos(**{weather: 1.0})
    with pytest.raises(TwilioRestException) as caught:
        await place()
    assert (caught.value.code, sandbox.phone_calls(sandbox.phone("Vagt"))) == (code, [])


@pytest.mark.parametrize(("weather", "rings"), [("drop_before", False), ("drop_after", True)])
async def test_a_broken_connection_hides_whether_it_rings(sandbox, place, weather, rings):
    sandbox.set_chaos(**{weather: 1.0})
    with pytest.raises(aiohttp.ClientError):
        await place()
    await asyncio.sleep(0.1)
    assert bool(sandbox.phone_calls(sandbox.phone("Vagt"))) is rings


async def test_unkind_callbacks_are_late_doubled_and_out_of_order_but_all_come(sandbox, place, service):
    sandbox.set_chaos(unkind=True, pause=0.0, late_seconds=[0.0, 0.4], double_callbacks=0.4, disorder_callbacks=0.9)
    for n in range(6):
        await sandbox.until_over((await place(n=n)).sid)
    await sandbox.settle()
    runs = [[int(h.form["SequenceNumber"]) for h in service.at(f"/told?n={n}")] for n in range(6)]
    assert all(set(run) == {0, 1, 2, 3} for run in runs)
    assert any(len(run) > 4 for run in runs)
    assert any(sorted(run) != run for run in runs)


async def test_callbacks_can_be_lost(sandbox, place, service):
    sandbox.set_chaos(lose_callbacks=1.0)
    await sandbox.until_over((await place()).sid)
    await sandbox.settle()
    assert service.at("/told") == []


async def test_unkind_calls_begin_one_a_second(sandbox, place):
    sandbox.set_chaos(unkind=True, pause=0.0, ring_grace_seconds=[0, 0])
    placed = [await place(to=f"+455250300{n}", timeout=2) for n in range(6)]
    for call in placed:
        await sandbox.until_over(call.sid)
    began = [call.began for call in sandbox.world.telephone.calls]
    assert began[-1] - began[0] > 3.5


async def test_an_unkind_network_rings_longer_than_it_was_told_to(sandbox, place):
    sandbox.set_chaos(unkind=True, pause=0.0, ring_grace_seconds=[5, 5])
    await sandbox.until_over((await place(to=NABO, timeout=10)).sid)
    assert 15 <= sandbox.phone_calls(sandbox.phone("Nabo"))[0].elapsed() < 40


async def test_a_webhook_can_come_twice_and_its_second_answer_counts_for_nothing(sandbox, service):
    sandbox.set_chaos(double_webhooks=1.0)
    service.pages["/voice"] = "<Response><Say>Hej</Say></Response>"
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_ended()
    await sandbox.settle()
    assert (call.words(), len({hook.form["CallSid"] for hook in service.at("/voice")})) == (["Hej"], 1)
    assert len(service.at("/voice")) == 2


async def test_an_unkind_recording_is_not_there_at_once(sandbox, service, twilio, config):
    sandbox.set_chaos(unkind=True, pause=0.0, late_seconds=[0.5, 0.5], newer_signatures=0.0)
    service.pages |= {"/voice": '<Response><Record action="/done" timeout="1"/></Response>'}
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_hears("beep")
    call.say("hej")
    await call.until(lambda: bool(service.at("/done")), "the action")
    url = service.at("/done")[0].form["RecordingUrl"] + ".mp3"
    headers = {"Authorization": aiohttp.encode_basic_auth(config.account_sid, config.auth_token)}
    async with aiohttp.ClientSession(headers=headers) as session:
        assert (await session.get(url)).status == 404
        await sandbox.settle()
        assert (await session.get(url)).status == 200


async def test_calls_have_luck_of_their_own(sandbox, twilio, place):
    sandbox.set_chaos(slow={"voice": 0.4})
    await twilio.messages.create_async(to=NABO, from_="+4552500001", body="hej")
    await place()
    assert (sandbox.calls("sms")[0].seconds < 0.3, sandbox.calls("voice")[0].seconds >= 0.4) == (True, True)
