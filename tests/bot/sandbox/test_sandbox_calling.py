"""Calls that the service places: what Twilio refuses, how each phone takes them, what is told of it."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from bot.sandbox.config import PhoneSetup

LINE, NABO, VAGT = "+4552500002", "+4552501001", "+4552501200"
EVENTS = ["initiated", "ringing", "answered", "completed"]
ASK = '<Response><Gather numDigits="1" action="/keys" timeout="5"><Say>Tryk et.</Say></Gather></Response>'


async def place(twilio, service, **more):
    call = {"to": VAGT, "from_": LINE, "url": service.url + "/leg", "timeout": 20} | more
    told = {"status_callback": service.url + "/told", "status_callback_event": EVENTS}
    return await twilio.calls.create_async(**(told | call))


def told(service):
    return [hook.form["CallStatus"] for hook in service.at("/told")]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"to": ""}, 21201),
        ({"to": "+45123"}, 21211),
        ({"to": "anonymous"}, 21211),
        ({"from_": ""}, 21213),
        ({"from_": "Nabolinjen"}, 21212),
        ({"from_": "+4552509999"}, 21210),
        ({"url": "ikke en adresse"}, 21205),
        ({"url": ""}, 21205),
        ({"fallback_url": "x"}, 21205),
        ({"status_callback": "x"}, 21609),
        ({"timeout": 601}, 20001),
        ({"method": "PUT"}, 21209),
        ({"machine_detection": "Perhaps"}, 20001),
    ],
)
async def test_a_wrong_call_is_refused_with_twilios_code(sandbox, service, twilio, call, code):
    with pytest.raises(TwilioRestException) as caught:
        await place(twilio, service, **call)
    assert (caught.value.code, sandbox.world.network.calls.calls) == (code, {})


async def test_an_answered_call_is_told_in_order_and_asks_what_to_do(sandbox, service, twilio, config):
    service.pages["/leg"] = ASK
    placed = await place(twilio, service, url=service.url + "/leg?t=7")
    leg = await sandbox.until_rings(sandbox.phone("Vagt"))
    assert (placed.status, leg.display, leg.incoming) == ("queued", LINE, True)
    leg.answer()
    await leg.until_hears("tryk et")
    leg.press("1")
    await leg.until_ended()
    await sandbox.settle()
    hook, last = service.at("/leg?t=7")[0], service.at("/told")[-1].form
    validator = RequestValidator(config.auth_token)
    assert validator.validate(service.url + "/leg?t=7", hook.form, hook.headers["X-Twilio-Signature"])
    assert (hook.form["Direction"], hook.form["CallStatus"]) == ("outbound-api", "in-progress")
    assert told(service) == ["initiated", "ringing", "in-progress", "completed"]
    assert [h.form["SequenceNumber"] for h in service.at("/told")] == ["0", "1", "2", "3"]
    assert (last["CallbackSource"], int(last["CallDuration"]) > 0) == ("call-progress-events", True)
    assert (await twilio.calls(placed.sid).fetch_async()).status == "completed"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("failing", "failed"),
        ("unreachable", "failed"),
        ("busy", "busy"),
        ("mailbox", "completed"),
        ("mobile", "no-answer"),
    ],
)
async def test_each_kind_of_phone_ends_as_it_is(sandbox, service, twilio, kind, status):
    phone = sandbox.add_phone(PhoneSetup("Svær", "staff", "sms", "+4552501003", "eksempelby", kind=kind))
    placed = await place(twilio, service, to=phone.address)
    await sandbox.until_over(placed.sid)
    await sandbox.settle()
    assert (told(service)[-1], "CallDuration" in service.at("/told")[-1].form) == (status, kind == "mailbox")


async def test_a_mailbox_greets_and_presses_nothing(sandbox, service, twilio):
    service.pages |= {"/leg": ASK}
    sandbox.expect(sandbox.phone("Vagt"), "mailbox")
    placed = await place(twilio, service)
    await sandbox.until_over(placed.sid)
    [leg] = sandbox.phone_calls(sandbox.phone("Vagt"))
    assert (leg.mailbox, leg.words(), service.at("/keys")) == (True, ["Tryk et."], [])


@pytest.mark.parametrize(("habit", "status"), [("answer", "completed"), ("decline", "busy")])
async def test_a_phone_can_have_a_habit(sandbox, service, twilio, habit, status):
    sandbox.expect(sandbox.phone("Vagt"), habit)
    placed = await place(twilio, service)
    await sandbox.until_over(placed.sid)
    assert (await twilio.calls(placed.sid).fetch_async()).status == status


async def test_an_ignored_call_rings_as_long_as_it_was_told_to(sandbox, service, twilio):
    placed = await place(twilio, service, timeout=20)
    leg = await sandbox.until_rings(sandbox.phone("Vagt"))
    leg.ignore()
    assert await leg.until_ended() == "not answered"
    assert (await twilio.calls(placed.sid).fetch_async()).status == "no-answer"
    assert 20 <= leg.elapsed() < 45


async def test_a_ringing_call_can_be_cancelled_and_a_talking_one_ended(sandbox, service, twilio):
    service.pages["/leg"] = '<Response><Pause length="100"/></Response>'
    first = await place(twilio, service)
    leg = await sandbox.until_rings(sandbox.phone("Vagt"))
    assert (await twilio.calls(first.sid).update_async(status="canceled")).status == "canceled"
    assert await leg.until_ended() == "the other side hung up"
    second = await place(twilio, service)
    (await sandbox.until_rings(sandbox.phone("Vagt"))).answer()
    await sandbox.phone_calls(sandbox.phone("Vagt"))[-1].until(lambda: bool(service.at("/leg")), "the document")
    assert (await twilio.calls(second.sid).update_async(status="canceled")).status == "in-progress"
    assert (await twilio.calls(second.sid).update_async(status="completed")).status == "completed"


async def test_a_talking_call_can_be_led_elsewhere_and_an_ended_one_cannot(sandbox, service, twilio):
    service.pages["/leg"] = '<Response><Pause length="100"/></Response>'
    sandbox.expect(sandbox.phone("Vagt"), "answer")
    placed = await place(twilio, service)
    leg = await sandbox.until_rings(sandbox.phone("Vagt"))
    await leg.until(lambda: bool(service.at("/leg")), "the document")
    await twilio.calls(placed.sid).update_async(twiml="<Response><Say>En anden tog den.</Say></Response>")
    await leg.until_hears("en anden tog den")
    await leg.until_ended()
    with pytest.raises(TwilioRestException) as caught:
        await twilio.calls(placed.sid).update_async(twiml="<Response/>")
    assert caught.value.code == 21220


async def test_machine_detection_says_who_answered(sandbox, service, twilio):
    sandbox.expect(sandbox.phone("Vagt"), "mailbox")
    placed = await place(twilio, service, machine_detection="DetectMessageEnd")
    await sandbox.until_over(placed.sid)
    assert service.at("/leg")[0].form["AnsweredBy"] == "machine_end_beep"
    assert (await twilio.calls(placed.sid).fetch_async()).answered_by == "machine_end_beep"


async def test_a_document_that_breaks_leads_to_the_fallback(sandbox, service, twilio):
    service.answers, service.pages["/spare"] = [500], "<Response><Say>Reserven.</Say></Response>"
    sandbox.expect(sandbox.phone("Vagt"), "answer")
    told_nothing = {"status_callback": None, "status_callback_event": None}
    await place(twilio, service, fallback_url=service.url + "/spare", **told_nothing)
    leg = await sandbox.until_rings(sandbox.phone("Vagt"))
    await leg.until_hears("reserven")
    form = service.at("/spare")[0].form
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11200", service.url + "/leg")


async def test_a_service_that_is_down_is_tried_twice_and_then_apologised_for(sandbox, service, twilio):
    sandbox.expect(sandbox.phone("Vagt"), "answer")
    await place(twilio, service, url="http://127.0.0.1:9/leg", status_callback=None, status_callback_event=None)
    leg = await sandbox.until_rings(sandbox.phone("Vagt"))
    await leg.until_hears("application error has occurred")
    assert [push.attempt for push in sandbox.pushes("voice", "instructions")] == [1, 2]


async def test_calls_are_listed_and_filtered_newest_first(sandbox, service, twilio):
    for number in (NABO, VAGT, NABO):
        placed = await place(twilio, service, to=number)
        await twilio.calls(placed.sid).update_async(status="canceled")
    found = await twilio.calls.list_async(to=NABO, page_size=1)
    assert [call.to for call in found] == [NABO, NABO]
    assert await twilio.calls.list_async(to=NABO, status="busy") == []
