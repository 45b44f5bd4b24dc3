"""What a caller is given to hear: <Say>, <Play>, <Pause>, each as long as it lasts on the telephone."""

from __future__ import annotations

import io
import wave
from xml.etree.ElementTree import Element

from bot.sandbox.calls import spoken_for
from bot.sandbox.twilio.calls import Source
from bot.sandbox.twilio.stage import Broken, Document, Stage
from bot.sandbox.twilio.twiml import words_of

# How long a file of another kind than WAV is taken to last, and what "loop for ever" means at Twilio.
_USUAL_FILE, _FOR_EVER = 5.0, 1000


async def say(stage: Stage, element: Element, document: Document) -> None:
    words = words_of(element)
    await _loop(stage, element, "said", words, spoken_for(words), element.get("language", ""))


async def play(stage: Stage, element: Element, document: Document) -> None:
    if "digits" in element.attrib:
        digits = element.get("digits", "")
        return await _loop(stage, element, "played", f"tones {digits}", 0.5 * len(digits))
    source = Source(_address(stage, element, document), "GET")
    answer = await stage.asked("sound", source, [])
    if answer.status is None or not 200 <= answer.status < 300:
        raise Broken(11200, f"nothing to play: {answer.fault or f'HTTP {answer.status}'}", source.url)
    if not answer.mime.startswith("audio/"):
        raise Broken(13420, f"nothing to play: content of the type {answer.mime or 'unknown'}", source.url)
    await _loop(stage, element, "played", source.url, _length(answer.content))


async def pause(stage: Stage, element: Element, document: Document) -> None:
    await stage.wait(float(element.get("length", "1")))


def _address(stage: Stage, element: Element, document: Document) -> str:
    made = Element("Play", {"url": words_of(element)})
    source = stage.source(made, document, "url")
    if source is None:
        raise Broken(11100, "nothing to play", document.source.url)
    return source.url


async def _loop(stage: Stage, element: Element, kind: str, words: str, lasts: float, language: str = "") -> None:
    leg = stage.leg
    for _ in range(int(element.get("loop", "1")) or _FOR_EVER):
        heard = leg.wire.hears(kind, words, lasts, language)
        began = leg.clock.now()
        try:
            cut = await stage.wait(lasts)
        finally:
            heard.lasts = round(min(lasts, leg.clock.now() - began), 2)
        if cut:
            return


def _length(content: bytes) -> float:
    if content[:4] != b"RIFF":
        return _USUAL_FILE
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError):
        return _USUAL_FILE


SPEECH = {"Say": say, "Play": play, "Pause": pause}
