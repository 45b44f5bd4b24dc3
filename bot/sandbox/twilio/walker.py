"""Walks a call through its instructions from the first document to the hang-up, with the fallback when they break."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from bot.sandbox.calls import spoken_for
from bot.sandbox.twilio.asking import gather, record
from bot.sandbox.twilio.calls import Source
from bot.sandbox.twilio.leg import Leg, Moved, Over
from bot.sandbox.twilio.meeting import Left, dial, enqueue, leave
from bot.sandbox.twilio.network import Network
from bot.sandbox.twilio.speech import SPEECH
from bot.sandbox.twilio.stage import Broken, Document, Form, Stage, Verb

APOLOGY = "We're sorry, an application error has occurred. Goodbye."
# What a caller may be answered with before the network picks up: everything else does pick up.
_UNANSWERED = ("Reject",)


async def redirect(stage: Stage, element: Element, document: Document) -> Document | None:
    made = Element("Redirect", {"url": (element.text or "").strip(), "method": element.get("method", "POST")})
    return await stage.fetch(stage.source(made, document, "url") or document.source)


async def hangup(stage: Stage, element: Element, document: Document) -> None:
    stage.hang_up()


async def reject(stage: Stage, element: Element, document: Document) -> None:
    """Refuse a call that was not answered yet; one that was is hung up."""
    if stage.leg.call.answered_at is not None:
        stage.hang_up()
    busy = element.get("reason") == "busy"
    stage.network.finish(stage.leg, "busy" if busy else "no-answer", "busy" if busy else "number not in service")
    raise Over


VERBS: dict[str, Verb] = {
    **SPEECH,
    "Gather": gather,
    "Record": record,
    "Enqueue": enqueue,
    "Leave": leave,
    "Dial": dial,
    "Redirect": redirect,
    "Hangup": hangup,
    "Reject": reject,
}


async def walk(leg: Leg, network: Network, extra: Form) -> None:
    """Carry a call's instructions out, whatever happens to it, until it is over."""
    stage, source = Stage(leg, network, VERBS), leg.call.source
    while True:
        try:
            return await _one_walk(stage, source, extra)
        except Moved as moved:
            source, extra = moved.source, []
        except Broken as fault:
            network.fault(fault.code, fault.words, fault.url, leg.call.sid)
            fallback = leg.call.fallback
            if fallback is None or source is fallback:
                return await _apologise(stage)
            source, extra = fallback, [("ErrorCode", str(fault.code)), ("ErrorUrl", fault.url)]


async def _one_walk(stage: Stage, source: Source, extra: Form) -> None:
    try:
        document: Document | None = await stage.fetch(source, extra)
        if document is not None and [verb.tag for verb in document.root][:1] != [*_UNANSWERED]:
            stage.leg.pick_up()
        while document is not None:
            document = await stage.play(document)
        stage.hang_up()
    except Left:
        raise Broken(12200, "<Leave> outside of a queue", source.url) from None
    except Over:
        return


async def _apologise(stage: Stage) -> None:
    leg = stage.leg
    try:
        leg.pick_up()
        leg.wire.hears("said", APOLOGY, spoken_for(APOLOGY), "en-US")
        await leg.wait(spoken_for(APOLOGY))
        stage.hang_up()
    except (Over, Moved):
        return
