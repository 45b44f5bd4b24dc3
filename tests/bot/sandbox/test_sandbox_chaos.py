"""The unkind weather: which calls fail, how, and that the same seed gives the same bad luck."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from telegram.error import NetworkError, RetryAfter
from twilio.base.exceptions import TwilioRestException

from bot.sandbox.app import Sandbox
from bot.sandbox.chaos import Chaos, Dice
from bot.sandbox.config import SandboxError

VAGT, LINE, NABO = 700200, "+4552500001", "+4552501001"


def fates(seed, **settings):
    chaos, dice = Chaos().changed(settings), Dice(seed)
    return [chaos.fate("sms", dice) for _ in range(400)]


def test_the_same_seed_gives_the_same_fates_and_another_one_others():
    weather = {"rate_limited": 0.2, "stall": 0.2, "drop_after": 0.1}
    assert fates(7, **weather) == fates(7, **weather) != fates(8, **weather)


def test_one_channels_luck_does_not_depend_on_the_other_ones_calls():
    quiet, busy = Dice(1), Dice(1)
    chaos = Chaos().changed({"server_error": 0.5})
    for _ in range(50):
        chaos.fate("telegram", busy)
    assert [chaos.fate("sms", quiet) for _ in range(50)] == [chaos.fate("sms", busy) for _ in range(50)]


def test_fractions_are_kept_to():
    kinds = [fate.kind for fate in fates(3, rate_limited=0.25, server_error=0.25)]
    assert 70 < kinds.count("rate_limited") < 130
    assert 70 < kinds.count("server_error") < 130


def test_pauses_come_by_themselves_unless_it_is_kind():
    assert {fate.delay for fate in fates(1)} == {0.0, 3.0}
    assert {fate.delay for fate in fates(1, unkind=False)} == {0.0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_limited": 1.5},
        {"rate_limited": True},
        {"nothing": 1},
        {"landlines": "x"},
        {"stall_seconds": [3, 1]},
        {"slow": {"pigeon": 1}},
        {"seed": "x"},
        {"rate_limited": 0.6, "server_error": 0.6},
    ],
)
def test_wrong_settings_are_refused_and_change_nothing(config, wrong):
    world = Sandbox(config).world
    with pytest.raises(SandboxError):
        world.set_chaos(wrong)
    assert world.gate.chaos == Chaos(unkind=False)


async def test_rate_limits_say_how_long_on_both_channels(sandbox, bot, twilio):
    sandbox.set_chaos(rate_limited=1.0, retry_after=7)
    with pytest.raises(RetryAfter) as telegram:
        await bot.send_message(VAGT, "hej")
    with pytest.raises(TwilioRestException) as sms:
        await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")
    assert (telegram.value.retry_after, sms.value.status, sms.value.code) == (7, 429, 20429)
    assert sandbox.messages(sandbox.phone("Nabo")) == []


async def test_a_twilio_429_carries_retry_after(sandbox):
    sandbox.set_chaos(rate_limited=1.0, retry_after=7)
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}/2010-04-01/Accounts/x.json") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")


async def test_a_server_error_accepts_nothing(sandbox, bot, twilio):
    sandbox.set_chaos(server_error=1.0)
    with pytest.raises(NetworkError):
        await bot.send_message(VAGT, "hej")
    with pytest.raises(TwilioRestException) as caught:
        await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")
    assert caught.value.code == 20500
    assert sandbox.world.account.messages == {}


@pytest.mark.parametrize(("weather", "arrives"), [("drop_before", False), ("drop_after", True)])
async def test_a_broken_connection_hides_whether_the_text_went(sandbox, twilio, weather, arrives):
    sandbox.set_chaos(**{weather: 1.0})
    with pytest.raises(aiohttp.ClientError):
        await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")
    await sandbox.settle()
    assert bool(sandbox.received(sandbox.phone("Nabo"))) is arrives


async def test_a_stalled_call_took_effect_before_it_answers(sandbox, bot):
    sandbox.set_chaos(stall=1.0, stall_seconds=[0.6, 0.7])
    sending = asyncio.create_task(bot.send_message(VAGT, "hej"))
    await sandbox.wait_for(sandbox.phone("Vagt"), lambda b: b.text == "hej", 0.5)
    assert not sending.done()
    await sending
    assert "answered 1 s late: ok" in sandbox.calls("telegram", "sendMessage")[0].outcome


async def test_one_channel_can_be_slowed_alone(sandbox, bot, twilio):
    sandbox.set_chaos(slow={"sms": 0.5})
    await bot.send_message(VAGT, "hej")
    await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")
    assert sandbox.calls("telegram", "sendMessage")[0].seconds < 0.3
    assert sandbox.calls("sms", "create")[0].seconds >= 0.5


async def test_unkind_statuses_are_late_doubled_and_out_of_order_but_all_come(sandbox, twilio, service):
    sandbox.set_chaos(unkind=True, pause=0.0, late_seconds=[0.0, 0.5], double_callbacks=0.4, disorder_callbacks=0.9)
    runs: list[list[str]] = []
    while len(runs) < 60 and not (doubled(runs) and out_of_order(runs)):  # how it comes is left to chance
        for n in range(len(runs), len(runs) + 6):
            url = f"{service.url}/s?o={n}"
            await twilio.messages.create_async(to=NABO, from_=LINE, body=str(n), status_callback=url)
        await sandbox.settle()
        runs = [[h.form["MessageStatus"] for h in service.at(f"/s?o={n}")] for n in range(len(runs) + 6)]
        assert all(set(run) == {"queued", "sent", "delivered"} for run in runs)
    assert doubled(runs) and out_of_order(runs)


def doubled(runs: list[list[str]]) -> bool:
    return any(len(run) > 3 for run in runs)


def out_of_order(runs: list[list[str]]) -> bool:
    return any(next(s for s in run if s != "queued") == "delivered" for run in runs)


async def test_by_default_a_sandbox_is_unkind(config):
    async with Sandbox(replace(config, unkind=True)) as sandbox:
        assert sandbox.chaos == Chaos(unkind=True)


async def test_inbound_texts_can_be_doubled(sandbox, service):
    sandbox.set_chaos(double_webhooks=1.0)
    sandbox.write(sandbox.phone("Nabo"), "hej")
    await sandbox.settle()
    assert len({hook.form["MessageSid"] for hook in service.at("/sms")}) == 1
    assert len(service.at("/sms")) == 2
