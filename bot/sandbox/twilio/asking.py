"""What a caller is asked for: keys or a few words (<Gather>), or a message on a recording (<Record>)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from xml.etree.ElementTree import Element

from bot.sandbox.calls import spoken_for
from bot.sandbox.twilio.leg import Moved, Over
from bot.sandbox.twilio.recordings import Recording
from bot.sandbox.twilio.speech import SPEECH
from bot.sandbox.twilio.stage import Document, Form, Stage

_USUAL_TIMEOUT = "5"


async def gather(stage: Stage, element: Element, document: Document) -> Document | None:
    """Ask, then go where `action` says; without an answer on to the next verb, unless empty answers are wanted."""
    wire = stage.leg.wire
    wire.keys.clear()
    wire.spoken.clear()
    speech = "speech" in element.get("input", "dtmf")

    def answered() -> bool:
        return bool(wire.keys) or (speech and bool(wire.spoken))

    outer, stage.cut = stage.cut, answered
    try:
        for inner in element:
            if not answered():
                await SPEECH[inner.tag](stage, inner, document)
    finally:
        stage.cut = outer
    given = await _given(stage, element, answered)
    if given is None and element.get("actionOnEmptyResult") != "true":
        return None
    return await stage.fetch(stage.action(element, document), given or [("Digits", ""), ("FinishedOnKey", "")])


async def _given(stage: Stage, element: Element, answered: Callable[[], bool]) -> Form | None:
    wire, timeout = stage.leg.wire, float(element.get("timeout", _USUAL_TIMEOUT))
    if not await stage.leg.wait(timeout, answered):
        return None
    if not wire.keys:
        words = wire.spoken.popleft()
        await stage.leg.wait(spoken_for(words))
        return [("SpeechResult", words), ("Confidence", "0.9"), ("Language", element.get("language", "en-US"))]
    finishing, most = element.get("finishOnKey", "#"), int(element.get("numDigits", "0"))
    digits, ended_by = "", ""
    while True:
        if not await stage.leg.wait(timeout, lambda: bool(wire.keys)):
            break
        key = wire.keys.popleft()
        if key in finishing:
            ended_by = key
            break
        digits += key
        if len(digits) == most:
            break
    if not digits:
        return None
    return [("Digits", digits), ("FinishedOnKey", ended_by), ("msg", "Gather End")]


async def record(stage: Stage, element: Element, document: Document) -> Document | None:
    """Record what is said. An empty recording leads to no action but to the next verb, as at Twilio."""
    leg, wire = stage.leg, stage.leg.wire
    wire.keys.clear()
    wire.spoken.clear()
    recording = stage.network.recordings.begin(leg.call.sid)
    said: list[str] = []
    began = leg.clock.now()
    try:
        ended_by = await _listen(stage, element, said)
    except (Over, Moved) as why:
        said += leg.wire.spoken
        extra = _kept(stage, element, document, recording, said, leg.clock.now() - began, "hangup")
        if extra is not None and isinstance(why, Over):
            stage.tell("action", stage.action(element, document), extra)
        raise
    extra = _kept(stage, element, document, recording, said, leg.clock.now() - began, ended_by)
    return None if extra is None else await stage.fetch(stage.action(element, document), extra)


async def _listen(stage: Stage, element: Element, said: list[str]) -> str:
    """From the beep until a key, silence or the longest length ends it; the key."""
    leg, wire = stage.leg, stage.leg.wire
    if element.get("playBeep", "true") == "true":
        wire.hears("beep", "beep", 0.5)
        await leg.wait(0.5)
    finishing, silence = element.get("finishOnKey", "1234567890*#"), float(element.get("timeout", _USUAL_TIMEOUT))
    end = leg.clock.now() + float(element.get("maxLength", "3600"))

    def pressed() -> bool:
        return any(key in finishing for key in wire.keys)

    while True:
        left = end - leg.clock.now()
        if not await leg.wait(min(silence or 3600.0, left), lambda: pressed() or bool(wire.spoken)):
            return ""
        if not wire.spoken:
            return next(key for key in wire.keys if key in finishing)
        words = wire.spoken.popleft()
        said.append(words)
        await leg.wait(min(spoken_for(words), end - leg.clock.now()), pressed)


def _kept(
    stage: Stage, element: Element, document: Document, recording: Recording, said: list[str], lasted: float, key: str
) -> Form | None:
    """Close a recording; what `action` is told of it, nothing when nobody spoke."""
    network, call = stage.network, stage.leg.call
    to = stage.source(element, document, "recordingStatusCallback", "recordingStatusCallbackMethod")
    events = element.get("recordingStatusCallbackEvent", "completed")
    recording.words, recording.seconds = " ".join(said), max(1, round(lasted)) if said else 0
    recording.move("processing" if said else "absent")

    async def ready() -> None:
        chaos = network.gate.chaos
        late = network.gate.dice.between("recording:late", *chaos.late_seconds) if chaos.unkind else 0.0
        await asyncio.sleep(late)
        if said:
            recording.move("completed")
        network.recorded(call, recording, to, events)

    network.spawn(ready())
    if not said:
        return None
    return [
        ("RecordingUrl", network.recordings.url(recording)),
        ("RecordingSid", recording.sid),
        ("RecordingDuration", str(recording.seconds)),
        ("Digits", key),
    ]
