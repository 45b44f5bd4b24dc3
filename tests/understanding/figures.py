"""Figures over labelled texts: what was expected, what was understood, and how far the two agree.

Pure: rows in, figures out. What the labels mean is written in texts/README.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escalation.folding import fold_street
from escalation.places import street_key

Row = Mapping[str, Any]
PARTS = ("street", "number", "letter", "floor", "door", "staircase", "property")
ADDRESS_PARTS = ("street", "number", "letter", "floor", "door", "staircase")
FAREWELLS = frozenset(("stop", "thanks", "resolved"))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; of nothing it is whole."""

    right: int
    of: int

    @property
    def value(self) -> float:
        return self.right / self.of if self.of else 1.0

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.right}/{self.of})"


@dataclass(frozen=True, slots=True)
class Miss:
    """One text not understood as labelled; the higher `weight`, the worse for the people concerned."""

    weight: float
    what: str
    row: Row


@dataclass(slots=True)
class Figures:
    """Shares by name, shares by language, a confusion table of (expected, understood), and the misses."""

    shares: dict[str, Share] = field(default_factory=dict)
    by_language: dict[str, dict[str, Share]] = field(default_factory=lambda: defaultdict(dict))
    by_class: dict[str, tuple[Share, Share]] = field(default_factory=dict)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)


def share(rows: Iterable[tuple[Row, Row]], right: Callable[[Row, Row], bool]) -> Share:
    """The share of (expected, understood) pairs for which `right` holds."""
    judged = [right(row, told) for row, told in rows]
    return Share(sum(judged), len(judged))


def messages(pairs: Sequence[tuple[Row, Row]]) -> Figures:
    """Figures of first messages. `pairs` hold the label and what `nabolinje explain message` says of its text."""
    found = Figures()
    reports = [pair for pair in pairs if pair[0]["intent"] == "report"]
    for name, judged, right in (
        ("danger.recall", [p for p in pairs if p[0]["danger"]], lambda row, told: told["danger"]),
        ("danger.precision", [p for p in pairs if p[1]["danger"]], lambda row, told: row["danger"]),
        ("category.best", reports, _same_category),
        ("category.sure", reports, lambda row, told: told["sure"] and told["intent"] == "report"),
        ("category.right_when_sure", [p for p in reports if p[1]["sure"]], _named),
        ("urgency", reports, lambda row, told: row["urgency"] == told["urgency"]),
        ("intent.no_report", [p for p in pairs if p[0]["intent"] != "report"], _same_intent),
        ("intent.report_kept", reports, lambda row, told: told["intent"] not in FAREWELLS),
        ("intent.report_seen", reports, _same_intent),
        ("intent.stop_found", [p for p in pairs if _bare_stop(p[0])], lambda row, told: told["intent"] == "stop"),
        ("language", pairs, lambda row, told: row["lang"] == told["lang"] or len(row["text"]) < 12),
        ("address.inside", [p for p in pairs if p[0].get("address")], same_place),
        ("address.none_found", [p for p in pairs if not p[0].get("address")], lambda row, told: not told["address"]),
    ):
        found.shares[name] = share(judged, right)
        for language in sorted({row["lang"] for row, _ in pairs}):
            found.by_language[language][name] = share([p for p in judged if p[0]["lang"] == language], right)
    found.by_class = _by_class(reports)
    found.numbers["category.macro_f1"] = _macro_f1(found.by_class)
    found.confusion = Counter((row["category"], told["category"]) for row, told in reports)
    found.misses = sorted((m for pair in pairs for m in _misses(*pair)), key=lambda miss: -miss.weight)
    return found


def inside(pairs: Sequence[tuple[Row, Row]]) -> Figures:
    """Figures of the places named inside messages, and of those found where none is named."""
    found = Figures()
    for name, judged, right in (
        ("address.inside", [p for p in pairs if p[0].get("address")], same_place),
        ("address.none_found", [p for p in pairs if not p[0].get("address")], lambda row, told: not told["address"]),
    ):
        found.shares[name] = share(judged, right)
        for language in sorted({row["lang"] for row, _ in pairs}):
            found.by_language[language][name] = share([p for p in judged if p[0]["lang"] == language], right)
    found.misses = [
        Miss(5, f"place read as {_written(told['address'])}, is {_written(row.get('address'))}", row)
        for row, told in pairs
        if not same_place(row, told)
    ]
    return found


def _named(row: Row, told: Row) -> bool:
    """Whether a sure category is the one labelled, or one that the text raises beside it."""
    return told["category"] in (row["category"], *row.get("also", ()))


def _same_category(row: Row, told: Row) -> bool:
    return bool(row["category"] == told["category"])


def _same_intent(row: Row, told: Row) -> bool:
    return bool(row["intent"] == told["intent"])


def _bare_stop(row: Row) -> bool:
    return row["intent"] == "stop" and len(row["text"].split()) == 1


def same_place(row: Row, told: Row) -> bool:
    """Whether every part of the place is as labelled, the street compared as people compare streets."""
    expected, got = row.get("address"), told["address"]
    if not expected or not got:
        return not expected and not got
    return all(_same_part(expected, got, part) for part in PARTS)


def _comparable(part: str | None) -> str:
    """A part of an address as people compare it: without capitals, blanks and the difference between å, aa and a."""
    return fold_street(part or "")


def _by_class(reports: Sequence[tuple[Row, Row]]) -> dict[str, tuple[Share, Share]]:
    """Precision and recall of every category."""
    names = sorted({row["category"] for row, _ in reports})
    return {
        name: (
            share([p for p in reports if p[1]["category"] == name], _same_category),
            share([p for p in reports if p[0]["category"] == name], _same_category),
        )
        for name in names
    }


def _macro_f1(by_class: Mapping[str, tuple[Share, Share]]) -> float:
    each = []
    for precision, recall in by_class.values():
        both = precision.value + recall.value
        each.append(2 * precision.value * recall.value / both if both and precision.of else 0.0)
    return sum(each) / len(each) if each else 1.0


def _misses(row: Row, told: Row) -> Iterable[Miss]:
    if row["danger"] and not told["danger"]:
        yield Miss(10, "danger not seen", row)
    if row["intent"] == "report" and told["intent"] in FAREWELLS:
        yield Miss(9, f"a report taken for {told['intent']}", row)
    if _bare_stop(row) and told["intent"] != "stop":
        yield Miss(9, f"STOP taken for {told['intent']}", row)
    if row["intent"] == "report" and told["sure"] and not _named(row, told):
        yield Miss(6, f"sure of {told['category']}, is {row['category']}", row)
    if not same_place(row, told):
        yield Miss(5, f"place read as {_written(told['address'])}, is {_written(row.get('address'))}", row)
    if told["danger"] and not row["danger"]:
        yield Miss(4, "false alarm", row)
    if row["intent"] == "report" and row["urgency"] != told["urgency"]:
        yield Miss(3 if row["urgency"] == "urgent" else 2, f"{told['urgency']}, is {row['urgency']}", row)
    if row["intent"] != "report" and row["intent"] != told["intent"]:
        yield Miss(2, f"intent {told['intent']}, is {row['intent']}", row)
    if row["intent"] == "report" and not told["sure"] and row["category"] != told["category"]:
        yield Miss(1, f"guessed {told['category']}, is {row['category']}", row)


def _written(address: Mapping[str, Any] | None) -> str:
    return " ".join(f"{part}={value}" for part, value in (address or {}).items() if value) or "none"


def answers(pairs: Sequence[tuple[Row, Row]], keys: Sequence[str], unsure: str) -> Figures:
    """Figures of answers with one label: staff's commands, replies to an invitation. `unsure` is the safe value."""
    found = Figures()
    first = keys[0]

    def right(row: Row, told: Row) -> bool:
        return all(row[key] == told[key] for key in keys)

    found.shares["right"] = share(pairs, right)
    for language in sorted({row["lang"] for row, _ in pairs}):
        found.by_language[language]["right"] = share([p for p in pairs if p[0]["lang"] == language], right)
    found.confusion = Counter((row[first], told[first]) for row, told in pairs)
    for row, told in pairs:
        if not right(row, told):
            seen = ", ".join(f"{key} {told[key]}, is {row[key]}" for key in keys if told[key] != row[key])
            found.misses.append(Miss(1 if told[first] == unsure else 5, seen, row))
    found.misses.sort(key=lambda miss: -miss.weight)
    return found


def meetings(pairs: Sequence[tuple[Row, Row]]) -> Figures:
    """Figures of answers to an invitation; ``no_wrong_yes`` counts the texts not wrongly taken for an acceptance."""
    found = answers(pairs, ("intent",), "unclear")

    def no_wrong_yes(row: Row, told: Row) -> bool:
        return told["intent"] != "yes" or row["intent"] == "yes"

    found.shares["no_wrong_yes"] = share(pairs, no_wrong_yes)
    for language in found.by_language:
        spoken = [pair for pair in pairs if pair[0]["lang"] == language]
        found.by_language[language]["no_wrong_yes"] = share(spoken, no_wrong_yes)
    found.misses = [
        Miss(10, f"taken for a yes, is {miss.row['intent']}", miss.row) if miss.what.startswith("intent yes,") else miss
        for miss in found.misses
    ]
    found.misses.sort(key=lambda miss: -miss.weight)
    return found


def _held_rightly(row: Row, told: Row) -> bool:
    return (told["verdict"] != "pass") is row["disclose"]


def replies(pairs: Sequence[tuple[Row, Row]]) -> Figures:
    """Figures of the guard over staff's replies: what discloses is held or blocked, what does not passes."""
    found = Figures()
    for name, wanted in (("held_when_disclosing", True), ("passed_when_clean", False)):
        judged = [p for p in pairs if p[0]["disclose"] is wanted]
        found.shares[name] = share(judged, _held_rightly)
        for language in sorted({row["lang"] for row, _ in pairs}):
            found.by_language[language][name] = share([p for p in judged if p[0]["lang"] == language], _held_rightly)
    for row, told in pairs:
        if row["disclose"] and told["verdict"] == "pass":
            found.misses.append(Miss(10, f"let through: {', '.join(row['kinds'])}", row))
        if not row["disclose"] and told["verdict"] != "pass":
            found.misses.append(Miss(1, f"held for {', '.join(told['kinds'])}", row))
    found.misses.sort(key=lambda miss: -miss.weight)
    return found


def addresses(pairs: Sequence[tuple[Row, Row]]) -> Figures:
    """Figures of bare addresses. `right`: every part, the street as a register that lists the houses would spell it;
    `as_read`: without one; `right_or_asked`: or the house that was meant is among those the register asks about.
    `listed_rightly`: where the register is certain, it means the house that was meant."""
    found = Figures()
    for name, judged, right in (
        ("right", pairs, _right_when_mended),
        ("as_read", pairs, _right_as_read),
        ("right_or_asked", pairs, _right_or_asked),
        ("listed_rightly", [p for p in pairs if p[1]["listed"]], lambda row, told: _same_house(row, told["listed"])),
    ):
        found.shares[name] = share(judged, right)
        for country in sorted({row["country"] for row, _ in pairs}):
            found.by_language[country][name] = share([p for p in judged if p[0]["country"] == country], right)
    for part in ADDRESS_PARTS:
        found.shares[part] = Share(sum(_same_part(row, told, part) for row, told in pairs), len(pairs))
    found.misses = [
        Miss(5, " ".join(f"{part}={told[part]}" for part in ADDRESS_PARTS if told[part]) or "none", row)
        for row, told in pairs
        if not _right_when_mended(row, told)
    ]
    return found


def _same_part(row: Row, told: Row, part: str) -> bool:
    if part == "street":
        return _same_street(row.get(part), told.get(part))
    return _comparable(row.get(part)) == _comparable(told.get(part))


def _same_street(one: str | None, other: str | None) -> bool:
    """Whether two streets are one, abbreviated or not."""
    return street_key(one or "", "DK") == street_key(other or "", "DK")


def _same_house(row: Row, told: Row) -> bool:
    return all(_same_part(row, told, part) for part in ("street", "number", "letter"))


def _right_as_read(row: Row, told: Row) -> bool:
    return all(_same_part(row, told, part) for part in ADDRESS_PARTS)


def _right_when_mended(row: Row, told: Row) -> bool:
    return _right_as_read(row, {**told, **(told["listed"] or {})})


def _right_or_asked(row: Row, told: Row) -> bool:
    return _right_when_mended(row, told) or any(_right_as_read(row, {**told, **house}) for house in told["asked"])
