"""One conversation in many worlds: the same script at places that differ only in what the register knows of them.

What a reporter gets is kept with everything he could observe of it: when, on which channel, in which order,
words, buttons, protection. Codes are random and the place is his own word, so those two are replaced; nothing else.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.outgoing import Sender
from escalation.lines import LineConfig
from escalation.store import front_tables, office_people
from escalation.store.base import Unit, open_database
from escalation.store.front_outbox import FRONT
from escalation.store.office_outbox import OFFICE
from handlers.directory import import_directory
from handlers.messages import Attachment, Outbound, Sent
from handlers.office_desk import OfficeDesk
from tests.town import FRIDAY_NIGHT, LINE, Phones, Town, keyring, sqlite_town

Change = Callable[[str, list[str]], list[str]]
ZONE = ZoneInfo("Europe/Copenhagen")
SCRIPTS = Path(__file__).with_name("conversations.txt")
PHONE, CHAT = "+4530111201", "811001"
# What a landlord publishes for all his houses; an address on no list has nobody's, and says where one is to be found.
HOUSE_DUTY = re.compile(r"\+452000013\d|se opslaget|see the notice|siehe Aushang")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Script:
    name: str
    channel: str
    lines: tuple[str, ...]
    begins: datetime = FRIDAY_NIGHT
    address: str = ""
    listed: bool = False


def scripts() -> list[Script]:
    """Every conversation of the file, in its order."""
    blocks = re.split(r"^== ", SCRIPTS.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return [_script(*block.strip().splitlines()) for block in blocks]


def _script(head: str, *lines: str) -> Script:
    name, channel, *more = head.split(" | ")
    address = next(
        (m.removeprefix("from ") for m in more if m.startswith("from ")), PHONE if channel == "sms" else CHAT
    )
    begins = next((_moment(m) for m in more if re.match(r"\w{3} \d", m)), FRIDAY_NIGHT)
    return Script(name, channel, tuple(line for line in lines if line), begins, address, "listed" in more)


def _moment(words: str) -> datetime:
    """`mon 10:00`: that hour on the line's wall in the days after the Friday night."""
    day, hour = words.split()
    ahead = ("fri sat sun mon tue wed thu".split()).index(day)
    local = FRIDAY_NIGHT.astimezone(ZONE) + timedelta(days=ahead)
    return local.replace(hour=int(hour[:2]), minute=int(hour[3:])).astimezone(FRIDAY_NIGHT.tzinfo)


@dataclass(frozen=True)
class Place:
    """An address as the reporter types it; `shown` is how the line would write it, `code` the stairwell's."""

    house: str
    flat: str
    shown: str
    code: str = ""

    @property
    def typed(self) -> str:
        return f"{self.house} {self.flat}"


@dataclass
class Watched(Phones):
    """Phones that note everything that was sent, and when."""

    now: Callable[[], datetime] = lambda: FRIDAY_NIGHT
    log: list[tuple[datetime, Outbound]] = field(default_factory=list)

    async def send(self, out: Outbound) -> Sent:
        sent = await super().send(out)
        self.log.append((self.now(), out))
        return sent


class WatchedTown(Town):
    """A town whose phones are watched. A subclass may plant a leak."""

    phones: Watched

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.phones = self.watched()
        both = {"sms": self.phones, "telegram": self.phones}
        hooks = (self._no_media,)
        self._front_sender = Sender(self.front, FRONT, both, self.clock, str, self._front_settled, *hooks)
        self._office_sender = Sender(self.office, OFFICE, both, self.clock, str, self._office_settled, *hooks)

    def watched(self) -> Watched:
        return Watched(now=self.clock.now)


class World:
    """A municipality ready to be copied: two databases with its register, and the register read once.

    `change` may alter the directory's files before they are imported.
    """

    def __init__(self, folder: Path, lines: Mapping[str, LineConfig], change: Change = lambda name, rows: rows) -> None:
        self.folder, self.lines = folder, lines
        town = sqlite_town(folder, lines)
        source = files("bot.sandbox").joinpath("eksempelby")
        rows = {f.name: f.read_text("utf-8").splitlines() for f in source.iterdir() if f.name.endswith(".csv")}
        changed = {name: "\n".join([every[0], *change(name, every[1:])]).encode() for name, every in rows.items()}
        import_directory(town.office, town.front, lines, changed, FRIDAY_NIGHT)
        for n, staff in enumerate(
            sorted({s.staff for s in town.office.read_now(town.office_desk.register).staff_of(LINE)})
        ):
            town.office.write_now(office_people.add_endpoint, LINE, staff, "telegram", str(700_000 + n), FRIDAY_NIGHT)
        town.republish()
        self._office_desk: OfficeDesk = town.office_desk
        self._numbers = count(1)
        town.close()

    def town(self, begins: datetime, kind: type[WatchedTown] = WatchedTown) -> WatchedTown:
        copy = self.folder / f"copy{next(self._numbers)}"
        copy.mkdir()
        for name in ("front.db", "office.db"):
            shutil.copy(self.folder / name, copy / name)
        desks = (open_database(f"sqlite:///{copy / name}.db", name, keyring()) for name in ("front", "office"))
        town = kind(*desks, self.lines, begins)
        town.office_desk = self._office_desk
        return town


ANOTHER = "+4530111299"  # somebody else's phone, or the reporter's other one


class Player:
    """Plays one script in one town, reporter and staff."""

    def __init__(self, town: WatchedTown, script: Script, place: Place) -> None:
        self.town, self.script, self.place = town, script, place
        self._refs = count(1)

    def play(self) -> View:
        """The reporter's view, in order."""
        for line in self.script.lines:
            self._line(
                line.replace("{place}", self.place.typed)
                .replace("{flat}", self.place.flat)
                .replace("{code}", self.place.code)
                .replace("{case}", self.town.code() if "{case}" in line else "")
            )
        return view(self.town, self.script, self.place)

    def _line(self, line: str) -> None:
        mark, _, rest = line.partition(" ")
        if mark == "<":
            self._send(ANOTHER, "sms", rest)
        elif mark == "wait":
            self.town.wait(**{UNITS[rest[-1]]: float(rest[:-1])})
        elif mark == "@":
            self._staff(rest)
        elif line.startswith("@["):
            self._staff_button(line[2:-1])
        elif line.startswith("["):
            self._button(line[1:-1])
        else:
            self._says(mark, rest)

    def _says(self, mark: str, words: str) -> None:
        picture = (Attachment("photo", "file-1", "image/jpeg", 20_000),)
        marks: dict[str, dict[str, Any]] = {
            ">": {"ref": str(next(self._refs))},
            "~": {"kind": "edit", "ref": "1"},
            "+": {"attachments": picture},
            "/start": {"kind": "start"},
        }
        more = marks[mark]
        self._send(self.script.address, self.script.channel, words, **more)

    def _send(self, address: str, channel: str, words: str, **more: Any) -> None:
        self.town.clock.at += timedelta(milliseconds=250)
        if channel == "sms":
            self.town.text(words, address, **more)
        else:
            self.town.telegram(words, address, **more)

    def _button(self, wanted: str) -> None:
        for _, out in reversed(self.town.phones.log):
            for choice in (c for row in out.choices for c in row):
                if out.address == self.script.address and without_codes(choice.data) == wanted:
                    self._send(out.address, "telegram", "", kind="button", button=choice.data, button_ref="q1", ref="1")
                    return
        raise AssertionError(f"{self.script.name}: the reporter has no button {wanted}")

    def _staff(self, words: str) -> None:
        heard = self._alerts()[-1]
        self._send(heard.address, heard.channel, f"{self.town.code()} {words}")

    def _staff_button(self, pressed: str) -> None:
        name, _, arg = pressed.partition(":")
        heard = [out for out in self._alerts() if out.channel == "telegram"][-1]
        data = ":".join(part for part in (name, self.town.code(), arg) if part)
        self._send(heard.address, "telegram", "", kind="button", button=data, button_ref="q2", ref="1")

    def _alerts(self) -> list[Outbound]:
        """What whoever has the newest case, or everybody while nobody has it, was told about it."""
        case = self.town.cases()[-1]
        staff = {e.address: e.staff for e in self.town.office.read_now(office_people.endpoints_of, LINE)}
        # Two phones get theirs at one instant in an order that the machine's speed decides, so it must not matter here.
        log = sorted(self.town.phones.log, key=lambda sent: (sent[0], sent[1].address))
        told = [out for _, out in log if str(case["code"]) in str(out.text) and out.address in staff]
        mine = [out for out in told if case["taken_by"] in (None, staff[out.address])]
        assert mine, f"{self.script.name}: nobody was alerted"
        return mine


def without_codes(data: str) -> str:
    return re.sub(r":[A-Z0-9]{4}(?=:|$)", "", data)


@dataclass(frozen=True)
class Seen:
    """One thing that reached the reporter, as far as he could tell it from another."""

    after: timedelta
    channel: str
    action: str
    text: str
    buttons: tuple[tuple[tuple[str, str], ...], ...]
    rest: tuple[object, ...]


View = list[Seen]


def view(town: WatchedTown, script: Script, place: Place) -> View:
    """Everything the reporter observed, codes and his own place replaced."""
    codes = town.front.read_now(_codes)
    seen: dict[str, str] = {}

    def same(text: str) -> str:
        text = HOUSE_DUTY.sub("{the house's own number}", text)
        for written in (place.shown, place.typed, place.house, place.code):
            text = text.replace(written, "{place}") if written else text
        for code in re.findall(r"\b[A-Z0-9]{4}\b", text):
            if code in codes:
                seen.setdefault(code, f"{{code {len(seen) + 1}}}")
                text = text.replace(code, seen[code])
        return text

    def seen_as(at: datetime, out: Outbound) -> Seen:
        buttons = tuple(tuple((same(c.label), same(c.data)) for c in row) for row in out.choices)
        rest = (out.protect, out.ask_contact, out.media, bool(out.callback), bool(out.ref))
        return Seen(at - script.begins, out.channel, out.action, same(str(out.text)), buttons, rest)

    return [seen_as(at, out) for at, out in town.phones.log if out.address == script.address]


def _codes(unit: Unit) -> set[str]:
    return set(unit.conn.scalars(select(front_tables.threads.c.code)))
