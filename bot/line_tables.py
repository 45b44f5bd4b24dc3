"""Turns the tables of nabolinje.toml into lines, and collects every fault on the way instead of stopping at the first.

A fault is one line: where, what is wrong, what is allowed. Phone numbers are never repeated in one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, TypeVar

from bot import line_values as value_of
from escalation.errors import Refused
from escalation.holidays_calendar import COUNTRIES as COUNTRY_CODES
from escalation.hours import ALWAYS
from escalation.lines import (
    CATEGORIES,
    COUNTRIES,
    DEFAULT_DAYTIME,
    DEFAULT_ESCALATION,
    LANGUAGES,
    URGENCIES,
    Calls,
    Idle,
    LastResort,
    LineConfig,
    Retention,
)
from escalation.policy import CHANNELS, ON_DUTY, Policy, Step
from handlers.texts.check import fault_of, unrecordable

T = TypeVar("T")
Lengths = TypeVar("Lengths", Calls, Idle, Retention)
Convert = Callable[[Any], T]

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
RETENTION_KEYS = ("messages", "contact", "media", "skeleton", "audit")
MOST_STEPS = 10
STEP_KEYS = ("after", "notify", "by")
WORD_KEYS = (*CATEGORIES, "danger")
LINE_KEYS = (
    "name",
    "owner",
    "country",
    "timezone",
    "languages",
    "sms_number",
    "voice_number",
    "telegram_username",
    "front_team",
    "hours",
    "daytime",
    "sms_detail",
    "last_resort",
    "check_back",
    "calls",
    "idle",
    "retention",
    "escalation",
    "emergency",
    "child_tel",
    "holidays",
    "words",
    "complaint",
    "wording",
    "recordings",
)


class Table:
    """One table of the file. Reads keys with a converter; what a converter refuses becomes a fault."""

    def __init__(self, values: Any, where: str, faults: list[str], known: Sequence[str]) -> None:
        self.where = where
        self._faults = faults
        self._values: Mapping[str, Any] = values if isinstance(values, dict) else {}
        if not isinstance(values, dict):
            self.fault("", f"is not a table; allowed keys: {', '.join(known)}")
        for key in self._values:
            if key not in known:
                hint = value_of.did_you_mean(key, known) or f"; allowed: {', '.join(known)}"
                self.fault(key, f"is not a known key{hint}")

    def fault(self, key: str, what: str) -> None:
        self._faults.append(f"{self.where}{'.' if key else ''}{key}: {what}")

    def require(self, *keys: str) -> None:
        """A fault for each of these keys that is missing."""
        for key in keys:
            if key not in self._values:
                self.fault(key, "is missing")

    def has(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str, convert: Convert[T], default: T) -> T:
        """The converted value, or the default where the key is missing or faulty."""
        if key not in self._values:
            return default
        try:
            return convert(self._values[key])
        except Refused as refused:
            self.fault(key, refused.remedy)
            return default

    def must(self, key: str, convert: Convert[str]) -> str:
        """A text without which a line cannot be; its absence is a fault."""
        self.require(key)
        return self.get(key, convert, "")

    def table(self, key: str, known: Sequence[str]) -> Table:
        """A table inside this one, empty where it is missing."""
        return Table(self._values.get(key, {}), f"{self.where}.{key}", self._faults, known)

    def tables(self, key: str, known: Sequence[str]) -> list[Table]:
        """A list of tables inside this one; anything else is a fault."""
        found = self._values.get(key, [])
        if not isinstance(found, list) or not found:
            self.fault(key, f"is not a list of tables; each has {', '.join(known)}")
            return []
        return [Table(v, f"{self.where}.{key}[{n}]", self._faults, known) for n, v in enumerate(found, 1)]


def read_lines(document: Mapping[str, Any], file: str, faults: list[str]) -> dict[str, LineConfig]:
    """The lines of a parsed file, by slug. Whatever is wrong goes to `faults`; then the result is not to be used."""
    top = Table(dict(document), file, faults, ("lines",))
    tables = document.get("lines", {})
    if not isinstance(tables, dict) or not tables:
        top.fault("lines", 'there is no line; a line begins with a header such as "[lines.eksempelby]"')
        return {}
    lines = {}
    for slug, values in tables.items():
        if not _SLUG.fullmatch(slug) or len(slug) > 30:
            top.fault(f"lines.{slug}"[:50], "a line's key is up to 30 small letters a-z and digits, joined by - or _")
        lines[slug] = _line(slug, Table(values, f"{file} [lines.{slug}]", faults, LINE_KEYS))
    _distinct(lines, top)
    return lines


def _line(slug: str, table: Table) -> LineConfig:
    country = table.must("country", value_of.one_of(COUNTRY_CODES))
    home = COUNTRIES[country or "DK"]
    line = LineConfig(
        slug=slug,
        name=table.must("name", value_of.line_name),
        owner=table.must("owner", value_of.words),
        country=country,
        timezone=table.get("timezone", value_of.timezone, home.timezone),
        languages=table.get("languages", value_of.several_of(LANGUAGES), home.languages),
        sms_number=table.must("sms_number", value_of.phone),
        voice_number=_optional(table, "voice_number", value_of.phone),
        telegram_username=_optional(table, "telegram_username", value_of.username),
        front_team=table.must("front_team", value_of.team),
        hours=table.get("hours", value_of.hours, ALWAYS),
        daytime=table.get("daytime", value_of.several_of(CATEGORIES, empty=True), DEFAULT_DAYTIME),
        sms_detail=table.get("sms_detail", value_of.one_of(("none", "address")), "none"),
        last_resort=_last_resort(table.table("last_resort", ("notify", "by", "every"))),
        check_back=table.get("check_back", value_of.lengths, (timedelta(days=14),)),
        calls=_lengths(table.table("calls", ("total", "ring", "next")), Calls()),
        idle=_lengths(table.table("idle", ("urgent", "normal")), Idle()),
        retention=_lengths(table.table("retention", RETENTION_KEYS), Retention()),
        escalation=_escalation(table.table("escalation", URGENCIES)),
        emergency=table.get("emergency", value_of.emergency, home.emergency),
        child_tel=table.get("child_tel", value_of.child_tel, home.child_tel),
        holidays=table.get("holidays", value_of.dates, ()),
        words=_extra_words(table.table("words", WORD_KEYS)),
        complaint=table.get("complaint", value_of.words, home.complaint),
    )
    recordings = _recordings(table.table("recordings", LANGUAGES), line)
    return replace(line, wording=_wording(table.table("wording", LANGUAGES), line), recordings=recordings)


def _optional(table: Table, key: str, convert: Convert[str]) -> str | None:
    return table.get(key, convert, "") or None


def _last_resort(table: Table) -> LastResort:
    usual = LastResort()
    return LastResort(
        notify=table.get("notify", value_of.phones, usual.notify),
        by=table.get("by", value_of.several_of(("sms", "voice")), usual.by),
        every=table.get("every", value_of.length, usual.every),
    )


def _lengths(table: Table, usual: Lengths) -> Lengths:
    """A group of settings that are all lengths of time, each replaced where the table names it."""
    names = [field.name for field in fields(usual)]
    return replace(usual, **{name: table.get(name, value_of.length, getattr(usual, name)) for name in names})


def _escalation(table: Table) -> dict[str, Policy]:
    return {
        urgency: _policy(table.table(urgency, ("steps", "repeat")), DEFAULT_ESCALATION[urgency])
        if table.has(urgency)
        else DEFAULT_ESCALATION[urgency]
        for urgency in URGENCIES
    }


def _policy(table: Table, usual: Policy) -> Policy:
    steps = usual.steps
    if table.has("steps"):
        steps = tuple(_step(step) for step in table.tables("steps", STEP_KEYS)) or usual.steps
    if len(steps) > MOST_STEPS:
        table.fault("steps", f"are {len(steps)}; at most {MOST_STEPS}")
    if any(later.after < earlier.after for earlier, later in pairwise(steps)):
        table.fault("steps", "stand out of order; each `after` is counted from the start of the round")
    return Policy(steps, table.get("repeat", value_of.repeats, usual.repeat))


def _step(table: Table) -> Step:
    table.require(*STEP_KEYS)
    return Step(
        after=table.get("after", value_of.duration, timedelta()),
        notify=table.get("notify", value_of.notified, (ON_DUTY,)),
        by=table.get("by", value_of.several_of(CHANNELS), CHANNELS),
    )


def _extra_words(table: Table) -> dict[str, tuple[str, ...]]:
    return {key: table.get(key, value_of.list_of_words, ()) for key in WORD_KEYS if table.has(key)}


def _by_text(table: Table, line: LineConfig, fault: Callable[[str, str, str], str | None]) -> dict[str, dict[str, str]]:
    """What a line has of its own for texts, by language and the text's key. `fault` is asked of each (language, key,
    what there is)."""
    own: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        if not table.has(language):
            continue
        if language not in line.languages:
            table.fault(language, f"the line does not speak it; its languages are {', '.join(line.languages)}")
        own[language] = table.get(language, value_of.texts_by_key, {})
        for key, given in own[language].items():
            found = fault(language, key, given)
            if found:
                table.fault(f'{language}."{key}"', found)
    return own


def _wording(table: Table, line: LineConfig) -> dict[str, dict[str, str]]:
    """Texts of the line's own; each must say what the usual one says, and fit where it fits."""
    return _by_text(table, line, lambda language, key, words: fault_of(line, language, key, words))


def _recordings(table: Table, line: LineConfig) -> dict[str, dict[str, str]]:
    """Files in place of texts; whether they are there is seen by `bot/recordings.py`."""
    return _by_text(table, line, lambda language, key, _path: unrecordable(language, key))


def _distinct(lines: Mapping[str, LineConfig], top: Table) -> None:
    """One number or bot belongs to one line: what arrives there must say which line was meant."""
    owners: dict[str, str] = {}
    for slug, line in lines.items():
        bot = line.telegram_username.lower() if line.telegram_username else None
        for key, value in (
            ("sms_number", line.sms_number),
            ("voice_number", line.voice_number),
            ("telegram_username", bot),
        ):
            if value and owners.setdefault(value, slug) != slug:
                top.fault(f"lines.{slug}.{key}", f"is also line {owners[value]}'s; each line has its own")
