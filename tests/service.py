"""The whole service as an outsider has it: `nabolinje serve`, both desks as processes, the sandbox as its world.

`service` is shared by many stories on each database (write from numbers of your own: `number()`, `telegram_phone()`);
`started` starts one of a story's own. Stories run in the session's event loop, where the sandbox lives.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ctypes
import hmac
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio
from click.testing import CliRunner

from bot.cli import main
from bot.databases import open_front_for_office, open_office
from bot.sandbox.app import Sandbox
from bot.sandbox.config import LineSetup, PhoneSetup, SandboxConfig
from bot.sandbox.phones import Phone
from bot.settings import Settings, load
from escalation.store import front_inbox
from escalation.store.base import Database
from handlers import overview
from tests.postgres import fresh_database

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("Europe/Copenhagen")
LINE, LINE_NUMBER, VOICE_NUMBER = "eksempelby", "+4552500001", "+4552500002"
TOKEN, SECRET = "100001:sandbox-demo-token", "webhook-secret_1"
ACCOUNT, TWILIO_TOKEN, OLD_TWILIO_TOKEN = "AC" + "5a" * 16, "sandbox-auth-token", "the-token-before"
# Long, for a busy machine: what this waits for is not how quickly, but that a service comes up at all.
READY_WITHIN = 150.0
PR_SET_PDEATHSIG = 1
Form = Sequence[tuple[str, str]]
Desk = Literal["front", "office"]
_numbers, _chats, _messages = itertools.count(1), itertools.count(1), itertools.count(1)


def number() -> str:
    """A phone number nobody else uses in this run."""
    return f"+4531{next(_numbers):06d}"


def message_sid() -> str:
    return f"SM{secrets.token_hex(4)}{next(_messages):024x}"


def signature(url: str, form: Iterable[tuple[str, str]], token: str = TWILIO_TOKEN, algorithm: str = "sha1") -> str:
    """X-Twilio-Signature, made here a second time so that the service is not judged by its own code."""
    signed = url + "".join(name + value for name, value in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), algorithm).digest()).decode()


class Service:
    """One running installation. Made by `started`; everything it needs lies in `folder`."""

    def __init__(self, folder: Path, database_url: str = "", **settings: str) -> None:
        self.folder, self.database_url = folder, database_url
        self.data_dir, self.clock_file = folder / "var", folder / "clock"
        self.front_port, self.office_port = _free_port(), _free_port()
        self.front_url, self.office_url = (f"http://127.0.0.1:{p}" for p in (self.front_port, self.office_port))
        self.directory = folder / "directory"
        self.env = self._environment() | settings
        self.log = folder / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.desks: tuple[Database, Database] | None = None
        self.call_pace = 1.0
        self.voice_fallback: str | None = None

    def _environment(self) -> dict[str, str]:
        config = self.folder / "nabolinje.toml"
        config.write_bytes(files("bot.sandbox").joinpath("nabolinje.toml").read_bytes())
        shutil.copytree(str(files("bot.sandbox").joinpath("eksempelby")), self.directory)
        key = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
        return {
            "NABOLINJE_CONFIG": str(config),
            "NABOLINJE_DATA_DIR": str(self.data_dir),
            "NABOLINJE_DATABASE_URL": self.database_url,
            "NABOLINJE_KEYS": next(key),
            "NABOLINJE_INDEX_KEY": next(key),
            "NABOLINJE_PORT": str(self.front_port),
            "NABOLINJE_OFFICE_PORT": str(self.office_port),
            "NABOLINJE_TWILIO_ACCOUNT_SID": ACCOUNT,
            "NABOLINJE_TWILIO_AUTH_TOKEN": f"{TWILIO_TOKEN},{OLD_TWILIO_TOKEN}",
            "NABOLINJE_TELEGRAM_TOKEN_EKSEMPELBY": TOKEN,
            "NABOLINJE_TELEGRAM_WEBHOOK_SECRET": SECRET,
        }

    # life

    async def start(self, at: str = "fri 23:38", chaos: dict[str, Any] | None = None) -> Self:
        """Sandbox, schema, directory, both desks; returns when both are ready."""
        self.clock_file.write_text(offset_to(at, datetime.now(UTC)), encoding="ascii")
        self.sandbox = Sandbox(self._world())
        await self.sandbox.start()
        self.sandbox.set_chaos(**(chaos or {}))
        self.env["NABOLINJE_TWILIO_API_URL"] = self.sandbox.url
        self.env["NABOLINJE_TELEGRAM_API_URL"] = self.sandbox.telegram_api_url
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200))
        self.cli("migrate")
        self.cli("import", str(self.directory))
        settings: Settings = load(self.env, self.folder)
        self.desks = (open_front_for_office(settings), open_office(settings))
        self.serve()
        await self.until_ready()
        return self

    def _world(self) -> SandboxConfig:
        line = LineSetup(
            slug=LINE, name="Nabolinjen", sms_number=LINE_NUMBER, telegram_token=TOKEN,
            sms_webhook=f"{self.front_url}/webhooks/twilio/sms", telegram_username="nabolinjen_eksempelby_bot",
            voice_number=VOICE_NUMBER, voice_webhook=f"{self.front_url}/webhooks/twilio/voice",
            voice_status=f"{self.front_url}/webhooks/twilio/voice-status", voice_fallback=self.voice_fallback,
        )  # fmt: skip
        return SandboxConfig(
            lines=(line,), account_sid=ACCOUNT, auth_token=TWILIO_TOKEN, clock_file=self.clock_file,
            telegram_per_second=1_000, call_pace=self.call_pace,
        )  # fmt: skip

    def serve(self) -> None:
        """Start the parent; it starts the desks. All of them die with this process."""
        command = [sys.executable, "-m", "bot", "serve", "--clock-file", str(self.clock_file)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self._for_child(), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_die_with_me,
            )  # fmt: skip

    def _for_child(self) -> dict[str, str]:
        outside = {name: text for name, text in os.environ.items() if not name.startswith("NABOLINJE_")}
        # Compiled once a machine: these programs are started often, and some environments forbid __pycache__.
        outside.pop("PYTHONDONTWRITEBYTECODE", None)
        outside["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / f"nabolinje-bytecode-{os.getuid()}")
        return outside | {name: text for name, text in self.env.items() if text}

    async def until_ready(self, seconds: float = READY_WITHIN) -> None:
        for url in (self.front_url, self.office_url):
            await self.until(partial(self._ready, url), seconds, "both desks are ready")

    async def _ready(self, url: str) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            async with self.http.get(f"{url}/readyz") as response:
                return response.status == 200
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"serve ended: {self.log.read_text()[-2000:]}")
        return False

    async def stop(self) -> int | None:
        """End it as an operator does; what does not end is killed. Gives the parent's exit status."""
        process, self.process = self.process, None
        if process is None:
            return None
        process.terminate()
        try:
            return await asyncio.to_thread(process.wait, 25)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _kill_group(process)

    async def close(self) -> None:
        """Everything that was started ends, whatever happened."""
        await self.stop()
        if hasattr(self, "http"):
            await self.http.close()
        if hasattr(self, "sandbox"):
            await self.sandbox.stop()
        for desk in self.desks or ():
            desk.close()

    # processes

    def pid_of(self, desk: Desk) -> int | None:
        """The process of one desk, as a child of the parent; None while there is none."""
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in children.read_text().split() if children.exists() else ():
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
                if "--only" in words and words[words.index("--only") + 1] == desk:
                    return int(pid)
        return None

    def signal(self, desk: Desk, number: signal.Signals = signal.SIGKILL) -> int:
        """Send one desk a signal; its process id."""
        pid = self.pid_of(desk)
        assert pid, f"no {desk} is running"
        os.kill(pid, number)
        return pid

    def cli(self, *words: str) -> str:
        """What a command prints; fails with what it complained of unless it ends well.

        Run in this process, because starting one a hundred times is slow; tests/bot/test_cli.py starts real ones.
        """
        others = dict.fromkeys(name for name in os.environ if name.startswith("NABOLINJE_"))
        done = CliRunner().invoke(main, words, env={**others, **self.env})
        assert done.exit_code == 0, f"{words[0]} ended with {done.exit_code}: {done.stderr}"
        return done.stdout

    async def status(self) -> dict[str, Any]:
        """What `nabolinje status` says."""
        found: dict[str, Any] = json.loads(self.cli("status", "--format", "json"))
        return found

    async def cases(self) -> list[dict[str, Any]]:
        """What `nabolinje cases` lists, the oldest first."""
        found: list[dict[str, Any]] = json.loads(self.cli("cases", "--format", "json"))
        return found

    def figures(self) -> dict[str, Any]:
        """The same as `status`, read here because starting a process a hundred times is slow; and the inbox's rest."""
        assert self.desks
        front, office = self.desks
        real = datetime.now(UTC)
        now = office.read_now(overview.service_time, real)
        found = overview.status(
            front.read_now(overview.front_figures, now), office.read_now(overview.office_figures, now), real
        )
        return found | {"waiting": front.read_now(front_inbox.backlog)[0]}

    # time

    async def advance(self, by: str) -> None:
        """Move the service's time forward, and wait until the service has surely looked."""
        self.sandbox.move_clock(by=by)
        await asyncio.sleep(0.6)

    async def until(self, found: Callable[[], Any], seconds: float, what: str = "it happens") -> None:
        """Wait until `found()` (or its await) is true."""
        end = time.monotonic() + seconds
        while True:
            answer = found()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            assert time.monotonic() < end, f"not within {seconds} s: {what}; {self.figures()}"
            await asyncio.sleep(0.05)

    async def settled(self, seconds: float = 30.0) -> dict[str, Any]:
        """Wait until nothing is under way, in the service or outside; the figures then."""
        quiet = 0
        end = time.monotonic() + seconds
        while quiet < 3:
            figures = self.figures()
            at_work = figures["waiting"] + sum(figures["hatch"].values()) + figures["notices"]["queued"]
            quiet = 0 if at_work or self.sandbox.world.under_way() else quiet + 1
            assert time.monotonic() < end, f"not quiet within {seconds} s: {figures}"
            await asyncio.sleep(0.1)
        return figures

    # what providers and phones do

    def sms_form(self, sender: str, text: str, sid: str = "", **more: str) -> list[tuple[str, str]]:
        """What Twilio posts for a text message."""
        fields = {
            "ToCountry": "DK", "MessageSid": sid or message_sid(), "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01",
            "From": sender, "To": LINE_NUMBER, "Body": text, "NumMedia": "0", "NumSegments": "1",
        }  # fmt: skip
        fields["SmsSid"] = fields["SmsMessageSid"] = fields["MessageSid"]
        return list((fields | more).items())

    async def post_form(
        self, form: Form, path: str = "/webhooks/twilio/sms", token: str = TWILIO_TOKEN, **headers: str
    ) -> int:
        """Post a signed form as Twilio does; the status of the answer."""
        url = self.front_url + path
        signed = {"X-Twilio-Signature": signature(url, form, token)} | headers
        return await self.post_raw(
            path, urlencode(form).encode(), signed | {"Content-Type": "application/x-www-form-urlencoded"}
        )

    async def post_sms(self, sender: str, text: str, sid: str = "", **more: str) -> int:
        return await self.post_form(self.sms_form(sender, text, sid, **more))

    async def post_update(self, update: Any, secret: str | None = SECRET, line: str = LINE) -> int:
        """Post an update as Telegram does."""
        headers = {"Content-Type": "application/json"}
        if secret is not None:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        return await self.post_raw(f"/webhooks/telegram/{line}", json.dumps(update).encode(), headers)

    async def post_raw(self, path: str, body: Any, headers: dict[str, str], method: str = "POST") -> int:
        async with self.http.request(method, self.front_url + path, data=body, headers=headers) as response:
            await response.read()
            return response.status

    def telegram_phone(self, role: Literal["reporter", "staff"] = "reporter") -> Phone:
        """A Telegram phone nobody else uses, its chat with the bot begun."""
        n = next(_chats)
        return self.sandbox.add_phone(
            PhoneSetup(f"{role} {n}", role, "telegram", str(900_000_000 + n), LINE, started=True)
        )

    def telephone(self, phone_number: str) -> Phone:
        """The telephone with this number; staff's are in staff.csv."""
        known = self.sandbox.world.book.by_number(phone_number)
        return known or self.sandbox.add_phone(
            PhoneSetup(f"phone {phone_number}", "reporter", "sms", phone_number, LINE)
        )

    def heard(self, address: str, channel: str = "sms") -> list[str]:
        """The texts a phone received, oldest first."""
        screen = self.sandbox.world.book.screen((channel, LINE if channel == "telegram" else "", address))
        return [bubble.text for bubble in screen if not bubble.mine and not bubble.provider]

    async def enrol(self, staff: str) -> Phone:
        """Give a staff member a Telegram phone, by the invitation an operator makes."""
        link = self.cli("staff", "invite", "--line", LINE, staff).strip()
        phone = self.telegram_phone("staff")
        self.sandbox.start_bot(phone, link.rpartition("start=")[2])
        await self.sandbox.wait_for(phone, lambda bubble: True, 15)
        return phone


def quick_calls(lengths: str) -> Callable[[Service], None]:
    """Callers wait, and phones ring, as long as `lengths` says in nabolinje.toml; everything on the telephone goes by
    ten times as quickly."""

    def furnish(service: Service) -> None:
        service.call_pace = 0.1
        config = service.folder / "nabolinje.toml"
        lines = config.read_text("utf-8").splitlines()
        config.write_text("\n".join(lengths if line.startswith("calls =") else line for line in lines), "utf-8")

    return furnish


@asynccontextmanager
async def started(
    folder: Path, database_url: str = "", at: str = "fri 23:38", chaos: dict[str, Any] | None = None,
    furnish: Callable[[Service], None] | None = None, **settings: str,
) -> AsyncIterator[Service]:  # fmt: skip
    """A service of one's own; `furnish` may change its directory and configuration before they are read."""
    service = Service(folder, database_url, **settings)
    if furnish:
        furnish(service)
    try:
        yield await service.start(at, chaos)
    finally:
        await service.close()


def offset_to(moment: str, now: datetime) -> str:
    """The clock file's text for the next `fri 23:38` on the line's wall."""
    day, _, hour = moment.partition(" ")
    local = now.astimezone(ZONE)
    there = local.replace(hour=int(hour[:2]), minute=int(hour[3:]), second=0, microsecond=0)
    there += timedelta(days=("mon tue wed thu fri sat sun".split().index(day) - local.weekday()) % 7)
    if there <= local:
        there += timedelta(days=7)
    seconds = int((there.astimezone(UTC) - now).total_seconds())
    return f"+{seconds // 86400}d{seconds % 86400}s\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_me() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


# xdist keeps a group on one worker (`--dist loadgroup`): a file that is a group starts one service on each database.
BOTH = [pytest.param(name, marks=pytest.mark.xdist_group(f"service-{name}")) for name in ("sqlite", "postgres")]


@pytest.fixture(scope="module", params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database each time a service is started: "" is SQLite in the service's own folder."""
    return "" if request.param == "sqlite" else fresh_database(request.getfixturevalue("postgres_url"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def service(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """The installation that the stories of a file share, on both databases. A test of it runs in the session's event
    loop: `pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("the file")]`.
    """
    async with started(tmp_path_factory.mktemp("service"), database_url) as running:
        yield running
