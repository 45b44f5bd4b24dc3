"""Inbound SMS and MMS as Twilio delivers them: signed, retried once, keywords acted upon."""

from __future__ import annotations

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator, get_signature_algorithm

from tests.bot.sandbox.rig import png

LINE, NABO = "+4552500001", "+4552501001"
EXAMPLE = "der er fest igen vestergade 12 b 3 tv, vi skal op kl 5"


@pytest.mark.parametrize("text", [EXAMPLE, "æøå & = + % \"'", "emoji 🎉\nto linjer", " STOP "])
async def test_an_inbound_text_is_signed_as_the_library_checks_it(sandbox, service, config, text):
    sandbox.write(sandbox.phone("Nabo"), text)
    await sandbox.settle()
    hook = service.at("/sms")[0]
    validator = RequestValidator(config.auth_token)
    assert validator.validate(service.url + "/sms", hook.form, hook.headers["X-Twilio-Signature"])
    assert (hook.form["Body"], hook.form["From"], hook.form["To"]) == (text, NABO, LINE)


async def test_a_status_callback_is_signed_with_its_query(sandbox, service, config, twilio):
    await twilio.messages.create_async(to=NABO, from_=LINE, body="hej", status_callback=service.url + "/s?o=7&p=æ")
    await sandbox.settle()
    hook = service.hooks[0]
    validator = RequestValidator(config.auth_token)
    assert validator.validate(service.url + "/s?o=7&p=æ", hook.form, hook.headers["X-Twilio-Signature"])


async def test_a_server_error_is_tried_once_more_with_the_same_token(sandbox, service):
    service.answers = [503, 503]
    bubble = sandbox.write(sandbox.phone("Nabo"), "hej")
    await sandbox.settle()
    tokens = {hook.headers["I-Twilio-Idempotency-Token"] for hook in service.at("/sms")}
    assert (len(service.at("/sms")), len(tokens)) == (2, 1)
    assert bubble.state == "not taken (503)"


async def test_a_refusal_is_not_tried_again(sandbox, service):
    service.answers = [403]
    sandbox.write(sandbox.phone("Nabo"), "hej")
    await sandbox.settle()
    assert len(service.at("/sms")) == 1


async def test_a_picture_is_fetched_with_the_password_and_through_a_redirect(sandbox, service, config):
    sandbox.send_photo(sandbox.phone("Nabo"), png(), "se her")
    await sandbox.settle()
    form = service.at("/sms")[0].form
    headers = {"Authorization": aiohttp.encode_basic_auth(config.account_sid, config.auth_token)}
    async with aiohttp.ClientSession() as session:
        async with session.get(form["MediaUrl0"]) as nobody:
            assert nobody.status == 401
        async with session.get(form["MediaUrl0"], headers=headers) as answer:
            assert (await answer.read(), answer.content_type, len(answer.history)) == (png(), "image/png", 1)
    assert (form["NumMedia"], form["MessageSid"][:2]) == ("1", "MM")


async def test_media_are_listed_and_deleted_by_the_library(sandbox, twilio):
    bubble = sandbox.send_photo(sandbox.phone("Nabo"), png())
    media = twilio.messages(bubble.ref).media
    [item] = await media.list_async()
    assert item.content_type == "image/png"
    assert await media(item.sid).delete_async()
    assert await media.list_async() == []


@pytest.mark.parametrize("word", ["STOP", "stop ", "Cancel", "END", "quit", "OPTOUT"])
async def test_a_stop_word_reaches_us_and_closes_the_way_back_until_start(sandbox, service, twilio, word):
    phone = sandbox.phone("Nabo")
    sandbox.write(phone, word)
    await sandbox.settle()
    assert service.at("/sms")[0].form["Body"] == word
    assert "unsubscribed" in sandbox.received(phone)[0].text
    with pytest.raises(TwilioRestException) as caught:
        await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")
    assert caught.value.code == 21610
    sandbox.write(phone, "start")
    assert (await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")).status == "queued"


async def test_a_webhook_may_be_signed_by_the_newer_scheme(sandbox, service, config):
    sandbox.set_chaos(unkind=True, newer_signatures=1.0, pause=0.0)
    sandbox.write(sandbox.phone("Nabo"), "hej")
    await sandbox.settle()
    (hook,) = service.at("/sms")
    settings = hook.headers["X-Twilio-Webhooks-Signature-Settings"]
    validator, url = RequestValidator(config.auth_token), service.url + "/sms"
    algorithm = get_signature_algorithm(settings)
    assert validator.validate(url, hook.form, hook.headers["X-Twilio-Signature"], algorithm=algorithm)
    assert not validator.validate(url, hook.form, hook.headers["X-Twilio-Signature"])


@pytest.mark.parametrize("text", ["STOP DET NU", "ja", "stop det", "AFBRYD"])
async def test_other_words_close_nothing(sandbox, twilio, text):
    sandbox.write(sandbox.phone("Nabo"), text)
    assert (await twilio.messages.create_async(to=NABO, from_=LINE, body="hej")).status == "queued"


async def test_a_message_in_the_answer_is_sent(sandbox, service):
    service.xml = "<Response><Message>Tak &amp; hej</Message></Response>"
    sandbox.write(sandbox.phone("Nabo"), "hej")
    await sandbox.settle()
    assert sandbox.received(sandbox.phone("Nabo"))[0].text == "Tak & hej"


async def test_one_phones_texts_arrive_in_the_order_written(sandbox, service):
    for n in range(10):
        sandbox.write(sandbox.phone("Nabo"), str(n))
    await sandbox.settle()
    assert [hook.form["Body"] for hook in service.at("/sms")] == [str(n) for n in range(10)]
