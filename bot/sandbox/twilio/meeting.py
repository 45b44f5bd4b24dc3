"""How two calls meet: one waits (<Enqueue>, <Leave>), another one dials the queue; or both dial a conference."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from bot.sandbox.twilio.calls import Source
from bot.sandbox.twilio.leg import Leg, Moved, Over, Room
from bot.sandbox.twilio.queues import Member, Queue
from bot.sandbox.twilio.stage import Broken, Document, Form, Stage
from bot.sandbox.twilio.twiml import words_of
from bot.sandbox.twilio.twiml_facts import JOINING_VERBS, WAITING_VERBS

# How long music plays before it is asked for anew, and the shortest time between two requests for a waiting document.
_MUSIC, _SHORTEST_WAIT = 60.0, 1.0
_LONGEST_DIAL, _USUAL_DIAL = "14400", "30"


class Left(Exception):
    """A waiting caller leaves the queue for the verb after it."""


@dataclass(eq=False)
class Fetched(Exception):
    """A waiting caller is fetched out of the queue: by whom, into which room, after hearing which document."""

    by: Leg
    room: Room
    before: Source | None


async def leave(stage: Stage, element: Element, document: Document) -> None:
    """Nothing, outside a queue."""
    raise Left


async def enqueue(stage: Stage, element: Element, document: Document) -> Document | None:
    """Wait in a queue, then go where `action` says, which is told how the waiting ended."""
    network, leg = stage.network, stage.leg
    queue = network.queues.made(words_of(element) or "tasks")
    action = stage.source(element, document, "action")
    if len(queue.members) >= int(element.get("maxQueueSize", queue.max_size)):
        return await stage.fetch(action, [("QueueResult", "queue-full")]) if action else None
    member = Member(leg, network.clock.now())
    queue.members.append(member)
    try:
        result = await _waited(stage, element, document, queue, member)
    except Over:
        stage.tell("action", action, _ending(stage, queue, member, "bridged" if member.bridged else "hangup"))
        raise
    except Moved:
        result = "redirected-from-bridged" if member.bridged else "redirected"
        stage.tell("action", action, _ending(stage, queue, member, result))
        raise
    finally:
        _take_out(stage, queue, member)
        leg.forget(Fetched)
        if member.room is not None:
            member.room.leave(leg, close=True)
    return await stage.fetch(action, _ending(stage, queue, member, result)) if action else None


def _take_out(stage: Stage, queue: Queue, member: Member) -> None:
    if member in queue.members:
        queue.members.remove(member)
    if member.waited is None:
        member.waited = stage.network.queues.waited(member)
        stage.leg.call.queue_time = member.waited


def _ending(stage: Stage, queue: Queue, member: Member, result: str) -> Form:
    _take_out(stage, queue, member)
    return [("QueueResult", result), ("QueueSid", queue.sid), ("QueueTime", str(member.waited))]


async def _waited(stage: Stage, element: Element, document: Document, queue: Queue, member: Member) -> str:
    """Wait until fetched or out of it; the result in Twilio's words."""
    try:
        await _wait_for_ever(stage, element, document, queue, member)
    except Left:
        return "leave"
    except Fetched as fetched:
        _take_out(stage, queue, member)
        return await _joined(stage, fetched, queue, member)
    except Broken as fault:
        stage.network.fault(fault.code, fault.words, fault.url, stage.leg.call.sid)
        return "error"
    return "hangup"


async def _wait_for_ever(stage: Stage, element: Element, document: Document, queue: Queue, member: Member) -> None:
    source = stage.source(element, document, "waitUrl", "waitUrlMethod")
    while True:
        began = stage.leg.clock.now()
        if source is None:
            if "waitUrl" not in element.attrib:
                stage.leg.wire.hears("music", "♪", _MUSIC)
            await stage.leg.wait(_MUSIC)
        else:
            place = _place(stage, queue, member)
            await stage.play_to_the_end(source, place, WAITING_VERBS, "waiting")
        # A waiting document that says nothing would otherwise be asked for without end.
        await stage.leg.wait(_SHORTEST_WAIT - (stage.leg.clock.now() - began))


def _place(stage: Stage, queue: Queue, member: Member) -> Form:
    queues = stage.network.queues
    return [
        ("QueuePosition", str(queue.members.index(member) + 1)),
        ("QueueSid", queue.sid),
        ("QueueTime", str(queues.waited(member))),
        ("AvgQueueTime", str(queues.average(queue))),
        ("CurrentQueueSize", str(len(queue.members))),
        ("MaxQueueSize", str(queue.max_size)),
    ]


async def _joined(stage: Stage, fetched: Fetched, queue: Queue, member: Member) -> str:
    """Hear what comes before, then talk until one of the two is gone."""
    room = fetched.room
    try:
        if fetched.before is not None:
            extra = [
                ("QueueSid", queue.sid),
                ("QueueTime", str(member.waited)),
                ("DequeingCallSid", fetched.by.call.sid),
            ]
            await stage.play_to_the_end(fetched.before, extra, JOINING_VERBS, "joining")
        if not room.over:
            member.bridged = True
            room.enter(stage.leg)
            await room.stay(stage.leg, None)
    finally:
        room.leave(stage.leg, close=True)
    return "bridged" if member.bridged else "hangup"


async def dial(stage: Stage, element: Element, document: Document) -> Document | None:
    """Dial a queue or a conference, then go where `action` says, which is told how it went."""
    action = stage.source(element, document, "action")
    kinds = [child.tag for child in element]
    outcome: Form = []
    try:
        if kinds == ["Queue"]:
            await _dial_queue(stage, element, document, outcome)
        elif kinds == ["Conference"]:
            await _dial_conference(stage, element, outcome)
        else:
            raise Broken(12200, "the sandbox dials a <Queue> or a <Conference> alone", document.source.url)
    except (Over, Moved):
        stage.tell("action", action, outcome)
        raise
    return await stage.fetch(action, outcome) if action else None


async def _dial_queue(stage: Stage, element: Element, document: Document, outcome: Form) -> None:
    """Fetch the one who waits longest, or wait for somebody to come. `outcome` is right at each moment."""
    leg, noun = stage.leg, element[0]
    queue = stage.network.queues.named(words_of(noun))
    if queue is None:
        outcome[:] = [("DialCallStatus", "failed"), ("DequeueResult", "error")]
        return
    outcome[:] = [("DialCallStatus", "no-answer"), ("QueueSid", queue.sid), ("DequeueResult", "queue-empty")]
    if not await leg.wait(float(element.get("timeout", _USUAL_DIAL)), lambda: bool(queue.members)):
        return
    member, room = queue.members.pop(0), Room(leg)
    member.room, member.waited = room, stage.network.queues.waited(member)
    member.leg.summon(Fetched(leg, room, stage.source(noun, document, "url")))
    try:
        await leg.wait(None, lambda: room.over or bool(room.members))
        if not room.over:
            room.enter(leg)
            limit = float(element.get("timeLimit", _LONGEST_DIAL))
            await room.stay(leg, limit, element.get("hangupOnStar") == "true")
    finally:
        room.leave(leg, close=True)
        outcome[:] = _fetched(stage, queue, member, room)


def _fetched(stage: Stage, queue: Queue, member: Member, room: Room) -> Form:
    """How dialling a queue went. A good end is called now completed, now answered: nobody should rely on it."""
    outcome = [("QueueSid", queue.sid), ("DequeuedCallSid", member.leg.call.sid)]
    if room.began is None:
        return [*outcome, ("DialCallStatus", "canceled"), ("DequeueResult", "hangup")]
    answered = stage.network.gate.chaos.unkind and stage.network.gate.dice.happens("dial:answered", 0.5)
    talked = str(round(stage.leg.clock.now() - room.began))
    return [
        *outcome,
        ("DialCallStatus", "answered" if answered else "completed"),
        ("DequeueResult", "bridged"),
        ("DequeuedCallQueueTime", str(member.waited)),
        ("DequeuedCallDuration", talked),
        ("DialCallDuration", talked),
        ("DialBridged", "true"),
    ]


async def _dial_conference(stage: Stage, element: Element, outcome: Form) -> None:
    """Enter a conference and stay until it is over or one is gone."""
    leg, noun, rooms = stage.leg, element[0], stage.network.rooms
    outcome[:] = [("DialCallStatus", "completed"), ("DialBridged", "true")]
    name = words_of(noun)
    if name not in rooms or rooms[name].over:
        rooms[name] = Room()
    room = rooms[name]
    room.enter(leg, starts=noun.get("startConferenceOnEnter", "true") == "true")
    if not leg.wire.connected:
        leg.wire.hears("music", "♪", _MUSIC)
    try:
        limit = float(element.get("timeLimit", _LONGEST_DIAL))
        await room.stay(leg, limit, element.get("hangupOnStar") == "true")
    finally:
        room.leave(leg, close=noun.get("endConferenceOnExit") == "true")
