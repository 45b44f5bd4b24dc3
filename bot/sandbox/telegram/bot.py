"""One emulated bot: its chats, messages and limits, and who may be written to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.config import LineSetup
from bot.sandbox.moment import fresh_number, real_now, ticks
from bot.sandbox.phones import Bubble, Key, Phone, PhoneBook, thread_key
from bot.sandbox.telegram.facts import ApiError, bad, forbidden
from bot.sandbox.telegram.files import FileRoom
from bot.sandbox.telegram.updates import Updates


@dataclass(slots=True)
class Group:
    """A group somebody added the bot to."""

    id: int
    title: str
    joined: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """A pressed button that waits for answerCallbackQuery."""

    phone: Phone
    bubble: Bubble
    since: float


@dataclass(slots=True)
class Bot:
    """A bot with its chats. A private chat is a phone of the same line; `messages` holds Message objects by chat."""

    setup: LineSetup
    token: str
    book: PhoneBook
    updates: Updates
    is_blocked: Callable[[Phone], bool]
    changed: Callable[[], None]
    per_second: int = 30
    files: FileRoom = field(default_factory=FileRoom)
    groups: dict[int, Group] = field(default_factory=dict)
    messages: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    menus: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    last_message: int = field(default_factory=lambda: fresh_number() // 10)
    _budget: float = 60.0
    _counted: float = field(default_factory=ticks)

    @property
    def id(self) -> int:
        return int(self.token.split(":")[0])

    @property
    def me(self) -> dict[str, Any]:
        username = self.setup.telegram_username or f"{self.setup.slug}_bot"
        return {"id": self.id, "is_bot": True, "first_name": self.setup.name, "username": username}

    def key(self, chat: int) -> Key:
        return thread_key("telegram", self.setup.slug, str(chat))

    # chats

    def phone(self, chat: int) -> Phone | None:
        return self.book.at("telegram", self.setup.slug, str(chat))

    def reachable(self, chat: int) -> dict[str, Any]:
        """The Chat object of a chat the bot may write to. Raises ApiError: chat not found, or the bot was blocked."""
        group = self.groups.get(chat)
        if group is not None:
            if not group.joined:
                raise forbidden("bot is not a member of the supergroup chat")
            return {"id": chat, "type": "supergroup", "title": group.title}
        phone = self.phone(chat)
        if phone is None or not phone.started:
            raise bad("chat not found")
        if self.is_blocked(phone):
            raise forbidden("bot was blocked by the user")
        return private_chat(phone)

    def next_message(self) -> int:
        self.last_message += 1
        return self.last_message

    def spend(self) -> None:
        """Telegram lets a bot send about thirty messages a second. Raises ApiError 429 beyond a burst of twice that."""
        if not self.per_second:
            return
        now = ticks()
        self._budget = min(self._budget + (now - self._counted) * self.per_second, 2.0 * self.per_second)
        self._counted = now
        if self._budget < 1:
            raise ApiError(429, "Too Many Requests: retry after 1", retry_after=1)
        self._budget -= 1


def private_chat(phone: Phone) -> dict[str, Any]:
    return {"id": int(phone.address), "type": "private", "first_name": phone.name}


def membership(bot: Bot, chat: dict[str, Any], by: dict[str, Any], before: str, after: str) -> dict[str, Any]:
    """A ChatMemberUpdated: the bot's own standing in a chat went from `before` to `after`."""

    def standing(status: str) -> dict[str, Any]:
        return {"user": bot.me, "status": status} | ({"until_date": 0} if status == "kicked" else {})

    return {
        "chat": chat,
        "from": by,
        "date": int(real_now().timestamp()),
        "old_chat_member": standing(before),
        "new_chat_member": standing(after),
    }
