"""Attachments and recordings: fetched from the provider alone, without handing the credentials to anybody."""

from __future__ import annotations

import pytest
from yarl import URL

from bot.channels.base import DeliveryError
from bot.channels.sms import SmsChannel
from bot.channels.twilio_http import TwilioClient, _next_hop

PATH = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
API = URL("https://api.twilio.com")


@pytest.fixture
def channel(rig, session):
    return SmsChannel(TwilioClient("AC1", ("new", "old"), session, rig.url, timeout=0.5), {})


async def refused(promise):
    with pytest.raises(DeliveryError) as caught:
        await promise
    return caught.value.remedy, caught.value.code


async def test_an_attachment_is_fetched_with_the_accounts_credentials(rig, channel):
    rig.answer((401, b""), (200, b"\xff\xd8\xff"))
    assert await channel.fetch_media(rig.url + PATH) == b"\xff\xd8\xff"
    assert rig.asked[1].path == PATH and rig.asked[1].headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example" + PATH,
        "https://api.twilio.com" + PATH,
        "http://127.0.0.1:1" + PATH,
        PATH,
        "",
        "file:///etc/passwd",
        "http://[::1",
        "http://127.0.0.1:{port}@elsewhere.example/",
        "https://127.0.0.1:{port}/",
        "http://user:pw@127.0.0.1:{port}/",
        "http://localhost:{port}/",
    ],
)
async def test_an_attachment_from_anywhere_else_is_not_fetched(rig, channel, url):
    assert await refused(channel.fetch_media(url.format(port=URL(rig.url).port))) == ("permanent", "foreign-host")
    assert rig.asked == []


CHUNKED = {"Transfer-Encoding": "chunked"}


@pytest.mark.parametrize("answer", [(200, b"x" * 101), (200, [b"x" * 60, b"x" * 41], CHUNKED)])
async def test_an_attachment_beyond_the_limit_is_refused(rig, channel, answer):
    rig.answer(answer)
    assert await refused(channel.fetch_media(rig.url + PATH, 100)) == ("permanent", "too-large")
    assert len(await channel.fetch_media(rig.url + PATH, 101)) == 101


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((404, b""), ("permanent", "404")),
        ((500, b""), ("temporary", "500")),
        ((429, b""), ("temporary", "429")),
        ("drop", ("temporary", "broken-off")),
        ((401, b""), ("permanent", "401")),
        ((200, b"<html>", {"Content-Type": "text/html; charset=utf-8"}), ("temporary", "not-a-file")),
        ((200, b"{}", {"Content-Type": "application/json"}), ("temporary", "not-a-file")),
    ],
)
async def test_an_attachment_that_cannot_be_had_says_whether_to_ask_again(rig, channel, answer, expected):
    rig.answer(answer)
    assert await refused(channel.fetch_media(rig.url + PATH)) == expected


async def test_the_provider_may_pass_on_to_itself_but_not_for_ever(rig, channel):
    rig.answer((307, b"", {"Location": "/elsewhere"}), (200, b"x"))
    assert await channel.fetch_media(rig.url + PATH) == b"x"
    rig.answer((307, b"", {"Location": "/round"}))
    assert await refused(channel.fetch_media(rig.url + PATH)) == ("permanent", "redirects")


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://elsewhere.example/x",
        "http://mms.twiliocdn.com/x",
        "https://mms.twiliocdn.com:8443/x",
        "https://twiliocdn.com.elsewhere.example/",
        "https://eviltwiliocdn.com/",
        "https://s3-external-1.amazonaws.com/other/x",
        "https://u:p@mms.twiliocdn.com/",
        "file:///etc/passwd",
        "//[",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/../other/x",
        "",
    ],
)
async def test_a_redirect_to_anybody_else_is_not_followed(rig, channel, location):
    rig.answer((302, b"", {"Location": location}))
    remedy, code = await refused(channel.fetch_media(rig.url + PATH))
    assert remedy == "permanent" and code == ("redirects" if location == "" else "foreign-host")


@pytest.mark.parametrize(
    "location",
    [
        "https://mms.twiliocdn.com/AC1/x?Expires=1",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/x",
        "https://media.us1.twilio.com/ME1",
    ],
)
def test_twilios_media_servers_may_be_passed_on_to(location):
    assert str(_next_hop(API, location, API)) == location


async def test_a_copied_attachment_is_deleted_at_the_provider(rig, channel):
    rig.answer((204, b""))
    await channel.delete_media(rig.url + PATH)
    assert (rig.asked[0].method, rig.asked[0].path) == ("DELETE", PATH + ".json")


@pytest.mark.parametrize(("status", "fails"), [(404, False), (403, True)])
async def test_deleting_what_is_gone_already_is_no_failure(rig, channel, status, fails):
    rig.answer((status, b""))
    if fails:
        assert await refused(channel.delete_media(rig.url + PATH)) == ("permanent", "403")
    else:
        await channel.delete_media(rig.url + PATH)
