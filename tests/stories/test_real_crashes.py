"""Processes die, stand still and lose their parent, providers fail: no answered report is lost."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from tests.postgres import fresh_database
from tests.service import Desk, Service, number, started

pytestmark = pytest.mark.asyncio(loop_scope="session")
STORM = {"rate_limited": 0.05, "server_error": 0.05, "drop_before": 0.025, "drop_after": 0.025, "stall": 0.05}


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0]


async def _report(service: Service, n: int, sent: list[str]) -> None:
    """Send one report until somebody answers it, as a provider would."""
    sender = number()
    form = service.sms_form(sender, f"larm og fest hele natten på Kajen {n}, 3. tv")
    for _ in range(200):
        try:
            if await service.post_form(form) == 200:
                sent.append(sender)
                return
        except (OSError, aiohttp.ClientError):
            pass
        await asyncio.sleep(0.2)
    raise AssertionError("the front desk never came back")


async def test_no_answered_report_is_lost_when_desks_are_killed_again_and_again(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = fresh_database(database_url) if database_url else ""
    async with started(tmp_path_factory.mktemp("killed"), own, chaos={"pause": 0.0}) as service:
        sent: list[str] = []
        for n in range(4):
            reports = [asyncio.create_task(_report(service, 100 + 10 * n + i, sent)) for i in range(6)]
            await asyncio.sleep(0.08 * n)
            desk: Desk = "front" if n % 2 else "office"
            await service.until(partial(service.pid_of, desk), 20, "the parent started it again")
            service.signal(desk, signal.SIGKILL)
            await asyncio.gather(*reports)
        await service.until_ready(40)
        await service.until(lambda: sum(service.figures()["cases"].values()) == len(sent) == 24, 60, "24 cases")
        await service.until(lambda: all(service.heard(s) for s in sent), 60, "everybody has an answer")
        figures = await service.settled(60)
        assert (figures["inbox"]["received"], figures["set_aside"], figures["timers"]["overdue"]) == (24, 0, 0)


async def test_a_dead_parent_leaves_no_child(tmp_path: Path) -> None:
    async with started(tmp_path) as service:
        children = [service.pid_of("front"), service.pid_of("office")]
        assert service.process is not None and all(children)
        os.kill(service.process.pid, signal.SIGKILL)
        await service.until(lambda: not any(_alive(pid) for pid in children if pid), 10, "no child is left")


async def test_with_the_office_standing_still_the_last_resort_hears_within_ninety_seconds(tmp_path: Path) -> None:
    async with started(tmp_path) as service:
        service.signal("office", signal.SIGSTOP)
        sender = number()
        await service.post_sms(sender, "fest igen Vestergade 12B, 3. tv")
        await service.until(lambda: len(service.heard(sender)) == 2, 15, "the reporter has his confirmation")
        await service.until(lambda: all(service.heard(p) for p in ("+4552500091", "+4552500092")), 90, "the alarm")
        service.signal("office", signal.SIGCONT)
        await service.until(lambda: service.figures()["cases"]["new"] == 1, 20, "the office goes on")


async def test_in_a_storm_every_alert_arrives_and_no_text_message_comes_twice(tmp_path: Path) -> None:
    async with started(tmp_path) as service:
        duty = await service.enrol("mads-ravn")
        service.sandbox.set_chaos(**STORM)
        senders = [number() for _ in range(30)]
        for n, sender in enumerate(senders):
            assert await service.post_sms(sender, f"larm og fest hele natten på Kajen {n + 20}, 3. tv") == 200
            await asyncio.sleep(0.15)
        codes = {case["code"] for case in await _cases(service, 30)}
        await service.until(lambda: codes <= _alerted(service, duty.address), 60, "every case reached the duty")
        await service.until(lambda: all(len(service.heard(s)) >= 2 for s in senders), 90, "every reporter was told")
        twice = [s for s in senders if len(set(service.heard(s))) < len(service.heard(s))]
        alerts = [t.split()[1] for t in service.heard(duty.address, "telegram") if t.startswith("Sag ")]
        assert not twice
        assert max(alerts.count(code) for code in set(alerts)) <= 2
        assert service.figures()["resent"] >= len(alerts) - len(set(alerts))


async def _cases(service: Service, count: int) -> list[dict[str, str]]:
    await service.until(lambda: service.figures()["cases"]["new"] == count, 30, f"{count} cases")
    return await service.cases()


def _alerted(service: Service, chat: str) -> set[str]:
    """The codes the duty heard of, in Telegram or, where that failed, by text message."""
    texts = service.heard(chat, "telegram") + service.heard("+4520000014") + service.heard("+4520000012")
    return {code for text in texts for code in re.findall(r"[Ss]ag ([0-9A-Z]{4})\b", text)}
