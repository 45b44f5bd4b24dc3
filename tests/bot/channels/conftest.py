"""A provider on this machine: a real server whose answers a test sets, and which keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    fields: dict[str, Any]
    query: dict[str, str]


@dataclass
class Rig:
    """`answers` are given in order, the last one for ever: (status, body) or "drop" or seconds to hang."""

    url: str = ""
    answers: deque[Any] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def answer(self, *answers: Any) -> None:
        self.answers = deque(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        posted = await request.post()
        fields = {k: v.file.read() if isinstance(v, web.FileField) else v for k, v in posted.items()}
        self.asked.append(Asked(request.method, request.path, dict(request.headers), fields, dict(request.query)))
        step = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        if step == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if isinstance(step, (int, float)):
            await asyncio.sleep(step)
            return web.Response()
        status, body = step[:2]
        headers = {**self.headers, **(step[2] if len(step) > 2 else {})}
        if isinstance(body, list) and headers.pop("Transfer-Encoding", None):
            return await _chunked(request, status, body)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(status=status, body=content, headers=headers)


async def _chunked(request: web.Request, status: int, chunks: list[bytes]) -> web.StreamResponse:
    response = web.StreamResponse(status=status)
    response.enable_chunked_encoding()
    await response.prepare(request)
    for chunk in chunks:
        await response.write(chunk)
    await response.write_eof()
    return response


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", rig.handle)
    server = TestServer(app)
    await server.start_server()
    rig.url = str(server.make_url("")).rstrip("/")
    yield rig
    await server.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
