"""What a restarted sandbox still knows: chats, blocks, opt-outs, screens. Pictures and what was under way are gone."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.sandbox.config import PhoneSetup, SandboxError
from bot.sandbox.phones import Bubble, Phone
from bot.sandbox.telegram.bot import Bot
from bot.sandbox.telegram.updates import Webhook
from bot.sandbox.world import World

_KEPT = 200


def save(world: World, path: Path) -> None:
    """Write the memory, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(_remembered(world), ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def _remembered(world: World) -> dict[str, Any]:
    return {
        "phones": [_phone(phone) for phone in world.book.all()],
        "screens": [
            [list(key), [_bubble(b) for b in bubbles[-_KEPT:]]] for key, bubbles in world.book.screens().items()
        ],
        "opted_out": sorted(map(list, world.account.opted_out)),
        "bots": {bot.setup.slug: _bot(bot) for bot in world.bots.values()},
    }


def _phone(phone: Phone) -> dict[str, Any]:
    return {name: value for name, value in asdict(phone).items() if name not in ("id", "popup", "popups")}


def _bubble(bubble: Bubble) -> dict[str, Any]:
    kept = bubble.as_json()
    return {name: value for name, value in kept.items() if name not in ("media", "asking")}


def _bot(bot: Bot) -> dict[str, Any]:
    hook = bot.updates.webhook
    return {
        "webhook": asdict(hook) if hook else None,
        "allowed": list(bot.updates.allowed),
        "messages": [[list(key), message] for key, message in list(bot.messages.items())[-_KEPT * 10 :]],
    }


def load(world: World, path: Path) -> None:
    """Put the memory back; nothing when there is none. Raises SandboxError when the file cannot be read."""
    if not path.exists():
        return
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise SandboxError(f"{path.name} is no memory of a sandbox: delete it") from None
    for fields in found["phones"]:
        _load_phone(world, dict(fields))
    for key, bubbles in found["screens"]:
        screen = world.book.screen((key[0], key[1], key[2]))
        screen.extend(_loaded(bubble) for bubble in bubbles)
    world.account.opted_out |= {(pair[0], pair[1]) for pair in found["opted_out"]}
    for bot in world.bots.values():
        _load_bot(bot, found["bots"].get(bot.setup.slug))


def _load_phone(world: World, fields: dict[str, Any]) -> None:
    blocked, keys = fields.pop("blocked"), fields.pop("keys")
    if fields["line"] not in {line.slug for line in world.config.lines}:
        return
    phone = world.book.at(fields["channel"], fields["line"], fields["address"]) or world.add_phone(PhoneSetup(**fields))
    phone.started, phone.blocked, phone.keys = fields["started"] or phone.started, blocked, keys


def _loaded(fields: dict[str, Any]) -> Bubble:
    times = {name: datetime.fromisoformat(fields[name]) for name in ("at", "service_at")}
    return Bubble(**{**fields, **times})


def _load_bot(bot: Bot, fields: dict[str, Any] | None) -> None:
    if fields is None:
        return
    bot.updates.webhook = Webhook(**fields["webhook"]) if fields["webhook"] else None
    bot.updates.allowed = tuple(fields["allowed"])
    bot.messages |= {(key[0], key[1]): message for key, message in fields["messages"]}
