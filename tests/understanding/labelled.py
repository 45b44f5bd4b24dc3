"""The labelled texts on the disk, and what the line says of each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.cli_explain import command, meeting, reply, told
from bot.settings import load
from escalation.addresses import Address, parse
from escalation.lines import LineConfig
from escalation.places import Property, Stock, match
from handlers.hearing import hear
from tests.municipality import KEYS
from tests.understanding import figures
from tests.understanding.figures import Figures, Row

TEXTS = Path(__file__).parent / "texts"
KINDS = ("messages", "inside", "addresses", "replies", "commands", "meetings")
_MISSING = {"also": [], "danger": False, "urgency": "normal", "intent": "report", "address": None, "case": None}


def rows(kind: str, part: str, folder: Path = TEXTS) -> list[Row]:
    """The labelled texts of a kind; `part` is ``tuned`` or ``unseen``. What a label leaves out is filled in."""
    lines = (folder / f"{kind}_{part}.jsonl").read_text("utf-8").splitlines()
    return [_whole(json.loads(line)) for line in lines if line.strip()]


def _whole(row: dict[str, Any]) -> Row:
    filled = {**_MISSING, **row}
    return {**filled, "urgency": "urgent" if filled["danger"] else filled["urgency"]}


def example_line() -> LineConfig:
    """The line of the example municipality."""
    with TemporaryDirectory() as folder:
        shown = files("bot.sandbox").joinpath("nabolinje.toml").read_bytes()
        (Path(folder) / "nabolinje.toml").write_bytes(shown)
        return next(iter(lines_of(Path(folder)).values()))


def lines_of(folder: Path) -> Mapping[str, LineConfig]:
    """The lines of a folder's nabolinje.toml; keys are not needed to read a text. Raises NotConfigured."""
    return load(KEYS, folder).lines


def measure(kind: str, labelled: list[Row], line: LineConfig) -> Figures:
    """The figures of one kind of texts, read as `line` reads them."""
    pairs = [(row, understood(kind, row, line)) for row in labelled]
    if kind == "messages":
        return figures.messages(pairs)
    if kind == "inside":
        return figures.inside(pairs)
    if kind == "replies":
        return figures.replies(pairs)
    if kind == "addresses":
        registers = _registers(labelled)
        return figures.addresses([(row, {**told, **_listed(told, row, registers)}) for row, told in pairs])
    if kind == "meetings":
        return figures.meetings(pairs)
    return figures.answers(pairs, ("action", "case"), "unclear")


def understood(kind: str, row: Row, line: LineConfig) -> Mapping[str, Any]:
    """What `nabolinje explain` says of one text."""
    if kind in ("messages", "inside"):
        return told(hear(row["text"], line))
    if kind == "replies":
        return reply(row)
    if kind == "commands":
        return command(row)
    if kind == "meetings":
        return meeting(row)
    found = parse(row["text"], row["country"])
    return {name: getattr(found[0], name) if len(found) == 1 else None for name in figures.ADDRESS_PARTS}


def _registers(labelled: list[Row]) -> Mapping[str, Stock]:
    """A register by country that lists every labelled house, as the line's own would."""
    houses: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for row in labelled:
        if row["street"] and row["number"]:
            houses[row["country"]].add((row["street"], row["number"], row["letter"] or ""))
    return {
        country: Stock((Property(str(code), *house) for code, house in enumerate(sorted(found))), country)
        for country, found in houses.items()
    }


def _listed(told: Row, row: Row, registers: Mapping[str, Stock]) -> Mapping[str, Any]:
    """The house the register takes for certain, by the spelling it has, and those it asks about."""
    if not told["street"] or row["country"] not in registers:
        return {"listed": None, "asked": []}
    wanted = Address(told["street"], told["number"], told["letter"], country=row["country"])
    found = match(wanted, registers[row["country"]])
    houses = [{part: getattr(c.address, part) for part in ("street", "number", "letter")} for c in found.candidates]
    return {"listed": houses[0] if found.verdict == "one" else None, "asked": houses if found.verdict == "ask" else []}
