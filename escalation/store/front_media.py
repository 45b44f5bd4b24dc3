"""Pictures and voice notes: wanted at once, fetched in the background, kept encrypted in the database.

States: "wanted", then "kept" or "lost"; in between "there" while a provider still has a copy that has to go there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, select, update

from escalation.clock import new_id
from escalation.store.base import Unit
from escalation.store.front_tables import media

MAX_FAILURES = 6
CALLED = "voice"  # recorded in a call
# Who keeps what was sent until it is deleted there; Telegram has no way to ask for that.
_KEEPS_COPIES = ("sms", CALLED)
_COPY_AGAIN_AFTER = timedelta(minutes=10)
_WRITTEN_AFTER = timedelta(minutes=1)  # what a provider is still writing down it does not delete
_CLAIMED = tuple(media.c[name] for name in ("uid", "line", "channel", "thread", "kind", "source"))  # never the content


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to fetch: `source` is a Telegram file id or a provider URL."""

    uid: str
    line: str
    channel: str
    thread: str
    kind: str
    source: str


def want(
    unit: Unit, *, line: str, channel: str, thread: str, kind: str, mime: str | None, source: str, now: datetime
) -> str:
    uid = new_id()
    unit.conn.execute(
        media.insert().values(
            uid=uid,
            line=line,
            channel=channel,
            thread=thread,
            kind=kind,
            mime=mime and mime[:64],
            source=unit.keys.seal("media.source", uid, source),
            state="wanted",
            not_before=now,
            created_at=now,
        )
    )
    return uid


def unwanted(unit: Unit, *, line: str, channel: str, kind: str, source: str, now: datetime) -> None:
    """Nothing is in it, so nobody fetches it; but the provider has it, and shall delete it."""
    uid = want(unit, line=line, channel=channel, thread="", kind=kind, mime=None, source=source, now=now)
    unit.conn.execute(update(media).where(media.c.uid == uid).values(state="there", not_before=now + _WRITTEN_AFTER))


def _first_due(unit: Unit, state: str, now: datetime) -> Row[Any] | None:
    """The row of a state that is due longest, locked until the unit ends; rows others have in hand are passed over."""
    due = (media.c.state == state, media.c.not_before <= now)
    rows = select(*_CLAIMED).where(*due).order_by(media.c.not_before).limit(1)
    return unit.conn.execute(rows.with_for_update(skip_locked=True)).first()


def claim(unit: Unit, now: datetime) -> Wanted | None:
    """The next thing to fetch, put off for two minutes in case this process dies on it."""
    row = _first_due(unit, "wanted", now)
    if row is None:
        return None
    unit.conn.execute(update(media).where(media.c.uid == row.uid).values(not_before=now + timedelta(minutes=2)))
    source = unit.keys.open("media.source", row.uid, row.source)
    return Wanted(row.uid, row.line, row.channel, row.thread, row.kind, source)


def keep(unit: Unit, uid: str, content: bytes, now: datetime) -> None:
    """Store what was fetched, unless it was erased meanwhile."""
    sealed = unit.keys.seal("media.content", uid, content)
    unit.conn.execute(
        update(media).where(media.c.uid == uid, media.c.state == "wanted").values(content=sealed, **_ended("kept", now))
    )


def claim_copy(unit: Unit, now: datetime) -> tuple[str, str] | None:
    """(uid, source) of something that the provider shall delete now; offered again in ten minutes unless `forget`."""
    row = _first_due(unit, "there", now)
    if row is None:
        return None
    unit.conn.execute(update(media).where(media.c.uid == row.uid).values(not_before=now + _COPY_AGAIN_AFTER))
    return row.uid, unit.keys.open("media.source", row.uid, row.source)


def forget_source(unit: Unit, uid: str) -> None:
    """The provider has no copy any more, or will never delete it."""
    state = case((media.c.content.is_(None), "lost"), else_="kept")
    ours = (media.c.uid == uid, media.c.state == "there")
    unit.conn.execute(update(media).where(*ours).values(source=None, state=state))


def _ended(state: str, now: datetime) -> dict[str, Any]:
    """The columns of something that is not wanted any more."""
    copied = media.c.channel.in_(_KEEPS_COPIES)
    return {
        "source": case((copied, media.c.source), else_=None),
        "state": case((copied, "there"), else_=state),
        "not_before": now,
    }


def failed(unit: Unit, uid: str, now: datetime, *, for_good: bool) -> bool:
    """Count a failed fetch; True when it is given up. One that was kept or erased meanwhile stays so."""
    waiting = select(media.c.failures).where(media.c.uid == uid, media.c.state == "wanted").with_for_update()
    before: int | None = unit.conn.scalar(waiting)
    if before is None:
        return False
    failures = before + 1
    lost = for_good or failures >= MAX_FAILURES
    again = {"not_before": now + timedelta(seconds=5 * 2**failures)}
    changes = _ended("lost", now) if lost else again
    unit.conn.execute(update(media).where(media.c.uid == uid).values(failures=failures, **changes))
    return lost


def load(unit: Unit, uid: str) -> tuple[str, bytes] | None:
    """(kind, content) of a kept one; None when it is not, or no longer, here."""
    row = unit.conn.execute(select(media.c.kind, media.c.content).where(media.c.uid == uid)).first()
    if row is None or row.content is None:
        return None
    return row.kind, unit.keys.open_bytes("media.content", uid, row.content)


def kept_as(unit: Unit, uids: Sequence[str]) -> dict[str, str]:
    """The type of content of each of these that is here, as far as it is known."""
    here = (media.c.uid.in_(uids), media.c.content.is_not(None), media.c.mime.is_not(None))
    return {uid: mime for uid, mime in unit.conn.execute(select(media.c.uid, media.c.mime).where(*here))}


def erase_old(unit: Unit, line: str, before: datetime) -> None:
    unit.conn.execute(
        update(media)
        .where(media.c.line == line, media.c.created_at < before, media.c.state != "gone")
        .values(content=None, source=None, state="gone")
    )
