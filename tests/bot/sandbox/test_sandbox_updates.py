"""How updates reach the service: pushed with the secret until taken, in order, or fetched."""

from __future__ import annotations

import asyncio

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import Conflict

from tests.bot.sandbox.rig import SECRET, opus, png

VAGT = 700200
HOOK = "/webhooks/telegram/eksempelby"
KEY = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])


@pytest.fixture
async def hooked(bot, service):
    await bot.set_webhook(service.url + HOOK, secret_token=SECRET, max_connections=4)
    return bot


async def test_an_update_comes_with_the_secret_and_marks_the_message_as_taken(sandbox, hooked, service):
    bubble = sandbox.write(sandbox.phone("Vagt"), "hej")
    await sandbox.settle()
    [hook] = service.at(HOOK)
    assert hook.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    message = Update.de_json(hook.body, hooked).message
    assert message is not None and message.text == "hej"
    assert bubble.state == "taken"


async def test_an_update_is_pushed_again_until_the_answer_is_2xx(sandbox, hooked, service):
    service.answers = [500, 403, 200]
    sandbox.write(sandbox.phone("Vagt"), "hej")
    await sandbox.settle()
    ids = {hook.body["update_id"] for hook in service.at(HOOK)}
    waits = [b.at - a.at for a, b in zip(service.hooks, service.hooks[1:], strict=False)]
    assert (len(service.hooks), len(ids)) == (3, 1)
    assert 0.4 < waits[0] < waits[1]
    assert (await hooked.get_webhook_info()).last_error_message == "Wrong response from the webhook: 403"


async def test_a_chat_stays_in_order_while_its_first_update_is_refused(sandbox, hooked, service):
    service.answers = [500]
    for text in ("et", "to", "tre"):
        sandbox.write(sandbox.phone("Vagt"), text)
    await sandbox.settle()
    assert [hook.body["message"]["text"] for hook in service.at(HOOK)] == ["et", "et", "to", "tre"]


async def test_another_chat_does_not_wait_for_a_refused_one(sandbox, hooked, service):
    service.answers = [500]
    sandbox.write(sandbox.phone("Vagt"), "fast")
    sandbox.start_bot(sandbox.phone("Vicevært"))
    await sandbox.settle()
    assert [hook.body["message"]["text"] for hook in service.at(HOOK)] == ["fast", "/start", "fast"]


async def test_what_was_written_before_the_webhook_was_set_is_not_lost(sandbox, bot, service):
    sandbox.write(sandbox.phone("Vagt"), "tidligt")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.set_webhook(service.url + HOOK)
    await sandbox.settle()
    assert service.at(HOOK)[0].body["message"]["text"] == "tidligt"


async def test_a_deep_link_brings_its_payload(sandbox, hooked, service):
    sandbox.start_bot(sandbox.phone("Vicevært"), "p-4711")
    await sandbox.settle()
    message = service.at(HOOK)[0].body["message"]
    assert message["text"] == "/start p-4711"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_every_kind_of_update_is_understood_by_the_library(sandbox, bot):
    phone = sandbox.phone("Vagt")
    written = sandbox.write(phone, "hej")
    sandbox.edit(phone, written.ref, "hov")
    sandbox.send_photo(phone, png(), "her")
    sandbox.send_voice(phone, opus())
    sandbox.share_contact(phone)
    sandbox.send_other(phone, {"location": {"latitude": 55.7, "longitude": 12.5}})
    await bot.send_message(VAGT, "?", reply_markup=KEY)
    sandbox.press(phone, "a")
    sandbox.block(phone)
    found = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    assert found[1].edited_message.text == "hov"
    assert (found[2].message.caption, found[3].message.voice.mime_type) == ("her", "audio/ogg")
    assert found[6].callback_query.data == "a"
    assert found[7].my_chat_member.new_chat_member.status == "kicked"


async def test_only_the_kinds_asked_for_come(sandbox, bot):
    await bot.get_updates(allowed_updates=["callback_query"])
    sandbox.write(sandbox.phone("Vagt"), "hej")
    assert await bot.get_updates() == ()


async def test_of_two_pollers_the_older_one_is_thrown_out(bot):
    older = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.2)
    await bot.get_updates()
    with pytest.raises(Conflict, match="terminated by other"):
        await older


async def test_a_long_poll_answers_as_soon_as_something_is_written(sandbox, bot):
    waiting = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.2)
    sandbox.write(sandbox.phone("Vagt"), "hej")
    async with asyncio.timeout(2):
        assert (await waiting)[0].message.text == "hej"


async def test_update_ids_of_a_restarted_sandbox_are_new(sandbox, config, bot):
    sandbox.write(sandbox.phone("Vagt"), "før")
    [before] = await bot.get_updates()
    await asyncio.sleep(0.3)
    await sandbox.stop()
    await sandbox.start()
    token = config.lines[0].telegram_token
    sandbox.write(sandbox.phone("Vagt"), "efter")
    assert sandbox.world.bots[token].updates.pending[0].id > before.update_id


async def test_doubled_and_reordered_webhooks_bring_everything(sandbox, hooked, service):
    sandbox.set_chaos(double_webhooks=1.0, reorder_webhooks=0.5)
    for n in range(8):
        sandbox.write(sandbox.phone("Vagt"), str(n))
    await sandbox.settle()
    texts = [hook.body["message"]["text"] for hook in service.at(HOOK)]
    assert sorted(texts) == sorted([str(n) for n in range(8)] * 2)
    assert texts[:8] != sorted(texts[:8])


async def test_an_injected_update_may_be_nonsense(sandbox, hooked, service):
    sandbox.inject("eksempelby", "message", {"what": 1})
    await sandbox.settle()
    assert service.at(HOOK)[0].body["message"] == {"what": 1}
