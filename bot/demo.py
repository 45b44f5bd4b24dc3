"""`nabolinje demo`: the whole service on this machine with no account anywhere, and phones to play with."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import ClientError, ClientSession

from bot import logs
from bot import settings as configuration
from bot.databases import open_front_for_office, open_office
from bot.sandbox.app import Sandbox
from bot.sandbox.config import LineSetup, PhoneSetup, SandboxConfig
from bot.serving import prepare
from bot.settings import Settings, write_key_file
from escalation.clock import SystemClock, new_secret
from escalation.store import office_people
from escalation.store.base import Database
from handlers.directory import import_directory

LINE = "eksempelby"
INVITED = timedelta(days=1)
# Who is on duty in a Friday night, and whose citizen lives at Vestergade 12B, 3. tv.
MADS, LONE = "Mads, on duty", "Lone, contact person"
TELEGRAM_STAFF = {MADS: "mads-ravn", LONE: "lone-krogh"}
# The last column is what a Telegram phone is called on: for staff the number in the example's staff.csv.
PHONES = (
    ("Neighbour", "reporter", "sms", "+4530111201", ""),
    ("Caretaker", "reporter", "telegram", "700101", ""),
    (MADS, "staff", "telegram", "700001", "+4520000013"),
    (LONE, "staff", "telegram", "700002", "+4520000005"),
    ("Anne, coordinator", "staff", "sms", "+4520000001", ""),
    ("Last resort", "staff", "sms", "+4552500091", ""),
)
TOKEN = "100001:sandbox-demo-token"
ACCOUNT = "AC" + "5a" * 16
READY_WITHIN = 120.0


def run(port: int, data_dir: Path, reset: bool) -> None:
    """Play until interrupted. `reset` starts again from an empty town."""
    if reset and data_dir.exists():
        shutil.rmtree(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    logs.set_up("demo", logging.WARNING)
    asyncio.run(_play(port, data_dir))


def _environment(data_dir: Path, port: int, front: int, office: int) -> dict[str, str]:
    example = data_dir / "nabolinje.toml"
    if not example.exists():
        example.write_bytes(files("bot.sandbox").joinpath("nabolinje.toml").read_bytes())
    if not (data_dir / configuration.KEY_FILE).exists():
        write_key_file(data_dir)
    here = f"http://127.0.0.1:{port}"
    return {
        "NABOLINJE_CONFIG": str(example),
        "NABOLINJE_DATA_DIR": str(data_dir),
        "NABOLINJE_PORT": str(front),
        "NABOLINJE_OFFICE_PORT": str(office),
        "NABOLINJE_TWILIO_API_URL": here,
        "NABOLINJE_TWILIO_ACCOUNT_SID": ACCOUNT,
        "NABOLINJE_TWILIO_AUTH_TOKEN": "sandbox-auth-token",
        "NABOLINJE_TELEGRAM_API_URL": f"{here}/sandbox/telegram",
        "NABOLINJE_TELEGRAM_TOKEN_EKSEMPELBY": TOKEN,
        "NABOLINJE_TELEGRAM_WEBHOOK_SECRET": _secret(data_dir),
    }


def _secret(data_dir: Path) -> str:
    path = data_dir / "webhook-secret"
    if not path.exists():
        path.write_text(new_secret(), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii")


async def _play(port: int, data_dir: Path) -> None:
    front_port, office_port = _free_port(), _free_port()
    environment = _environment(data_dir, port, front_port, office_port)
    clock_file = data_dir / "clock"
    if not clock_file.exists():
        clock_file.write_text(_until_friday_night(SystemClock().now()), encoding="ascii")
    settings = replace(configuration.load(environment, Path.cwd()), clock_file=clock_file)
    invitations = await asyncio.to_thread(_furnish, settings)
    sandbox = Sandbox(_town(settings, clock_file, data_dir, front_port))
    await sandbox.start(port)
    service = _serve(environment, clock_file, data_dir / "service.log")
    try:
        await _until_ready(front_port, office_port)
        for name, code in invitations.items():
            sandbox.start_bot(sandbox.phone(name), code)
        sys.stdout.write(f"The town of Eksempelby: http://127.0.0.1:{port}/sandbox/   (Ctrl-C ends it)\n")
        sys.stdout.flush()
        await _until_interrupted(service)
    finally:
        service.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(service.wait, 20)
        await sandbox.stop()


def _furnish(settings: Settings) -> dict[str, str]:
    """Import the example municipality and invite those of its staff who have a Telegram phone on the page."""
    prepare(settings)
    office, front = open_office(settings), open_front_for_office(settings)
    now = SystemClock().now()
    folder = files("bot.sandbox").joinpath("eksempelby")
    sheets = {f.name: f.read_bytes() for f in folder.iterdir() if f.name.endswith(".csv")}
    try:
        import_directory(office, front, settings.lines, sheets, now)
        return {name: _invite(office, staff, now) for name, staff in TELEGRAM_STAFF.items()}
    finally:
        office.close()
        front.close()


def _invite(office: Database, staff: str, now: datetime) -> str:
    code = new_secret(12)
    office.write_now(office_people.invite, LINE, staff, code, now + INVITED)
    return code


def _until_friday_night(now: datetime) -> str:
    """The offset to the next Friday at 23:38 local time: the hour the example's story begins."""
    local = now.astimezone(ZoneInfo("Europe/Copenhagen"))
    friday = (local + timedelta(days=(4 - local.weekday()) % 7)).replace(hour=23, minute=38, second=0, microsecond=0)
    if friday <= local:
        friday += timedelta(days=7)
    seconds = int((friday - local).total_seconds())
    return f"+{seconds // 86400}d{seconds % 86400}s"


def _town(settings: Settings, clock_file: Path, data_dir: Path, port: int) -> SandboxConfig:
    line = settings.lines[LINE]
    return SandboxConfig(
        lines=(
            LineSetup(
                slug=LINE,
                name=line.name,
                sms_number=line.sms_number,
                telegram_token=TOKEN,
                sms_webhook=f"http://127.0.0.1:{port}/webhooks/twilio/sms",
                voice_number=line.voice_number,
                voice_webhook=f"http://127.0.0.1:{port}/webhooks/twilio/voice",
                voice_status=f"http://127.0.0.1:{port}/webhooks/twilio/voice-status",
                telegram_username=line.telegram_username,
            ),
        ),
        phones=tuple(
            PhoneSetup(name, role, channel, address, LINE, number=number)  # type: ignore[arg-type]  # the literals above are such values
            for name, role, channel, address, number in PHONES
        ),
        account_sid=ACCOUNT,
        auth_token="sandbox-auth-token",
        clock_file=clock_file,
        memory_file=data_dir / "sandbox.json",
        timezone=line.timezone,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(environment: Mapping[str, str], clock_file: Path, log_file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot", "serve", "--clock-file", str(clock_file)]
    with log_file.open("ab") as log:
        return subprocess.Popen(command, env=configuration.for_child(environment), stdout=log, stderr=log)


async def _until_ready(*ports: int) -> None:
    async with ClientSession() as session:
        for port in ports:
            await asyncio.wait_for(_ready(session, port), READY_WITHIN)


async def _ready(session: ClientSession, port: int) -> None:
    while True:
        with contextlib.suppress(ClientError):
            async with session.get(f"http://127.0.0.1:{port}/readyz") as response:
                if response.status == 200:
                    return
        await asyncio.sleep(0.1)


async def _until_interrupted(service: subprocess.Popen[bytes]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    while not stopped.is_set() and service.poll() is None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 0.5)
