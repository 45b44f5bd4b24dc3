"""Writes what a telephone shall do next as TwiML, and knows the provider's voices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.settings import Settings
from handlers.call_verbs import Document, Hold, Join, Keys, Leave, Park, Play, Record, Say, Silence

# Language and voice by the language spoken (Twilio's table of Amazon Polly voices). A pair that does not exist makes
# <Say> fail, so each is one that the provider documents; Austrian German has a neural voice alone.
VOICES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "da": ("da-DK", "Polly.Naja"),
        "en": ("en-GB", "Polly.Amy"),
        "de": ("de-DE", "Polly.Vicki"),
        "de-AT": ("de-AT", "Polly.Hannah-Neural"),
    }
)
# Characters that no XML document may hold.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PAUSE_ENDS_RECORDING = "8"
# What <Play> takes by its documentation. Telegram's voice notes (Ogg) are not among it.
PLAYED = frozenset(
    f"audio/{kind}" for kind in ("mpeg", "wav", "wave", "x-wav", "aiff", "x-aifc", "x-aiff", "x-gsm", "gsm", "ulaw")
)


def for_lines(settings: Settings, base: str, hold: str = "") -> dict[str, Twiml]:
    """How each line's documents are written, by its key, with the sentences it has recorded."""
    recorded = {slug: settings.recordings.addresses(slug, settings.public_url) for slug in settings.lines}
    return {slug: Twiml(base, hold, line.country, recorded[slug]) for slug, line in settings.lines.items()}


class Twiml:
    """Documents whose steps are relative addresses under `base`; `hold` is the address of the hold sound,
    `country` the line's, whose accent is spoken where there is a voice for it. `recorded` has the addresses of what
    is played instead of spoken, by language and text."""

    def __init__(
        self, base: str, hold: str, country: str, recorded: Mapping[tuple[str, str], str] = MappingProxyType({})
    ) -> None:
        self._base, self._hold, self._country, self._recorded = base, hold, country, recorded

    def write(self, verbs: Document) -> bytes:
        """The document as the provider reads it."""
        response = Element("Response")
        for verb in verbs:
            self._add(response, verb)
        written: bytes = tostring(response, encoding="utf-8", xml_declaration=True)
        return written

    def _add(self, to: Element, verb: object) -> None:
        match verb:
            case Say():
                self._say(to, verb)
            case Silence(seconds):
                SubElement(to, "Pause", length=str(seconds))
            case Play(step):
                SubElement(to, "Play").text = self._url(step)
            case Hold():
                SubElement(to, "Play").text = self._hold
            case Keys():
                self._keys(to, verb)
            case Park(token, wait, step):
                waits = SubElement(to, "Enqueue", action=self._url(step), waitUrl=self._url(wait))
                waits.text = token
            case Join(token, seconds, step):
                dial = SubElement(to, "Dial", action=self._url(step), timeout=str(seconds))
                SubElement(dial, "Queue").text = token
            case Record(seconds, step):
                SubElement(
                    to, "Record", action=self._url(step), maxLength=str(seconds), finishOnKey="#",
                    timeout=_PAUSE_ENDS_RECORDING, playBeep="true", trim="do-not-trim",
                )  # fmt: skip
            case Leave():
                SubElement(to, "Leave")
            case _:
                SubElement(to, "Hangup")

    def _keys(self, to: Element, verb: Keys) -> None:
        # An empty answer is sent on as well: silence is an answer, and the step knows what to do about it.
        gather = SubElement(
            to, "Gather", input="dtmf", action=self._url(verb.step), numDigits=str(verb.count),
            timeout=str(verb.seconds), finishOnKey="#", actionOnEmptyResult="true",
        )  # fmt: skip
        for said in verb.said:
            self._add(gather, said)

    def _say(self, to: Element, said: Say) -> None:
        recorded = self._recorded.get((said.language, said.key))
        if recorded is not None:
            SubElement(to, "Play").text = recorded
            return
        language, voice = VOICES.get(f"{said.language}-{self._country}") or VOICES[said.language]
        SubElement(to, "Say", language=language, voice=voice).text = _NOT_XML.sub(" ", said.text)

    def _url(self, step: str) -> str:
        return f"{self._base}/{step}"
