"""Telegram from outside, both desks as real processes, on both databases: whatever an update holds, nothing is lost."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import pytest

from tests.bot.sandbox.rig import opus, png
from tests.service import LINE, SECRET, Service
from tests.stories.test_real_service import ANSWERED, texts

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-telegram")]
_updates = itertools.count(800_000_000)
JSON = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}


def update(
    chat: str, text: Any, kind: str = "message", number: int = 0, message: int = 0, **more: Any
) -> dict[str, Any]:
    """What Telegram posts for a text."""
    body: dict[str, Any] = {
        "message_id": message or next(_updates), "date": int(time.time()), "chat": {"id": int(chat), "type": "private"},
        "from": {"id": int(chat), "is_bot": False, "first_name": "Ole"}, "text": text,
    }  # fmt: skip
    return {"update_id": number or next(_updates), kind: body | more}


async def test_every_text_ends_in_a_case_or_an_answer_in_telegram_too(service: Service) -> None:
    before, sent = await service.settled(), texts(service, "telegram")
    phones = [service.telegram_phone() for _ in sent]
    for start in range(0, len(sent), 8):
        batch = list(zip(phones, sent, strict=True))[start : start + 8]
        posted = (service.post_update(update(phone.address, text["text"])) for phone, text in batch)
        assert set(await asyncio.gather(*posted)) == {200}
    figures = await service.settled(120)
    assert figures["inbox"]["received"] - before["inbox"]["received"] == len(sent)
    reports = sum(1 for text in sent if text["intent"] == "report")
    assert figures["cases"]["new"] - before["cases"]["new"] >= reports * 0.9
    for name in ("failed", "unknown"):
        assert figures["notices"][name] == before["notices"][name]
    assert figures["set_aside"] == before["set_aside"]
    asked = [p for p, t in zip(phones, sent, strict=True) if t["intent"] in ANSWERED or t["intent"] == "report"]
    assert [p.name for p in asked if not service.heard(p.address, "telegram")] == []


async def test_an_update_delivered_a_hundred_times_at_once_has_one_effect(service: Service) -> None:
    phone = service.telegram_phone()
    before, again = await service.settled(), update(phone.address, "larm i Kajen 2, 3. tv")
    answers = await asyncio.gather(*(service.post_update(again) for _ in range(100)))
    after = await service.settled()
    assert set(answers) == {200}
    counted = {name: after["inbox"][name] - before["inbox"][name] for name in after["inbox"]}
    assert counted == {"received": 1, "duplicates": 99, "rejected": 0}
    assert after["cases"]["new"] - before["cases"]["new"] == 1


ODD: list[dict[str, Any]] = [
    {"poll": {"id": "1"}},
    {"message_reaction": {"chat": {"id": 5, "type": "private"}, "new_reaction": []}},
    {"something_of_2031": {"chat": {"id": 5}}},
    {"message": 5},
    {"message": {"message_id": "x", "chat": {"id": "y"}, "text": 7}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": 2**70, "type": "private"}, "text": "larm"}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "supergroup", "title": "x"}, "text": "hej"}},
    {"callback_query": {"id": "1", "from": {"id": 5, "is_bot": False, "first_name": "x"}, "data": "\ud800"}},
    {"edited_message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "\ud83d"}},
    {"my_chat_member": {"chat": {"id": 5, "type": "private"}}},
    {},
]


async def test_whatever_an_update_holds_it_is_stored_and_answered(service: Service) -> None:
    before = await service.settled()
    answers = [await service.post_update({"update_id": next(_updates), **odd}) for odd in ODD]
    after = await service.settled()
    assert answers == [200] * len(ODD)
    assert after["inbox"]["received"] - before["inbox"]["received"] == len(ODD)
    assert (after["set_aside"], after["inbox"]["rejected"]) == (before["set_aside"], before["inbox"]["rejected"])


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{" + b" " * 5_000_000, 413), (b"\xff\xfe", 400), (b'{"update_id": 1, "mess', 400), (b"[1]", 400), (b"", 400)],
    ids=["too long", "no text", "broken off", "a list", "nothing"],
)
async def test_a_delivery_that_is_no_update_is_refused_and_counted(service: Service, body: bytes, status: int) -> None:
    before = service.figures()["inbox"]["rejected"]
    assert await service.post_raw(f"/webhooks/telegram/{LINE}", body, JSON) == status
    assert service.figures()["inbox"]["rejected"] == before + 1


async def test_an_unknown_line_is_not_found(service: Service) -> None:
    assert await service.post_update(update("5", "larm"), line="nowhere") == 404


async def test_deliveries_out_of_order_end_in_one_case_with_everything_in_it(service: Service) -> None:
    phone = service.telegram_phone()
    words = ["larm Kajen 4, 3. tv", "larm og råb Kajen 4, 3. tv", "og nu falder der glas"]
    numbers = [next(_updates) for _ in words]
    posted = [
        update(phone.address, words[1], "edited_message", numbers[1], 77, edit_date=int(time.time())),
        update(phone.address, words[2], number=numbers[2]),
        update(phone.address, words[0], number=numbers[0], message=77),
    ]
    before = await service.settled()
    assert [await service.post_update(each) for each in posted] == [200] * 3
    after = await service.settled()
    assert after["inbox"]["received"] - before["inbox"]["received"] == 3
    assert after["cases"]["new"] - before["cases"]["new"] == 1


async def test_pictures_voice_notes_and_other_kinds_of_a_stranger_are_kept_or_answered(service: Service) -> None:
    phone, sandbox = service.telegram_phone(), service.sandbox
    before = await service.settled()
    sandbox.start_bot(phone, "1057")
    await sandbox.wait_for(phone, lambda b: "Vestergade 12B" in b.text)
    sandbox.send_voice(phone, opus())
    sandbox.send_photo(phone, png(), "sådan ser der ud")
    sandbox.send_other(phone, {"location": {"latitude": 55.1, "longitude": 10.2}})
    await sandbox.wait_for(phone, lambda b: "kan vi ikke læse" in b.text)
    sandbox.share_contact(phone)
    after = await service.settled()
    assert after["inbox"]["received"] - before["inbox"]["received"] == 5
    assert after["cases"]["new"] - before["cases"]["new"] == 1
    newest = max(await service.cases(), key=lambda case: case["opened_at"])
    assert newest["address"].startswith("Vestergade 12B") and newest["messages"] >= 3
