"""Structured logs to stdout, and one processor that every logger goes through: nothing personal gets past it."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

# Fields that may carry a value of their own. Everything else is dropped by name, whatever it holds.
_ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "desk",
        "loop",
        "error",
        "failures",
        "port",
        "line",
        "count",
        "code",
        "state",
        "path",
        "status",
        "seconds",
        "pid",
        "signal",
        "channel",
        "offset",
        "n",
        "at",
    }
)
_PHONE = re.compile(r"\+?\d[\d \-().]{6,}\d")
_TOKEN = re.compile(r"bot\d+:[\w-]{20,}|\b\d{6,}:[\w-]{25,}")
_URL = re.compile(r"(https?://[^\s/?#]+)[^\s]*")
_OURS = "nabolinje"
_LOUD = ("httpx", "httpcore", "twilio", "telegram", "apscheduler", "aiohttp", "sqlalchemy", "alembic", "asyncio")


def scrub(text: str) -> str:
    """A log line without URLs' paths, bot tokens or anything that looks like a number of a person."""
    return _PHONE.sub("[number]", _URL.sub(r"\1/[…]", _TOKEN.sub("bot[token]", text)))


def _redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept = {key: value for key, value in event.items() if key in _ALLOWED}
    for key, value in kept.items():
        if isinstance(value, str) and key != "timestamp":
            kept[key] = scrub(value)
    return kept


def set_up(desk: str, level: int = logging.INFO) -> None:
    """Send every logger of this process through the redacting processor, as JSON lines."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]

    def name_desk(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {**event, "desk": desk}

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            _without_others_words,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_desk,
            _without_traceback,
            _redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A beat that is skipped while the one before still works is how it should be; `tick_age_s` tells of too many.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # What Python itself would print around a failure quotes values, too.
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)
    sys.unraisablehook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = f"{Path(trace.tb_frame.f_code.co_filename).stem}:{trace.tb_lineno}" if trace is not None else ""
    logging.getLogger(_OURS).critical("uncaught", extra={"error": kind.__name__, "at": at})


def _without_others_words(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of a library's line only where in its source it was written: its words may hold a request, a row, a repr."""
    record: logging.LogRecord | None = event.get("_record")
    if record is not None and record.name.partition(".")[0] != _OURS:
        event["event"] = "library message"
        event["at"] = f"{record.module}:{record.lineno}"
    return event


def _without_traceback(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception's text may quote a message; its class is enough to find the place."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple) and found[0] is not None:
        event["error"] = found[0].__name__
    event.pop("exception", None)
    event.pop("stack_info", None)
    return event
