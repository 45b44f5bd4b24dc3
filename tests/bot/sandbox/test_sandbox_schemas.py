"""The emulated answers against the providers' own published descriptions."""

from __future__ import annotations

import json

import aiohttp
import pytest

from bot.sandbox.telegram.facts import known_methods, parameters_of
from tests.bot.sandbox.rig import TOKEN, faults_in, of_twilio, opus, png

VAGT, LINE, NABO = "700200", "+4552500001", "+4552501001"
KEY = json.dumps({"inline_keyboard": [[{"text": "Tag", "callback_data": "take:K7M2"}]]})


@pytest.fixture(scope="module")
def api(rigs_data):
    return json.loads((rigs_data / "telegram" / "api.min.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def oai(rigs_data):
    return json.loads((rigs_data / "twilio-oai" / "twilio_api_v2010.json").read_text(encoding="utf-8"))


async def ask(sandbox, method, **fields):
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value, filename="x" if isinstance(value, bytes) else None)
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{sandbox.telegram_api_url}/bot{TOKEN}/{method}", data=form)
        return (await answer.json())["result"]


@pytest.mark.parametrize("method", known_methods())
def test_parameters_are_the_published_ones(api, method):
    published = next(m for name, m in api["methods"].items() if name.lower() == method)
    fields = {field["name"]: field["required"] for field in published.get("fields", [])}
    ours = parameters_of(method)
    # An edit's text became optional when rich messages came; a text edit without one is still refused.
    stricter = {"text"} if method == "editmessagetext" else set()
    assert set(ours) <= set(fields)
    assert {n for n, (_, needed) in ours.items() if needed} - stricter == {n for n, needed in fields.items() if needed}


@pytest.mark.parametrize(
    ("method", "kind", "fields"),
    [
        ("getMe", "User", {}),
        ("getWebhookInfo", "WebhookInfo", {}),
        ("sendMessage", "Message", {"chat_id": VAGT, "text": "<b>hej</b>", "parse_mode": "HTML", "reply_markup": KEY}),
        ("sendPhoto", "Message", {"chat_id": VAGT, "photo": png(), "caption": "x"}),
        ("sendVoice", "Message", {"chat_id": VAGT, "voice": opus(), "duration": "2"}),
        ("sendDocument", "Message", {"chat_id": VAGT, "document": b"x"}),
    ],
)
async def test_a_result_is_of_the_published_type(sandbox, api, method, kind, fields):
    assert faults_in(api, kind, await ask(sandbox, method, **fields)) == []


async def test_an_edited_message_is_of_the_published_type(sandbox, api):
    sent = await ask(sandbox, "sendMessage", chat_id=VAGT, text="hej", reply_markup=KEY)
    edited = await ask(sandbox, "editMessageText", chat_id=VAGT, message_id=str(sent["message_id"]), text="hov")
    assert faults_in(api, "Message", edited) == []


async def test_updates_are_of_the_published_type(sandbox, api):
    phone = sandbox.phone("Vagt")
    written = sandbox.write(phone, "/start abc")
    sandbox.edit(phone, written.ref, "hov")
    sandbox.send_photo(phone, png())
    sandbox.share_contact(phone)
    await ask(sandbox, "sendMessage", chat_id=VAGT, text="hej", reply_markup=KEY)
    sandbox.press(phone, "take:K7M2")
    sandbox.block(phone)
    updates = await ask(sandbox, "getUpdates")
    assert len(updates) == 6
    assert faults_in(api, "Array of Update", updates) == []


async def test_message_resources_fit_the_published_schema(sandbox, oai, twilio, config):
    await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")
    sandbox.set_chaos(unreachable=[NABO])
    await twilio.messages.create_async(to=NABO, from_=LINE, body="hej igen")
    sandbox.send_photo(sandbox.phone("Nabo"), png())
    await sandbox.settle()
    validator = of_twilio(oai, "api.v2010.account.message")
    found = [sandbox.world.account.as_json(m) for m in sandbox.world.account.messages.values()]
    assert [list(validator.iter_errors(message)) for message in found] == [[], [], []]
    published = oai["components"]["schemas"]["api.v2010.account.message"]["properties"]
    assert all(set(message) == set(published) for message in found)


async def test_media_resources_fit_the_published_schema(sandbox, oai):
    bubble = sandbox.send_photo(sandbox.phone("Nabo"), png())
    account = sandbox.world.account
    message = account.get(bubble.ref)
    found = account.media_json(message, message.media[0])
    assert list(of_twilio(oai, "api.v2010.account.message.media").iter_errors(found)) == []


async def test_a_list_has_the_published_frame(sandbox, oai, twilio):
    await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")
    page = sandbox.world.account.page({})
    path = oai["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["get"]
    published = path["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    assert set(page) == set(published)
