"""The page of phones in a real browser: what a newcomer does first, on a desk and on a telephone."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright, expect
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.bot.sandbox.rig import png

KEY = InlineKeyboardMarkup([[InlineKeyboardButton("Jeg tager den", callback_data="take:K7M2")]])


@pytest.fixture
async def page(chromium, sandbox):
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        # What the sandbox refuses is a 400, which the browser reports as an error of its own.
        page.on("console", lambda said: faults.append(said.text) if "status of 400" not in said.text else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{sandbox.url}/sandbox/")
        yield page
        await browser.close()
    assert faults == []


async def test_the_first_thing_to_try_is_one_press(page, sandbox, service):
    await page.locator(".composer.first").get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator("#phone-nabo .bubble.mine")).to_contain_text("der er fest igen vestergade 12 b 3 tv")
    await expect(page.locator("#entries")).to_contain_text("Nabo wrote")
    await sandbox.settle()
    assert service.at("/sms")[0].form["Body"].startswith("der er fest igen")


async def test_a_button_is_pressed_edited_away_and_answered(page, sandbox, bot):
    sent = await bot.send_message(700200, "Sag K7M2", reply_markup=KEY)
    await page.get_by_role("button", name="Jeg tager den").click()
    update = (await bot.get_updates(timeout=5))[0]
    await bot.answer_callback_query(update.callback_query.id, "Du har K7M2.")
    await bot.edit_message_text("Du har K7M2 (23.39)", 700200, sent.message_id)
    await expect(page.locator("#phone-vagt .popup")).to_have_text("Du har K7M2.")
    await expect(page.get_by_role("button", name="Jeg tager den")).to_have_count(0)


async def test_a_chat_is_started_with_a_code_and_a_picture_is_sent(page, sandbox, tmp_path):
    (tmp_path / "x.png").write_bytes(png())
    phone = page.locator("#phone-vicev-rt")
    await phone.get_by_placeholder("Code").fill("https://t.me/nabolinjen_bot?start=abc-1")
    await phone.get_by_role("button", name="Start").click()
    await expect(phone.locator(".bubble.mine")).to_contain_text("/start abc-1")
    await phone.locator("input[type=file]").set_input_files(tmp_path / "x.png")
    await expect(phone.get_by_alt_text("A picture")).to_be_visible()


async def test_the_clock_and_the_network_are_moved_from_the_page(page, sandbox, config):
    await page.get_by_role("button", name="+1 h").click()
    await page.get_by_role("switch", name="Unkind").click()
    await expect(page.get_by_role("switch", name="Unkind")).to_have_attribute("aria-checked", "true")
    await expect(page.locator("#ahead")).to_have_text("1 h ahead of real time")
    assert (config.clock_file.read_text(), sandbox.chaos.unkind) == ("+0d1h0m0s\n", True)


async def test_a_phone_is_added_and_a_wrong_one_refused_in_words(page, sandbox):
    await page.get_by_role("button", name="Add a phone").click()
    number = page.get_by_role("textbox", name="Number")
    free = await number.input_value()
    await number.fill("+4552501001")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator("#adding-fault")).to_contain_text("already the phone")
    await number.fill(free)
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("article", name="Nabo på 2.")).to_be_visible()


async def test_on_a_telephone_nothing_is_wider_than_the_screen_and_send_is_in_reach(page):
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.reload()
    send = page.locator(".composer.first").get_by_role("button", name="Send", exact=True)
    await expect(send).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_every_control_has_a_name(page):
    await expect(page.locator("article")).to_have_count(3)
    nameless = await page.evaluate(
        "[...document.querySelectorAll('button, input:not([type=radio]), textarea, select, summary')]"
        ".filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert nameless == []
