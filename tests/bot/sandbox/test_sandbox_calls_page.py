"""Telephoning from the page: the control API, and the call view in a real browser on a desk and on a telephone."""

from __future__ import annotations

import aiohttp
import pytest
from playwright.async_api import async_playwright, expect

LINE, VAGT = "+4552500002", "+4552501200"
MENU = '<Gather numDigits="1" action="/keys" timeout="900"><Say language="da-DK">Tryk et.</Say></Gather>'


@pytest.fixture
def pages(service):
    inside = {"/voice": MENU, "/keys": "<Enqueue>T1</Enqueue>", "/leg": "<Dial><Queue>T1</Queue></Dial>"}
    service.pages |= {path: f"<Response>{verbs}</Response>" for path, verbs in inside.items()}


@pytest.fixture
async def desk(sandbox, pages):
    async with aiohttp.ClientSession(f"{sandbox.url}/sandbox/api/") as session:

        async def ask(path, **body):
            answer = await (session.get(path) if not body else session.post(path, json=body))
            return answer.status, await answer.json()

        yield ask


@pytest.fixture
async def page(chromium, sandbox, pages):
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda said: faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{sandbox.url}/sandbox/")
        yield page
        await browser.close()
    assert faults == []


async def test_a_call_is_made_and_played_over_the_api(desk, sandbox, service):
    status, call = await desk("phones/nabo/call", number="")
    assert (status, call["display"], call["state"]) == (200, LINE, "dialling")
    await sandbox.phone_calls(sandbox.phone("Nabo"))[0].until_hears("tryk et")
    await desk("phones/nabo/call/press", keys="1")
    await sandbox.phone_calls(sandbox.phone("Nabo"))[0].until_hears("♪")
    await desk("phones/nabo/call/hangup", x=1)
    [call] = (await desk("phones/nabo/calls"))[1]
    assert (call["state"], call["ending"], service.at("/keys")[0].form["Digits"]) == ("ended", "hung up", "1")
    assert [line["kind"] for line in call["heard"]] == ["event", "said", "keys", "music", "event"]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("call/press", {"keys": "1"}, "in no call"),
        ("call/answer", {"x": 1}, "in no call"),
        ("expect", {"habit": "sing"}, "a habit is one of"),
    ],
)
async def test_what_cannot_be_done_is_said(desk, path, body, words):
    status, answer = await desk(f"phones/nabo/{path}", **body)
    assert (status, words in answer["error"]) == (400, True)


async def test_keys_that_are_none_and_a_second_call_are_refused(desk, sandbox):
    await desk("phones/nabo/call", number=LINE)
    await sandbox.phone_calls(sandbox.phone("Nabo"))[0].until_answered()
    for path, body in (("call/press", {"keys": "x"}), ("call/say", {"words": " "}), ("call", {"number": LINE})):
        assert (await desk(f"phones/nabo/{path}", **body))[0] == 400


async def test_faults_and_recordings_can_be_read(desk, sandbox, service):
    service.pages["/voice"] = '<Response><Record timeout="1"/><Foo/></Response>'
    await desk("phones/nabo/call", number=LINE)
    await sandbox.phone_calls(sandbox.phone("Nabo"))[0].until_ended()
    assert [fault["code"] for fault in (await desk("voice-faults"))[1]] == [12200]
    assert (await desk("recordings"))[1] == []


async def test_the_log_says_who_telephoned(desk, sandbox):
    call = sandbox.call(sandbox.phone("Nabo"))
    await call.until_hears("tryk et")
    call.hang_up()
    await call.until_ended()
    verbs = [entry["verb"] for entry in (await desk("log"))[1]]
    assert verbs == ["called", "is answered", "hung up"]


async def test_a_caller_presses_a_key_and_talks_with_who_answers(page, sandbox, service, twilio):
    nabo, vagt = page.locator("#phone-nabo"), page.locator("#phone-vagt")
    await nabo.get_by_role("button", name="Call the line as Nabo").click()
    await expect(nabo.locator(".heard")).to_contain_text("Tryk et.")
    await nabo.get_by_role("button", name="1", exact=True).click()
    await expect(nabo.locator(".heard")).to_contain_text("♪ music")
    await twilio.calls.create_async(to=VAGT, from_=LINE, url=service.url + "/leg", timeout=600)
    await expect(vagt.locator(".call-who")).to_have_text(f"Nabolinjen · {LINE}")
    await vagt.get_by_role("button", name="Ignore").click()
    await expect(vagt.locator(".call-how")).to_have_text("Rings without a sound")
    await vagt.get_by_role("button", name="Answer").click()
    await expect(nabo.locator(".call-how")).to_contain_text("connected")
    await nabo.get_by_label("Say something").fill("Der er larm")
    await nabo.get_by_role("button", name="Say", exact=True).click()
    await expect(vagt.locator(".heard")).to_contain_text("“Der er larm”")
    await vagt.get_by_role("button", name="Hang up").click()
    await expect(nabo.locator(".call-how")).to_contain_text("Ended")
    await nabo.get_by_role("button", name="Close").click()
    await expect(nabo.locator(".call")).to_be_hidden()


async def test_a_mailbox_takes_a_call_and_offers_no_keys(page, sandbox, service, twilio):
    await twilio.calls.create_async(to=VAGT, from_=LINE, twiml='<Response><Pause length="300"/></Response>')
    vagt = page.locator("#phone-vagt")
    await vagt.get_by_role("button", name="Mailbox").click()
    await expect(vagt.locator(".call-how")).to_contain_text("the mailbox answers")
    await expect(vagt.locator(".pad")).to_be_hidden()


async def test_on_a_telephone_the_call_view_fits(page, sandbox):
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.locator("#phone-nabo").get_by_role("button", name="Call the line").click()
    await expect(page.locator("#phone-nabo .pad")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    boxes = [await page.locator(f"#phone-nabo {part}").bounding_box() for part in (".heard", ".pad", ".call-acts")]
    assert all(box is not None and box["height"] > 30 for box in boxes)
