"""`check` looks at who can see a case, or hear it by telephone behind a PIN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.doctor_findings import Finding
from bot.environment import token_variable
from bot.settings import Settings
from escalation.lines import LineConfig
from escalation.store.office_pins import Pin


def hearing(line: LineConfig, pins: Sequence[Pin]) -> frozenset[str]:
    """Whose PIN opens something: the line can ring, and it is not locked."""
    if line.voice_number is None:
        return frozenset()
    return frozenset(pin.staff for pin in pins if pin.line == line.slug and not pin.locked)


def examine(settings: Settings, line: LineConfig, pins: Sequence[Pin]) -> Iterator[Finding]:
    """Named by staff id, as everywhere on a terminal."""
    locked = [pin.staff for pin in pins if pin.line == line.slug and pin.locked]
    if locked:
        yield Finding(
            f"{line.slug}: locked after wrong tries, so that they hear no place by telephone: {', '.join(locked)}; "
            "ask them whether it was they, then make a new one with `nabolinje staff pin`"
        )
    if line.slug not in settings.telegram_tokens and line.sms_detail == "none" and not hearing(line, pins):
        yield Finding(
            f"{line.slug}: nobody can ever see a case (no Telegram, no place goes out by SMS, nobody has a PIN for "
            f'the telephone); set sms_detail = "address" or {token_variable(line.slug)}, or use `nabolinje staff pin`'
        )
