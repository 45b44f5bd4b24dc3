"""The SMS channel against a Twilio of our own: what goes out, what is found again, which remedy each failure has."""

from __future__ import annotations

import logging
import socket
import traceback
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.channels.base import DeliveryError
from bot.channels.sms import SmsChannel, classify_code, classify_status
from bot.channels.twilio_http import TwilioClient
from handlers.messages import Cleared, Outbound, Sent

NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
NUMBER, TO = "+4552500001", "+4552500777"
OUT = Outbound("by", "sms", TO, Cleared("Tak. Kode K7M2."), callback="https://front.example/s?o=1")


def record(sid="SM1", **fields):
    dates = {"date_created": format_datetime(NOW), "date_sent": None}
    return {"sid": sid, "to": TO, "from": NUMBER, "body": OUT.text, "status": "queued", **dates, **fields}


def listing(*records, following=None):
    return (200, {"messages": list(records), "next_page_uri": following, "page": 0, "page_size": 50})


def refusal(status, code):
    return (status, {"code": code, "message": f"The number {TO} is CANARY", "status": status})


def client_of(session, url, tokens=("new",)):
    return TwilioClient("AC1", tokens, session, url, timeout=0.5)


@pytest.fixture
def channel(rig, session):
    return SmsChannel(client_of(session, rig.url), {"by": NUMBER})


async def failure(promise):
    with pytest.raises(DeliveryError) as caught:
        await promise
    return caught.value


async def test_a_text_goes_out_from_the_lines_number_with_its_callback(rig, channel):
    rig.answer((201, record()))
    sent = await channel.send(OUT)
    asked = rig.asked[0]
    assert (sent.ref, sent.status) == ("SM1", "queued")
    assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert asked.fields == {"To": TO, "From": NUMBER, "Body": OUT.text, "StatusCallback": OUT.callback}
    assert b64decode(asked.headers["Authorization"].split()[1]) == b"AC1:new"


async def test_half_a_surrogate_pair_does_not_stop_a_text(rig, channel):
    rig.answer((201, record()))
    await channel.send(Outbound("by", "sms", TO, Cleared("larm \ud83d")))
    assert rig.asked[0].fields["Body"] == "larm ?"


FAILURES = {
    "busy": ((429, {"code": 20429, "message": "x"}, {"Retry-After": "3"}), "temporary", "429", 3.0),
    "opted out": (refusal(400, 21610), "stopped", "21610", None),
    "own queue full": (refusal(400, 21611), "temporary", "21611", None),
    "own number too fast": (refusal(400, 14107), "temporary", "14107", None),
    "not a number": (refusal(400, 21211), "permanent", "21211", None),
    "not a mobile": (refusal(400, 21614), "permanent", "21614", None),
    "no route": (refusal(400, 21612), "permanent", "21612", None),
    "country": (refusal(400, 21408), "permanent", "21408", None),
    "newer form of error": (
        (400, {"type": "t", "title": "CANARY", "status": 400, "code": 21610}),
        "stopped",
        "21610",
        None,
    ),
    "credentials": (refusal(401, 20003), "permanent", "20003", None),
    "proxy": ((403, b"<html>CANARY</html>"), "permanent", "403", None),
    "moved": ((302, b"", {"Location": "http://127.0.0.1:1/"}), "permanent", "302", None),
    "fault": (refusal(500, 20500), "unknown", "500", None),
    "gateway": ((503, b"CANARY"), "unknown", "503", None),
    "gave up waiting for us": ((408, b""), "unknown", "408", None),
    "dropped": ("drop", "unknown", "broken-off", None),
    "slow": (1.0, "unknown", "timeout", None),
    "not json": ((201, b"<html>CANARY</html>"), "unknown", "answer", None),
    "no sid": ((201, {"status": "queued"}), "unknown", "answer", None),
    "a list": ((201, []), "unknown", "answer", None),
    "failed at once": ((201, record(status="failed", error_code=30006)), "permanent", "30006", None),
    "failed at once, passing": ((201, record(status="undelivered", error_code=30003)), "temporary", "30003", None),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_each_failure_has_its_remedy_and_is_never_repeated(rig, channel, name):
    answer, remedy, code, retry_after = FAILURES[name]
    rig.answer(answer)
    error = await failure(channel.send(OUT))
    assert (error.remedy, error.code, error.retry_after) == (remedy, code, retry_after)
    assert len(rig.asked) == 1


@pytest.mark.parametrize("host", ["127.0.0.1:{closed}", "nobody.invalid"])
async def test_a_server_that_cannot_be_reached_was_certainly_not_asked(session, host):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = "http://" + host.format(closed=probe.getsockname()[1])
    error = await failure(SmsChannel(client_of(session, url), {"by": NUMBER}).send(OUT))
    assert (error.remedy, error.code) == ("temporary", "no-connection")


@pytest.mark.parametrize(
    ("out", "code"),
    [
        (Outbound("by", "sms", TO, Cleared("x"), action="edit", ref="1"), "no-such-action"),
        (Outbound("elsewhere", "sms", TO, Cleared("x")), "no-number"),
        (Outbound("by", "sms", "PostNord", Cleared("x")), "no-number"),
        (Outbound("by", "sms", "1212", Cleared("x")), "no-number"),
        (Outbound("by", "sms", TO, Cleared("x" * 1601)), "length"),
        (Outbound("by", "sms", TO, Cleared("")), "length"),
    ],
)
async def test_what_sms_cannot_do_is_refused_for_good(channel, out, code):
    error = await failure(channel.send(out))
    assert (error.remedy, error.code) == ("permanent", code)


@pytest.mark.parametrize("name", FAILURES)
async def test_neither_number_nor_text_stands_in_a_log_line_or_traceback(rig, channel, caplog, name):
    caplog.set_level(logging.DEBUG)
    rig.answer(FAILURES[name][0])
    error = await failure(channel.send(OUT))
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("aiohttp.access"))
    shown = ours + repr(channel) + "".join(traceback.format_exception(error))
    assert not [word for word in (TO, "52500777", OUT.text, "CANARY") if word in shown]


async def test_nothing_of_a_request_is_remembered(rig, session):
    client = client_of(session, rig.url)
    rig.answer((201, record()))
    await SmsChannel(client, {"by": NUMBER}).send(OUT)
    assert client.http_client._test_only_last_request is None
    assert client.http_client._test_only_last_response is None


async def test_while_a_token_is_rotated_the_second_one_is_tried(rig, session):
    rig.answer(refusal(401, 20003), (201, record()))
    channel = SmsChannel(client_of(session, rig.url, ("new", "old")), {"by": NUMBER})
    assert (await channel.send(OUT)).ref == "SM1"
    tokens = [b64decode(a.headers["Authorization"].split()[1]) for a in rig.asked]
    assert tokens == [b"AC1:new", b"AC1:old"]


async def test_a_server_under_a_path_is_asked_there_page_after_page(rig, session):
    channel = SmsChannel(client_of(session, rig.url + "/sandbox/twilio/"), {"by": NUMBER})
    rig.answer(listing(following="/sandbox/twilio/2010-04-01/next?Page=1"), listing(record()))
    assert await channel.find(OUT, NOW) == Sent("SM1", "queued")
    assert [a.path for a in rig.asked] == [
        "/sandbox/twilio/2010-04-01/Accounts/AC1/Messages.json",
        "/sandbox/twilio/2010-04-01/next",
    ]
    assert rig.asked[1].query == {"Page": "1"}


async def test_the_newest_equal_message_is_found_on_any_page(rig, channel):
    later = format_datetime(NOW + timedelta(seconds=9))
    rig.answer(
        listing(record("SM1"), record("SM2", body="something else"), following="/2010-04-01/next"),
        listing(record("SM3", date_created=later, status="sent"), record("SM4")),
    )
    found = await channel.find(OUT, NOW)
    assert found is not None and (found.ref, found.status) == ("SM3", "sent")
    assert rig.asked[0].query["To"] == TO and rig.asked[0].query["From"] == NUMBER


NOT_OURS = [
    {"body": "Tak. Kode K7M3."},
    {"to": "+4552500778"},
    {"from": "+4552500002"},
    {"date_created": None},
    {"date_created": format_datetime(NOW - timedelta(seconds=6))},
    {"date_created": "yesterday"},
]


@pytest.mark.parametrize("differs", NOT_OURS)
async def test_a_message_that_differs_or_is_older_is_not_the_one(rig, channel, differs):
    rig.answer(listing(record(**differs)))
    assert await channel.find(OUT, NOW) is None


@pytest.mark.parametrize(
    "same",
    [
        {"date_created": format_datetime(NOW - timedelta(seconds=4))},
        {"body": OUT.text + " "},
        {"date_created": None, "date_sent": format_datetime(NOW)},
    ],
)
async def test_a_small_difference_of_clocks_or_blanks_does_not_hide_a_message(rig, channel, same):
    rig.answer(listing(record(**same)))
    assert (await channel.find(OUT, NOW)).ref == "SM1"


@pytest.mark.parametrize(
    "answer",
    [
        "drop",
        1.0,
        (500, b""),
        (200, b"<html>"),
        (200, {}),
        (200, {"messages": 5}),
        refusal(401, 20003),
        (429, b""),
        (200, []),
    ],
)
async def test_a_look_up_without_an_answer_is_asked_again_later(rig, channel, answer):
    rig.answer(answer)
    assert (await failure(channel.find(OUT, NOW))).remedy == "temporary"


async def test_a_status_can_be_fetched_as_if_it_had_been_called_back(rig, channel):
    rig.answer((200, record(status="undelivered", error_code=30003)))
    seen = await channel.fetch_status("SM1", NOW)
    assert (seen.provider_ref, seen.status, seen.error_code, seen.received_at) == ("SM1", "undelivered", "30003", NOW)
    assert rig.asked[0].path == "/2010-04-01/Accounts/AC1/Messages/SM1.json"


@pytest.mark.parametrize(
    ("answer", "remedy", "code"),
    [
        (refusal(404, 20404), "permanent", "20404"),
        ("drop", "temporary", "broken-off"),
        ((200, b"x"), "temporary", "answer"),
    ],
)
async def test_a_status_that_cannot_be_fetched_says_whether_to_ask_again(rig, channel, answer, remedy, code):
    rig.answer(answer)
    error = await failure(channel.fetch_status("SM1", NOW))
    assert (error.remedy, error.code) == (remedy, code)


@pytest.mark.parametrize(
    ("status", "code", "state", "remedy"),
    [
        ("accepted", None, "sent", None),
        ("scheduled", None, "sent", None),
        ("queued", None, "sent", None),
        ("sending", None, "sent", None),
        ("sent", None, "sent", None),
        ("delivered", None, "delivered", None),
        ("READ", None, "delivered", None),
        ("canceled", None, "failed", "permanent"),
        ("failed", "30001", "failed", "temporary"),
        ("undelivered", "30003", "failed", "temporary"),
        ("undelivered", "30005", "failed", "permanent"),
        ("undelivered", None, "failed", "permanent"),
        ("failed", "21610", "failed", "stopped"),
        ("failed", "99999", "failed", "permanent"),
    ],
)
def test_each_status_word_has_its_meaning(status, code, state, remedy):
    verdict = classify_status(status, code)
    assert (verdict.state, verdict.remedy) == (state, remedy)


def test_statuses_only_rise_and_delivered_outweighs_a_late_failure():
    words = ["queued", "sending", "sent", "undelivered", "delivered", "read"]
    ranks = [classify_status(word).rank for word in words]
    assert ranks == sorted(set(ranks)) and ranks[0] > 0
    assert classify_status("received").rank == classify_status("something new").rank == 0


@pytest.mark.parametrize("code", [30003, "30003"])
def test_a_code_counts_as_number_and_as_text(code):
    assert classify_code(code) == "temporary"
