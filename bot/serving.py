"""`nabolinje serve`: one parent that supervises two children, the front desk and the back office.

A killed child is started again; a dead parent leaves no child (the kernel kills them with it, and each
also watches its standard input, a pipe that closes when the parent is gone).
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import importlib
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from time import sleep as pause
from typing import Literal

from bot import logs
from bot.databases import front_url, keyring, office_url, owned_front_url
from bot.settings import Settings
from escalation.clock import Clock, FileClock, SystemClock
from escalation.errors import NotConfigured
from escalation.store import schema
from escalation.store.base import is_sqlite

Desk = Literal["front", "office"]
# Each has an `open_desk`, and is loaded only by the process that it is: the parent and the other desk do without.
MODULES: dict[Desk, str] = {"front": "bot.front", "office": "bot.office"}
PR_SET_PDEATHSIG = 1
RESTART_AFTER = 0.5
# A store thread that computes lets the event loop wait this long for the interpreter, at every answer it writes.
SWITCH_SECONDS = 0.0005
DOOR_TRIES, DOOR_PAUSE = 8, 0.25
log = logging.getLogger("nabolinje.serve")


def clock_of(settings: Settings) -> Clock:
    return FileClock(settings.clock_file) if settings.clock_file else SystemClock()


def prepare(settings: Settings, only: Desk | None = None) -> None:
    """Bring SQLite up to date; refuse an out-of-date PostgreSQL with the command to run.

    A desk by itself looks at its own database and at no other.
    """
    keyring(settings)
    if not settings.lines:
        raise NotConfigured("no line is configured; begin with a copy of nabolinje.example.toml")
    if settings.front_database_url and not settings.database_url and only != "front":
        raise NotConfigured("NABOLINJE_DATABASE_URL is missing: the office needs its own beside the front desk's")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if only != "office":
        _at_head(front_url(settings), "front")
    if only != "front":
        _at_head(office_url(settings), "office")
        _at_head(owned_front_url(settings), "front")


def _at_head(url: str, name: Desk) -> None:
    if is_sqlite(url):
        schema.upgrade(url, name)
    else:
        schema.require_current(url, name)


def wait_for_doors(settings: Settings, only: Desk | None) -> None:
    """Refuse an address on which nobody can listen, before a child is started again and again for it.

    Those of a service that was just killed are let go within moments.
    """
    doors = {"front": ("PORT", settings.port), "office": ("OFFICE_PORT", settings.office_port)}
    for name, port in (door for desk, door in doors.items() if only in (None, desk)):
        for patience in reversed(range(DOOR_TRIES)):
            try:
                _knock(settings.host, port)
                break
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise NotConfigured(
                        f"NABOLINJE_HOST: nobody can listen on {settings.host} here, port {port} "
                        f"({(error.strerror or type(error).__name__).lower()}); "
                        "write 127.0.0.1, 0.0.0.0 or an address of this machine"
                    ) from None
                if not patience:
                    raise NotConfigured(
                        f"NABOLINJE_{name}: {settings.host}:{port} is already in use; stop what listens there, "
                        "or choose another port"
                    ) from None
                pause(DOOR_PAUSE)


def _knock(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen()


def run(settings: Settings, only: Desk | None, *, supervised: bool = False) -> None:
    """Serve until told to stop: one desk in this process, or both as children of it.

    `supervised`: this is such a child, and ends when its standard input does.
    """
    prepare(settings, only)
    if not supervised:
        wait_for_doors(settings, only)
    logs.set_up(only or "serve")
    sys.setswitchinterval(SWITCH_SECONDS)
    if settings.clock_file:
        log.warning("rehearsal: the service's clock follows a file", extra={"path": settings.clock_file.name})
    if only is None:
        asyncio.run(_supervise(settings))
    else:
        asyncio.run(_desk(settings, only, supervised))


async def _desk(settings: Settings, only: Desk, supervised: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    open_desk = importlib.import_module(MODULES[only]).open_desk
    async with open_desk(settings, clock_of(settings)) as process:
        await process.start()
        if supervised:
            _watch_parent(stopped)
        await stopped.wait()
        await process.stop()


def _watch_parent(stopped: asyncio.Event) -> None:
    """A supervised desk's standard input is a pipe from its parent, which closes when the parent is gone."""
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stopped.set)


class Child:
    """One desk as a child process."""

    def __init__(self, desk: Desk, command: Sequence[str]) -> None:
        self.desk = desk
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [*self._command, "--only", self.desk, "--supervised"], stdin=subprocess.PIPE, preexec_fn=_die_with_parent
        )
        log.info("child started", extra={"desk": self.desk, "pid": self._process.pid})

    def ended(self) -> int | None:
        return self._process.poll() if self._process else None

    def terminate(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    async def wait(self, seconds: float) -> None:
        waited = 0.0
        while self._process and self._process.poll() is None and waited < seconds:
            await asyncio.sleep(0.1)
            waited += 0.1
        if self._process and self._process.poll() is None:
            self._process.kill()


def serve_command(settings: Settings) -> list[str]:
    """This program again; settings reach it through the same environment and folder."""
    clock = ["--clock-file", str(settings.clock_file)] if settings.clock_file else []
    return [sys.executable, "-m", "bot", "serve", *clock]


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


async def _supervise(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    command = serve_command(settings)
    children = [Child("front", command), Child("office", command)]
    for child in children:
        child.start()
    while not stopped.is_set():
        for child in children:
            status = child.ended()
            if status is not None:
                log.error("child ended; starting it again", extra={"desk": child.desk, "status": status})
                await asyncio.sleep(RESTART_AFTER)
                child.start()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 0.2)
    for child in children:
        child.terminate()
    for child in children:
        await child.wait(25)
