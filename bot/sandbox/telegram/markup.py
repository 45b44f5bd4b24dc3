"""What a message looks like: entities from HTML, inline buttons, reply keys, each checked as Telegram checks it."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.telegram.facts import MAX_BUTTON_DATA, ApiError, bad

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
    "a": "text_link",
}
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "pay",
)


def utf16(text: str) -> int:
    """The length Telegram counts entities in: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[dict[str, Any]] = []
        self._open: list[tuple[str, int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {len(self.text.encode())}')
        self._open.append((tag, utf16(self.text), dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            where = len(self.text.encode())
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {where}")
        name, start, link = self._open.pop()
        length = utf16(self.text) - start
        if length:
            entity = {"type": _TAGS[name], "offset": start, "length": length}
            self.entities.append(entity | {"url": link} if name == "a" else entity)

    def handle_data(self, data: str) -> None:
        self.text += data

    def finish(self) -> None:
        self.close()
        if self._open:
            tag = self._open[-1][0]
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")


def styled(text: str, parse_mode: str | None, entities: Any) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities as they reach the phone. HTML is parsed; Markdown is refused here as an unknown mode."""
    if not parse_mode:
        return text.strip(), list(entities or [])
    if parse_mode.lower() != "html":
        raise bad("unsupported parse_mode")
    reader = _Reader()
    reader.feed(text)
    reader.finish()
    return reader.text.strip(), sorted(reader.entities, key=lambda entity: int(entity["offset"]))


def inline_buttons(markup: Any) -> list[list[dict[str, str]]]:
    """The rows of an inline keyboard; none when the markup is of another kind. Raises ApiError for a wrong button."""
    if markup is None or "inline_keyboard" not in _object(markup):
        return []
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('can\'t parse inline keyboard: Field "inline_keyboard" must be of type Array')
    return [[_button(button) for button in row] for row in rows if row]


def _object(markup: Any) -> Mapping[str, Any]:
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if not set(markup) & {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"} and markup:
        raise bad("can't parse reply markup")
    return markup


def _button(button: Any) -> dict[str, str]:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad("can't parse inline keyboard button: Button text must be non-empty")
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("can't parse inline keyboard button: exactly one of the optional fields must be used")
    return dict(button) if _allowed(actions[0], button) else {}


def _allowed(action: str, button: Mapping[str, Any]) -> bool:
    value = button[action]
    if action == "callback_data" and not (isinstance(value, str) and 1 <= len(value.encode()) <= MAX_BUTTON_DATA):
        raise bad("BUTTON_DATA_INVALID")
    if action == "url":
        parts = urlsplit(str(value))
        if parts.scheme not in ("http", "https", "tg") or not (parts.netloc or parts.path):
            raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    return True


def reply_keys(markup: Any) -> list[dict[str, Any]] | None:
    """The keys under the text box: a list (empty = take them away), or None to leave them as they are."""
    if markup is None:
        return None
    fields = _object(markup)
    if fields.get("remove_keyboard"):
        return []
    if "keyboard" not in fields:
        return None
    keys = [{"text": key} if isinstance(key, str) else key for row in fields["keyboard"] for key in row]
    if not keys or not all(isinstance(key, dict) and str(key.get("text", "")).strip() for key in keys):
        raise bad('can\'t parse keyboard button: Field "text" must be of type String')
    return keys


def commands_in(text: str) -> list[dict[str, Any]]:
    """The entity Telegram puts on a command a person typed."""
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    return [{"type": "bot_command", "offset": 0, "length": utf16(word)}] if word.startswith("/") and word[1:] else []


def my_commands(commands: Any) -> list[dict[str, str]]:
    """A bot's menu, checked. Raises ApiError for a wrong command."""
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad("expected an Array of BotCommand")
    for item in commands:
        name = str(item.get("command", "")).lstrip("/") if isinstance(item, dict) else ""
        if not (1 <= len(name) <= 32 and name.replace("_", "").isalnum() and name == name.lower() and name.isascii()):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(str(item.get("description", "")).strip()) <= 256:
            raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    return [{"command": item["command"].lstrip("/"), "description": item["description"]} for item in commands]
