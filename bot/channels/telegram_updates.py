"""Telegram's updates in the service's own words. What the service has no use for, the person's name, handle and
picture first of all, is dropped here and reaches nothing behind this file."""

from __future__ import annotations

import re
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User

from handlers.messages import Attachment, AttachmentKind, Inbound, InboundKind

_START = re.compile(r"/start(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_COMMAND = re.compile(r"(/\w+)@\w+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ID_LIMIT = 2**63
_MIME_LIMIT = 64
# What the library raises on objects that are not what Telegram documents, and what the checks below raise.
_MALFORMED = (TypeError, KeyError, AttributeError, ValueError, OverflowError, OSError, IndexError, RecursionError)

_MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
_MESSAGE_FIELDS = frozenset(
    "message_id date chat text caption contact photo voice audio video animation video_note document".split()
)

# Messages that Telegram writes itself, seen by nobody as words of theirs. Everything unknown counts as sent by a
# person: a needless polite answer is better than silence to somebody in need.
_SERVICE = frozenset(
    """
    new_chat_members left_chat_member chat_owner_left chat_owner_changed new_chat_title new_chat_photo
    delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created
    message_auto_delete_timer_changed migrate_to_chat_id migrate_from_chat_id pinned_message successful_payment
    refunded_payment gift unique_gift gift_upgrade_sent connected_website write_access_allowed
    proximity_alert_triggered boost_added chat_background_set checklist_tasks_done checklist_tasks_added
    direct_message_price_changed paid_message_price_changed forum_topic_created forum_topic_edited
    forum_topic_closed forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden
    giveaway_created giveaway giveaway_winners giveaway_completed managed_bot_created poll_option_added
    poll_option_deleted suggested_post_approved suggested_post_approval_failed suggested_post_declined
    suggested_post_paid suggested_post_refunded video_chat_scheduled video_chat_started video_chat_ended
    video_chat_participants_invited
    """.split()
)


def update_id(raw: dict[str, Any]) -> int:
    """The update's number; ValueError where it is missing or not an integer that fits 64 bits."""
    number = raw.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not -_ID_LIMIT <= number < _ID_LIMIT:
        raise ValueError("update_id")
    return number


def parse(raw: dict[str, Any], line: str) -> Inbound:
    """One update of the bot of `line`. Never fails on content: what nobody can read comes out as "unreadable".

    Raises ValueError only where `update_id` would.
    """
    key = f"{line}:{update_id(raw)}"
    try:
        return _parse(raw, line, key)
    except _MALFORMED:
        address, in_group = _find_address(raw)
        return _inbound(line, key, address, "group" if in_group else "unreadable")


def _parse(raw: dict[str, Any], line: str, key: str) -> Inbound:
    if not any(raw.get(kind) is not None for kind in (*_MESSAGES, "callback_query", "my_chat_member")):
        return _inbound(line, key, _find_address(raw)[0], "ignored")
    update = Update.de_json(_slim(raw))
    if update.message is not None:
        return _message(update.message, raw["message"], line, key)
    if update.edited_message is not None:
        return _edit(update.edited_message, line, key)
    if update.callback_query is not None:
        return _button(update.callback_query, line, key)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, line, key)
    post = update.channel_post or update.edited_channel_post
    if post is None:
        raise ValueError("no content")
    return _inbound(line, key, _id(post.chat.id), "group")


def _slim(raw: dict[str, Any]) -> dict[str, Any]:
    """The update with the parts that are used and no more.

    So a new kind of content, an odd formatting mark or a quoted message cannot make a plain text unreadable, and
    the person's name and handle are gone before anything is built from them.
    """
    slim: dict[str, Any] = {"update_id": raw["update_id"]}
    for kind in _MESSAGES:
        if raw.get(kind) is not None:
            slim[kind] = _slim_message(raw[kind])
    if raw.get("callback_query") is not None:
        query = raw["callback_query"]
        slim["callback_query"] = {"chat_instance": "", **{k: query[k] for k in ("id", "data") if k in query}}
        slim["callback_query"]["from"] = _slim_person(query.get("from"))
        slim["callback_query"]["message"] = _slim_message(query.get("message"))
    if raw.get("my_chat_member") is not None:
        slim["my_chat_member"] = raw["my_chat_member"]
    return slim


def _slim_message(message: dict[str, Any] | None) -> dict[str, Any] | None:
    if message is None:
        return None
    kept = {name: value for name, value in message.items() if name in _MESSAGE_FIELDS}
    if "from" in message:
        kept["from"] = _slim_person(message["from"])
    return kept


def _slim_person(person: dict[str, Any] | None) -> dict[str, Any] | None:
    if person is None:
        return None
    return {"id": person["id"], "is_bot": False, "first_name": "", "language_code": person.get("language_code")}


def _message(message: Message, raw: dict[str, Any], line: str, key: str) -> Inbound:
    address, locale = _id(message.chat.id), _locale(message.from_user)
    ref = _id(message.message_id)
    if message.chat.type != "private":
        return _inbound(line, key, address, "group", ref=ref)
    if message.contact is not None:
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        number = _phone(message.contact.phone_number)
        return _inbound(line, key, address, "contact", text=number, ref=ref, own=own, locale=locale)
    attachments = _attachments(message)
    text = _words(message)
    if text is None and not attachments:
        kind: InboundKind = "ignored" if _SERVICE & raw.keys() else "unsupported"
        return _inbound(line, key, address, kind, ref=ref, locale=locale)
    text = text or ""
    start = None if attachments else _START.fullmatch(text)
    if start:
        return _inbound(line, key, address, "start", text=(start[1] or "").strip(), ref=ref, locale=locale)
    text = _COMMAND.sub(r"\1", text, count=1) if text.startswith("/") else text
    return _inbound(line, key, address, "text", text=text, ref=ref, locale=locale, attachments=attachments)


def _edit(message: Message, line: str, key: str) -> Inbound:
    address, ref = _id(message.chat.id), _id(message.message_id)
    if message.chat.type != "private":
        return _inbound(line, key, address, "group", ref=ref)
    text, attachments = _words(message), _attachments(message)
    if text is None and not attachments:
        # A shared live location "edits" itself every few seconds.
        return _inbound(line, key, address, "ignored", ref=ref)
    return _inbound(
        line, key, address, "edit", text=text or "", ref=ref, locale=_locale(message.from_user), attachments=attachments
    )


def _button(query: CallbackQuery, line: str, key: str) -> Inbound:
    message = query.message
    if message is not None and message.chat.type != "private":
        return _inbound(line, key, _id(message.chat.id), "group")
    address = _id(message.chat.id if message is not None else query.from_user.id)
    if query.data is None:
        return _inbound(line, key, address, "ignored")
    return _inbound(
        line,
        key,
        address,
        "button",
        button=_text(query.data),
        button_ref=_text(query.id),
        ref=_id(message.message_id) if message is not None else None,
        locale=_locale(query.from_user),
    )


def _membership(change: ChatMemberUpdated, line: str, key: str) -> Inbound:
    address, status = _id(change.chat.id), change.new_chat_member.status
    if change.chat.type != "private":
        gone = status in ("left", "kicked")
        return _inbound(line, key, address, "ignored" if gone else "group")
    if status in ("kicked", "left"):
        return _inbound(line, key, address, "blocked", locale=_locale(change.from_user))
    return _inbound(line, key, address, "blocked", text="unblocked", locale=_locale(change.from_user))


def _words(message: Message) -> str | None:
    words = message.text if message.text is not None else message.caption
    return None if words is None else _text(words)


def _attachments(message: Message) -> tuple[Attachment, ...]:
    """At most one: albums arrive as one message for each picture.

    A video without sound is sent as an "animation", which Telegram also lists as a document.
    """
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (_attachment("photo", largest.file_id, "image/jpeg", largest.file_size),)
    if message.voice:
        return (
            _attachment(
                "voice", message.voice.file_id, message.voice.mime_type or "audio/ogg", message.voice.file_size
            ),
        )
    if message.audio:
        return (_attachment("voice", message.audio.file_id, message.audio.mime_type, message.audio.file_size),)
    video = message.video or message.animation
    if video:
        return (_attachment("video", video.file_id, video.mime_type or "video/mp4", video.file_size),)
    if message.video_note:
        return (_attachment("video", message.video_note.file_id, "video/mp4", message.video_note.file_size),)
    if message.document:
        return (
            _attachment("document", message.document.file_id, message.document.mime_type, message.document.file_size),
        )
    return ()


def _attachment(kind: AttachmentKind, file_id: object, mime: object, size: object) -> Attachment:
    known = isinstance(mime, str) and len(mime) <= _MIME_LIMIT and mime.isascii()
    count = size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
    return Attachment(kind, _text(file_id), str(mime) if known else None, count)


def _phone(number: object) -> str:
    """Telegram writes its numbers with or without the plus; E.164 has it."""
    digits = "".join(c for c in _text(number) if c in "0123456789")
    if not digits:
        raise ValueError("phone_number")
    return "+" + digits.removeprefix("00")


def _text(value: object) -> str:
    """A string that can be stored: halves of surrogate pairs, which JSON lets through, become U+FFFD."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return _SURROGATE.sub("\ufffd", value) if _SURROGATE.search(value) else value


def _id(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or not -_ID_LIMIT <= value < _ID_LIMIT:
        raise TypeError("not an id")
    return str(value)


def _locale(user: User | None) -> str | None:
    """The language of the person's app, the only thing kept of their profile."""
    code = user.language_code if user is not None else None
    return code.lower() if isinstance(code, str) and len(code) <= 16 and _LANGUAGE.fullmatch(code) else None


def _find_address(raw: dict[str, Any]) -> tuple[str, bool]:
    """Whom a malformed update came from, as far as it shows ("" where it does not), and whether from a group."""
    for part in raw.values():
        if not isinstance(part, dict):
            continue
        inner = part.get("message")
        chats = [part.get("chat"), inner.get("chat") if isinstance(inner, dict) else None]
        senders = [part.get("from"), part.get("user")]
        for party in (p for p in chats + senders if isinstance(p, dict)):
            number = party.get("id")
            if isinstance(number, int) and not isinstance(number, bool) and -_ID_LIMIT <= number < _ID_LIMIT:
                return str(number), party.get("type") in ("group", "supergroup", "channel")
    return "", False


def _inbound(
    line: str,
    key: str,
    address: str,
    kind: InboundKind,
    *,
    text: str = "",
    ref: str | None = None,
    button: str | None = None,
    button_ref: str | None = None,
    locale: str | None = None,
    own: bool = False,
    attachments: tuple[Attachment, ...] = (),
) -> Inbound:
    return Inbound(
        provider="telegram",
        key=key,
        line=line,
        channel="telegram",
        address=address,
        kind=kind,
        text=text,
        ref=ref,
        button=button,
        button_ref=button_ref,
        locale=locale,
        own=own,
        attachments=attachments,
    )
