"""The emulated Bot API, driven by the real library."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter

from tests.bot.sandbox.rig import TOKEN, opus, png

VAGT = 700200
TAKE = InlineKeyboardMarkup([[InlineKeyboardButton("Jeg tager den", callback_data="take:K7M2")]])


async def test_a_bot_knows_itself(bot):
    me = await bot.get_me()
    assert (me.id, me.username, me.first_name) == (100001, "nabolinjen_bot", "Nabolinjen")


async def test_a_message_stands_on_the_phone_with_its_buttons(sandbox, bot):
    sent = await bot.send_message(VAGT, "<b>Sag K7M2</b> · larm", parse_mode="HTML", reply_markup=TAKE)
    shown = sandbox.received(sandbox.phone("Vagt"))[0]
    assert shown.text == sent.text == "Sag K7M2 · larm"
    assert [e.type for e in sent.entities] == ["bold"]
    assert shown.buttons[0][0]["callback_data"] == "take:K7M2"


@pytest.mark.parametrize(("text", "words"), [("", "text is empty"), ("   ", "text is empty"), ("x" * 4097, "too long")])
async def test_a_text_has_one_to_4096_characters(bot, text, words):
    with pytest.raises(BadRequest, match=words):
        await bot.send_message(VAGT, text)


async def test_4096_characters_pass(bot):
    assert len((await bot.send_message(VAGT, "æ" * 4096)).text) == 4096


@pytest.mark.parametrize("chat", [700100, 999999, "@nobody"])
async def test_a_chat_nobody_started_is_not_found(bot, chat):
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(chat, "hej")


async def test_a_user_who_blocked_the_bot_is_forbidden(sandbox, bot):
    sandbox.block(sandbox.phone("Vagt"))
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(VAGT, "hej")


async def test_button_data_is_at_most_64_bytes_not_characters(bot):
    def keyboard(data):
        return InlineKeyboardMarkup([[InlineKeyboardButton("Tag", callback_data=data)]])

    await bot.send_message(VAGT, "hej", reply_markup=keyboard("æ" * 32))
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(VAGT, "hej", reply_markup=keyboard("æ" * 33))


async def test_an_edit_changes_the_phone_and_an_equal_one_is_refused(sandbox, bot):
    sent = await bot.send_message(VAGT, "Sag K7M2", reply_markup=TAKE)
    await bot.edit_message_text("Du har K7M2", VAGT, sent.message_id)
    shown = sandbox.received(sandbox.phone("Vagt"))[0]
    assert (shown.text, shown.buttons, shown.edited) == ("Du har K7M2", [], True)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("Du har K7M2", VAGT, sent.message_id)


async def test_taking_away_buttons_twice_is_refused_the_second_time(bot):
    sent = await bot.send_message(VAGT, "Sag K7M2", reply_markup=TAKE)
    await bot.edit_message_reply_markup(VAGT, sent.message_id, reply_markup=None)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(VAGT, sent.message_id, reply_markup=None)


async def test_a_message_that_is_not_there_cannot_be_edited(bot):
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("hej", VAGT, 1)


async def test_a_persons_own_message_cannot_be_edited_by_the_bot(sandbox, bot):
    written = sandbox.write(sandbox.phone("Vagt"), "hej")
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("hov", VAGT, int(written.ref))


async def test_a_deleted_message_is_gone_and_cannot_be_deleted_twice(sandbox, bot):
    sent = await bot.send_message(VAGT, "hemmelig")
    assert await bot.delete_message(VAGT, sent.message_id)
    assert sandbox.received(sandbox.phone("Vagt"))[0].text == ""
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await bot.delete_message(VAGT, sent.message_id)


async def test_a_pressed_button_is_answered_once_within_its_time(sandbox, bot):
    phone = sandbox.phone("Vagt")
    await bot.send_message(VAGT, "Sag K7M2", reply_markup=TAKE)
    query = sandbox.press(phone, "Jeg tager den")
    assert await bot.answer_callback_query(query, "K7M2 er taget 23.39.")
    assert phone.popup == "K7M2 er taget 23.39."
    with pytest.raises(BadRequest, match="query id is invalid"):
        await bot.answer_callback_query(query)


async def test_a_picture_is_shown_and_something_else_is_no_picture(sandbox, bot):
    sent = await bot.send_photo(VAGT, png(), caption="opgangen")
    assert (sent.photo[0].width, sent.photo[0].height, sent.caption) == (3, 2, "opgangen")
    assert sandbox.received(sandbox.phone("Vagt"))[0].media[0].content == png()
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(VAGT, b"not a picture")


async def test_voice_notes_and_documents_arrive_whole(sandbox, bot):
    voice = await bot.send_voice(VAGT, opus(), duration=4)
    document = await bot.send_document(VAGT, b"a;b\r\n", filename="uge.csv")
    assert (voice.voice.duration, document.document.file_name) == (4, "uge.csv")
    assert [b.media[0].kind for b in sandbox.received(sandbox.phone("Vagt"))] == ["voice", "document"]


async def test_a_file_a_person_sent_can_be_downloaded(sandbox, bot):
    sandbox.send_photo(sandbox.phone("Vagt"), png(5, 4))
    [update] = await bot.get_updates()
    file = await bot.get_file(update.message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == png(5, 4)


async def test_the_menu_is_kept_per_language(bot):
    await bot.set_my_commands([BotCommand("start", "Begynd")], language_code="da")
    assert (await bot.get_my_commands(language_code="da"))[0].description == "Begynd"
    assert await bot.get_my_commands() == ()


async def test_a_reply_key_asks_for_the_contact(sandbox, bot):
    phone = sandbox.phone("Vagt")
    keys = ReplyKeyboardMarkup([[KeyboardButton("Del mit nummer", request_contact=True)]])
    await bot.send_message(VAGT, "Hvem er du?", reply_markup=keys)
    assert phone.keys[0]["request_contact"] is True
    sandbox.share_contact(phone)
    assert (await bot.get_updates())[0].message.contact.user_id == VAGT


async def test_a_left_group_is_closed_to_the_bot(sandbox, bot):
    group = sandbox.add_to_group(sandbox.phone("Vagt"), "Opgang 12")
    await bot.send_message(group.id, "Jeg arbejder ikke i grupper.")
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(group.id, "hej")


async def test_a_private_chat_cannot_be_left(bot):
    with pytest.raises(BadRequest, match="private chats"):
        await bot.leave_chat(VAGT)


async def test_a_wrong_token_is_unauthorised(sandbox):
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{sandbox.telegram_api_url}/bot100001:wrong/getMe")
        assert (answer.status, (await answer.json())["description"]) == (401, "Unauthorized")


async def test_the_library_sees_a_wrong_token_too(sandbox):
    with pytest.raises(InvalidToken):
        await Bot("100001:wrong", base_url=f"{sandbox.telegram_api_url}/bot").initialize()


@pytest.mark.parametrize("encoding", ["json", "data", "params"])
async def test_json_forms_and_query_strings_are_one(sandbox, encoding):
    call: dict[str, Any] = {encoding: {"chat_id": VAGT, "text": "hej"}}
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{sandbox.telegram_api_url}/bot{TOKEN}/sendMessage", **call)
        assert (await answer.json())["result"]["text"] == "hej"


@pytest.mark.parametrize(("method", "status"), [("sendMessage", 400), ("flyToTheMoon", 404), ("getFile", 400)])
async def test_a_refusal_has_telegrams_envelope(sandbox, method, status):
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{sandbox.telegram_api_url}/bot{TOKEN}/{method}", json={})
        body = await answer.json()
    assert (answer.status, body["ok"], body["error_code"]) == (status, False, status)


async def test_a_flood_meets_429_with_the_seconds_to_wait(bot):
    with pytest.raises(RetryAfter) as caught:
        for n in range(200):
            await bot.send_message(VAGT, f"besked {n}")
    assert caught.value.retry_after == 1


async def test_getting_updates_beside_a_webhook_is_a_conflict(bot):
    await bot.set_webhook("https://front.example/webhooks/telegram/eksempelby")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "secret"),
    [("http://front.example/x", "good"), ("ftp://x", "good"), ("https://front.example/x", "not good")],
)
async def test_a_webhook_needs_https_and_a_plain_secret(bot, url, secret):
    with pytest.raises(BadRequest):
        await bot.set_webhook(url, secret_token=secret)


async def test_confirmed_updates_do_not_come_again(sandbox, bot):
    sandbox.write(sandbox.phone("Vagt"), "et")
    sandbox.write(sandbox.phone("Vagt"), "to")
    first = await bot.get_updates(limit=1)
    rest = await bot.get_updates(offset=first[0].update_id + 1, timeout=5)
    assert [u.message.text for u in (*first, *rest)] == ["et", "to"]
