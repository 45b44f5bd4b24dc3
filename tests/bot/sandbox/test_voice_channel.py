"""The product's own way to ring a telephone, at the provider that the sandbox plays."""

from __future__ import annotations

from bot.channels.voice import VoiceChannel

VAGT = "+4552501200"
ASK = '<Response><Gather numDigits="1" action="/keys" timeout="5"><Say>Tryk et.</Say></Gather></Response>'


async def rung(sandbox, service, twilio):
    """A leg that rings; what becomes of it is told to nobody, so that each answer of the service is one of a step."""
    service.pages["/leg"] = ASK
    channel = VoiceChannel(twilio, {"by": "+4552500002"})
    await channel.ring("by", VAGT, service.url + "/leg", "http://127.0.0.1:9/status", 20)
    return await sandbox.until_rings(sandbox.phone("Vagt"))


async def test_a_step_that_nobody_answered_is_begun_anew(sandbox, service, twilio):
    leg = await rung(sandbox, service, twilio)
    leg.answer()
    await leg.until_hears("tryk et")
    service.answers = [502]
    leg.press("1")
    await leg.until(lambda: leg.words().count("Tryk et.") == 2, "being asked again")
    assert [hook.path for hook in service.hooks][:3] == ["/leg", "/keys", "/leg"]


async def test_a_service_that_answers_nothing_ends_the_call(sandbox, service, twilio):
    leg = await rung(sandbox, service, twilio)
    service.answers = [502, 502]
    leg.answer()
    await leg.until_ended()
    assert [hook.path for hook in service.hooks] == ["/leg", "/leg"]
