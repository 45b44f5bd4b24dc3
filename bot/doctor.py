"""The doctor behind `nabolinje check`: asks everything that can be asked before something goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime

from bot import doctor_pins, doctor_providers, doctor_register, doctor_rota
from bot.databases import keyring, office_url, open_front, open_office, owned_front_url
from bot.doctor_findings import Finding, note
from bot.settings import Settings
from escalation.directory import Directory
from escalation.errors import NabolinjeError
from escalation.register import Register
from escalation.store import office_people, office_pins, published, schema
from escalation.store.failures import plain_errors
from escalation.store.office_people import Endpoint
from escalation.store.office_pins import Pin
from handlers.directory import stored
from handlers.texts import check


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Everything there is to say about this installation at `now`, the grave first. Changes nothing."""
    found = list(_lines(settings))
    found += _databases(settings, now)
    found += doctor_providers.examine_settings(settings)
    found += asyncio.run(doctor_providers.examine(settings))
    return sorted(found, key=lambda finding: not finding.grave)


def _lines(settings: Settings) -> Iterator[Finding]:
    if not settings.lines:
        yield Finding("no line is configured; begin with a copy of nabolinje.example.toml")
    for line in settings.lines.values():
        for text in check.findings(line):
            yield Finding(f"{line.slug}: {text}; shorten owner or complaint, or give the line a wording of its own")


def _databases(settings: Settings, now: datetime) -> list[Finding]:
    """The databases, and if they can be read what is in them. An error of one is a finding like any other."""
    try:
        keyring(settings)
        with plain_errors():
            if not settings.database_url and not settings.office_db.exists():
                return [Finding("there is no directory yet; run `nabolinje import DIR`")]
            for name, url in (("front", owned_front_url(settings)), ("office", office_url(settings))):
                schema.require_current(url, "front" if name == "front" else "office")
            _knock_as_front_desk(settings)
            directory, endpoints, pins = _register(settings)
    except NabolinjeError as error:
        return [Finding(error.remedy)]
    found = list(_role(settings))
    if directory == Directory():
        return [*found, Finding("there is no directory yet; run `nabolinje import DIR`")]
    register = Register(directory)
    for line in settings.lines.values():
        found += doctor_register.examine(register, line, endpoints, now)
        found += doctor_rota.examine(register, line, endpoints, now, doctor_pins.hearing(line, pins))
        found += doctor_pins.examine(settings, line, pins)
    return found


def _knock_as_front_desk(settings: Settings) -> None:
    """Its credentials or its role may fail where the owner's do not."""
    front = open_front(settings)
    try:
        front.read_now(published.mark, "published")
    finally:
        front.close()


def _register(settings: Settings) -> tuple[Directory, list[Endpoint], list[Pin]]:
    """Reads sealed fields, so it also tells whether the keys fit."""
    office = open_office(settings)
    try:
        endpoints = office.read_now(office_people.all_endpoints)
        return office.read_now(stored), endpoints, office.read_now(office_pins.all_pins)
    finally:
        office.close()


def _role(settings: Settings) -> Iterator[Finding]:
    if settings.database_url and not settings.front_database_url:
        yield note(
            f"the front desk works as {schema.front_role(settings.database_url)} by a start-up parameter: "
            "that guards against mistakes, not against a broken-into process; give it a login of its own in "
            "NABOLINJE_FRONT_DATABASE_URL"
        )
