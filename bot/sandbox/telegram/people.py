"""What people do in a chat with a bot: write, press, send a picture, block. Each becomes an update."""

from __future__ import annotations

from typing import Any

from bot.sandbox.config import SandboxError
from bot.sandbox.moment import fresh_hex, fresh_number, real_now, ticks
from bot.sandbox.phones import Bubble, Media, Phone
from bot.sandbox.telegram.bot import Bot, Group, Query, membership, private_chat
from bot.sandbox.telegram.files import photo_sizes, picture_kind, voice_note
from bot.sandbox.telegram.markup import commands_in


def person(phone: Phone) -> dict[str, Any]:
    return {"id": int(phone.address), "is_bot": False, "first_name": phone.name, "language_code": phone.language}


def write(bot: Bot, phone: Phone, text: str) -> Bubble:
    """Write words. Raises SandboxError while the chat has not been started or the bot is blocked."""
    entities = commands_in(text)
    return _post(bot, phone, text, {"text": text} | ({"entities": entities} if entities else {}))


def start(bot: Bot, phone: Phone, payload: str = "") -> Bubble:
    """Press START, with the payload of a deep link if there was one. Unblocks, as it does in Telegram."""
    if phone.blocked:
        block(bot, phone, False)
    phone.started = True
    return write(bot, phone, f"/start {payload}".strip())


def send_photo(bot: Bot, phone: Phone, content: bytes, caption: str = "") -> Bubble:
    mime = picture_kind(content)
    if mime is None:
        raise SandboxError("a picture is a PNG, JPEG, GIF or WebP")
    file = bot.files.keep("photos", "jpg", mime, content)
    words = {"caption": caption} if caption else {}
    return _post(bot, phone, caption, {"photo": photo_sizes(file)} | words, (Media("photo", mime, content),))


def send_voice(bot: Bot, phone: Phone, content: bytes, seconds: int = 3, mime: str = "audio/ogg") -> Bubble:
    file = bot.files.keep("voice", "oga", mime, content)
    return _post(bot, phone, "", {"voice": voice_note(file, seconds)}, (Media("voice", mime, content),))


def share_contact(bot: Bot, phone: Phone, number: str | None = None) -> Bubble:
    """Share a contact: the person's own number, or somebody else's, which then carries no user id."""
    card: dict[str, Any] = {"phone_number": (number or phone.own_number).lstrip("+"), "first_name": phone.name}
    if number is None:
        card["user_id"] = int(phone.address)
    phone.keys = []
    return _post(bot, phone, f"[contact +{card['phone_number']}]", {"contact": card})


def send_other(bot: Bot, phone: Phone, content: dict[str, Any]) -> Bubble:
    """Send anything else a Message can hold: a sticker, a location, a poll."""
    return _post(bot, phone, f"[{next(iter(content), 'nothing')}]", content)


def _post(bot: Bot, phone: Phone, shown: str, content: dict[str, Any], media: tuple[Media, ...] = ()) -> Bubble:
    if not phone.started:
        raise SandboxError("press START first")
    if phone.blocked:
        raise SandboxError("the bot is blocked on this phone")
    number = bot.next_message()
    message = {
        "message_id": number,
        "from": person(phone),
        "chat": private_chat(phone),
        "date": int(real_now().timestamp()),
    } | content
    bot.messages[int(phone.address), number] = message
    bubble = bot.book.show(phone.key, mine=True, text=shown, ref=str(number), line=phone.line, media=media)
    bot.updates.add("message", message, phone.address, str(number))
    return bubble


def edit(bot: Bot, phone: Phone, ref: str, text: str) -> Bubble:
    """Change an own message afterwards."""
    message = bot.messages.get((int(phone.address), int(ref)))
    bubble = bot.book.find(phone.key, ref)
    if message is None or bubble is None or not bubble.mine:
        raise SandboxError("only an own message can be edited")
    message |= {"text": text, "edit_date": int(real_now().timestamp())}
    bubble.text, bubble.edited = text, True
    bot.book.note("edited to", phone.key, text, phone.line)
    bot.updates.add("edited_message", dict(message), phone.address, ref)
    return bubble


def press(bot: Bot, phone: Phone, button: str, ref: str | None = None) -> str:
    """Press the newest button with this data or label; gives the callback query's id."""
    for bubble in reversed(bot.book.screen(phone.key)):
        if ref is not None and bubble.ref != ref:
            continue
        for found in (b for row in bubble.buttons for b in row):
            if button in (found.get("callback_data"), found["text"]) and "callback_data" in found:
                return _press(bot, phone, bubble, found)
    shown = [b["text"] for bubble in bot.book.screen(phone.key) for row in bubble.buttons for b in row]
    raise SandboxError(f"no button {button!r} on this phone; there is {', '.join(shown) or 'none'}")


def _press(bot: Bot, phone: Phone, bubble: Bubble, button: dict[str, str]) -> str:
    if phone.blocked:
        raise SandboxError("the bot is blocked on this phone")
    query = str(fresh_number()) + str(int(fresh_hex(8), 16))
    bot.queries[query] = Query(phone, bubble, ticks())
    bubble.asking = query
    body = {
        "id": query,
        "from": person(phone),
        "chat_instance": str(hash_of(phone)),
        "data": button["callback_data"],
        "message": bot.messages[int(phone.address), int(bubble.ref)],
    }
    bot.book.note("pressed", phone.key, f"[{button['text']}]", phone.line)
    bot.updates.add("callback_query", body, phone.address)
    return query


def hash_of(phone: Phone) -> int:
    """A chat's own instance number; any stable one will do."""
    return int(phone.address) * 7919


def block(bot: Bot, phone: Phone, blocked: bool) -> None:
    """Block the bot on this phone, or let it in again; nothing when it already is so."""
    if phone.blocked == blocked:
        return
    phone.blocked = blocked
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    bot.book.note("blocked the bot" if blocked else "unblocked the bot", phone.key, "", phone.line)
    bot.updates.add("my_chat_member", membership(bot, private_chat(phone), person(phone), before, after), phone.address)


def add_to_group(bot: Bot, phone: Phone, title: str) -> Group:
    """Somebody adds the bot to a group, which it ought to leave."""
    group = Group(-1_000_000_000_000 - fresh_number() - len(bot.groups), title)
    bot.groups[group.id] = group
    chat = {"id": group.id, "type": "supergroup", "title": title}
    bot.updates.add("my_chat_member", membership(bot, chat, person(phone), "left", "member"), str(group.id))
    return group


def write_in_group(bot: Bot, phone: Phone, group: Group, text: str) -> int:
    """Write in a group the bot is in; gives the message's number."""
    number = bot.next_message()
    entities = commands_in(text)
    message: dict[str, Any] = {
        "message_id": number,
        "from": person(phone),
        "date": int(real_now().timestamp()),
        "text": text,
        "chat": {"id": group.id, "type": "supergroup", "title": group.title},
    }
    bot.messages[group.id, number] = message
    bot.updates.add("message", message | ({"entities": entities} if entities else {}), str(group.id))
    return number
