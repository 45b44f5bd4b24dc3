"""The Bot API's methods: what each does to chats and phones, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox.moment import real_now, ticks
from bot.sandbox.phones import Media
from bot.sandbox.telegram.bot import Bot, membership
from bot.sandbox.telegram.facts import (
    MAX_CAPTION,
    MAX_PHOTO,
    MAX_POPUP,
    MAX_TEXT,
    ApiError,
    Upload,
    arguments,
    bad,
    forbidden,
)
from bot.sandbox.telegram.files import StoredFile, document, photo_sizes, picture_kind, voice_note
from bot.sandbox.telegram.markup import inline_buttons, my_commands, reply_keys, styled

_QUERY_SECONDS = 300.0


async def perform(bot: Bot, method: str, raw: dict[str, Any], files: dict[str, Upload]) -> Any:
    """Do one method, named in small letters, and give its result. Raises ApiError as Telegram refuses."""
    call = arguments(method, raw, files)
    if method == "getupdates":
        return await bot.updates.fetch(call)
    return _METHODS[method](bot, call)


def _send(
    bot: Bot,
    call: dict[str, Any],
    text: str,
    entities: list[dict[str, Any]],
    extra: dict[str, Any],
    media: tuple[Media, ...] = (),
) -> dict[str, Any]:
    chat = bot.reachable(call["chat_id"])
    bot.spend()
    buttons, keys = inline_buttons(call.get("reply_markup")), reply_keys(call.get("reply_markup"))
    message: dict[str, Any] = {"message_id": 0, "from": bot.me, "chat": chat, "date": int(real_now().timestamp())}
    message |= extra | _reply_to(bot, call)
    if buttons:
        message["reply_markup"] = {"inline_keyboard": buttons}
    if call.get("protect_content"):
        message["has_protected_content"] = True
    message["message_id"] = bot.next_message()
    bot.messages[chat["id"], message["message_id"]] = message
    phone = bot.phone(chat["id"])
    if phone is not None and keys is not None:
        phone.keys = keys
    bot.book.show(
        bot.key(chat["id"]),
        mine=False,
        text=text,
        ref=str(message["message_id"]),
        line=bot.setup.slug,
        media=media,
        buttons=buttons,
        entities=entities,
        state="delivered",
    )
    return message


def _reply_to(bot: Bot, call: dict[str, Any]) -> dict[str, Any]:
    reply = call.get("reply_parameters")
    if not reply:
        return {}
    found = bot.messages.get((call["chat_id"], int(reply.get("message_id", 0))))
    if found is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    return {"reply_to_message": found}


def _send_message(bot: Bot, call: dict[str, Any]) -> dict[str, Any]:
    bot.reachable(call["chat_id"])
    text, entities = _words(call, "text", "entities")
    return _send(bot, call, text, entities, {"text": text} | ({"entities": entities} if entities else {}))


def _words(call: dict[str, Any], name: str, entities: str) -> tuple[str, list[dict[str, Any]]]:
    text, found = styled(call.get(name, ""), call.get("parse_mode"), call.get(entities))
    if name == "text" and not text:
        raise bad("message text is empty")
    if name == "text" and len(text) > MAX_TEXT:
        raise bad("message is too long")
    if name == "caption" and len(text) > MAX_CAPTION:
        raise bad("message caption is too long")
    return text, found


def _attached(bot: Bot, given: Upload | str, folder: str, ending: str) -> StoredFile:
    if isinstance(given, Upload):
        if not given.content:
            raise bad("file must be non-empty")
        return bot.files.keep(folder, ending, given.mime, given.content, given.name)
    if given.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    return bot.files.get(given)


def _send_file(bot: Bot, call: dict[str, Any], kind: str, file: StoredFile, described: Any) -> dict[str, Any]:
    text, entities = _words(call, "caption", "caption_entities")
    extra: dict[str, Any] = {kind: described}
    if text:
        extra |= {"caption": text} | ({"caption_entities": entities} if entities else {})
    return _send(bot, call, text, entities, extra, (Media(kind, file.mime, file.content),))


def _send_photo(bot: Bot, call: dict[str, Any]) -> dict[str, Any]:
    bot.reachable(call["chat_id"])
    given = call["photo"]
    if isinstance(given, Upload):
        mime = picture_kind(given.content)
        if mime is None:
            raise bad("IMAGE_PROCESS_FAILED")
        if len(given.content) > MAX_PHOTO:
            raise ApiError(413, "Request Entity Too Large")
        given = Upload(given.name, mime, given.content)
    file = _attached(bot, given, "photos", "jpg")
    return _send_file(bot, call, "photo", file, photo_sizes(file))


def _send_voice(bot: Bot, call: dict[str, Any]) -> dict[str, Any]:
    bot.reachable(call["chat_id"])
    file = _attached(bot, call["voice"], "voice", "oga")
    return _send_file(bot, call, "voice", file, voice_note(file, call.get("duration", 0)))


def _send_document(bot: Bot, call: dict[str, Any]) -> dict[str, Any]:
    bot.reachable(call["chat_id"])
    file = _attached(bot, call["document"], "documents", "bin")
    return _send_file(bot, call, "document", file, document(file))


def _own_message(bot: Bot, call: dict[str, Any], what: str) -> dict[str, Any]:
    if "chat_id" not in call:
        raise bad("chat_id is empty" if "inline_message_id" not in call else "MESSAGE_ID_INVALID")
    bot.reachable(call["chat_id"])
    if "message_id" not in call:
        raise bad("message identifier is not specified")
    message = bot.messages.get((call["chat_id"], call["message_id"]))
    if message is None:
        raise bad(f"message to {what} not found")
    if message["from"]["id"] != bot.id:
        raise bad(f"message can't be {what}ed".replace("deleteed", "deleted"))
    return message


def _edit_text(bot: Bot, call: dict[str, Any]) -> dict[str, Any]:
    message = _own_message(bot, call, "edit")
    text, entities = _words(call, "text", "entities")
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _edited(bot, message, call, {"text": text} | ({"entities": entities} if entities else {}))


def _edit_markup(bot: Bot, call: dict[str, Any]) -> dict[str, Any]:
    message = _own_message(bot, call, "edit")
    kept: dict[str, Any] = {name: message[name] for name in ("text", "entities") if name in message}
    return _edited(bot, message, call, kept)


def _edited(bot: Bot, message: dict[str, Any], call: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    buttons = inline_buttons(call.get("reply_markup"))
    markup = {"reply_markup": {"inline_keyboard": buttons}} if buttons else {}
    names = ("text", "entities", "reply_markup")
    if {name: message[name] for name in names if name in message} == words | markup:
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    for name in names:
        message.pop(name, None)
    message |= words | markup
    message["edit_date"] = int(real_now().timestamp())
    bubble = bot.book.find(bot.key(message["chat"]["id"]), str(message["message_id"]))
    if bubble is not None:
        bubble.edited = bubble.edited or bubble.text != words.get("text", "")
        bubble.text, bubble.entities, bubble.buttons = words.get("text", ""), words.get("entities", []), buttons
        labels = " ".join(f"[{button['text']}]" for row in buttons for button in row)
        bot.book.note("now reads", bot.key(message["chat"]["id"]), f"{bubble.text} {labels}".strip(), bot.setup.slug)
    return message


def _delete(bot: Bot, call: dict[str, Any]) -> bool:
    bot.reachable(call["chat_id"])
    chat, number = call["chat_id"], call["message_id"]
    if (chat, number) not in bot.messages:
        raise bad("message to delete not found")
    del bot.messages[chat, number]
    bubble = bot.book.find(bot.key(chat), str(number))
    if bubble is not None:
        bubble.gone, bubble.text, bubble.media, bubble.buttons = True, "", (), []
        bot.book.note("lost", bot.key(chat), "a message was deleted", bot.setup.slug)
    return True


def _answer_query(bot: Bot, call: dict[str, Any]) -> bool:
    query = bot.queries.get(call["callback_query_id"])
    if query is None or ticks() - query.since > _QUERY_SECONDS:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    text = call.get("text", "")
    if len(text) > MAX_POPUP:
        raise bad("MESSAGE_TOO_LONG")
    del bot.queries[call["callback_query_id"]]
    query.bubble.asking = ""
    if text:
        query.phone.popup = text
        query.phone.popups += 1
        bot.book.note("saw a pop-up", query.phone.key, text, bot.setup.slug)
    bot.changed()
    return True


def _leave(bot: Bot, call: dict[str, Any]) -> bool:
    group = bot.groups.get(call["chat_id"])
    if group is None:
        if bot.phone(call["chat_id"]) is not None:
            raise bad("chat member status can't be changed in private chats")
        raise bad("chat not found")
    if not group.joined:
        raise forbidden("bot is not a member of the supergroup chat")
    group.joined = False
    bot.updates.add(
        "my_chat_member",
        membership(bot, {"id": group.id, "type": "supergroup", "title": group.title}, bot.me, "member", "left"),
        str(group.id),
    )
    return True


def _set_webhook(bot: Bot, call: dict[str, Any]) -> bool:
    bot.updates.set_webhook(call)
    return True


def _delete_webhook(bot: Bot, call: dict[str, Any]) -> bool:
    bot.updates.delete_webhook(call)
    return True


def _menu_name(call: dict[str, Any]) -> str:
    scope = call.get("scope") or {"type": "default"}
    return f"{sorted(scope.items())}|{call.get('language_code', '')}"


def _set_commands(bot: Bot, call: dict[str, Any]) -> bool:
    bot.menus[_menu_name(call)] = my_commands(call["commands"])
    return True


def _drop_commands(bot: Bot, call: dict[str, Any]) -> bool:
    bot.menus.pop(_menu_name(call), None)
    return True


def _get_me(bot: Bot, call: dict[str, Any]) -> dict[str, Any]:
    return bot.me | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


_METHODS: dict[str, Callable[[Bot, dict[str, Any]], Any]] = {
    "getme": _get_me,
    "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook,
    "getwebhookinfo": lambda bot, call: bot.updates.info(),
    "sendmessage": _send_message,
    "sendphoto": _send_photo,
    "sendvoice": _send_voice,
    "senddocument": _send_document,
    "editmessagetext": _edit_text,
    "editmessagereplymarkup": _edit_markup,
    "deletemessage": _delete,
    "answercallbackquery": _answer_query,
    "leavechat": _leave,
    "setmycommands": _set_commands,
    "deletemycommands": _drop_commands,
    "getmycommands": lambda bot, call: bot.menus.get(_menu_name(call), []),
    "getfile": lambda bot, call: bot.files.describe(call["file_id"]),
}
