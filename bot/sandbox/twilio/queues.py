"""The queues of an account, made on demand, and who waits in them; also as Twilio's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.calls import CallClock
from bot.sandbox.moment import fresh_hex, real_now
from bot.sandbox.twilio.account import whole, wrapped
from bot.sandbox.twilio.facts import API, TwilioError, rfc2822
from bot.sandbox.twilio.leg import Leg, Room

USUAL_SIZE = 1000


@dataclass(eq=False, slots=True)
class Member:
    """One caller who waits; `since` is of the telephone's clock, `waited` how long it was once it is over. `room` is
    where somebody fetched the caller to, `bridged` whether the two talked.
    """

    leg: Leg
    since: float
    at: datetime = field(default_factory=real_now)
    waited: int | None = None
    room: Room | None = None
    bridged: bool = False


@dataclass(eq=False, slots=True)
class Queue:
    """A Queue resource with its members, the longest waiting first."""

    sid: str
    name: str
    created: datetime
    updated: datetime
    max_size: int = USUAL_SIZE
    members: list[Member] = field(default_factory=list)


@dataclass(slots=True)
class Queues:
    """The queues of one account, by name."""

    account_sid: str
    clock: CallClock
    queues: dict[str, Queue] = field(default_factory=dict)

    def named(self, name: str) -> Queue | None:
        return self.queues.get(name)

    def made(self, name: str, size: int = USUAL_SIZE) -> Queue:
        """The queue of this name, made when there is none."""
        if name not in self.queues:
            now = real_now()
            self.queues[name] = Queue("QU" + fresh_hex(32), name, now, now, size)
        return self.queues[name]

    def waited(self, member: Member) -> int:
        return int(self.clock.now() - member.since)

    def average(self, queue: Queue) -> int:
        waits = [self.waited(member) for member in queue.members]
        return sum(waits) // len(waits) if waits else 0

    def get(self, sid: str) -> Queue:
        for queue in self.queues.values():
            if queue.sid == sid:
                return queue
        raise TwilioError(20404)

    def create(self, form: Mapping[str, list[str]]) -> Queue:
        name = form.get("FriendlyName", [""])[0]
        if not name or len(name) > 64:
            raise TwilioError(20001, "FriendlyName")
        if name in self.queues:
            raise TwilioError(22003)
        size = whole({"MaxSize": form.get("MaxSize", [""])[0]}, "MaxSize", USUAL_SIZE, 1, 5000)
        return self.made(name, size)

    def delete(self, sid: str) -> None:
        queue = self.get(sid)
        if queue.members:
            raise TwilioError(22001)
        del self.queues[queue.name]

    def page(self, query: Mapping[str, str]) -> dict[str, Any]:
        size, number = whole(query, "PageSize", 50, 1, 1000), whole(query, "Page", 0, 0, 10**6)
        found = list(self.queues.values())
        part = found[number * size : (number + 1) * size]
        path = f"{API}/Accounts/{self.account_sid}/Queues.json"
        return {"queues": [self.as_json(q) for q in part]} | wrapped(path, query, number, size, len(part), len(found))

    def member(self, sid: str, call_sid: str) -> tuple[Queue, Member]:
        """One who waits; "Front" is the one who waits longest."""
        queue = self.get(sid)
        for member in queue.members:
            if call_sid in ("Front", member.leg.call.sid):
                return queue, member
        raise TwilioError(20404)

    def members_page(self, sid: str, query: Mapping[str, str]) -> dict[str, Any]:
        queue = self.get(sid)
        size, number = whole(query, "PageSize", 50, 1, 1000), whole(query, "Page", 0, 0, 10**6)
        part = queue.members[number * size : (number + 1) * size]
        path = f"{API}/Accounts/{self.account_sid}/Queues/{queue.sid}/Members.json"
        rows = [self.member_json(queue, member) for member in part]
        return {"queue_members": rows} | wrapped(path, query, number, size, len(part), len(queue.members))

    def member_json(self, queue: Queue, member: Member) -> dict[str, Any]:
        uri = f"{API}/Accounts/{self.account_sid}/Queues/{queue.sid}/Members/{member.leg.call.sid}.json"
        return {
            "call_sid": member.leg.call.sid,
            "date_enqueued": rfc2822(member.at),
            "position": queue.members.index(member) + 1,
            "queue_sid": queue.sid,
            "uri": uri,
            "wait_time": self.waited(member),
        }

    def as_json(self, queue: Queue) -> dict[str, Any]:
        uri = f"{API}/Accounts/{self.account_sid}/Queues/{queue.sid}"
        return {
            "account_sid": self.account_sid,
            "average_wait_time": self.average(queue),
            "current_size": len(queue.members),
            "date_created": rfc2822(queue.created),
            "date_updated": rfc2822(queue.updated),
            "friendly_name": queue.name,
            "max_size": queue.max_size,
            "sid": queue.sid,
            "subresource_uris": {"members": f"{uri}/Members.json"},
            "uri": f"{uri}.json",
        }
