"""The least a durable signed webhook does: check the signature, keep one row (SQLite, FULL), many in one commit."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiohttp import web

from bot.channels.sms_forms import decode_form
from bot.channels.twilio_http import signature_fits
from tests.service import TWILIO_TOKEN


class Rows:
    """One writer; what waits while it commits goes into the next commit together."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for setting in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE row (sid PRIMARY KEY, body)",
        ):
            self._db.execute(setting)
        self._waiting: asyncio.Queue[tuple[str, bytes, asyncio.Future[None]]] = asyncio.Queue()
        self._thread = ThreadPoolExecutor(1)

    async def keep(self, sid: str, body: bytes) -> None:
        kept = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((sid, body, kept))
        await kept

    async def run(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, [b[:2] for b in batch])
            for *_, kept in batch:
                kept.set_result(None)

    def _commit(self, rows: list[tuple[str, bytes]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR IGNORE INTO row VALUES (?, ?)", rows)
        self._db.execute("COMMIT")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = Rows(Path(folder) / "bare.db")
        writer = asyncio.create_task(rows.run())

        async def sms(request: web.Request) -> web.Response:
            body = await request.read()
            items = decode_form(body)
            here = f"http://{request.host}{request.raw_path}"
            if not signature_fits([TWILIO_TOKEN], here, items, request.headers.get("X-Twilio-Signature")):
                return web.Response(status=403)
            await rows.keep(dict(items)["MessageSid"], body)
            return web.Response(body=b"<Response/>", content_type="text/xml")

        app = web.Application()
        app.router.add_post("/sms", sms)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(f"http://127.0.0.1:{runner.addresses[0][1]}/sms", flush=True)
        await writer


if __name__ == "__main__":
    asyncio.run(main())
