"""The control API, the clock, the memory and the page's own promises."""

from __future__ import annotations

import asyncio
import base64
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.sandbox.app import Sandbox, make_app
from bot.sandbox.config import LineSetup, PhoneSetup, SandboxError
from bot.sandbox.moment import format_offset, parse_offset
from tests.bot.sandbox.rig import png

STATIC = Path(__file__).parents[3] / "bot" / "sandbox" / "static"


@pytest.fixture
async def desk(sandbox):
    async with aiohttp.ClientSession(f"{sandbox.url}/sandbox/") as session:
        yield session


async def ask(desk, path, **body):
    answer = await (desk.post(path, json=body) if body else desk.get(path))
    return answer.status, await answer.json()


async def test_phones_can_be_listed_added_and_written_on(sandbox, desk, service):
    new = {"role": "reporter", "channel": "sms", "address": "+4552501077", "line": "eksempelby"}
    _, phone = await ask(desk, "api/phones", name="Naboen ovenpå", **new)
    status, bubble = await ask(desk, f"api/phones/{phone['id']}/text", text="larm igen")
    await sandbox.settle()
    assert (status, bubble["mine"], phone["id"]) == (200, True, "naboen-ovenp")
    assert service.at("/sms")[0].form["From"] == "+4552501077"
    assert [p["name"] for p in (await ask(desk, "api/phones"))[1]][-1] == "Naboen ovenpå"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("api/phones/nobody/text", {"text": "hej"}),
        ("api/phones/nabo/text", {"text": "  "}),
        ("api/phones/nabo/press", {"button": "x"}),
        ("api/phones/vicev-rt/text", {"text": "hej"}),
        ("api/phones/nabo/photo", {"data": "!"}),
        ("api/phones/nabo/photo", {"data": "aGVq"}),
        ("api/phones/nabo/kind", {"kind": "pigeon"}),
        ("api/clock", {"by": "-5m"}),
        ("api/clock", {"to": "25:00"}),
        (
            "api/phones",
            {"name": "x", "role": "reporter", "channel": "sms", "address": "+4552501001", "line": "eksempelby"},
        ),
        ("chaos", {"rate_limited": 2}),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_line(desk, path, body):
    status, answer = await ask(desk, path, **body)
    assert status == 400
    assert answer["error"] and "\n" not in answer["error"]


async def test_a_picture_can_be_sent_from_the_page(sandbox, desk, service):
    await ask(desk, "api/phones/nabo/photo", data=base64.b64encode(png()).decode(), caption="her")
    await sandbox.settle()
    assert service.at("/sms")[0].form["MediaContentType0"] == "image/png"
    [message] = (await ask(desk, "api/phones/nabo/messages"))[1]
    picture = await desk.get(f"api/media/{message['media'][0]['name']}")
    assert await picture.read() == png()


async def test_a_form_of_another_page_is_refused(desk):
    answer = await desk.post("api/phones/nabo/text", data={"text": "hej"})
    assert answer.status == 415


async def test_the_log_says_who_saw_what(sandbox, desk, twilio):
    sandbox.write(sandbox.phone("Nabo"), "larm")
    await twilio.messages.create_async(to="+4552501001", from_="+4552500001", body="Tak.")
    await sandbox.settle()
    log = (await ask(desk, "api/log"))[1]
    assert [(e["who"], e["verb"], e["text"]) for e in log] == [("Nabo", "wrote", "larm"), ("Nabo", "received", "Tak.")]


async def test_provider_calls_are_kept_without_credentials(sandbox, desk, twilio, config):
    await twilio.messages.create_async(to="+4552501001", from_="+4552500001", body="Tak.")
    [call] = (await ask(desk, "api/requests?channel=sms&operation=create"))[1]
    assert call["params"] == {"To": "+4552501001", "From": "+4552500001", "Body": "Tak."}
    assert (call["status"], call["outcome"], call["headers"]["Authorization"]) == (201, "ok", "present")
    assert config.auth_token not in str(call)


async def test_watchers_are_told_of_a_change(sandbox, desk):
    async with desk.get("api/events") as stream:
        first = await stream.content.readline()
        sandbox.write(sandbox.phone("Nabo"), "hej")
        await stream.content.readline()
        second = await asyncio.wait_for(stream.content.readline(), 2)
    assert first.startswith(b"data: ")
    assert int(second[6:]) > int(first[6:])


async def test_chaos_can_be_set_while_it_runs(sandbox, desk):
    status, answer = await ask(desk, "chaos", rate_limited=0.5, seed=9)
    assert (status, answer["rate_limited"], sandbox.chaos.rate_limited) == (200, 0.5, 0.5)
    assert (await ask(desk, "api/chaos"))[1]["rate_limited"] == 0.5


async def test_the_clock_file_only_grows(sandbox, config):
    sandbox.move_clock(by="+5m")
    sandbox.move_clock(by="+1h")
    assert config.clock_file.read_text() == "+0d1h5m0s\n"
    with pytest.raises(SandboxError, match="forward"):
        sandbox.move_clock(by="+0m")


async def test_nonsense_in_the_clock_file_moves_nothing(sandbox, config):
    sandbox.move_clock(by="+1h")
    config.clock_file.write_text("æ3d")
    assert sandbox.write(sandbox.phone("Nabo"), "hej").text == "hej"
    assert sandbox.world.clock.offset() == timedelta(hours=1)


async def test_the_clock_goes_to_the_next_morning_on_the_wall(sandbox):
    then = sandbox.move_clock(to="08:00")
    assert (then.hour, then.minute, str(then.tzinfo)) == (8, 0, "Europe/Copenhagen")
    again = sandbox.move_clock(to="08:00")
    assert timedelta(hours=22) < again - then < timedelta(hours=26)


@pytest.mark.parametrize("text", ["+3d4h", "+0d0h5m0s", "+90s", "+1d"])
def test_an_offset_survives_being_written(text):
    assert parse_offset(format_offset(parse_offset(text))) == parse_offset(text)


async def test_a_bubble_carries_the_services_time(sandbox):
    sandbox.move_clock(by="+2d")
    bubble = sandbox.write(sandbox.phone("Nabo"), "hej")
    assert bubble.service_at - bubble.at > timedelta(days=1, hours=23)


async def test_a_restarted_sandbox_remembers_chats_and_blocks(config, tmp_path):
    config = replace(config, memory_file=tmp_path / "memory.json")
    async with Sandbox(config) as sandbox:
        sandbox.start_bot(sandbox.phone("Vicevært"), "p-4711")
        sandbox.block(sandbox.phone("Vagt"))
        sandbox.write(sandbox.phone("Nabo"), "STOP")
    async with Sandbox(config) as sandbox:
        assert sandbox.phone("Vicevært").started and sandbox.phone("Vagt").blocked
        assert sandbox.messages(sandbox.phone("Vicevært"))[0].text == "/start p-4711"
        assert sandbox.world.account.opted_out == {("+4552500001", "+4552501001")}


async def test_it_can_be_mounted_under_a_path_of_another_server(config):
    app = make_app(replace(config, base="/rig", public_url="http://rig.example"))
    async with TestClient(TestServer(app)) as client:
        page = await client.get("/rig/sandbox/")
        bot = await client.get(f"/rig/sandbox/telegram/bot{config.lines[0].telegram_token}/getMe")
        assert (page.status, bot.status, (await client.get("/sandbox/")).status) == (200, 200, 404)


async def test_the_page_lets_nothing_in_from_outside(desk):
    answer = await desk.get("")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["index.html", "page.css", "page.js"])
def test_static_files_name_no_other_host_and_nothing_inline(name):
    text = (STATIC / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert not re.search(r"\son[a-z]+=|\sstyle=|<script>|innerHTML|eval\(", text)


async def test_files_outside_the_static_folder_are_not_served(desk):
    assert (await desk.get("static/..%2Fapp.py")).status == 404
    assert (await desk.get("static/nothing.js")).status == 404


def test_a_wrong_setup_is_refused_at_once(config):
    with pytest.raises(SandboxError, match="token"):
        LineSetup("x", "X", telegram_token="not a token")
    with pytest.raises(SandboxError, match="number"):
        Sandbox(replace(config, phones=(PhoneSetup("x", "reporter", "sms", "52501001", "eksempelby"),)))


async def test_the_state_of_the_page_is_complete(sandbox, desk):
    _, state = await ask(desk, "api/state")
    assert {p["id"] for p in state["phones"]} == {"nabo", "vicev-rt", "vagt"}
    assert datetime.fromisoformat(state["clock"]["now"]).utcoffset() is not None
    assert state["example"].startswith("der er fest igen")
