"""Staff's endpoints, invitations and absences, and the register itself: the directory's files, sealed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from escalation.clock import new_id
from escalation.store.base import Unit
from escalation.store.office_tables import absences, directory, endpoints, invitations, marks
from escalation.store.outbox import insert_ignoring


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A phone or Telegram chat that speaks for a staff member. `prompt` is what a next free text answers."""

    id: str
    line: str
    staff: str
    channel: str
    index: str
    address: str
    verified_at: datetime
    disabled_at: datetime | None
    reason: str | None
    heard_at: datetime | None
    prompt: dict[str, Any] | None
    prompt_until: datetime | None


def _endpoint(unit: Unit, row: Row[Any]) -> Endpoint:
    fields = dict(row._mapping)
    fields["address"] = unit.keys.open("endpoints.address", row.id, row.address)
    fields["prompt"] = unit.keys.open_json("endpoints.prompt", row.id, row.prompt) if row.prompt else None
    return Endpoint(**fields)


def add_endpoint(unit: Unit, line: str, staff: str, channel: str, address: str, now: datetime) -> None:
    """Let this address speak for a staff member; one that was disabled is enabled again."""
    index = unit.keys.endpoint_index(channel, address)
    uid = new_id()
    unit.conn.execute(
        insert_ignoring(unit, endpoints).values(
            id=uid,
            line=line,
            staff=staff,
            channel=channel,
            index=index,
            address=unit.keys.seal("endpoints.address", uid, address),
            verified_at=now,
        )
    )
    unit.conn.execute(
        update(endpoints)
        .where(endpoints.c.line == line, endpoints.c.staff == staff, endpoints.c.index == index)
        .values(disabled_at=None, reason=None)
    )


def remove_endpoint(unit: Unit, endpoint: str) -> None:
    unit.conn.execute(delete(endpoints).where(endpoints.c.id == endpoint))


def endpoints_of(unit: Unit, line: str, staff: str | None = None) -> list[Endpoint]:
    query = select(endpoints).where(endpoints.c.line == line)
    if staff is not None:
        query = query.where(endpoints.c.staff == staff)
    return [_endpoint(unit, row) for row in unit.conn.execute(query.order_by(endpoints.c.staff, endpoints.c.id))]


def all_endpoints(unit: Unit) -> list[Endpoint]:
    return [_endpoint(unit, row) for row in unit.conn.execute(select(endpoints))]


def endpoint_by_index(unit: Unit, line: str, channel: str, index: str) -> list[Endpoint]:
    found = unit.conn.execute(
        select(endpoints)
        .where(endpoints.c.line == line, endpoints.c.channel == channel, endpoints.c.index == index)
        .with_for_update()
    )
    return [_endpoint(unit, row) for row in found]


def heard(unit: Unit, endpoint: str, now: datetime) -> None:
    unit.conn.execute(
        update(endpoints).where(endpoints.c.id == endpoint).values(heard_at=now, disabled_at=None, reason=None)
    )


def disable(unit: Unit, line: str, channel: str, index: str, reason: str, now: datetime) -> None:
    unit.conn.execute(
        update(endpoints)
        .where(endpoints.c.line == line, endpoints.c.channel == channel, endpoints.c.index == index)
        .values(disabled_at=now, reason=reason[:32])
    )


def set_prompt(unit: Unit, endpoint: str, prompt: dict[str, Any] | None, until: datetime | None) -> None:
    sealed = unit.keys.seal_json("endpoints.prompt", endpoint, prompt) if prompt else None
    unit.conn.execute(update(endpoints).where(endpoints.c.id == endpoint).values(prompt=sealed, prompt_until=until))


def end_prompts(unit: Unit, line: str, staff: str) -> None:
    """What somebody writes next answers nothing he was asked before; a held reply's suggestion stays to be pressed."""
    unit.conn.execute(
        update(endpoints).where(endpoints.c.line == line, endpoints.c.staff == staff).values(prompt_until=None)
    )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def invite(unit: Unit, line: str, staff: str, code: str, expires_at: datetime) -> None:
    unit.conn.execute(invitations.insert().values(hash=_hash(code), line=line, staff=staff, expires_at=expires_at))


def redeem(unit: Unit, line: str, code: str, real_now: datetime) -> str | None:
    """The staff member an unused, unexpired code of this line was made for; it is used up by that."""
    staff: str | None = unit.conn.scalar(
        update(invitations)
        .where(
            invitations.c.hash == _hash(code),
            invitations.c.line == line,
            invitations.c.used_at.is_(None),
            invitations.c.expires_at > real_now,
        )
        .values(used_at=real_now)
        .returning(invitations.c.staff)
    )
    return staff


def add_absence(unit: Unit, line: str, staff: str, kind: str, start: datetime, end: datetime) -> None:
    unit.conn.execute(absences.insert().values(line=line, staff=staff, kind=kind, from_at=start, to_at=end))


def end_absences(unit: Unit, line: str, staff: str, now: datetime) -> int:
    ended = unit.conn.execute(
        update(absences)
        .where(absences.c.line == line, absences.c.staff == staff, absences.c.to_at > now)
        .values(to_at=now)
    )
    return ended.rowcount


def absent(unit: Unit, line: str, now: datetime) -> frozenset[str]:
    found = unit.conn.scalars(
        select(absences.c.staff).where(absences.c.line == line, absences.c.from_at <= now, absences.c.to_at > now)
    )
    return frozenset(found)


def forget_absences(unit: Unit, line: str, before: datetime) -> None:
    """Who was ill or had a break is nobody's business once it is over."""
    unit.conn.execute(delete(absences).where(absences.c.line == line, absences.c.to_at < before))


def drop_invitations(unit: Unit, line: str, before: datetime) -> None:
    unit.conn.execute(delete(invitations).where(invitations.c.line == line, invitations.c.expires_at < before))


def save_directory(unit: Unit, files: dict[str, bytes]) -> None:
    unit.conn.execute(delete(directory))
    for name, content in files.items():
        unit.conn.execute(directory.insert().values(file=name, body=unit.keys.seal("directory.body", name, content)))
    bump(unit, "directory")


def load_directory(unit: Unit) -> dict[str, bytes]:
    return {
        row.file: unit.keys.open_bytes("directory.body", row.file, row.body)
        for row in unit.conn.execute(select(directory))
    }


def bump(unit: Unit, name: str) -> None:
    unit.conn.execute(insert_ignoring(unit, marks).values(name=name, value=0))
    unit.conn.execute(update(marks).where(marks.c.name == name).values(value=marks.c.value + 1))


_MARK = select(marks.c.value).where(marks.c.name == bindparam("name"))


def mark(unit: Unit, name: str) -> int:
    return unit.conn.scalar(_MARK, {"name": name}) or 0


def set_mark(unit: Unit, name: str, value: int) -> None:
    unit.conn.execute(insert_ignoring(unit, marks).values(name=name, value=value))
    unit.conn.execute(update(marks).where(marks.c.name == name).values(value=value))


def claim_day(unit: Unit, name: str, day: int) -> bool:
    """True for the one caller that may do a daily task on this day (a day's number)."""
    unit.conn.execute(insert_ignoring(unit, marks).values(name=name, value=0))
    won = unit.conn.execute(update(marks).where(marks.c.name == name, marks.c.value < day).values(value=day))
    return won.rowcount == 1
