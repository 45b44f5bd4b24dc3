"""Telegram's channel against a Bot API server of our own: what goes out, and which remedy each failure has."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import traceback
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.channels.base import DeliveryError
from bot.channels.telegram import TelegramChannel, make_bot
from handlers.messages import Choice, Cleared, Outbound

TOKEN = "123456:CANARY-token"
MESSAGE = {"message_id": 77, "date": 1700000000, "chat": {"id": 5, "type": "private"}}
OK = (200, {"ok": True, "result": MESSAGE})
TRUE = (200, {"ok": True, "result": True})


def refusal(status, description, **parameters):
    body = {"ok": False, "error_code": status, "description": description}
    return (status, {**body, "parameters": parameters} if parameters else body)


@pytest.fixture
def channel(rig, session):
    return TelegramChannel({"by": make_bot(TOKEN, rig.url, session, timeout=0.5)})


def out(text="Tak. Kode K7M2.", **more):
    return Outbound("by", "telegram", more.pop("address", "5"), Cleared(text), **more)


async def failure(channel, message=None):
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message or out())
    return caught.value


async def test_a_text_goes_out_plain_without_preview_and_names_its_message(rig, channel):
    rig.answer(OK)
    sent = await channel.send(out("<b>*a*</b> http://x.example", protect=True))
    asked = rig.asked[0]
    assert (sent.ref, asked.path) == ("77", f"/bot{TOKEN}/sendMessage")
    assert asked.fields["text"] == "<b>*a*</b> http://x.example"
    assert asked.fields["chat_id"] == "5" and asked.fields["protect_content"] == "true"
    assert json.loads(asked.fields["link_preview_options"]) == {"is_disabled": True}
    assert "parse_mode" not in asked.fields


async def test_choices_become_inline_buttons_in_their_rows(rig, channel):
    rig.answer(OK)
    await channel.send(
        out(choices=((Choice("Ja", "take:K7M2"), Choice("Nej", "pass:K7M2")), (Choice("?", "show:K7M2"),)))
    )
    rows = json.loads(rig.asked[0].fields["reply_markup"])["inline_keyboard"]
    assert [[b["callback_data"] for b in row] for row in rows] == [["take:K7M2", "pass:K7M2"], ["show:K7M2"]]


async def test_asking_for_a_number_offers_a_key_that_shares_it(rig, channel):
    rig.answer(OK)
    await channel.send(out(ask_contact=True, choices=((Choice("Del mit nummer", ""),),)))
    markup = json.loads(rig.asked[0].fields["reply_markup"])
    assert markup["keyboard"][0][0] == {"text": "Del mit nummer", "request_contact": True}
    assert markup["one_time_keyboard"] is True


async def test_half_a_surrogate_pair_does_not_stop_a_text(rig, channel):
    rig.answer(OK)
    await channel.send(out("larm \ud83d igen"))
    assert rig.asked[0].fields["text"] == "larm ? igen"


@pytest.mark.parametrize(
    ("action", "method"), [("photo", "sendPhoto"), ("voice", "sendVoice"), ("document", "sendDocument")]
)
async def test_media_are_uploaded_with_their_caption(rig, channel, action, method):
    rig.answer(OK)
    content = bytes(range(256)) * 400
    assert (await channel.send(out(action=action, media=content, protect=True))).ref == "77"
    asked = rig.asked[0]
    assert asked.path.endswith(method) and asked.fields[action] == content
    assert asked.fields["caption"] == "Tak. Kode K7M2." and asked.fields["protect_content"] == "true"


async def test_a_picture_that_telegram_cannot_show_goes_out_as_a_file(rig, channel):
    rig.answer(refusal(400, "Bad Request: IMAGE_PROCESS_FAILED"), OK)
    assert (await channel.send(out(action="photo", media=b"\x00\x00\x00\x18ftypheic", protect=True))).ref == "77"
    assert [a.path.rpartition("/")[2] for a in rig.asked] == ["sendPhoto", "sendDocument"]
    assert rig.asked[1].fields["protect_content"] == "true"


async def test_an_edit_names_its_message_and_takes_its_buttons_away(rig, channel):
    rig.answer(OK)
    assert (await channel.send(out(action="edit", ref="77"))).ref == "77"
    assert rig.asked[0].path.endswith("editMessageText")
    assert rig.asked[0].fields["message_id"] == "77" and "reply_markup" not in rig.asked[0].fields


@pytest.mark.parametrize(
    ("action", "ref", "description"),
    [
        ("edit", "77", "Bad Request: message is not modified: specified new message content is the same"),
        ("answer_button", "q1", "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        ("leave", None, "Bad Request: chat not found"),
    ],
)
async def test_a_refusal_that_means_done_already_counts_as_sent(rig, channel, action, ref, description):
    rig.answer(refusal(400, description))
    assert (await channel.send(out(action=action, ref=ref))).ref == (ref if action == "edit" else None)


async def test_leaving_a_group_that_threw_us_out_counts_as_left(rig, channel):
    rig.answer(refusal(403, "Forbidden: bot was kicked from the group chat"))
    assert (await channel.send(out("", action="leave", address="-100123"))).status == "left"
    assert rig.asked[0].fields == {"chat_id": "-100123"}


async def test_the_answer_to_a_button_is_cut_to_what_telegram_shows(rig, channel):
    rig.answer(TRUE)
    await channel.send(out("x" * 300, action="answer_button", ref="q1"))
    assert rig.asked[0].fields == {"callback_query_id": "q1", "text": "x" * 199 + "…"}


FAILURES = {
    "flood": (refusal(429, "Too Many Requests: retry after 7", retry_after=7), "temporary", "429", 7.0),
    "flood, no time": (refusal(429, "Too Many Requests"), "temporary", "429", None),
    "blocked": (refusal(403, "Forbidden: bot was blocked by the user"), "stopped", "403", None),
    "proxy's 403": ((403, b"<html>forbidden</html>"), "temporary", "403", None),
    "no chat": (refusal(400, "Bad Request: chat not found"), "permanent", "400", None),
    "migrated": (
        refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001),
        "permanent",
        "migrated",
        None,
    ),
    "bad gateway": ((502, b"<html>502</html>"), "temporary", "502", None),
    "fault": (refusal(500, "Internal Server Error"), "temporary", "500", None),
    "wrong token": (refusal(401, "Unauthorized"), "permanent", "token", None),
    "malformed token": (refusal(404, "Not Found"), "permanent", "token", None),
    "moved": ((302, b"", {"Location": "http://127.0.0.1:1/"}), "temporary", "302", None),
    "dropped": ("drop", "unknown", "broken-off", None),
    "slow": (1.0, "unknown", "timeout", None),
    "not json": ((200, b"<html>welcome</html>"), "unknown", "answer", None),
    "no result": ((200, {"ok": True}), "unknown", "answer", None),
    "not ok": ((200, {"ok": False}), "unknown", "answer", None),
    "a list": ((200, []), "unknown", "answer", None),
    "odd result": ((200, {"ok": True, "result": {"message_id": 1}}), "unknown", "answer", None),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_each_failure_has_its_remedy(rig, channel, name):
    answer, remedy, code, retry_after = FAILURES[name]
    rig.answer(answer)
    error = await failure(channel)
    assert (error.remedy, error.code, error.retry_after) == (remedy, code, retry_after)
    assert len(rig.asked) == 1


@pytest.mark.parametrize("host", ["127.0.0.1:{closed}", "nobody.invalid"])
async def test_a_server_that_cannot_be_reached_was_certainly_not_asked(session, host):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = "http://" + host.format(closed=probe.getsockname()[1])
    error = await failure(TelegramChannel({"by": make_bot(TOKEN, url, session)}))
    assert (error.remedy, error.code) == ("temporary", "no-connection")


async def test_a_full_connection_pool_means_not_sent_rather_than_unknown(rig):
    rig.answer(1.0)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as narrow:
        channel = TelegramChannel({"by": make_bot(TOKEN, rig.url, narrow, timeout=0.4)})
        holding = asyncio.ensure_future(narrow.get(rig.url + "/held"))
        await asyncio.sleep(0.1)
        error = await failure(channel)
        holding.cancel()
    assert (error.remedy, error.code, len(rig.asked)) == ("temporary", "no-connection", 1)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (out(address="+4511"), "400"),
        (out(address="Ole"), "bad-address"),
        (out(action="edit", ref="x"), "bad-ref"),
        (out(action="answer_button"), "bad-ref"),
        (out(action="photo"), "no-media"),
        (out("x" * 4097), "length"),
        (out(""), "length"),
        (Outbound("elsewhere", "telegram", "5", Cleared("x")), "no-bot"),
    ],
)
async def test_what_can_never_be_sent_is_refused_for_good(rig, channel, message, code):
    rig.answer(refusal(400, "Bad Request: chat not found"))
    error = await failure(channel, message)
    assert (error.remedy, error.code) == ("permanent", code)


async def test_telegram_can_never_be_asked_what_was_sent(channel):
    with pytest.raises(DeliveryError) as caught:
        await channel.find(out(), datetime(2026, 1, 1, tzinfo=UTC))
    assert (caught.value.remedy, caught.value.code) == ("permanent", "cannot-ask")


@pytest.mark.parametrize("name", FAILURES)
async def test_the_token_stands_in_no_log_line_repr_or_traceback(rig, channel, session, caplog, name):
    caplog.set_level(logging.DEBUG)
    rig.answer(FAILURES[name][0])
    error = await failure(channel)
    shown = "".join(traceback.format_exception(error)) + repr(channel) + repr(make_bot(TOKEN, rig.url, session))
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("aiohttp.access")]
    assert "CANARY" not in shown + "".join(ours)
