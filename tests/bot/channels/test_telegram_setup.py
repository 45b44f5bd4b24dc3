"""Setting a bot up, polling it and fetching files, against a Bot API server of our own."""

from __future__ import annotations

import json

import pytest

from bot.channels.base import DeliveryError
from bot.channels.telegram import ALLOWED_UPDATES, drop_webhook, fetch_file, make_bot, poll, set_commands, set_webhook

URL = "https://front.example/webhooks/telegram/by"
TRUE = (200, {"ok": True, "result": True})


@pytest.fixture
def bot(rig, session):
    return make_bot("1:token", rig.url + "/", session, timeout=0.5)


def result(value):
    return (200, {"ok": True, "result": value})


def webhook(**fields):
    plain = {"url": URL, "has_custom_certificate": False, "pending_update_count": 0}
    return result({**plain, "allowed_updates": list(ALLOWED_UPDATES), **fields})


async def test_a_webhook_that_points_here_is_left_alone(rig, bot):
    rig.answer(webhook())
    assert await set_webhook(bot, URL, "secret") is False
    assert [a.path for a in rig.asked] == ["/bot1:token/getWebhookInfo"]


@pytest.mark.parametrize(
    "differs",
    [
        {"url": ""},
        {"url": "https://elsewhere.example/"},
        {"allowed_updates": ["message"]},
        {"last_error_date": 1700000000, "last_error_message": "Wrong response from the webhook: 403 Forbidden"},
    ],
)
async def test_a_webhook_that_differs_is_set_without_dropping_what_waits(rig, bot, differs):
    rig.answer(webhook(**differs), TRUE)
    assert await set_webhook(bot, URL, "secret") is True
    fields = rig.asked[1].fields
    assert (fields["url"], fields["secret_token"]) == (URL, "secret")
    assert json.loads(fields["allowed_updates"]) == list(ALLOWED_UPDATES)
    assert fields["drop_pending_updates"] == "false"


async def test_dropping_the_webhook_keeps_what_waits(rig, bot):
    rig.answer(TRUE)
    await drop_webhook(bot)
    assert rig.asked[0].fields == {"drop_pending_updates": "false"}


async def test_each_language_gets_its_menu_in_private_chats_only(rig, bot):
    rig.answer(TRUE)
    await set_commands(bot, {None: [("help", "Help")], "da": [("help", "Hjælp")]})
    assert [a.fields.get("language_code") for a in rig.asked] == [None, "da"]
    assert json.loads(rig.asked[1].fields["commands"]) == [{"command": "help", "description": "Hjælp"}]
    assert json.loads(rig.asked[1].fields["scope"]) == {"type": "all_private_chats"}


async def test_polling_hands_on_updates_that_nobody_can_parse(rig, bot):
    odd = [{"update_id": 1, "message": 5}, {"update_id": "x"}, {"what": None}]
    rig.answer(result([*odd, "not an update"]))
    assert await poll(bot, 42, 1) == odd
    assert rig.asked[0].fields["offset"] == "42" and rig.asked[0].fields["timeout"] == "1"


async def test_polling_waits_longer_than_an_ordinary_call(rig, bot):
    rig.answer(0.8)
    with pytest.raises(DeliveryError) as caught:
        await poll(bot, None, 1)
    assert caught.value.code == "answer"


@pytest.mark.parametrize(
    ("answer", "code"),
    [((409, {"ok": False, "description": "Conflict: terminated by other getUpdates"}), "409"), (result({}), "")],
)
async def test_a_poll_that_fails_is_a_delivery_error_or_empty(rig, bot, answer, code):
    rig.answer(answer)
    if not code:
        assert await poll(bot, None, 0) == []
        return
    with pytest.raises(DeliveryError) as caught:
        await poll(bot, None, 0)
    assert (caught.value.remedy, caught.value.code) == ("temporary", code)


async def test_a_file_is_fetched_whole_from_the_servers_file_path(rig, bot):
    rig.answer(result({"file_id": "f", "file_path": "photos/a b.jpg", "file_size": 3}), (200, b"\xff\xd8\xff"))
    assert await fetch_file(bot, "f", 3) == b"\xff\xd8\xff"
    assert rig.asked[1].path == "/file/bot1:token/photos/a b.jpg"


@pytest.mark.parametrize(
    ("answers", "remedy", "code"),
    [
        ([result({"file_path": "p", "file_size": 11})], "permanent", "too-large"),
        ([result({"file_path": "p"}), (200, b"x" * 11)], "permanent", "too-large"),
        ([result({"file_path": "/etc/passwd"})], "permanent", "no-path"),
        ([result({"file_path": "a/../../getMe"})], "permanent", "no-path"),
        ([result({"file_id": "f"})], "permanent", "no-path"),
        ([result([])], "temporary", "answer"),
        ([(400, {"ok": False, "description": "Bad Request: file is too big"})], "permanent", "400"),
        ([result({"file_path": "p"}), (502, b"")], "temporary", "502"),
        ([result({"file_path": "p"}), "drop"], "temporary", "broken-off"),
        ([result({"file_path": "p"}), (302, b"", {"Location": "http://127.0.0.1:1/"})], "temporary", "302"),
    ],
)
async def test_a_file_that_cannot_be_had_says_whether_to_ask_again(rig, bot, answers, remedy, code):
    rig.answer(*answers)
    with pytest.raises(DeliveryError) as caught:
        await fetch_file(bot, "f", 10)
    assert (caught.value.remedy, caught.value.code) == (remedy, code)
