"""`nabolinje demo` played in a real browser, as neighbour, landlord and responder, on a desk and on a telephone.

The phones on the page write, press buttons and call."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, async_playwright, expect

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("demo")]
SLOW = 30_000
SIZES = [pytest.param((1280, 900), id="desk"), pytest.param((390, 844), id="telephone")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a running demo; it must end at Ctrl-C."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("demo")
    command = ["-m", "bot", "demo", "--port", str(port), "--data-dir", str(folder)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    said = (await asyncio.wait_for(process.stdout.readline(), 120)).decode()
    try:
        yield next(word for word in said.split() if word.startswith("http"))
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 30) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


@pytest_asyncio.fixture(params=SIZES, loop_scope="module")
async def page(request: pytest.FixtureRequest, chromium: str, demo: str) -> AsyncIterator[Page]:
    width, height = request.param
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": width, "height": height})
        await page.goto(demo)
        yield page
        await browser.close()


async def write(phone: Locator, words: str) -> None:
    await phone.get_by_role("textbox").last.fill(words)
    await phone.get_by_role("button", name="Send", exact=True).click()


async def test_a_report_travels_from_neighbour_to_duty_and_the_answer_back(page: Page) -> None:
    neighbour, duty = page.locator("#phone-neighbour"), page.locator("#phone-mads-on-duty")
    street = 20 + (page.viewport_size or {"width": 0})["width"] % 97
    await write(neighbour, f"der er fest igen vestergade {street}, 3 tv, vi skal op kl 5")
    await expect(neighbour.locator(".bubble").filter(has_text="Tak for din besked").last).to_be_visible(timeout=SLOW)
    take = duty.get_by_role("button", name="Jeg tager den")
    await take.last.click(timeout=SLOW)
    await expect(duty.locator(".bubble").last).to_contain_text("Du har", timeout=SLOW)
    code = (await duty.locator(".bubble").last.inner_text()).split("Du har ")[1][:4]
    await duty.get_by_role("button", name="Vis").last.click()
    await expect(duty.locator(".bubble").filter(has_text=f"Vestergade {street}, 3. tv").last).to_be_visible(
        timeout=SLOW
    )
    await write(duty, f"{code} SVAR Tak. Vi følger op i morgen.")
    await expect(neighbour.locator(".bubble").last).to_contain_text("Vi følger op i morgen.", timeout=SLOW)
    assert "Mads" not in await neighbour.locator(".screen").inner_text()


async def test_a_caretaker_begins_at_the_stairwell_code(page: Page) -> None:
    caretaker = page.locator("#phone-caretaker")
    if await caretaker.get_by_placeholder("Code").is_visible():
        await caretaker.get_by_placeholder("Code").fill("1057")
        await caretaker.get_by_role("button", name="Start").click()
    else:
        await write(caretaker, "/start 1057")
    await expect(caretaker.locator(".bubble").filter(has_text="Vestergade 12").last).to_be_visible(timeout=SLOW)
    await caretaker.get_by_role("button", name="Bekymring").last.click()
    await expect(caretaker.locator(".bubble").last).to_contain_text("Hvilken lejlighed", timeout=SLOW)
    await write(caretaker, "3 tv. posten har ligget siden søndag, og han plejer at hilse")
    await expect(caretaker.locator(".bubble").filter(has_text="Tak, fordi du siger til").last).to_be_visible(
        timeout=SLOW
    )


async def press(phone: Locator, *keys: str) -> None:
    for key in keys:
        await phone.locator(".pad").get_by_role("button", name=key, exact=True).click()


async def hears(phone: Locator, words: str) -> None:
    await expect(phone.locator(".heard")).to_contain_text(words, timeout=SLOW)


async def test_a_caller_talks_with_the_duty_who_then_closes_the_case(page: Page) -> None:
    neighbour, duty = page.locator("#phone-neighbour"), page.locator("#phone-mads-on-duty")
    await neighbour.get_by_role("button", name="Call the line").click()
    await hears(neighbour, "læg på og ring 1 1 2")
    await press(neighbour, "0", "hash")
    await duty.get_by_role("button", name="Answer").click(timeout=SLOW)
    await hears(duty, "Tryk 1 for at tage det")
    await press(duty, "1")
    await expect(neighbour.locator(".call-how")).to_contain_text("connected", timeout=SLOW)
    await neighbour.get_by_label("Say something").fill("Der er larm igen")
    await neighbour.get_by_role("button", name="Say", exact=True).click()
    await hears(duty, "“Der er larm igen”")
    code = (await duty.locator(".heard").inner_text()).split("opkaldet, sag ")[1][:7].replace(" ", "")
    assert await fits(page)
    await duty.get_by_role("button", name="Hang up").click()
    await expect(neighbour.locator(".call-how")).to_contain_text("Ended", timeout=SLOW)
    for phone in (duty, neighbour):
        await phone.get_by_role("button", name="Close", exact=True).click()
    await write(duty, f"{code} LUK talt")
    await expect(duty.locator(".bubble").last).to_contain_text(f"Sag {code} er lukket", timeout=SLOW)
    await expect(neighbour.locator(".bubble").last).to_contain_text("Vi har fulgt op", timeout=SLOW)


async def fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def test_nothing_is_wider_than_the_screen_and_the_log_tells_who_saw_what(page: Page) -> None:
    await expect(page.locator("#entries")).to_contain_text("Mads, on duty", timeout=SLOW)
    assert await fits(page)
