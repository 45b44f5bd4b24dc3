"""The emulated Messages resource, driven by the real library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException

from bot.sandbox.config import PhoneSetup

LINE, NABO = "+4552500001", "+4552501001"


async def send(twilio, body="Tak. Sag K7M2.", to=NABO, **more):
    return await twilio.messages.create_async(body=body, **({"to": to, "from_": LINE} | more))


async def refused(twilio, **call):
    with pytest.raises(TwilioRestException) as caught:
        await send(twilio, **call)
    return caught.value.status, caught.value.code


async def test_a_text_is_queued_and_then_stands_on_the_phone(sandbox, twilio):
    message = await send(twilio)
    assert (message.status, message.direction, message.num_segments) == ("queued", "outbound-api", "1")
    await sandbox.settle()
    assert [b.text for b in sandbox.received(sandbox.phone("Nabo"))] == ["Tak. Sag K7M2."]
    assert (await twilio.messages(message.sid).fetch_async()).status == "delivered"


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ({"to": "52501001"}, (400, 21211)),
        ({"to": "+45123"}, (400, 21211)),
        ({"to": "anonymous"}, (400, 21211)),
        ({"to": LINE}, (400, 21266)),
        ({"from_": "+4552509999"}, (400, 21606)),
        ({"from_": "Nabolinjen"}, (400, 21212)),
        ({"body": ""}, (400, 21602)),
        ({"body": "x" * 1601}, (400, 21617)),
        ({"status_callback": "not a url"}, (400, 21609)),
    ],
)
async def test_a_wrong_send_is_refused_with_twilios_code(sandbox, twilio, call, answer):
    assert await refused(twilio, **call) == answer
    assert sandbox.world.account.messages == {}


async def test_a_landline_is_refused_at_once(sandbox, twilio):
    sandbox.add_phone(PhoneSetup("Fastnet", "reporter", "sms", "+4552501002", "eksempelby", kind="landline"))
    assert await refused(twilio, to="+4552501002") == (400, 21614)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("unreachable", "undelivered", 30003), ("failing", "failed", 30008), ("mailbox", "sent", None)],
)
async def test_a_marked_number_ends_as_marked_and_shows_nothing(sandbox, twilio, kind, status, code):
    phone = sandbox.add_phone(PhoneSetup("Svær", "reporter", "sms", "+4552501003", "eksempelby", kind=kind))
    message = await send(twilio, to=phone.address)
    await sandbox.settle()
    fetched = await twilio.messages(message.sid).fetch_async()
    assert (fetched.status, fetched.error_code) == (status, code)
    assert sandbox.received(phone) == []


async def test_statuses_come_in_order_and_once_when_kind(sandbox, twilio, service):
    message = await send(twilio, status_callback=service.url + "/status?o=7")
    await sandbox.settle()
    hooks = service.at("/status?o=7")
    assert [hook.form["MessageStatus"] for hook in hooks] == ["queued", "sent", "delivered"]
    assert {hook.form["MessageSid"] for hook in hooks} == {message.sid}


async def test_an_undelivered_status_brings_its_code(sandbox, twilio, service):
    sandbox.set_chaos(unreachable=[NABO])
    await send(twilio, status_callback=service.url + "/status")
    await sandbox.settle()
    assert service.hooks[-1].form["ErrorCode"] == "30003"


async def test_the_list_filters_by_number_and_by_time(sandbox, twilio):
    first = await send(twilio, "et")
    await send(twilio, "to", to="+4552501009")
    since = datetime.now(UTC) - timedelta(seconds=30)
    found = await twilio.messages.list_async(to=NABO, from_=LINE, date_sent_after=since)
    assert [m.sid for m in found] == [first.sid]
    assert await twilio.messages.list_async(to=NABO, date_sent_after=datetime.now(UTC) + timedelta(hours=1)) == []


async def test_the_list_is_paged_newest_first(sandbox, twilio):
    for n in range(5):
        await send(twilio, str(n))
    found = await twilio.messages.list_async(page_size=2)
    assert [m.body for m in found] == ["4", "3", "2", "1", "0"]
    assert len(sandbox.calls("sms", "list")) == 3


async def test_a_text_can_be_redacted_and_deleted_once_it_arrived(sandbox, twilio):
    message = await send(twilio)
    with pytest.raises(TwilioRestException) as early:
        await twilio.messages(message.sid).delete_async()
    await sandbox.settle()
    assert (early.value.code, (await twilio.messages(message.sid).update_async(body="")).body) == (20009, "")
    assert await twilio.messages(message.sid).delete_async()
    with pytest.raises(TwilioRestException, match="not found"):
        await twilio.messages(message.sid).fetch_async()


async def test_a_wrong_password_is_20003(sandbox, twilio):
    twilio.auth = (twilio.username, "wrong")
    twilio.password = "wrong"
    assert await refused(twilio) == (401, 20003)


async def test_what_is_not_emulated_says_so_in_twilios_words(sandbox, twilio):
    with pytest.raises(TwilioRestException) as caught:
        await twilio.conferences("CF" + "0" * 32).fetch_async()
    assert (caught.value.status, caught.value.code) == (404, 20404)


async def test_without_credentials_the_body_is_still_twilios(sandbox, config):
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"{sandbox.url}/2010-04-01/Accounts/{config.account_sid}/Messages.json")
        body = await answer.json()
    assert answer.status == 401
    assert body == {
        "code": 20003,
        "message": "Authenticate",
        "status": 401,
        "more_info": "https://www.twilio.com/docs/errors/20003",
    }


@pytest.mark.parametrize(
    ("text", "count"),
    [("a" * 160, 1), ("æ" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("ê" * 70, 1), ("ê" * 71, 2), ("", 1)],
)
async def test_segments_are_counted_as_the_network_does(sandbox, twilio, text, count):
    sandbox.write(sandbox.phone("Nabo"), text or "x")
    assert sandbox.messages(sandbox.phone("Nabo"))[0].segments == count
