"""Prints, in one run: intake against a bare signed webhook with one group-committed row, and report → alert accepted.

Ratios and percentiles of this machine at this moment, on loopback; nothing here is asserted. `make bench` runs it.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from tests.service import Service, message_sid, number, signature, started

CLIENTS, ROUNDS = 16, 5
Post = Callable[[aiohttp.ClientSession, int], Awaitable[None]]


async def rate(post: Post, requests: int) -> float:
    """Answered requests per second with sixteen clients."""
    left = iter(range(requests))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CLIENTS)) as session:

        async def client() -> None:
            for n in left:
                await post(session, n)

        began = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        return requests / (time.perf_counter() - began)


def signed(url: str, form: list[tuple[str, str]]) -> tuple[bytes, dict[str, str]]:
    kind = "application/x-www-form-urlencoded"
    return urlencode(form).encode(), {"X-Twilio-Signature": signature(url, form), "Content-Type": kind}


async def intake(service: Service, bare: str, requests: int) -> tuple[float, float]:
    """(best rate of the service, best rate of the bare webhook), rounds in turn."""

    def to(url: str) -> Post:
        async def post(session: aiohttp.ClientSession, n: int) -> None:
            form = service.sms_form(number(), f"larm igen Kajen {n}, 3. tv, vi skal op kl 5", message_sid())
            body, headers = signed(url, form)
            async with session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 200

        return post

    ours, theirs = to(service.front_url + "/webhooks/twilio/sms"), to(bare)
    best = [0.0, 0.0]
    for _ in range(ROUNDS):
        best[1] = max(best[1], await rate(theirs, requests))
        best[0] = max(best[0], await rate(ours, requests))
        await asyncio.sleep(0.2)
    return best[0], best[1]


async def alerts(service: Service, reports: int) -> list[float]:
    """Milliseconds from the answered webhook to the provider having accepted the alert, report by report."""
    duty = await service.enrol("mads-ravn")
    spans = []
    for n in range(reports):
        known = len(service.heard(duty.address, "telegram"))
        await service.post_sms(number(), f"fest hele natten Nørregade {n + 100}, 2. th")
        began = time.perf_counter()
        while len(service.heard(duty.address, "telegram")) == known:
            await asyncio.sleep(0.001)
        spans.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.05)
    return spans


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
                spans = sorted(await alerts(service, reports))
                p99 = spans[min(len(spans) - 1, int(len(spans) * 0.99))]
                print(f"report -> alert accepted: p50 {statistics.median(spans):.0f} ms, p99 {p99:.0f} ms, n={reports}")
                ours, theirs = await intake(service, url, requests)
                print(f"intake, c={CLIENTS}: {ours:.0f}/s, a bare signed webhook {theirs:.0f}/s: {ours / theirs:.2f}x")
    finally:
        bare.terminate()
        await bare.wait()


if __name__ == "__main__":
    asyncio.run(main(*(int(word) for word in sys.argv[1:3] or ("300", "60"))))
