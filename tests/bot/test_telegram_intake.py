"""Polling by itself: what cannot be stored is not confirmed, and what has no number stops nobody."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import telegram_intake
from bot.channels.telegram import make_bot
from handlers.messages import Inbound


@dataclass
class BotApi:
    """A Bot API that offers `waiting` until it is confirmed, and 409 once somebody `conflicts`."""

    waiting: list[dict[str, Any]]
    offsets: list[Any] = field(default_factory=list)
    dropped: int = 0
    conflicts: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        if request.path.endswith("deleteWebhook"):
            self.dropped += 1
            return web.json_response({"ok": True, "result": True})
        if self.conflicts:
            self.conflicts -= 1
            return web.json_response({"ok": False, "error_code": 409, "description": "Conflict"}, status=409)
        fields = await request.post()
        self.offsets.append(fields.get("offset"))
        offset = int(str(fields.get("offset", 0)))
        self.waiting = [u for u in self.waiting if not isinstance(u.get("update_id"), int) or u["update_id"] >= offset]
        if not self.waiting:
            await asyncio.sleep(0.05)
        return web.json_response({"ok": True, "result": self.waiting})


async def poll(api: BotApi, store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll for a quarter of a second."""
    monkeypatch.setattr(telegram_intake, "PAUSE_SECONDS", 0.05)
    app = web.Application()
    app.router.add_post("/{path:.*}", api.answer)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        bot = make_bot("1:token", str(server.make_url("")), session)
        task = asyncio.create_task(telegram_intake._poll(bot, "by", store))
        await asyncio.sleep(0.3)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def text(number: int) -> dict[str, Any]:
    chat = {"id": 5, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "date": 1, "chat": chat, "text": f"larm {number}"}}


async def test_what_could_not_be_stored_is_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []

    async def store(inbound: Inbound) -> None:
        if not kept:
            kept.append("failed")
            raise OSError("database is locked")
        kept.append(inbound.text)

    api = BotApi([text(7)])
    await poll(api, store, monkeypatch)
    assert kept == ["failed", "larm 7"]
    assert api.offsets[:3] == [None, None, "8"] and api.waiting == []


async def test_an_update_without_a_number_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []

    async def store(inbound: Inbound) -> None:
        kept.append(inbound.text)

    api = BotApi([{"update_id": "x"}, text(7), {"message": 1}, text(9)])
    await poll(api, store, monkeypatch)
    assert kept == ["larm 7", "larm 9"]
    assert len(api.offsets) < 12, "it asks again calmly"


async def test_a_webhook_that_somebody_set_meanwhile_is_dropped_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def store(inbound: Inbound) -> None:
        return None

    api = BotApi([])
    api.conflicts = 1
    await poll(api, store, monkeypatch)
    assert api.dropped == 2
