"""Calls from a phone to the line: what is heard, pressed and recorded, with small documents of the tests' own."""

from __future__ import annotations

import asyncio
import io
import wave
from dataclasses import replace

import aiohttp
import pytest
from twilio.request_validator import RequestValidator

from bot.sandbox.app import Sandbox
from bot.sandbox.twilio.walker import APOLOGY

LINE, NABO, SMS_LINE = "+4552500002", "+4552501001", "+4552500001"


def xml(inside: str) -> str:
    return f"<Response>{inside}</Response>"


@pytest.fixture
def ring(sandbox, service):
    """Call the line, which answers like this."""

    def call(inside: str, **pages: str):
        service.pages |= {"/voice": xml(inside)} | {f"/{name}": xml(page) for name, page in pages.items()}
        return sandbox.call(sandbox.phone("Nabo"), LINE)

    return call


async def test_a_caller_hears_the_line_and_is_hung_up_on_at_the_end(ring):
    call = ring('<Say language="da-DK">Du har ringet til Nabolinjen.</Say><Pause length="2"/><Say>Farvel</Say>')
    assert await call.until_ended() == "the other side hung up"
    assert call.words() == ["Du har ringet til Nabolinjen.", "Farvel"]
    first, second = call.sounds()
    assert (first.language, first.lasts) == ("da-DK", pytest.approx(29 / 15, abs=0.5))
    assert second.at - first.at - first.lasts > 1.9


async def test_the_webhook_is_signed_and_says_who_calls(ring, service, config):
    await ring("<Hangup/>").until_ended()
    [hook] = service.at("/voice")
    assert RequestValidator(config.auth_token).validate(
        service.url + "/voice", hook.form, hook.headers["X-Twilio-Signature"]
    )
    given = {name: hook.form[name] for name in ("From", "To", "Direction", "CallStatus", "AccountSid", "ApiVersion")}
    assert given == {
        "From": NABO,
        "To": LINE,
        "Direction": "inbound",
        "CallStatus": "ringing",
        "AccountSid": config.account_sid,
        "ApiVersion": "2010-04-01",
    }


async def test_a_get_is_signed_with_its_query(ring, service, config):
    await ring('<Redirect method="GET">/next?a=æ+b</Redirect>', next="<Hangup/>").until_ended()
    [hook] = service.at("/next")
    url, validator = service.url + hook.path, RequestValidator(config.auth_token)
    assert validator.validate(url, {}, hook.headers["X-Twilio-Signature"])
    assert (hook.form["a"], hook.form["CallStatus"]) == ("æ b", "in-progress")


@pytest.mark.parametrize(
    ("attributes", "keys", "digits"),
    [
        ('numDigits="1"', "1", "1"),
        ('numDigits="4"', "47119", "4711"),
        ("", "47#", "47"),
        ('finishOnKey="*"', "4#*", "4#"),
        ('timeout="1"', "12", "12"),
    ],
)
async def test_keys_go_where_the_question_says(ring, service, attributes, keys, digits):
    call = ring(f'<Gather action="/keys" {attributes}><Say>{"Tryk nu. " * 60}</Say></Gather>', keys="<Hangup/>")
    await call.until_hears("tryk")
    call.press(keys)
    await call.until_ended()
    assert [hook.form["Digits"] for hook in service.at("/keys")] == [digits]
    assert call.sounds()[0].lasts < 30


async def test_without_a_key_the_next_verb_comes(ring, service):
    call = ring('<Gather action="/keys" timeout="2"/><Say>Ingen tastede.</Say>')
    await call.until_hears("ingen tastede")
    assert (service.at("/keys"), call.sounds()[0].at > 1.5) == ([], True)


async def test_an_empty_answer_can_be_asked_for(ring, service):
    await ring('<Gather action="/keys" timeout="1" actionOnEmptyResult="true"/>', keys="<Hangup/>").until_ended()
    assert service.at("/keys")[0].form["Digits"] == ""


async def test_keys_pressed_before_the_question_count_for_nothing(ring, service):
    call = ring('<Say>Først en lang besked om alt muligt.</Say><Gather action="/keys" timeout="1"/>')
    await call.until_hears("først")
    call.press("1")
    await call.until_ended()
    assert service.at("/keys") == []


async def test_a_message_is_recorded_told_fetched_and_deleted(ring, sandbox, service, twilio, config):
    verb = '<Record action="/done" maxLength="60" finishOnKey="#" recordingStatusCallback="/ready"/>'
    call = ring(verb, done="<Say>Tak.</Say>")
    await call.until_hears("beep")
    call.say("Der er larm igen hos naboen")
    await asyncio.sleep(0.1)
    call.press("#")
    await call.until_ended()
    await sandbox.settle()
    [done], [ready], [recording] = service.at("/done"), service.at("/ready"), sandbox.recordings()
    assert (done.form["Digits"], ready.form["RecordingStatus"]) == ("#", "completed")
    assert (done.form["RecordingUrl"], recording.words) == (ready.form["RecordingUrl"], "Der er larm igen hos naboen")
    headers = {"Authorization": aiohttp.encode_basic_auth(config.account_sid, config.auth_token)}
    async with aiohttp.ClientSession() as session:
        assert (await session.get(ready.form["RecordingUrl"])).status == 401
        sound = await (await session.get(ready.form["RecordingUrl"] + ".wav", headers=headers)).read()
        mp3 = await session.get(ready.form["RecordingUrl"] + ".mp3", headers=headers)
        assert (mp3.content_type, (await mp3.read())[:2]) == ("audio/mpeg", b"\xff\xfb")
    with wave.open(io.BytesIO(sound)) as wav:
        assert round(wav.getnframes() / wav.getframerate()) == int(ready.form["RecordingDuration"])
    assert await twilio.recordings(recording.sid).delete_async()
    assert sandbox.recordings() == []


async def test_who_hangs_up_on_a_recording_is_heard_all_the_same(ring, sandbox, service):
    call = ring('<Record action="/done"/>')
    await call.until_hears("beep")
    call.say("hjælp")
    call.hang_up()
    await call.until_ended()
    await sandbox.settle()
    [done], [recording] = service.at("/done"), sandbox.recordings()
    assert (done.form["Digits"], done.form["CallStatus"], recording.words) == ("hangup", "completed", "hjælp")


async def test_silence_makes_no_recording_but_leads_to_the_next_verb(ring, sandbox, service):
    call = ring('<Record action="/done" timeout="2"/><Say>Vi hørte intet.</Say>')
    await call.until_hears("vi hørte intet")
    assert (service.at("/done"), sandbox.recordings()[0].status) == ([], "absent")


@pytest.mark.parametrize(
    ("inside", "ending"), [("<Reject/>", "number not in service"), ('<Reject reason="busy"/>', "busy")]
)
async def test_a_rejected_call_is_never_answered(ring, inside, ending):
    call = ring(inside)
    assert (await call.until_ended(), call.answered_at) == (ending, None)


@pytest.mark.parametrize("number", ["+4552509999", SMS_LINE])
async def test_a_number_without_a_voice_is_not_in_service(sandbox, number):
    assert sandbox.call(sandbox.phone("Nabo"), number).ending == "number not in service"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<Response><Speak>hej</Speak></Response>", 12200),
        ('<Response><Say voice="Polly.Nobody">hej</Say></Response>', 12200),
        ("<Response>", 12100),
        ("ikke xml", 12100),
        ("<Response><Leave/></Response>", 12200),
        ("<Response><Play>/missing.mp3</Play></Response>", 11200),
    ],
)
async def test_a_document_that_cannot_be_carried_out_is_apologised_for_and_kept(sandbox, service, page, code):
    service.pages["/voice"] = page
    service.answers = [200, 404]
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_ended()
    assert (call.words()[-1], [fault.code for fault in sandbox.voice_faults]) == (APOLOGY, [code])


async def test_content_of_an_unknown_type_is_an_error(sandbox, service):
    service.mime = "application/json"
    await sandbox.call(sandbox.phone("Nabo"), LINE).until_ended()
    assert sandbox.voice_faults[0].code == 12300


async def test_plain_text_is_said(sandbox, service):
    service.mime, service.pages["/voice"] = "text/plain", "Hej med dig"
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_ended()
    assert (call.sounds()[0].kind, call.words()) == ("said", ["Hej med dig"])


async def test_an_answer_that_is_slow_is_waited_for(sandbox, service):
    service.slow, service.pages["/voice"] = 0.8, xml("<Say>Hej</Say>")
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_hears("hej")
    assert call.sounds()[0].at > 30


async def test_who_hangs_up_while_a_document_is_fetched_is_gone_at_once(sandbox, service):
    service.slow = 0.8
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await asyncio.sleep(0.1)
    call.hang_up()
    assert await call.until_ended(0.2) == "hung up"


async def test_a_phone_is_in_one_call_at_a_time(ring, sandbox):
    ring('<Pause length="60"/>')
    with pytest.raises(Exception, match="in a call already"):
        sandbox.call(sandbox.phone("Nabo"), LINE)


async def test_the_longest_silence_is_measured(ring):
    call = ring('<Say>Hej</Say><Pause length="12"/><Say>Farvel</Say>')
    await call.until_ended()
    assert 11.9 < call.longest_silence() < 30


async def test_sound_is_fetched_and_played(sandbox, service):
    service.mime, service.pages["/voice"] = "audio/mpeg", "some sound"
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_ended()
    assert ([heard.kind for heard in call.sounds()], call.words()) == (["played"], [service.url + "/voice"])
    assert len(service.at("/voice")) == 2


async def test_a_few_words_are_an_answer_where_speech_is_asked_for(ring, service):
    call = ring('<Gather input="dtmf speech" action="/said" timeout="60"><Say>Hvor er det?</Say></Gather>')
    await call.until_hears("hvor er det")
    call.say("Vestergade tolv")
    await call.until_ended()
    assert service.at("/said")[0].form["SpeechResult"] == "Vestergade tolv"


@pytest.mark.parametrize(("attributes", "key"), [('maxLength="3"', ""), ('timeout="3"', ""), ('finishOnKey="1"', "1")])
async def test_a_recording_ends_as_it_was_told_to(ring, sandbox, service, attributes, key):
    call = ring(f'<Record action="/done" {attributes}/>')
    await call.until_hears("beep")
    call.say("Der er larm igen, og det har varet i flere timer nu")
    if key:
        call.press("#" + key)
    await call.until_ended()
    assert (service.at("/done")[0].form["Digits"], int(service.at("/done")[0].form["RecordingDuration"]) > 0) == (
        key,
        True,
    )


async def test_the_numbers_own_fallback_and_status_address_are_used(config, service):
    line = replace(config.lines[0], voice_fallback=service.url + "/spare", voice_status=service.url + "/ended")
    service.answers, service.pages["/spare"] = [500], xml("<Say>Ring 1-1-2.</Say>")
    async with Sandbox(replace(config, lines=(line,))) as sandbox:
        call = sandbox.call(sandbox.phone("Nabo"))
        await call.until_ended()
        await sandbox.settle()
    [ended] = service.at("/ended")
    assert (call.words(), ended.form["CallStatus"], ended.form["Direction"]) == (
        ["Ring 1-1-2."],
        "completed",
        "inbound",
    )


async def test_recordings_are_listed_by_call_and_an_ended_call_can_be_deleted(ring, sandbox, twilio):
    call = ring('<Record action="/done"/>')
    await call.until_hears("beep")
    call.say("hej")
    await call.until_ended()
    await sandbox.settle()
    [listed] = await twilio.calls.list_async()
    [recording] = await twilio.calls(listed.sid).recordings.list_async()
    assert (recording.call_sid, recording.status) == (listed.sid, "completed")
    assert await twilio.calls(listed.sid).delete_async()
    assert await twilio.calls.list_async() == []
