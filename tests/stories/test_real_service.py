"""The service from outside, both desks as real processes, on both databases: nothing is lost, forged or doubled."""

from __future__ import annotations

import asyncio
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import fresh_database
from tests.service import OLD_TWILIO_TOKEN, Service, message_sid, number, signature, started

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("real-service")]
TEXTS = [json.loads(line) for line in (Path(__file__).parent / "texts.jsonl").read_text("utf-8").splitlines()]
ANSWERED = ("status", "help", "greeting", "who_lives", "language", "wrong_number", "thanks", "resolved", "start")


def texts(service: Service, channel: str) -> list[dict[str, Any]]:
    """Every second text: each is sent by SMS on one database and by Telegram on the other."""
    return TEXTS[(channel == "sms") == bool(service.database_url) :: 2]


async def test_every_text_ends_in_a_case_or_an_answer_and_nothing_stays_unsent(service: Service) -> None:
    before, sent = await service.settled(), texts(service, "sms")
    senders = [number() for _ in sent]
    for start in range(0, len(sent), 8):
        batch = list(zip(senders, sent, strict=True))[start : start + 8]
        answers = await asyncio.gather(*(service.post_sms(sender, text["text"]) for sender, text in batch))
        assert set(answers) == {200}
    figures = await service.settled(120)
    reports = sum(1 for text in sent if text["intent"] == "report")
    assert figures["inbox"]["received"] - before["inbox"]["received"] == len(sent)
    assert figures["cases"]["new"] - before["cases"]["new"] >= reports * 0.9
    assert (figures["notices"]["failed"], figures["notices"]["unknown"], figures["set_aside"]) == (
        before["notices"]["failed"], before["notices"]["unknown"], before["set_aside"],
    )  # fmt: skip
    unheard = [
        t["text"] for s, t in zip(senders, sent, strict=True) if t["intent"] in ANSWERED and not service.heard(s)
    ]
    assert not unheard


async def test_every_danger_hears_the_emergency_number_first(service: Service) -> None:
    dangers = [text for text in TEXTS if text["danger"]]
    senders = [number() for _ in dangers]
    await asyncio.gather(*(service.post_sms(s, t["text"]) for s, t in zip(senders, dangers, strict=True)))
    await service.settled(60)
    missed = [t["text"] for s, t in zip(senders, dangers, strict=True) if "112" not in service.heard(s)[0]]
    assert not missed


async def test_a_message_delivered_a_hundred_times_at_once_has_one_effect(service: Service) -> None:
    sender, sid = number(), message_sid()
    before = await service.settled()
    answers = await asyncio.gather(*(service.post_sms(sender, "larm i Kajen 2, 3. tv", sid) for _ in range(100)))
    after = await service.settled()
    assert set(answers) == {200}
    assert after["inbox"]["received"] - before["inbox"]["received"] == 1
    assert after["inbox"]["duplicates"] - before["inbox"]["duplicates"] == 99
    assert len(service.heard(sender)) == 2


async def test_a_forged_message_leaves_one_count_and_nothing_else(service: Service) -> None:
    sender = number()
    before = await service.settled()
    assert await service.post_form(service.sms_form(sender, "larm i Kajen 2"), token="not-the-token") == 403
    assert await service.post_update({"update_id": 1, "message": {}}, secret="wrong") == 403
    after = await service.settled()
    assert after["inbox"]["rejected"] - before["inbox"]["rejected"] == 2
    assert {**after["inbox"], "rejected": 0} == {**before["inbox"], "rejected": 0}
    assert after["cases"] == before["cases"] and service.heard(sender) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"x" * 5_000_000, 413), (b"Body=%FF%FE&From=a", 400), (b"\xff\xfe", 400), (b"", 403), (b"Body=hej", 403)],
    ids=["too long", "no text", "no text at all", "nothing", "unsigned"],
)
async def test_a_webhook_nobody_signed_is_refused_by_what_is_wrong_first(
    service: Service, body: bytes, status: int
) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert await service.post_raw("/webhooks/twilio/sms", body, kind) == status


@pytest.mark.parametrize(
    ("update", "status"),
    [({}, 400), ({"update_id": "7"}, 400), ({"update_id": True}, 400), ({"update_id": 990001, "poll": {}}, 200)],
)
async def test_an_update_needs_its_number_and_an_unknown_kind_is_kept(
    service: Service, update: dict[str, object], status: int
) -> None:
    assert await service.post_update(update) == status


async def test_both_signature_schemes_and_both_tokens_of_the_pair_are_taken(service: Service) -> None:
    form = service.sms_form(number(), "støj i Kajen 2, 1. th")
    assert await service.post_form(form, token=OLD_TWILIO_TOKEN) == 200
    url = service.front_url + "/webhooks/twilio/sms"
    form = service.sms_form(number(), "støj i Kajen 2, 1. tv")
    newer = {
        "X-Twilio-Signature": signature(url, form, algorithm="sha256"),
        "X-Twilio-Webhooks-Signature-Settings": "key=SharedKey,algorithm=HMAC_SHA256",
    }
    assert await service.post_form(form, **newer) == 200


async def test_a_report_is_taken_answered_and_closed_without_either_side_seeing_the_other(service: Service) -> None:
    sender = number()
    duty = await service.enrol("mads-ravn")
    await service.post_sms(sender, "musik hele natten Havnegade 4, 2. th")
    alert = await service.sandbox.wait_for(duty, lambda b: "Sag" in b.text and bool(b.buttons), 20)
    code = alert.text.split()[1]
    service.sandbox.press(duty, "Jeg tager den", alert.ref)
    await service.until(lambda: any("har taget" in t for t in service.heard(sender)), 20)
    service.sandbox.write(duty, f"{code} SVAR Tak. Vi følger op i morgen.")
    await service.until(lambda: any("Vi følger op i morgen." in t for t in service.heard(sender)), 20)
    service.sandbox.write(duty, f"{code} LUK talt med begge")
    await service.until(lambda: any("lukker sagen" in t for t in service.heard(sender)), 20)
    seen = " ".join(service.heard(sender))
    assert "Ravn" not in seen and "Mads" not in seen
    assert all(sender not in text for text in service.heard(duty.address, "telegram"))
    closed = next(c for c in await service.cases() if c["code"] == code)
    assert (closed["state"], closed["reports"]) == ("closed", 1)


def _crowd(service: Service) -> None:
    """Fifty people on one shift, at every hour."""
    folder = files("bot.sandbox").joinpath("eksempelby")
    for name in ("staff.csv", "rota.csv"):
        (service.directory / name).write_bytes(folder.joinpath(name).read_bytes())
    with (service.directory / "staff.csv").open("a", encoding="utf-8") as staff:
        for n in range(50):
            staff.write(f"eksempelby;p{n};Person {n};boligsocial;responder;+45406{n:05d};p{n}@eksempelby.example;da\n")
    with (service.directory / "rota_overrides.csv").open("a", encoding="utf-8") as overrides:
        for n in range(50):
            overrides.write(f"eksempelby;boligsocial;2026-01-01T00:00;2036-01-01T00:00;p{n};1\n")


async def test_of_fifty_who_take_one_case_one_wins_and_forty_nine_are_told(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = fresh_database(database_url) if database_url else ""
    async with started(tmp_path_factory.mktemp("crowd"), own, furnish=_crowd) as service:
        phones = [f"+45406{n:05d}" for n in range(50)]
        chats = [await service.enrol(f"p{n}") for n in range(2)]
        await service.post_sms(number(), "Hr. Nobody larmer på Ukendtvej 7")
        await service.until(lambda: all(service.heard(p) for p in phones[2:]), 60)
        code = next(iter(await service.cases()))["code"]
        for chat in chats:
            await service.sandbox.wait_for(chat, lambda b: code in b.text, 20)
        taking = [service.post_sms(phone, f"{code} JA") for phone in phones[2:]]
        for chat in chats:
            service.sandbox.press(chat, "Jeg tager den")
        assert set(await asyncio.gather(*taking)) == {200}
        await service.settled(60)
        told = [service.heard(p) for p in phones[2:]] + [service.heard(c.address, "telegram") for c in chats]
        winners = [texts for texts in told if any(f"Du har {code}" in text for text in texts)]
        losers = [texts for texts in told if any("taget" in text for text in texts[1:]) and texts not in winners]
        assert (len(winners), len(losers)) == (1, 49)
