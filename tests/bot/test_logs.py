"""Logs say what happened and where, and never who: whatever a library, an exception or a careless line puts in."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from bot import logs

NAME, PHONE, WORDS = "Ole Jensen", "+45 20 00 00 01", "der er fest hos 3. tv"
TOKEN = "123456789:AAE-abcdefghijklmnopqrstuvwxyz0123456"
SECRETS = ("Jensen", "20 00 00 01", "20000001", "fest", "AAE-abc")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What was logged so far, parsed; the process's own logging is put back afterwards."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    root = logging.getLogger()
    kept = (root.handlers[:], root.level, logging.raiseExceptions, sys.excepthook, threading.excepthook)
    levels = {name: logging.getLogger(name).level for name in logs._LOUD}
    ignored = sys.unraisablehook
    logs.set_up("front", logging.DEBUG)
    monkeypatch.undo()
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.captureWarnings(False)
    root.handlers[:], logging.raiseExceptions, sys.excepthook, threading.excepthook = kept[0], *kept[2:]
    root.setLevel(kept[1])
    sys.unraisablehook = ignored
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def fail() -> None:
    raise ValueError(f"{NAME} {PHONE}: {WORDS}")


def caught() -> ValueError:
    try:
        fail()
    except ValueError as error:
        return error
    raise AssertionError


LOUD = {
    "a library quotes a request": lambda: logging.getLogger("httpx").error("POST %s %s", f"/bot{TOKEN}/x", WORDS),
    "a library builds its words itself": lambda: logging.getLogger("twilio.http_client").error(f"Body={WORDS}"),
    "an exception quotes a person": lambda: logging.getLogger("aiohttp.server").error("x", exc_info=caught()),
    "ours with a traceback": lambda: logging.getLogger("nabolinje.front").exception("loop failed", exc_info=caught()),
    "ours with a field nobody allowed": lambda: logging.getLogger("nabolinje.x").error("x", extra={"text": WORDS}),
    "a number in an allowed field": lambda: logging.getLogger("nabolinje.x").error("x", extra={"error": PHONE}),
    "a token in an address": lambda: logging.getLogger("nabolinje.x").error(
        f"https://a.example/bot{TOKEN}/y?to=+4520000001"
    ),
    "arguments that do not fit": lambda: logging.getLogger("nabolinje.x").error("%d", WORDS),
    "uncaught": lambda: sys.excepthook(ValueError, caught(), caught().__traceback__),
    "a warning": lambda: warnings.warn(f"{NAME} is deprecated", stacklevel=1),
}


@pytest.mark.parametrize("name", LOUD)
def test_nothing_personal_gets_into_a_log(lines: Any, capsys: pytest.CaptureFixture[str], name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        LOUD[name]()
    shown, aside = lines(), capsys.readouterr()
    assert not [secret for secret in SECRETS if secret in f"{shown}{aside.out}{aside.err}"]
    assert shown or name == "arguments that do not fit"


def test_a_task_nobody_awaited_tells_its_class_and_not_its_words(lines: Any) -> None:
    async def forgotten() -> None:
        task = asyncio.get_running_loop().create_task(asyncio.to_thread(fail))
        await asyncio.sleep(0.05)
        del task

    asyncio.run(forgotten(), debug=False)
    (said,) = [line for line in lines() if line["logger"] == "asyncio" and line["level"] == "error"]
    assert (said["event"], said["error"], said["desk"]) == ("library message", "ValueError", "front")


def test_a_thread_that_dies_says_where_it_died(lines: Any) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (said,) = lines()
    assert (said["event"], said["error"], said["at"].partition(":")[0]) == ("uncaught", "ValueError", "test_logs")


def test_what_is_ours_keeps_its_words_and_fields(lines: Any) -> None:
    logging.getLogger("nabolinje.front").warning("webhook not set", extra={"line": "eksempelby", "code": "429"})
    (said,) = lines()
    assert {name: said[name] for name in ("event", "line", "code", "level", "desk")} == {
        "event": "webhook not set", "line": "eksempelby", "code": "429", "level": "warning", "desk": "front",
    }  # fmt: skip
