"""A bot's updates on their way to the service: pushed to a webhook until it answers 2xx, or fetched by getUpdates."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.moment import fresh_number, real_now, ticks
from bot.sandbox.telegram.facts import ApiError, bad

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "poll",
    "inline_query",
    "message_reaction",
    "message_reaction_count",
    "poll_answer",
    "chat_join_request",
)
_ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0

Deliver = Callable[["Webhook", "Update"], Awaitable[tuple[int | None, str]]]
Settle = Callable[["Update", str], None]


@dataclass(slots=True)
class Update:
    """One update. `lane` is its chat: within a lane the next one waits until this one was taken."""

    id: int
    kind: str
    body: dict[str, Any]
    lane: str
    ref: str = ""
    attempts: int = 0
    due: float = 0.0
    flying: bool = False
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret: str | None = None
    connections: int = 40


@dataclass(slots=True)
class Updates:
    """The queue of one bot. `deliver` makes one attempt, `settle` hears what became of an update."""

    deliver: Deliver
    settle: Settle
    reorder: Callable[[], bool]
    pending: list[Update] = field(default_factory=list)
    webhook: Webhook | None = None
    allowed: tuple[str, ...] = ()
    last_error: tuple[int, str] | None = None
    _next: int = field(default_factory=fresh_number)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _poll: asyncio.Event | None = None

    def add(self, kind: str, body: dict[str, Any], lane: str, ref: str = "") -> Update | None:
        """Queue one update; None when the bot did not ask for its kind. Ids grow by one."""
        wanted = kind in self.allowed if self.allowed else kind not in _ON_REQUEST
        if not wanted:
            return None
        update = Update(self._next, kind, {"update_id": self._next, kind: body}, lane, ref)
        update.overtaken = self.reorder()
        update.due = ticks() + (1.0 if update.overtaken else 0.0)
        self._next += 1
        self.pending.append(update)
        self._wake.set()
        return update

    def set_webhook(self, call: dict[str, Any]) -> None:
        """Raises ApiError when the address or the secret would be refused. Plain http is taken for loopback only."""
        url = call.get("url", "")
        if not url:
            return self.delete_webhook(call)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise bad("bad webhook: invalid webhook URL specified")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        secret = call.get("secret_token")
        if secret is not None and not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        connections = call.get("max_connections", 40)
        if not 1 <= connections <= 100:
            raise bad("max_connections must be between 1 and 100")
        self._choose(call)
        self.webhook = Webhook(url, secret, connections)
        self._wake.set()
        return None

    def delete_webhook(self, call: dict[str, Any]) -> None:
        self.webhook = None
        if call.get("drop_pending_updates"):
            self.pending.clear()

    def _choose(self, call: dict[str, Any]) -> None:
        allowed = call.get("allowed_updates")
        if allowed is not None:
            if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
                raise bad("can't parse allowed updates: expected an Array of String")
            self.allowed = tuple(kind for kind in allowed if kind in KINDS)
        if call.get("drop_pending_updates"):
            self.pending.clear()

    def info(self) -> dict[str, Any]:
        hook = self.webhook
        found: dict[str, Any] = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if hook:
            found |= {"max_connections": hook.connections, "ip_address": "127.0.0.1"}
        if self.last_error:
            found |= {"last_error_date": self.last_error[0], "last_error_message": self.last_error[1]}
        return found | {"allowed_updates": list(self.allowed)} if self.allowed else found

    async def fetch(self, call: dict[str, Any]) -> list[dict[str, Any]]:
        """getUpdates. Raises ApiError 409 beside a webhook, and in the older of two calls at the same time."""
        if self.webhook is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._choose(call)
        if self._poll is not None:
            self._poll.set()
        ended = self._poll = asyncio.Event()
        self._confirm(call.get("offset", 0))
        until = ticks() + min(max(call.get("timeout", 0), 0), 50)
        while not self.pending and ticks() < until and not ended.is_set():
            await asyncio.sleep(0.05)
        if ended.is_set():
            raise ApiError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        self._poll = None
        batch = self.pending[: min(max(call.get("limit", 100), 1), 100)]
        for update in batch:
            self.settle(update, "taken")
        return [update.body for update in batch]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset:
            self.pending = [update for update in self.pending if update.id >= offset]

    async def run(self) -> None:
        """Push for as long as the sandbox runs: in order per chat, several chats at once."""
        async with asyncio.TaskGroup() as flights:
            while True:
                self._wake.clear()
                if self.webhook is not None:
                    for update in self._ready(self.webhook):
                        update.flying = True
                        flights.create_task(self._fly(self.webhook, update))
                await self._rest()

    def _ready(self, hook: Webhook) -> list[Update]:
        room = hook.connections - sum(update.flying for update in self.pending)
        busy: set[str] = set()
        ready: list[Update] = []
        for update in self.pending:
            if update.lane not in busy and not update.flying and update.due <= ticks() and len(ready) < room:
                ready.append(update)
            if not update.overtaken:
                busy.add(update.lane)
        return ready

    async def _rest(self) -> None:
        due = [update.due for update in self.pending if not update.flying and update.due > ticks()]
        try:
            async with asyncio.timeout(max(min(due) - ticks(), 0.01) if due else None):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _fly(self, hook: Webhook, update: Update) -> None:
        update.attempts += 1
        status, fault = await self.deliver(hook, update)
        update.flying = False
        if status is not None and 200 <= status < 300:
            if update in self.pending:
                self.pending.remove(update)
            self.settle(update, "taken")
        else:
            wait = min(_FIRST_WAIT * 2 ** (update.attempts - 1), _LONGEST_WAIT)
            update.due = ticks() + wait
            words = fault or f"Wrong response from the webhook: {status}"
            self.last_error = (int(real_now().timestamp()), words)
            self.settle(update, words)
        self._wake.set()
