"""The emulated answers about calls against Twilio's own published description."""

from __future__ import annotations

import json

import pytest

from bot.sandbox.twilio.calls import ENDED, EVENTS
from tests.bot.sandbox.rig import of_twilio

LINE, NABO, VAGT = "+4552500002", "+4552501001", "+4552501200"
PATH = "/2010-04-01/Accounts/{AccountSid}/"


@pytest.fixture(scope="module")
def oai(rigs_data):
    return json.loads((rigs_data / "twilio-oai" / "twilio_api_v2010.json").read_text(encoding="utf-8"))


@pytest.fixture
async def played(sandbox, service, twilio):
    """Calls that ended in every way, one of them with a recording, and one caller in a queue."""
    service.pages |= {"/voice": "<Response><Enqueue>T1</Enqueue></Response>"}
    service.pages |= {"/leg": '<Response><Record timeout="2" action="/done"/></Response>'}
    sandbox.expect(sandbox.phone("Vagt"), "answer")
    for to, weather in ((VAGT, {}), (NABO, {"busy": [NABO]}), (NABO, {"busy": [], "unreachable": [NABO]})):
        sandbox.set_chaos(**weather)
        placed = await twilio.calls.create_async(to=to, from_=LINE, url=service.url + "/leg", timeout=3)
        if to == VAGT:
            leg = await sandbox.until_rings(sandbox.phone("Vagt"))
            await leg.until_hears("beep")
            leg.say("hej")
        await sandbox.until_over(placed.sid)
    sandbox.set_chaos(unreachable=[])
    await sandbox.call(sandbox.phone("Nabo"), LINE).until_hears("♪")
    placed = await twilio.calls.create_async(to="+4552501009", from_=LINE, url=service.url + "/leg", timeout=3)
    await sandbox.until_over(placed.sid)
    return sandbox.world.network


def properties(oai, schema):
    return set(oai["components"]["schemas"][schema]["properties"])


async def test_call_resources_fit_the_published_schema(played, oai):
    found = [played.calls.as_json(call) for call in played.calls.calls.values()]
    assert {call["status"] for call in found} == {"completed", "busy", "failed", "in-progress", "no-answer"}
    validator = of_twilio(oai, "api.v2010.account.call")
    assert [list(validator.iter_errors(call)) for call in found] == [[]] * 5
    assert all(set(call) == properties(oai, "api.v2010.account.call") for call in found)


async def test_recording_resources_fit_the_published_schema(played, oai):
    [recording] = played.recordings.recordings.values()
    found = played.recordings.as_json(recording)
    assert (list(of_twilio(oai, "api.v2010.account.recording").iter_errors(found)), recording.words) == ([], "hej")
    assert set(found) == properties(oai, "api.v2010.account.recording")


async def test_queue_resources_fit_the_published_schema(played, oai):
    found = played.queues.as_json(played.queues.named("T1"))
    assert list(of_twilio(oai, "api.v2010.account.queue").iter_errors(found)) == []
    # The members' address is in every real answer, and missing from the description.
    assert set(found) - {"subresource_uris"} == properties(oai, "api.v2010.account.queue")


async def test_who_waits_fits_the_published_schema(played, oai):
    queue = played.queues.named("T1")
    found = played.queues.member_json(queue, queue.members[0])
    assert list(of_twilio(oai, "api.v2010.account.queue.member").iter_errors(found)) == []
    assert set(found) == properties(oai, "api.v2010.account.queue.member")


@pytest.mark.parametrize("name", ["Calls", "Recordings", "Queues"])
async def test_lists_have_the_published_frame(played, oai, name):
    frame = oai["paths"][f"{PATH}{name}.json"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(getattr(played, name.lower()).page({})) == set(frame["properties"])


def test_statuses_and_events_are_the_published_ones(oai):
    published = oai["components"]["schemas"]
    assert {*ENDED, "queued", "ringing", "in-progress"} == set(published["call_enum_status"]["enum"])
    assert list(EVENTS) == published["call_enum_event"]["enum"]


async def test_every_published_parameter_may_be_given(sandbox, oai, config):
    form = oai["paths"][f"{PATH}Calls.json"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    value = {"integer": "5", "boolean": "true", "array": "completed", "string": "x"}
    given = {name: value[kind["type"]] for name, kind in form["schema"]["properties"].items()}
    given |= {name: (kind["enum"][0]) for name, kind in form["schema"]["properties"].items() if "enum" in kind}
    given |= {name: "https://x.example/y" for name in given if name.endswith(("Url", "Callback"))}
    given |= {"To": NABO, "From": LINE, "MachineDetection": "Enable"}
    call = sandbox.world.network.calls.create({name: [text] for name, text in given.items()})
    assert (call.timeout, call.source.method, call.detection, call.events) == (5, "GET", "Enable", ("completed",))


async def test_what_a_change_may_say_is_published(oai):
    form = oai["paths"][f"{PATH}Calls/{{Sid}}.json"]["post"]["requestBody"]["content"]
    published = set(form["application/x-www-form-urlencoded"]["schema"]["properties"])
    assert {"Url", "Method", "Twiml", "Status", "FallbackUrl", "FallbackMethod", "StatusCallback"} <= published
