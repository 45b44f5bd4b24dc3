"""Sends prepared requests over kept-alive connections, as cheaply as Python can: the server is to be the slow side."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.service import Form, signature


@dataclass(frozen=True, slots=True)
class Round:
    """One burst: requests a second, the answering process's CPU for each, and how long each took."""

    rate: float
    cpu_us: float
    spans_ms: Sequence[float]

    def at(self, share: float) -> float:
        return self.spans_ms[min(len(self.spans_ms) - 1, int(len(self.spans_ms) * share))]


def request(url: str, form: Form) -> bytes:
    """A signed form post, byte for byte."""
    parts, body = urlsplit(url), urlencode(form).encode()
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Twilio-Signature: {signature(url, form)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def burst(url: str, requests: Sequence[bytes], clients: int, pid: int) -> Round:
    """Send everything with so many clients at once; every answer must be 200."""
    left, spans = iter(requests), list[float]()
    before, began = cpu_seconds(pid), time.perf_counter()
    await asyncio.gather(*(_client(url, left, spans) for _ in range(clients)))
    took = time.perf_counter() - began
    cpu = (cpu_seconds(pid) - before) / len(requests) * 1e6
    return Round(len(requests) / took, cpu, sorted(spans))


async def _client(url: str, left: Iterator[bytes], spans: list[float]) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for each in left:
        began = time.perf_counter()
        writer.write(each)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]))
        spans.append((time.perf_counter() - began) * 1000)
        assert head.startswith(b"HTTP/1.1 200 "), head
    writer.close()
    await writer.wait_closed()


def cpu_seconds(pid: int) -> float:
    """The processor time a process has used so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
