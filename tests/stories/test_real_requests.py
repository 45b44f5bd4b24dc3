"""Everything the real service asks of its providers, judged by what the providers publish."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox.config import PhoneSetup
from bot.sandbox.phones import Phone
from tests.bot.sandbox.rig import opus, png
from tests.published import Published
from tests.service import LINE, Service, number, signature, started

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-requests")]
EVER_ASKED = {
    "telegram": {
        "getWebhookInfo", "setWebhook", "setMyCommands", "sendMessage", "editMessageText", "sendPhoto", "sendVoice",
        "sendDocument", "answerCallbackQuery", "leaveChat", "getFile", "download",
    },
    "sms": {"create", "list", "fetch", "media content", "media delete"},
}  # fmt: skip


@pytest.fixture(scope="module")
def database_url() -> str:
    """SQLite alone: what is asked of providers comes from no database."""
    return ""


async def test_every_kind_of_request_is_one_that_the_providers_publish(service: Service, rigs_data: Path) -> None:
    await _report_with_everything(service, await service.enrol("mads-ravn"))
    await _lose_answers_and_statuses(service)
    calls = service.sandbox.calls()
    asked = {name: {c.operation for c in calls if c.channel == name} for name in EVER_ASKED}
    assert asked == EVER_ASKED
    assert Published(rigs_data).faults(calls) == []


async def _report_with_everything(service: Service, duty: Phone) -> None:
    """A report in Telegram with a picture, a voice note and a file, taken, looked at, answered; and an MMS."""
    sandbox, neighbour = service.sandbox, service.telegram_phone()
    first = sandbox.write(neighbour, "fest og råb hele natten Havnegade 6, 2. th")
    alert = await sandbox.wait_for(duty, lambda b: "Sag" in b.text and bool(b.buttons), 20)
    code = alert.text.split()[1]
    sandbox.edit(neighbour, first.ref, "fest og råb og musik hele natten Havnegade 6, 2. th")
    sandbox.send_photo(neighbour, png(), "trappen nu")
    sandbox.send_voice(neighbour, opus())
    sandbox.send_other(neighbour, {"sticker": {"file_id": "x", "file_unique_id": "x", "type": "regular"}})
    file = sandbox.world.bot_of(neighbour).files.keep("documents", "pdf", "application/pdf", b"%PDF-1.4 husorden")
    sandbox.send_other(neighbour, {"document": {"file_id": file.file_id, "file_unique_id": "y"}})
    group = sandbox.add_to_group(neighbour, "Opgangen")
    sandbox.press(duty, "Jeg tager den", alert.ref)
    texter = sandbox.add_phone(PhoneSetup("Nabo med billede", "reporter", "sms", number(), LINE))
    sandbox.send_photo(texter, png(), "affald i opgangen Kajen 12")
    await service.until(lambda: any("har taget" in b.text for b in sandbox.received(neighbour)), 20)
    await service.until(lambda: sandbox.calls("sms", "media delete"), 20, "the provider's copy is gone")
    await service.settled()
    sandbox.press(duty, "Vis")
    await service.until(lambda: len([b for b in sandbox.received(duty) if b.media]) == 3, 20, "all three are shown")
    sandbox.write(duty, f"{code} SVAR Tak. Vi følger op i morgen.")
    sandbox.write(duty, f"{code} LUK talt med begge")
    await service.until(lambda: any("lukker sagen" in b.text for b in sandbox.received(neighbour)), 20)
    await service.until(lambda: not group.joined, 10, "the bot has left the group")


async def _lose_answers_and_statuses(service: Service) -> None:
    """Answers and callbacks that never come: what was sent is looked up, how it fared is asked."""
    service.sandbox.set_chaos(drop_after=1.0, lose_callbacks=1.0)
    sender = number()
    await service.post_sms(sender, "larm igen Kajen 14, 1. tv")
    await service.until(lambda: service.heard(sender), 10, "accepted, and the connection broke")
    service.sandbox.set_chaos(drop_after=0.0)
    await service.settled(40)
    await service.advance("+3m")
    await service.until(lambda: service.sandbox.calls("sms", "fetch"), 20, "statuses are asked for")
    service.sandbox.set_chaos(lose_callbacks=0.0)


async def test_a_picture_that_lies_elsewhere_is_never_asked_for_and_its_sender_is_told(service: Service) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=png(), content_type="image/png")

    app = web.Application()
    app.router.add_get("/{path:.*}", elsewhere)
    async with TestServer(app) as server:
        sender = number()
        media = {"NumMedia": "1", "MediaContentType0": "image/png", "MediaUrl0": str(server.make_url("/x.png"))}
        assert await service.post_sms(sender, "affald i opgangen Kajen 16, 1. tv", **media) == 200
        await service.until(lambda: any("ikke billedet" in text for text in service.heard(sender)), 20, "it is told")
        await service.settled()
    assert asked == []
    assert any("Tak for din besked" in text for text in service.heard(sender))


async def test_without_telegram_and_behind_a_path_the_line_runs_whole(tmp_path: Path) -> None:
    public = "https://line.example/nabo"
    async with started(tmp_path, NABOLINJE_TELEGRAM_TOKEN_EKSEMPELBY="", NABOLINJE_PUBLIC_URL=public + "/") as service:
        sender, path = number(), "/webhooks/twilio/sms"
        form = service.sms_form(sender, "musik hele natten Havnegade 4, 2. th")
        assert await service.post_form(form) == 403, "signed for the address behind the proxy"
        signed = {"X-Twilio-Signature": signature(public + path, form)}
        assert await service.post_form(form, **signed) == 200
        await service.until(lambda: service.figures()["cases"]["new"] == 1, 20, "one case")
        code = (await service.cases())[0]["code"]
        await service.until(lambda: _told(service, code) - {sender}, 20, "the duty was alerted")
        duty = (_told(service, code) - {sender}).pop()
        form = service.sms_form(duty, f"{code} JA")
        assert await service.post_form(form, **{"X-Twilio-Signature": signature(public + path, form)}) == 200
        await service.until(lambda: any("har taget" in t for t in service.heard(sender)), 20)
        figures = service.figures()["notices"]
        assert (figures["failed"], figures["unknown"], service.sandbox.calls("telegram")) == (0, 0, [])
        asked = [call.params["StatusCallback"] for call in service.sandbox.calls("sms", "create")]
        assert any(url.startswith(f"{public}/webhooks/twilio/sms-status?n=") for url in asked)


def _told(service: Service, code: str) -> set[str]:
    """The phones that got a text with this code."""
    return {call.params["To"] for call in service.sandbox.calls("sms", "create") if code in call.params["Body"]}
