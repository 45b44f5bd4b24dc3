"""How a case sounds on the telephone: the place in words, what it is about, what was reported last, what was spoken.

It is the office that reads, to somebody who has shown by his PIN who he is (`handlers/pin_calls.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from escalation.redaction import redact
from escalation.store import office_incidents
from escalation.store.base import Unit
from escalation.store.office_incidents import Entry, Incident
from handlers import leg_documents, render_staff
from handlers.call_verbs import Play, Say, Silence
from handlers.texts.catalogue import has, text

_WORDS = ("opened", "answer", "words", "edited")
# A minute of reading; whoever wants more than the newest words has them in Telegram.
_LONGEST = 900
_MASKED = " … "


def aloud(
    unit: Unit, incident: Incident, language: str, line: str, recordings: Mapping[str, str], playable: Collection[str]
) -> tuple[Say | Silence | Play, ...]:
    """Everything that is read out and played. `recordings` are addresses by medium; `line` is the line's name."""

    def say(key: str, **values: object) -> Say:
        return leg_documents.say(key, language, line, **values)

    place = place_aloud(incident.place, language)
    timeline = office_incidents.timeline(unit, incident.id, (*_WORDS, "media"))
    media = [str(entry.body["media"]) for entry in timeline if entry.kind == "media" and entry.body]
    played = [uid for uid in media if uid in playable]
    said: list[Say | Silence | Play] = [
        say("place", place=place) if place else say("place_unclear"),
        say("about", category=render_staff.category(incident.category, language)),
        Silence(1),
        *_newest(timeline, say("words"), language),
    ]
    for uid in played:
        said += [say("plays"), Play(recordings[uid])]
    if len(played) < len(media):
        said.append(say("more_media"))
    return tuple(said)


def _newest(timeline: Sequence[Entry], heading: Say, language: str) -> list[Say]:
    """The newest words, as many as are listened to; numbers and diagnoses in them are nothing for a loudspeaker."""
    words = [str(entry.body["text"]) for entry in timeline if entry.kind in _WORDS and entry.body.get("text")]
    kept: list[str] = []
    for each in reversed(words):
        if kept and sum(map(len, kept)) + len(each) > _LONGEST:
            break
        kept.insert(0, redact(each[:_LONGEST], _MASKED).text)
    return [heading, *(Say(each, language) for each in kept)] if kept else []


def place_aloud(place: Mapping[str, Any] | None, language: str) -> str:
    """A place as one says it: "Vestergade 12 B, 3. sal, til venstre". Empty where nothing is known."""
    if place is None:
        return ""
    street, number = str(place.get("street") or ""), str(place.get("number") or "")
    if not street:
        return str(place.get("display") or "")
    house = " ".join(part for part in (street, number, str(place.get("letter") or "").upper()) if part)
    parts = [house, _staircase(place, language), _floor(place, language), _door(place, language)]
    return ", ".join(part for part in parts if part)


def _staircase(place: Mapping[str, Any], language: str) -> str:
    staircase = place.get("staircase")
    return text("call.unit.staircase", language, staircase=staircase) if staircase else ""


def _floor(place: Mapping[str, Any], language: str) -> str:
    floor = str(place.get("floor") or "")
    return text("call.unit.floor", language, floor=floor) if floor.isdigit() else _named("floor", floor, language)


def _door(place: Mapping[str, Any], language: str) -> str:
    door = str(place.get("door") or "")
    named = _named("door", door, language)
    if not door or named != door:
        return named
    return text("call.unit.door", language, door=" ".join(door) if door[0].isalpha() else door)


def _named(what: str, notation: str, language: str) -> str:
    """The words for a floor or door that is written in letters, as it stands where there are none."""
    key = f"call.unit.{what}.{notation.lower()}"
    return text(key, language) if notation and has(key, language) else notation
