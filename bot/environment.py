"""The NABOLINJE_ variables: which there are, and how the text of one becomes a value.

Every fault names the variable and what is allowed. A value is repeated only where it cannot be a secret:
never a token, a key or a URL, which may hold a password.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from urllib.parse import SplitResult, urlsplit

from bot.line_values import did_you_mean
from escalation.errors import NotConfigured
from escalation.store.crypto import decode_key

BOT_TOKEN = re.compile(r"[A-Za-z0-9_:-]+")
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
ACCOUNT = re.compile(r"[A-Za-z0-9]+")
PREFIX = "NABOLINJE_"
TOKEN = f"{PREFIX}TELEGRAM_TOKEN_"
VARIABLES = tuple(
    PREFIX + name
    for name in (
        "CONFIG",
        "DATA_DIR",
        "DATABASE_URL",
        "FRONT_DATABASE_URL",
        "KEYS",
        "INDEX_KEY",
        "PUBLIC_URL",
        "OFFICE_PUBLIC_URL",
        "HOST",
        "PORT",
        "OFFICE_PORT",
        "TELEGRAM_API_URL",
        "TELEGRAM_MODE",
        "TELEGRAM_WEBHOOK_SECRET",
        "HEARTBEAT_URL",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_API_URL",
        "SMTP_URL",
    )
)


def token_variable(slug: str) -> str:
    """The variable that holds a line's bot token: the slug in capitals, ``-`` written as ``_``."""
    return TOKEN + slug.upper().replace("-", "_")


class Environment:
    """The variables of one start. Reads them by name (without the prefix) and gathers faults."""

    def __init__(self, values: Mapping[str, str], faults: list[str]) -> None:
        self._values = {name: text.strip() for name, text in values.items() if name.startswith(PREFIX) and text.strip()}
        self._faults = faults

    def fault(self, name: str, what: str) -> None:
        self._faults.append(f"{PREFIX}{name}: {what}")

    def refuse_unknown(self, slugs: Sequence[str]) -> None:
        """A fault for every NABOLINJE_ variable that means nothing: a misspelt one is a setting not made.

        Without any line (a configuration that could not be read) tokens are not judged.
        """
        tokens = [token_variable(slug) for slug in slugs]
        for name in sorted(self._values):
            if name in VARIABLES or name in tokens:
                continue
            if name.startswith(TOKEN) and not slugs:
                continue
            if name.startswith(TOKEN):
                line = name.removeprefix(TOKEN).lower()
                self.fault(name.removeprefix(PREFIX), f'there is no line "{line}"{did_you_mean(name, tokens)}')
            else:
                self.fault(name.removeprefix(PREFIX), f"is not a setting{did_you_mean(name, [*VARIABLES, *tokens])}")

    def text(self, name: str, default: str = "") -> str:
        return self._values.get(PREFIX + name, default)

    def secret(self, name: str, pattern: re.Pattern[str], allowed: str) -> str:
        """A text that must fit a pattern; the fault says what is allowed, never the text."""
        text = self.text(name)
        if text and not pattern.fullmatch(text):
            self.fault(name, f"has characters that cannot be; {allowed}")
        return text

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of a closed list; the first is the default."""
        chosen = self.text(name, allowed[0]).lower()
        if chosen not in allowed:
            hint = did_you_mean(chosen, allowed)
            self.fault(name, f'"{chosen[:30]}" is not allowed{hint}; write {" or ".join(allowed)}')
        return chosen

    def port(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535):
            self.fault(name, f'"{text[:20]}" is not a port; write a whole number from 1 to 65535')
            return default
        return int(text)

    def url(self, name: str, schemes: Sequence[str], default: str = "") -> str:
        """A URL with one of these schemes and a host, without a slash at its end; the default where unset."""
        text = self.text(name)
        if not text:
            return default
        parts = split_url(text)
        if parts is None or parts.scheme not in schemes or not (parts.hostname or parts.scheme.startswith("postgres")):
            self.fault(name, f"is not a URL that works here; write it as {schemes[0]}://host")
            return default
        return text.rstrip("/")

    def several(self, name: str) -> tuple[str, ...]:
        """What stands between commas."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def keys(self, name: str) -> tuple[bytes, ...]:
        """The keys of a comma-separated list; none where it is unset or one is faulty."""
        try:
            return tuple(decode_key(part, PREFIX + name) for part in self.several(name))
        except NotConfigured as wrong:
            self._faults.append(wrong.remedy)
            return ()


def split_url(text: str) -> SplitResult | None:
    """A URL in its parts; None for what cannot be one (a port that is no number, a broken IPv6 address)."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def on_loopback(url: str) -> bool:
    """Whether a URL leads to this machine itself: localhost, 127.0.0.0/8 or ::1."""
    parts = split_url(url)
    host = parts.hostname if parts else None
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
