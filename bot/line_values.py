"""What one value in nabolinje.toml may be: each function takes what TOML holds and returns what a line holds.

Each raises Refused saying what is wrong and what is allowed. A phone number is never repeated in a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from escalation.durations import ALLOWED as DURATION_ALLOWED
from escalation.durations import parse_duration
from escalation.errors import Refused
from escalation.hours import Hours, parse_hours
from escalation.lines import NAME_SEPTETS
from escalation.policy import CONTACT_PERSON, COORDINATOR, ON_DUTY, TEAM_PREFIX
from handlers.gsm7 import septets

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_EMERGENCY = re.compile(r"[0-9]{3,8}")
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{4,31}")
_TEL = re.compile(r"\+?[0-9][0-9 ]{1,12}")
_TEAM = re.compile(r"[a-z0-9][a-z0-9_-]*")
_MOST_REPEATS = 20


def did_you_mean(wrong: str, known: Sequence[str]) -> str:
    """`` (did you mean X?)`` for a likely slip, else nothing."""
    near = get_close_matches(wrong, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""


def words(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused("is not a text")
    return value.strip()


def list_of_words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Refused("is not a list of texts")
    return tuple(words(item) for item in value)


def texts_by_key(value: Any) -> dict[str, str]:
    """Texts by key; `reporter.confirm` without quotes is a table in a table to TOML, and means the same."""
    if not isinstance(value, dict):
        raise Refused("is not a table of texts by their keys")
    found: dict[str, str] = {}
    for key, inner in value.items():
        if isinstance(inner, dict):
            found |= {f"{key}.{rest}": text for rest, text in texts_by_key(inner).items()}
        elif isinstance(inner, str) and inner.strip():
            found[key] = inner.strip()
        else:
            raise Refused(f'"{key}" is not a text'[:60])
    return found


def one_of(allowed: Sequence[str]) -> Callable[[Any], str]:
    """A converter that takes one word out of a closed list."""

    def convert(value: Any) -> str:
        if value not in allowed or not isinstance(value, str):
            shown = str(value)[:30]
            raise Refused(f'"{shown}" is not allowed{did_you_mean(shown, allowed)}; allowed: {", ".join(allowed)}')
        return value

    return convert


def several_of(allowed: Sequence[str], *, empty: bool = False) -> Callable[[Any], tuple[str, ...]]:
    """A converter that takes a list of different words out of a closed list."""
    single = one_of(allowed)

    def convert(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not (value or empty):
            raise Refused(f"is not a list; allowed in it: {', '.join(allowed)}")
        chosen = tuple(single(item) for item in value)
        if len(set(chosen)) < len(chosen):
            raise Refused("names one thing twice")
        return chosen

    return convert


def notified(value: Any) -> tuple[str, ...]:
    allowed = (CONTACT_PERSON, ON_DUTY, COORDINATOR)
    if not isinstance(value, list) or not value:
        raise Refused(f"is not a list; allowed in it: {', '.join(allowed)}, {TEAM_PREFIX}KEY")
    return tuple(_notified_one(item, allowed) for item in value)


def _notified_one(item: Any, allowed: tuple[str, ...]) -> str:
    if isinstance(item, str) and item.startswith(TEAM_PREFIX) and _TEAM.fullmatch(item.removeprefix(TEAM_PREFIX)):
        return item
    try:
        return one_of(allowed)(item)
    except Refused as refused:
        raise Refused(f"{refused.remedy}, {TEAM_PREFIX}KEY") from refused


def line_name(value: Any) -> str:
    name = words(value)
    size = septets(name)
    if size is None:
        raise Refused("has a character that SMS cannot carry; use letters of da, en, de, digits and simple signs")
    if size > NAME_SEPTETS:
        raise Refused(f"takes {size} characters in an SMS; at most {NAME_SEPTETS}, so that every text fits one message")
    return name


def phone(value: Any) -> str:
    if not isinstance(value, str) or not _PHONE.fullmatch(value):
        raise Refused("is not a phone number; write it as +4520000005")
    return value


def phones(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Refused("is not a list of phone numbers")
    numbers = []
    for n, item in enumerate(value, 1):
        try:
            numbers.append(phone(item))
        except Refused as refused:
            raise Refused(f"number {n} {refused.remedy}") from refused
    return tuple(dict.fromkeys(numbers))


def username(value: Any) -> str:
    name = words(value).removeprefix("@")
    if not _USERNAME.fullmatch(name):
        raise Refused("is not a Telegram user name; 5 to 32 letters, digits and _, as BotFather gave it")
    return name


def team(value: Any) -> str:
    team = words(value)
    if not _TEAM.fullmatch(team):
        raise Refused("is not a team's key; write it as in teams.csv")
    return team


def timezone(value: Any) -> str:
    try:
        return ZoneInfo(words(value)).key
    except (KeyError, ValueError, OSError) as error:
        name = str(value)[:40]
        hint = did_you_mean(name, sorted(available_timezones()))
        raise Refused(f'"{name}" is not a time zone{hint}; write it as Europe/Copenhagen') from error


def hours(value: Any) -> Hours:
    return parse_hours(words(value))


def duration(value: Any) -> timedelta:
    if not isinstance(value, str):
        raise Refused(f"is not a length of time; {DURATION_ALLOWED}, in quotation marks")
    return parse_duration(value)


def length(value: Any) -> timedelta:
    length = duration(value)
    if not length:
        raise Refused(f"is no time at all; {DURATION_ALLOWED}")
    return length


def lengths(value: Any) -> tuple[timedelta, ...]:
    if not isinstance(value, list):
        raise Refused(f"is not a list of lengths of time; in each {DURATION_ALLOWED}")
    return tuple(length(item) for item in value)


def repeats(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_REPEATS:
        raise Refused(f"is not a whole number from 0 to {_MOST_REPEATS}")
    return value


def emergency(value: Any) -> str:
    if not isinstance(value, str) or not _EMERGENCY.fullmatch(value):
        raise Refused('is not an emergency number; write it as "112"')
    return value


def child_tel(value: Any) -> str:
    if not isinstance(value, str) or not _TEL.fullmatch(value):
        raise Refused('is not a phone number of at most 14 characters; write it as "114" or "+4520000005"')
    return value


def dates(value: Any) -> tuple[date, ...]:
    if not isinstance(value, list):
        raise Refused("is not a list of dates")
    return tuple(sorted({_date(item) for item in value}))


def _date(item: Any) -> date:
    if isinstance(item, date) and not isinstance(item, datetime):
        return item
    try:
        return date.fromisoformat(item)
    except (TypeError, ValueError) as error:
        raise Refused(f'"{str(item)[:20]}" is not a date; write YYYY-MM-DD with a day that exists') from error
