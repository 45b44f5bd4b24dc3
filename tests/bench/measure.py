"""Prints, in one run: intake against a bare signed webhook with one group-committed row, and report → alert accepted.

Figures of this machine at this moment, on loopback, nothing pinned to a core; nothing here is asserted but that every
report was answered with 200 and none was lost. `make bench` runs it.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.load import Round, burst, request
from tests.service import Service, message_sid, number, started

ROUNDS, CLIENTS = 3, (16, 64)
# Reports in which each desk does everything for the first time: what it loads and prepares then, it keeps.
COLD = 20
# What the responder sends to be enrolled.
STAFF_TEXTS = 1


def prepared(service: Service, url: str, count: int) -> list[bytes]:
    """Reports as Twilio posts them, each from a number of its own, signed for `url`."""
    return [
        request(url, service.sms_form(number(), f"larm igen Kajen {n}, 3. tv, vi skal op kl 5", message_sid()))
        for n in range(count)
    ]


async def intake(service: Service, bare: str, bare_pid: int, requests: int, clients: int) -> list[tuple[Round, Round]]:
    """(the service, the bare webhook) for each round, in turn; each begins when the one before is worked off."""
    ours, front = service.front_url + "/webhooks/twilio/sms", service.pid_of("front")
    assert front
    rounds = []
    for _ in range(ROUNDS):
        theirs = await burst(bare, prepared(service, bare, requests), clients, bare_pid)
        rounds.append((await burst(ours, prepared(service, ours, requests), clients, front), theirs))
        await worked_off(service)
    return rounds


def show(clients: int, rounds: list[tuple[Round, Round]]) -> None:
    ours, theirs = (max(side, key=lambda one: one.rate) for side in zip(*rounds, strict=True))
    ratios = " ".join(f"{one.rate / other.rate:.2f}" for one, other in rounds)
    print(f"intake, c={clients}: {ours.rate / theirs.rate:.2f}x, best of {len(rounds)} each; round by round {ratios}")
    for name, best in (("service", ours), ("bare", theirs)):
        print(
            f"  {name}: {best.rate:.0f}/s, {best.cpu_us:.0f} us CPU a request,"
            f" p50 {best.at(0.5):.1f} ms, p99 {best.at(0.99):.1f} ms"
        )


async def worked_off(service: Service) -> None:
    """Wait until every report is a case and everybody was told, and say how long that took."""
    began, before = time.perf_counter(), service.figures()
    await service.until(lambda: not service.figures()["waiting"], 600, "the inbox is worked off")
    interviewed = time.perf_counter() - began
    after = await service.settled(600)
    lost = after["inbox"]["received"] - sum(after["cases"].values()) - STAFF_TEXTS
    print(
        f"  after the last answer {before['waiting']} waited; interviewed in {interviewed:.1f} s,"
        f" all told in {time.perf_counter() - began:.1f} s, {lost} lost"
    )


async def alerts(service: Service, reports: int) -> None:
    """From the answered webhook to the provider having accepted the alert, report by report."""
    duty = await service.enrol("mads-ravn")
    spans = []
    for n in range(COLD + reports):
        known = len(service.heard(duty.address, "telegram"))
        await service.post_sms(number(), f"fest hele natten Nørregade {n + 100}, 2. th")
        began = time.perf_counter()
        while len(service.heard(duty.address, "telegram")) == known:
            await asyncio.sleep(0.001)
        spans.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.05)
    cold, spans = max(spans[:COLD]), sorted(spans[COLD:])
    p99 = spans[min(len(spans) - 1, int(len(spans) * 0.99))]
    print(f"report -> alert accepted: p50 {statistics.median(spans):.0f} ms, p99 {p99:.0f} ms, n={reports}")
    print(f"  the slowest of the {COLD} reports right after a start, which are not among them: {cold:.0f} ms")


async def main(requests: int, reports: int) -> None:
    bare = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bare", stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert bare.stdout is not None
    url = (await bare.stdout.readline()).decode().strip()
    quiet = {"unkind": False, "pause": 0.0}
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with started(Path(folder), chaos=quiet) as service:
                await alerts(service, reports)
                for clients in CLIENTS:
                    show(clients, await intake(service, url, bare.pid, requests, clients))
    finally:
        bare.terminate()
        await bare.wait()


if __name__ == "__main__":
    asyncio.run(main(*(int(word) for word in sys.argv[1:3] or ("400", "100"))))
