"""How a waiting caller and a called person meet, and every way in which they do not."""

from __future__ import annotations

import pytest

from bot.sandbox.config import PhoneSetup
from bot.sandbox.twilio.calls import Source
from bot.sandbox.twilio.leg import Moved, Room
from bot.sandbox.twilio.meeting import Fetched

LINE, NABO, VAGT = "+4552500002", "+4552501001", "+4552501200"
WAIT = '<Enqueue waitUrl="/wait" action="/out">T1</Enqueue><Say>Efter køen.</Say>'
TAKE = '<Dial timeout="5" action="/taken"><Queue url="/before">T1</Queue></Dial><Say>Nej.</Say>'


@pytest.fixture
def pages(service):
    def write(**inside: str):
        service.pages |= {f"/{name}": f"<Response>{page}</Response>" for name, page in inside.items()}

    write(
        voice=WAIT,
        wait="<Say>Vi finder en medarbejder.</Say>",
        out="<Say>Ude.</Say>",
        leg=TAKE,
        before="<Say>Nu.</Say>",
    )
    write(taken="<Say>Slut.</Say>")
    return write


@pytest.fixture
async def waiting(pages, sandbox):
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_hears("vi finder")
    return call


@pytest.fixture
async def taking(pages, sandbox, service, twilio):
    """The one who is called and dials the queue."""

    async def take():
        sandbox.expect(sandbox.phone("Vagt"), "answer")
        await twilio.calls.create_async(to=VAGT, from_=LINE, url=service.url + "/leg")
        return await sandbox.until_rings(sandbox.phone("Vagt"))

    return take


def last(service, path):
    return service.at(path)[-1].form


async def test_the_two_are_connected_and_hear_each_other(waiting, taking, service, sandbox):
    leg = await taking()
    await leg.until_connected()
    await waiting.until_connected()
    waiting.say("Der er larm")
    leg.say("Jeg kommer")
    await leg.until_hears("der er larm")
    await waiting.until_hears("jeg kommer")
    assert waiting.words()[-2:] == ["Nu.", "Jeg kommer"]
    leg.hang_up()
    await waiting.until_hears("ude.")
    await sandbox.settle()
    assert (last(service, "/out")["QueueResult"], last(service, "/taken")["DequeueResult"]) == ("bridged", "bridged")
    assert last(service, "/taken")["DialCallStatus"] == "completed"


async def test_when_the_caller_hangs_up_the_other_one_goes_on(waiting, taking, service):
    leg = await taking()
    await leg.until_connected()
    waiting.hang_up()
    await leg.until_hears("slut.")
    assert last(service, "/out")["QueueResult"] == "bridged"


async def test_waiting_goes_round_and_says_where_one_stands(waiting, service):
    await waiting.until(lambda: len(service.at("/wait")) > 3, "three rounds")
    first, later = service.at("/wait")[0].form, last(service, "/wait")
    assert (first["QueuePosition"], first["CurrentQueueSize"], first["QueueTime"]) == ("1", "1", "0")
    assert int(later["QueueTime"]) >= 3
    assert first["QueueSid"] == later["QueueSid"]


async def test_a_caller_can_leave_for_what_the_action_says(waiting, pages, service):
    pages(wait="<Leave/>")
    await waiting.until_hears("ude.")
    assert last(service, "/out")["QueueResult"] == "leave"


async def test_without_an_action_the_next_verb_follows(pages, sandbox):
    pages(voice=WAIT.replace('action="/out"', ""), wait="<Leave/>")
    await sandbox.call(sandbox.phone("Nabo"), LINE).until_hears("efter køen")


async def test_who_hangs_up_in_the_queue_is_out_of_it(waiting, sandbox, service):
    waiting.hang_up()
    await waiting.until_ended()
    await sandbox.settle()
    assert last(service, "/out")["QueueResult"] == "hangup"
    assert sandbox.world.network.queues.named("T1").members == []


async def test_keys_pressed_while_waiting_are_heard(pages, sandbox, service):
    pages(
        wait='<Gather numDigits="1" action="/key"><Say>Tryk to for at lægge en besked.</Say></Gather>', key="<Leave/>"
    )
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_hears("tryk to")
    call.press("2")
    await call.until_hears("ude.")
    assert last(service, "/key")["Digits"] == "2"


async def test_a_waiting_document_that_breaks_ends_the_waiting_with_an_error(waiting, pages, service, sandbox):
    pages(wait="<Record/>")
    await waiting.until_hears("ude.")
    assert (last(service, "/out")["QueueResult"], sandbox.voice_faults[0].code) == ("error", 12200)


async def test_a_redirected_caller_leaves_the_queue(waiting, twilio, service):
    [sid] = {hook.form["CallSid"] for hook in service.at("/wait")}
    await twilio.calls(sid).update_async(twiml="<Response><Say>Læg en besked.</Say></Response>")
    await waiting.until_hears("læg en besked")
    await waiting.until(lambda: bool(service.at("/out")), "the action")
    assert last(service, "/out")["QueueResult"] == "redirected"


async def test_an_empty_queue_is_waited_for_and_then_given_up(pages, taking, sandbox, service):
    sandbox.world.network.queues.made("T1")
    leg = await taking()
    await leg.until_hears("slut.")
    assert (last(service, "/taken")["DialCallStatus"], last(service, "/taken")["DequeueResult"]) == (
        "no-answer",
        "queue-empty",
    )


async def test_a_queue_that_does_not_exist_fails_at_once(taking, service):
    leg = await taking()
    await leg.until_hears("slut.")
    assert last(service, "/taken")["DialCallStatus"] == "failed"


async def test_a_second_one_who_dials_finds_the_queue_empty(waiting, taking, pages, sandbox, service, twilio):
    await (await taking()).until_connected()
    second = sandbox.add_phone(PhoneSetup("Lone", "staff", "sms", "+4552501009", "eksempelby"))
    sandbox.expect(second, "answer")
    await twilio.calls.create_async(to=second.address, from_=LINE, url=service.url + "/leg")
    await (await sandbox.until_rings(second)).until_hears("slut.")
    assert last(service, "/taken")["DequeueResult"] == "queue-empty"


async def test_a_full_queue_says_so(waiting, pages, sandbox, service):
    pages(voice='<Enqueue waitUrl="" maxQueueSize="1" action="/full">T1</Enqueue>', full="<Say>Fuld.</Say>")
    other = sandbox.add_phone(PhoneSetup("Genbo", "reporter", "sms", "+4552501009", "eksempelby"))
    await sandbox.call(other, LINE).until_hears("fuld")
    assert last(service, "/full")["QueueResult"] == "queue-full"


async def test_star_leads_out_where_it_may(waiting, pages, taking):
    pages(leg='<Dial hangupOnStar="true"><Queue>T1</Queue></Dial><Say>Farvel.</Say>')
    leg = await taking()
    await leg.until_connected()
    leg.press("*")
    await leg.until_hears("farvel")
    await waiting.until_hears("ude.")


async def test_two_meet_in_a_conference(pages, taking, sandbox):
    room = '<Dial><Conference endConferenceOnExit="true">K7M2</Conference></Dial><Say>Slut.</Say>'
    pages(voice=room, leg=room)
    call = sandbox.call(sandbox.phone("Nabo"), LINE)
    await call.until_hears("♪")
    leg = await taking()
    await leg.until_connected()
    leg.say("Hej")
    await call.until_hears("hej")
    leg.hang_up()
    await call.until_hears("slut.")


async def test_queues_are_listed_and_told(waiting, twilio):
    [queue] = await twilio.queues.list_async()
    assert (queue.friendly_name, queue.current_size) == ("T1", 1)
    assert (await twilio.queues(queue.sid).fetch_async()).max_size == 1000


async def test_a_caller_led_away_and_fetched_at_once_goes_where_the_account_says(waiting, sandbox, service):
    [member] = sandbox.world.network.queues.named("T1").members
    member.leg.summon(Moved(Source(twiml="<Response><Say>Læg en besked.</Say></Response>")))
    member.leg.summon(Fetched(member.leg, Room(), None))
    await waiting.until_hears("læg en besked")
    assert [heard.words for heard in waiting.heard if heard.kind == "event"] == ["answered"]


async def test_a_caller_led_away_after_being_fetched_leaves_the_other_one_to_go_on(waiting, taking, sandbox, twilio):
    [sid] = [call.sid for call in sandbox.world.network.calls.calls.values()]
    leg = await taking()
    await waiting.until_connected()
    await twilio.calls(sid).update_async(twiml="<Response><Say>Læg en besked.</Say></Response>")
    await waiting.until_hears("læg en besked")
    await leg.until_hears("slut.")


async def test_a_mailbox_that_is_connected_at_once_greets_the_caller(waiting, pages, sandbox, service, twilio):
    pages(leg="<Dial><Queue>T1</Queue></Dial>")
    sandbox.expect(sandbox.phone("Vagt"), "mailbox")
    await twilio.calls.create_async(to=VAGT, from_=LINE, url=service.url + "/leg")
    await waiting.until_hears("læg en besked efter tonen")
    assert waiting.connected


async def test_who_waits_is_listed_and_can_be_led_away(waiting, twilio, service):
    [queue] = await twilio.queues.list_async()
    [member] = await twilio.queues(queue.sid).members.list_async()
    assert (member.position, member.call_sid) == (1, service.at("/wait")[0].form["CallSid"])
    service.pages["/away"] = "<Response><Say>Læg en besked.</Say></Response>"
    await twilio.queues(queue.sid).members(member.call_sid).update_async(url=service.url + "/away")
    await waiting.until_hears("læg en besked")
    assert await twilio.queues(queue.sid).members.list_async() == []
