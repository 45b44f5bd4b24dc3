"""The Telegram channel: sends by the bot of a message's line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.channels.base import DeliveryError
from bot.channels.telegram_bot import (
    ALLOWED_UPDATES,
    LineBot,
    drop_webhook,
    fetch_file,
    make_bot,
    poll,
    provider_errors,
    set_commands,
    set_webhook,
)
from handlers.messages import Outbound, Sent

__all__ = [
    "ALLOWED_UPDATES",
    "LineBot",
    "TelegramChannel",
    "drop_webhook",
    "fetch_file",
    "make_bot",
    "poll",
    "set_commands",
    "set_webhook",
]

# The wire format's limit for the answer to a pressed button.
_TOAST_LIMIT = 200
_TEXT_LIMIT, _CAPTION_LIMIT = 4096, 1024
# A contact key needs a face even where the caller named none: a sign without words.
_ENDINGS = ((b"%PDF-", ".pdf"), (b"ftypheic", ".heic"), (b"ftyp", ".mp4"), (b"\xff\xd8\xff", ".jpg"))
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramChannel:
    """Sends by the bot of the message's line. `bots` is by line slug; a line without one has no Telegram."""

    def __init__(self, bots: Mapping[str, LineBot]) -> None:
        self._bots = dict(bots)
        self._actions: dict[str, Callable[[LineBot, Outbound], Awaitable[Sent]]] = {
            "send": _send,
            "edit": _edit,
            "answer_button": _answer_button,
            "leave": _leave,
            "photo": _photo,
            "voice": _voice,
            "document": _document,
        }

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self._bots)})"

    async def send(self, out: Outbound) -> Sent:
        """Hand one message to Telegram; `Sent.ref` is its message id. Raises DeliveryError."""
        bot = self._bots.get(out.line)
        if bot is None:
            raise DeliveryError("permanent", "no-bot")
        most = _TEXT_LIMIT if out.action in ("send", "edit") else _CAPTION_LIMIT
        if len(out.text) > most or (out.action in ("send", "edit") and not out.text):
            raise DeliveryError("permanent", "length")
        with provider_errors():
            return await self._actions[out.action](bot, out)

    async def find(self, out: Outbound, since: datetime) -> Sent | None:
        """Telegram has no way to ask what a bot has sent: always DeliveryError("permanent", "cannot-ask")."""
        raise DeliveryError("permanent", "cannot-ask")


async def _send(bot: LineBot, out: Outbound) -> Sent:
    message = await bot.send_message(
        _chat(out),
        out.text,
        reply_markup=_keyboard(out),
        protect_content=out.protect or None,
        link_preview_options=_NO_PREVIEW,
    )
    return _sent(message)


async def _edit(bot: LineBot, out: Outbound) -> Sent:
    try:
        await bot.edit_message_text(
            out.text,
            chat_id=_chat(out),
            message_id=_number(out.ref, "bad-ref"),
            reply_markup=_inline(out),
            link_preview_options=_NO_PREVIEW,
        )
    except BadRequest as error:
        if "message is not modified" not in error.message.lower():
            raise
    return Sent(out.ref)


async def _answer_button(bot: LineBot, out: Outbound) -> Sent:
    if not out.ref:
        raise DeliveryError("permanent", "bad-ref")
    words = out.text if len(out.text) <= _TOAST_LIMIT else out.text[: _TOAST_LIMIT - 1] + "…"
    try:
        await bot.answer_callback_query(out.ref, text=words or None)
    except BadRequest as error:
        # Nobody waits for the answer any more: what the press did is shown by other messages.
        said = error.message.lower()
        if "query is too old" not in said and "query id is invalid" not in said:
            raise
    return Sent(None)


async def _leave(bot: LineBot, out: Outbound) -> Sent:
    try:
        await bot.leave_chat(_chat(out))
    except (Forbidden, BadRequest, ChatMigrated):
        return Sent(None, "left")  # Thrown out already, or the group is gone: the aim is reached.
    return Sent(None, "left")


async def _photo(bot: LineBot, out: Outbound) -> Sent:
    try:
        message = await bot.send_photo(
            _chat(out),
            _media(out),
            caption=out.text or None,
            filename="photo.jpg",
            reply_markup=_keyboard(out),
            protect_content=out.protect or None,
        )
    except BadRequest as error:
        # What a phone calls a picture is not always one of the kinds that Telegram shows.
        if "chat" in error.message.lower():
            raise
        return await _document(bot, out)
    return _sent(message)


async def _document(bot: LineBot, out: Outbound) -> Sent:
    message = await bot.send_document(
        _chat(out),
        _media(out),
        caption=out.text or None,
        filename=f"file{_ending(out.media or b'')}",
        reply_markup=_keyboard(out),
        protect_content=out.protect or None,
        disable_content_type_detection=True,
    )
    return _sent(message)


def _ending(content: bytes) -> str:
    """What a phone needs to open a file; what nobody recognises has none."""
    return next((ending for mark, ending in _ENDINGS if content[4:12].startswith(mark) or content.startswith(mark)), "")


async def _voice(bot: LineBot, out: Outbound) -> Sent:
    message = await bot.send_voice(
        _chat(out),
        _media(out),
        caption=out.text or None,
        filename="voice.ogg",
        reply_markup=_keyboard(out),
        protect_content=out.protect or None,
    )
    return _sent(message)


def _chat(out: Outbound) -> int:
    return _number(out.address, "bad-address")


def _number(text: str | None, code: str) -> int:
    try:
        return int(text or "")
    except ValueError:
        raise DeliveryError("permanent", code) from None


def _media(out: Outbound) -> bytes:
    if not out.media:
        raise DeliveryError("permanent", "no-media")
    return out.media


def _sent(message: Message) -> Sent:
    return Sent(str(message.message_id))


def _inline(out: Outbound) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(c.label, callback_data=c.data) for c in row] for row in out.choices if row]
    return InlineKeyboardMarkup(rows) if rows else None


def _keyboard(out: Outbound) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    """Inline buttons, or, where a number is asked for, reply keys whose first one shares it."""
    if not (out.ask_contact and out.choices):
        return _inline(out)
    labels = [[c.label for c in row] for row in out.choices if row]
    keys = [[KeyboardButton(label) for label in row] for row in labels]
    keys[0][0] = KeyboardButton(labels[0][0], request_contact=True)
    return ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)
