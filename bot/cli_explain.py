"""`nabolinje explain`: how the line understands a text, one JSON object a line, for tuning its word lists."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import click

from bot.cli_desks import Desks, desks, line_of
from escalation.addresses import Address
from escalation.disclosure import Secrets, judge
from escalation.errors import NotConfigured, Refused
from escalation.lines import LineConfig
from escalation.meeting_replies import meeting_reply
from escalation.places import PlaceMatch, Stock, match
from escalation.store import published
from escalation.understanding import Understanding
from handlers.commands import parse
from handlers.hearing import hear
from handlers.placing import make_stock

Explainer = Callable[[Mapping[str, Any]], dict[str, Any]]
KINDS = ("message", "staff-command", "reply", "meeting-reply")
# What the guard may be told of a case, by the names the labelled texts have for it.
_CONTEXT = {
    "resident_name": "resident_names", "resident_phone": "phones", "cpr": "cprs", "team_name": "team_names",
    "contact_person": "staff_names", "address": "addresses_given",
}  # fmt: skip


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
def explain(kind: str) -> None:
    """How the line understands texts: JSONL on standard input, JSONL out, `id` kept.

    \b
    message        {text, line?} -> {category, sure, danger, urgency, lang, intent, address, place, because}
    staff-command  {text, open_cases} -> {action, case}
    reply          {text, context} -> {verdict, kinds, because}
    meeting-reply  {text} -> {intent, because}

    A line that is no such object is named on standard error, the others are answered, and the exit status is 1.
    """
    with ExitStack() as stack:
        explained = _explainer(kind, stack)
        fine = True
        for number, line in enumerate(sys.stdin.buffer, 1):
            if line.strip():
                fine &= _answered(number, line, explained)
    if not fine:
        raise click.exceptions.Exit(1)


def _explainer(kind: str, stack: ExitStack) -> Explainer:
    if kind == "message":
        return _Messages(stack.enter_context(desks())).explain
    return {"staff-command": command, "reply": reply, "meeting-reply": meeting}[kind]


def _answered(number: int, line: bytes, explained: Explainer) -> bool:
    """Answer one line; what is wrong with it is said, and the next one has its turn."""
    try:
        asked = _object(line)
        answer = explained(asked)
    except Refused as wrong:
        click.echo(f"line {number}: {wrong.remedy}", err=True)
        return False
    kept = {"id": asked["id"], **answer} if "id" in asked else answer
    click.echo(json.dumps(kept, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    sys.stdout.flush()
    return True


def _object(line: bytes) -> dict[str, Any]:
    """One line of input. Its text is repeated in no error: it may be somebody's message."""
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refused('this is not JSON; write one object a line, such as {"text": "larm igen"}') from None
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise Refused('an object with a "text" is needed, such as {"text": "larm igen"}')
    return found


def command(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a text of staff's does, with the codes of the cases open to them under ``open_cases``."""
    codes = asked.get("open_cases") or []
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise Refused('"open_cases" is a list of case codes, such as ["K7M2"]')
    command = parse(asked["text"], tuple(codes))
    return {"action": command.action, "case": command.code, "body": command.body}


def reply(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a reply of staff's may go out; ``context`` holds what nobody outside may learn."""
    context = asked.get("context") or {}
    if not isinstance(context, dict):
        raise Refused('"context" is an object, such as {"resident_name": "…", "address": "…"}')
    language = asked.get("lang")
    verdict = judge(asked["text"], secrets_from(context), language if isinstance(language, str) else None)
    return {"verdict": verdict.verdict, "kinds": list(verdict.kinds), "because": list(verdict.because)}


def meeting(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a text answers to the invitation "1 yes, 2 another time, 3 no", and the phrases that decided."""
    answer = meeting_reply(asked["text"])
    return {"intent": answer.intent, "because": list(answer.because)}


def secrets_from(context: Mapping[str, Any]) -> Secrets:
    """What the guard may be told, from one text or a list of texts under each name; Refused where it is neither."""
    known: dict[str, tuple[str, ...]] = {}
    for name, told in context.items():
        texts = told if isinstance(told, list) else [told]
        if name not in _CONTEXT or not all(isinstance(text, str | None) for text in texts):
            raise Refused(f'"context" holds texts, lists of texts or null under {", ".join(_CONTEXT)}')
        known[_CONTEXT[name]] = tuple(text for text in texts if text)
    return Secrets(**known)


class _Messages:
    """Reads messages as a line would, with its own words and against its published houses."""

    def __init__(self, at: Desks) -> None:
        self._at = at
        self._stocks: dict[str, Stock] = {}

    def explain(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        line = self._line(asked.get("line"))
        heard = hear(asked["text"], line)
        return {**told(heard), "place": self._place(heard, line), "because": list(heard.because)}

    def _line(self, slug: object) -> LineConfig:
        settings = self._at.settings
        if slug is not None:
            return line_of(settings, str(slug))
        if not settings.lines:
            raise NotConfigured("no line is configured; begin with a copy of nabolinje.example.toml")
        return next(iter(settings.lines.values()))

    def _stock(self, line: LineConfig) -> Stock:
        if line.slug not in self._stocks:
            houses = self._at.front.read_now(published.properties, line.slug)
            self._stocks[line.slug] = make_stock(houses, line.country)
        return self._stocks[line.slug]

    def _place(self, heard: Understanding, line: LineConfig) -> dict[str, Any]:
        stock = self._stock(line)
        if heard.property_code is not None and stock.coded(heard.property_code):
            found = match(heard.property_code, stock)
        elif len(heard.addresses) > 1:
            each = [candidate for a in heard.addresses for candidate in match(a, stock).candidates]
            found = PlaceMatch("ask" if each else "none", tuple(each))
        else:
            found = match(heard.address, stock) if heard.address else PlaceMatch("none")
        return {
            "verdict": found.verdict,
            "candidates": [{"property": c.property, "address": c.address.display()} for c in found.candidates],
        }


def told(heard: Understanding) -> dict[str, Any]:
    """What `explain message` says of a text alone, without the houses it is matched against and the reasons."""
    return {
        "category": heard.category,
        "sure": heard.sure,
        "danger": heard.danger,
        "urgency": heard.urgency,
        "lang": heard.language,
        "intent": heard.intent,
        "also": list(heard.also),
        "address": _address(heard),
    }


def _address(heard: Understanding) -> dict[str, Any] | None:
    """The place the text names, in the fields of the labelled texts; None where it names none, or several."""
    if heard.address is None and heard.property_code is None:
        return None
    address = heard.address or Address("", "")
    return {
        "street": address.street or None,
        "number": address.number or None,
        "letter": address.letter,
        "floor": address.floor,
        "door": address.door,
        "staircase": address.staircase,
        "property": heard.property_code,
    }
